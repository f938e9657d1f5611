//! A PostgreSQL cluster for this process's tests: on a socket in a temporary folder, stopped
//! when the process ends, however it does.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use sqlx::{Connection as _, Executor as _, PgConnection};

/// Stops the server once its standard input is closed.
const SCRIPT: &str = r#"
set -e
bin=$QUEUEWALL_POSTGRES_BIN
[ -n "$bin" ] || bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || bin=$(dirname "$(command -v postgres)")
folder=$(mktemp -d)
as=
# PostgreSQL refuses to run as root.
if [ "$(id -u)" = 0 ]; then chown postgres "$folder"; as="runuser -u postgres --"; fi
cd "$folder"
$as "$bin/initdb" -D "$folder/data" -A trust -U queuewall -E UTF8 --locale=C --no-sync >"$folder/initdb.log" 2>&1
$as "$bin/postgres" -D "$folder/data" -k "$folder" -h '' -F >/dev/null 2>&1 </dev/null &
until "$bin/pg_isready" -q -h "$folder"; do sleep 0.05; done
echo "$folder"
cat >/dev/null
$as "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null
cd /
rm -rf "$folder"
"#;

struct Cluster {
    folder: String,
    /// Its standard input is open for as long as this process runs.
    _script: Child,
}

fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| {
        let mut script = Command::new("sh");
        let script = script.args(["-c", SCRIPT]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut script = script.spawn().unwrap();
        let mut folder = String::new();
        BufReader::new(script.stdout.take().unwrap()).read_line(&mut folder).unwrap();
        let folder = folder.trim().to_owned();
        assert!(
            !folder.is_empty(),
            "PostgreSQL cannot be started: install it (Debian: `apt-get install postgresql`), or name the folder \
             of its programs with QUEUEWALL_POSTGRES_BIN"
        );
        Cluster { folder, _script: script }
    })
}

/// The URL of a new, empty database.
pub(crate) async fn database() -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let folder = &cluster().folder;
    let url = |name: &str| format!("postgres://queuewall@localhost/{name}?host={folder}");
    let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let mut connection = PgConnection::connect(&url("postgres")).await.unwrap();
    let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
    connection.execute(create).await.unwrap();
    url(&name)
}
