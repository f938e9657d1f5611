//! Against files and variables that a test pretends, under paused time.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Mutex,
};

use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::MakeWriter;

use super::*;
use crate::config::Permissions;

const EVERY: Duration = Duration::from_secs(2);
const FILE: &str = "queuewall.toml";
const SECRET: &str = "hunter2-the-secret";
const GOOD: &str = "[[boards]]\nslug = \"sales\"\nqueues = [1, 2]\n";
const OTHER: &str = "[[boards]]\nslug = \"service\"\nqueues = [3]\n";
const BAD: &str = "[poll]\nseconds = 1\n[[boards]]\nslug = \"No slug\"\n";

#[derive(Default)]
struct FakeEnv {
    variables: Vec<(&'static str, String)>,
    files: Mutex<BTreeMap<PathBuf, String>>,
    foreign: Mutex<Option<PathBuf>>,
}

impl Env for FakeEnv {
    fn variables(&self) -> Vec<(OsString, OsString)> {
        let variables = self.variables.iter();
        variables
            .map(|(name, value)| ((*name).into(), value.into()))
            .collect()
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let files = self.files.lock().unwrap();
        let content = files.get(path).map(|text| text.clone().into_bytes());
        content.ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn permissions(&self, path: &Path) -> Permissions {
        let is_foreign = self.foreign.lock().unwrap().as_deref() == Some(path);
        Permissions {
            foreign_owner: is_foreign.then_some(1234),
            ..Permissions::default()
        }
    }
}

/// What was logged on this thread.
#[derive(Clone, Default)]
struct Logs(Arc<Mutex<Vec<u8>>>);

impl Write for Logs {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Logs {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

struct Bench {
    env: Arc<FakeEnv>,
    live: watch::Receiver<Live>,
    status: ReloadStatus,
    asked: Arc<Notify>,
    logs: Logs,
    _logging: DefaultGuard,
}

impl Bench {
    /// A server that began with these files, beside credentials.
    fn start(files: &[(&str, &str)]) -> Self {
        Self::start_with(files, None)
    }

    fn start_with(files: &[(&str, &str)], named: Option<&str>) -> Self {
        crate::logging::tests::keep_callsites_enabled();
        let logs = Logs::default();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::INFO)
            .with_ansi(false)
            .without_time()
            .with_target(false)
            .with_writer(logs.clone());
        let logging = tracing::subscriber::set_default(subscriber.finish());
        let env = Arc::new(FakeEnv {
            variables: vec![
                ("CXONE_CLIENT_ID", "id".into()),
                ("CXONE_CLIENT_SECRET", SECRET.into()),
                ("QUEUEWALL_TITLE", "Not for boards of a file".into()),
            ],
            ..FakeEnv::default()
        });
        let bench_files = files.iter().chain(&[
            (".env", "CXONE_TENANT_ID=tenant"),
            ("walls/.env", "CXONE_TENANT_ID=tenant"),
        ]);
        for (path, text) in bench_files {
            let mut files = env.files.lock().unwrap();
            files.entry(path.into()).or_insert((*text).to_owned());
        }
        let file = named.map(Path::new);
        let environment = Environment::read(&*env, file);
        let loaded = Loaded::read(&*env, environment, file).unwrap();
        let shared = Arc::clone(&env) as Arc<dyn Env>;
        let named = named.map(PathBuf::from);
        let (reload, live) = Reload::new(shared, named, &loaded, EVERY);
        let status = reload.status();
        let asked = Arc::new(Notify::new());
        tokio::spawn(reload.run(Arc::clone(&asked)));
        Self {
            env,
            live,
            status,
            asked,
            logs,
            _logging: logging,
        }
    }

    fn write(&self, path: &str, text: &str) {
        let mut files = self.env.files.lock().unwrap();
        files.insert(path.into(), text.to_owned());
    }

    fn remove(&self, path: &str) {
        let mut files = self.env.files.lock().unwrap();
        assert!(files.remove(Path::new(path)).is_some());
    }

    /// Whether the last reload was good, and whether some of it waits for a restart, as metrics.
    fn measured(&self) -> [bool; 2] {
        let mut registry = prometheus_client::registry::Registry::default();
        self.status.register(&mut registry);
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
        ["config_last_reload_successful", "config_restart_required"]
            .map(|name| text.contains(&format!("\n{name} 1\n")))
    }

    fn slugs(&self) -> Vec<String> {
        let live = self.live.borrow();
        live.boards.iter().map(|it| it.slug.clone()).collect()
    }

    /// The lines since the last call, with their levels.
    fn said(&self) -> Vec<String> {
        let bytes = std::mem::take(&mut *self.logs.0.lock().unwrap());
        let text = String::from_utf8(bytes).unwrap();
        assert!(!text.contains(SECRET), "{text}");
        text.lines().map(|line| line.trim().to_owned()).collect()
    }
}

async fn looks(count: u32) {
    tokio::time::sleep(EVERY * count + Duration::from_millis(10)).await;
}

#[tokio::test(start_paused = true)]
async fn a_good_configuration_is_taken_and_what_changed_is_said() {
    let bench = Bench::start(&[(FILE, GOOD)]);
    looks(5).await;
    assert!(!bench.live.has_changed().unwrap(), "as it began");
    assert!(bench.said().is_empty());

    bench.write(FILE, OTHER);
    looks(2).await;
    assert_eq!(bench.slugs(), ["service"]);
    assert_eq!(
        bench.said(),
        ["INFO the configuration was read again: board \"sales\" removed; board \"service\" added"]
    );
    looks(100).await;
    assert!(bench.said().is_empty(), "once");
}

#[tokio::test(start_paused = true)]
async fn what_changed_levels_do_is_logged_once() {
    let bench = Bench::start(&[(FILE, GOOD)]);
    looks(2).await;
    let levels = "[boards.levels]\navailable_agents = { warning = false, critical = 0 }\n";
    bench.write(FILE, &format!("{GOOD}{levels}"));
    looks(2).await;
    let said = bench.said();
    let starts = [
        "WARN queuewall.toml:5: boards.levels.available_agents is a line of older samples: ",
        "INFO the configuration was read again: board \"sales\" changed (levels)",
        "INFO queuewall.toml:5: boards.levels.available_agents: board \"sales\": critical while calls wait",
    ];
    assert_eq!(said.len(), starts.len(), "{said:?}");
    for (line, start) in said.iter().zip(starts) {
        assert!(line.starts_with(start), "{line}");
    }
    bench.write(FILE, &format!("{GOOD}{levels}waiting = false\n"));
    looks(2).await;
    assert_eq!(bench.said().len(), 1, "that levels changed");
}

#[tokio::test(start_paused = true)]
async fn what_was_changed_while_the_server_began_is_taken_too() {
    let bench = Bench::start(&[(FILE, GOOD)]);
    // Before the first look of all.
    bench.write(FILE, OTHER);
    looks(1).await;
    assert_eq!(bench.slugs(), ["service"]);
}

#[tokio::test(start_paused = true)]
async fn invalid_configuration_is_refused_and_logged_once() {
    let bench = Bench::start(&[(FILE, GOOD)]);
    looks(2).await;
    bench.write(FILE, BAD);
    looks(3).await;
    assert_eq!(bench.slugs(), ["sales"]);
    assert_eq!(bench.measured(), [false, false]);
    assert!(!bench.live.has_changed().unwrap());
    let said = bench.said();
    assert!(
        said[0].starts_with("ERROR the configuration stays as it was"),
        "{said:?}"
    );
    let found = |what: &str| said.iter().filter(|line| line.contains(what)).count();
    assert_eq!(found("queuewall.toml:2: poll.seconds = 1"), 1, "{said:?}");
    assert_eq!(found("queuewall.toml:4: boards.slug = \"No slug\""), 1);

    bench.write(FILE, &format!("{BAD}# a remark\n"));
    looks(100).await;
    assert!(bench.said().is_empty(), "wrong in the same way");

    bench.write(FILE, "[poll]\nseconds = 2\n");
    looks(3).await;
    let said = bench.said().join("\n");
    assert!(said.contains("poll.seconds = 2"), "{said}");

    bench.write(FILE, OTHER);
    looks(3).await;
    assert_eq!(bench.slugs(), ["service"]);
    assert_eq!(bench.said().len(), 1);
    assert_eq!(bench.measured(), [true, false]);

    bench.write(FILE, BAD);
    looks(3).await;
    bench.said();
    bench.write(FILE, OTHER);
    looks(3).await;
    assert_eq!(
        bench.said(),
        ["INFO the configuration was read again: no changes"],
        "solved by restoring the file"
    );
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_being_written_is_left_alone() {
    let bench = Bench::start(&[(FILE, GOOD)]);
    looks(2).await;
    let whole = format!("{OTHER}{GOOD}");
    // Each part would be a valid configuration by itself.
    for end in [0, OTHER.len(), whole.len() - 16, whole.len()] {
        bench.write(FILE, &whole[..end]);
        looks(1).await;
        assert_eq!(bench.slugs(), ["sales"]);
    }
    assert!(bench.said().is_empty());
    looks(1).await;
    assert_eq!(bench.slugs(), ["service", "sales"]);
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_gone_takes_no_board_with_it() {
    let bench = Bench::start(&[(FILE, GOOD)]);
    looks(2).await;
    bench.remove(FILE);
    looks(1).await;
    bench.write(FILE, OTHER);
    looks(2).await;
    assert_eq!(bench.slugs(), ["service"], "replaced, as editors do");
    assert_eq!(bench.said().len(), 1);

    bench.remove(FILE);
    looks(10).await;
    assert_eq!(bench.slugs(), ["service"]);
    let said = bench.said();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("queuewall.toml is not there any more"));

    bench.write(FILE, GOOD);
    looks(2).await;
    assert_eq!(bench.slugs(), ["sales"]);
}

#[tokio::test(start_paused = true)]
async fn sighup_reloads_at_once_and_logs_each_time() {
    let bench = Bench::start(&[(FILE, GOOD)]);
    looks(2).await;
    bench.write(FILE, OTHER);
    bench.asked.notify_one();
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(bench.slugs(), ["service"], "without waiting for two looks");
    assert_eq!(bench.said().len(), 2);

    bench.asked.notify_one();
    tokio::time::sleep(Duration::from_millis(1)).await;
    let said = bench.said();
    assert!(said[1].contains("no changes"), "{said:?}");

    bench.write(FILE, BAD);
    for _ in 0..2 {
        bench.asked.notify_one();
        tokio::time::sleep(Duration::from_millis(1)).await;
        let said = bench.said().join("\n");
        assert!(said.contains("stays as it was"), "{said}");
    }
    looks(3).await;
    assert!(bench.said().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_needs_a_new_start_is_named_once_and_no_value_of_it() {
    let bench = Bench::start(&[(FILE, GOOD)]);
    looks(2).await;
    let more = "[server]\nlisten = \"127.0.0.1:9\"\nhosts = [\"wall.example.com\"]\n\
                [poll]\nseconds = 60\nbudget_per_minute = 20\n";
    bench.write(FILE, &format!("{more}{GOOD}"));
    bench.write(
        ".env",
        "CXONE_TENANT_ID=another-tenant\nQUEUEWALL_LOG=debug\n",
    );
    looks(3).await;
    let live = bench.live.borrow().clone();
    assert_eq!(live.interval, Duration::from_secs(60));
    assert_eq!(live.hosts, ["wall.example.com"]);
    assert_eq!(
        bench.said(),
        [
            "INFO the configuration was read again: reading every 60 s; names: wall.example.com",
            "WARN restart required: QUEUEWALL_LOG, cxone.tenant_id, \
             poll.budget_per_minute, server.listen",
        ]
    );
    assert_eq!(bench.measured(), [true, true]);
    bench.write(FILE, &format!("{more}{OTHER}"));
    looks(3).await;
    assert_eq!(bench.said().len(), 1, "the boards alone");
    bench.asked.notify_one();
    looks(1).await;
    assert!(bench.said()[2].contains("server.listen"), "asked again");

    bench.write(FILE, OTHER);
    bench.write(".env", "CXONE_TENANT_ID=tenant\n");
    looks(3).await;
    assert!(bench.said()[1].contains("no pending changes need a restart"));
    assert_eq!(bench.measured(), [true, false]);
}

#[tokio::test(start_paused = true)]
async fn a_shorter_interval_says_that_the_time_limit_stays() {
    let bench = Bench::start(&[(FILE, GOOD)]);
    looks(2).await;
    bench.write(FILE, &format!("[poll]\nseconds = 5\n{GOOD}"));
    looks(3).await;
    assert!(bench.said()[1].contains("poll.seconds (for the request timeout)"));
}

#[tokio::test(start_paused = true)]
async fn the_secret_of_a_file_is_compared_by_what_the_file_holds() {
    let cxone = "[cxone]\nca_file = \"ca.pem\"\n";
    let file = format!("{cxone}{GOOD}");
    let bench = Bench::start(&[(FILE, file.as_str()), ("ca.pem", "one")]);
    looks(2).await;
    bench.write("ca.pem", "two");
    bench.asked.notify_one();
    looks(1).await;
    let said = bench.said();
    assert_eq!(said[2], "WARN restart required: cxone.ca_file");
    bench.remove("ca.pem");
    bench.asked.notify_one();
    looks(1).await;
    assert!(
        bench
            .said()
            .join("\n")
            .contains("cxone.ca_file names ca.pem")
    );
    bench.write("ca.pem", "one");
    looks(2).await;
    let said = bench.said().join("\n");
    assert!(
        said.contains("no pending changes need a restart"),
        "tried again: {said}"
    );
}

#[tokio::test(start_paused = true)]
async fn the_file_that_the_command_line_names_is_the_one_that_counts() {
    let bench = Bench::start_with(&[("walls/a.toml", GOOD)], Some("walls/a.toml"));
    looks(2).await;
    bench.write(FILE, BAD);
    looks(3).await;
    assert!(bench.said().is_empty(), "nobody reads that");
    bench.write("walls/a.toml", OTHER);
    looks(3).await;
    assert_eq!(bench.slugs(), ["service"]);
}

#[tokio::test(start_paused = true)]
async fn emptied_file_is_refused_until_sighup() {
    let settings = "[poll]\nseconds = 60\n";
    let with_boards = format!("{settings}{GOOD}");
    for content in [
        "",
        "\n",
        "# nothing\n",
        "[cxone]\n[poll]\n# seconds = 5\n",
        "\u{feff}",
        "\0\0\0\0",
        settings,
    ] {
        let bench = Bench::start(&[(FILE, &with_boards)]);
        looks(2).await;
        bench.write(FILE, content);
        looks(10).await;
        assert_eq!(bench.slugs(), ["sales"], "{content:?}");
        let said = bench.said();
        assert_eq!(said.len(), 1, "{content:?}: {said:?}");
        assert!(
            said[0].starts_with("ERROR the configuration stays as it was: "),
            "{said:?}"
        );

        bench.asked.notify_one();
        looks(1).await;
        let is_damaged = content.contains('\0');
        let expected = if is_damaged { "sales" } else { "main" };
        assert_eq!(bench.slugs(), [expected], "{content:?}: asked for");
        bench.write(FILE, OTHER);
        looks(2).await;
        assert_eq!(bench.slugs(), ["service"], "boards come back at once");
    }
}

#[tokio::test(start_paused = true)]
async fn emptied_dotenv_is_refused_until_sighup() {
    let targets = "CXONE_TENANT_ID=tenant\nTARGET_QUEUE_ID=1,2\n";
    let bench = Bench::start(&[(".env", targets), (FILE, "[cxone]\ntenant_id = \"t\"\n")]);
    looks(2).await;
    bench.write(".env", "# nothing\n");
    looks(5).await;
    assert_eq!(bench.live.borrow().boards[0].queues.len(), 2);
    assert!(bench.said()[0].contains(".env sets nothing any more"));
    bench.asked.notify_one();
    looks(1).await;
    assert!(bench.live.borrow().boards[0].queues.is_empty());
}

#[tokio::test(start_paused = true)]
async fn emptied_file_with_required_settings_is_called_emptied() {
    let tenant = "[cxone]\ntenant_id = \"t\"\n";
    let bench = Bench::start(&[(".env", "# nothing\n"), (FILE, &format!("{tenant}{GOOD}"))]);
    looks(2).await;
    bench.write(FILE, "");
    looks(5).await;
    let said = bench.said();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("sets nothing any more"), "{said:?}");
}

#[tokio::test(start_paused = true)]
async fn boards_of_a_file_can_go_one_by_one() {
    let bench = Bench::start(&[(FILE, &format!("{GOOD}{OTHER}"))]);
    looks(2).await;
    bench.write(FILE, OTHER);
    looks(3).await;
    assert_eq!(bench.slugs(), ["service"]);
}

#[tokio::test(start_paused = true)]
async fn file_replaced_by_another_user_is_refused() {
    for begins_without in [false, true] {
        let with_file = [(FILE, GOOD)];
        let bench = Bench::start(if begins_without { &[] } else { &with_file });
        looks(2).await;
        let before = bench.slugs();
        *bench.env.foreign.lock().unwrap() = Some(FILE.into());
        bench.write(FILE, OTHER);
        looks(10).await;
        assert_eq!(bench.slugs(), before);
        let said = bench.said();
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(
            said[0].starts_with(
                "ERROR the configuration stays as it was: queuewall.toml: the file belongs to another user (uid 1234)"
            ),
            "{said:?}"
        );
        bench.asked.notify_one();
        looks(1).await;
        assert_eq!(bench.slugs(), before, "asked for, and not trusted either");

        *bench.env.foreign.lock().unwrap() = None;
        looks(2).await;
        assert_eq!(bench.slugs(), ["service"], "after chown");
    }
    let bench = Bench::start_with(&[("walls/a.toml", GOOD)], Some("walls/a.toml"));
    *bench.env.foreign.lock().unwrap() = Some("walls/a.toml".into());
    bench.write("walls/a.toml", OTHER);
    looks(3).await;
    assert_eq!(bench.slugs(), ["service"], "named");
}

#[tokio::test(start_paused = true)]
async fn board_that_loses_its_filter_waits_for_sighup() {
    let file = "[[boards]]\nslug = \"hall\"\n[[boards]]\nslug = \"sales\"\n";
    let limited = format!("{file}queues = [1, 2]\nskill_ids = [7]\n");
    let queues =
        "board \"sales\" (queuewall.toml:3) names no queues any more, and would show every queue";
    let skills = "board \"sales\" (queuewall.toml:3) has no skill_ids any more, and would count contacts of every skill";
    for (content, said_of) in [
        (format!("{file}skill_ids = [7]\n"), vec![queues]),
        (
            format!("{file}# queues = [1, 2]\nskill_ids = [7]\n"),
            vec![queues],
        ),
        (
            format!("{file}queues = []\nskill_ids = [7]\n"),
            vec![queues],
        ),
        (format!("{file}queues = [1, 2]\n"), vec![skills]),
        (file.to_owned(), vec![queues, skills]),
    ] {
        let bench = Bench::start(&[(FILE, &limited)]);
        looks(2).await;
        bench.write(FILE, &content);
        looks(10).await;
        assert!(!bench.live.has_changed().unwrap(), "{content}");
        let said = bench.said();
        assert_eq!(said.len(), 1, "{content}: {said:?}");
        let begins = format!(
            "ERROR the configuration stays as it was: {}: put the line",
            said_of.join("; ")
        );
        assert!(
            said[0].starts_with(&begins) && said[0].contains("SIGHUP"),
            "{said:?}"
        );

        bench.asked.notify_one();
        looks(1).await;
        assert!(bench.live.has_changed().unwrap(), "{content}: asked for");
        // What another limits, or what was never limited, is taken at once.
        bench.write(FILE, &limited);
        looks(2).await;
        bench.write(FILE, &format!("{file}queues = [3]\nskill_ids = [8]\n"));
        looks(2).await;
        assert_eq!(bench.live.borrow().boards[1].skill_ids, ["8"]);
    }
}

#[tokio::test(start_paused = true)]
async fn lost_target_queue_id_waits_for_sighup() {
    let targets = "CXONE_TENANT_ID=tenant\nTARGET_QUEUE_ID=1,2\nCXONE_SKILL_IDS=7\n";
    for lost in ["", "TARGET_QUEUE_ID=\nCXONE_SKILL_IDS=\n"] {
        let bench = Bench::start(&[(".env", targets)]);
        looks(2).await;
        bench.write(".env", &format!("CXONE_TENANT_ID=tenant\n{lost}"));
        looks(5).await;
        assert_eq!(bench.live.borrow().boards[0].queues.len(), 2);
        let said = bench.said();
        assert!(
            said[0].contains("board \"main\" (TARGET_QUEUE_ID) names no queues"),
            "{said:?}"
        );
        assert!(
            said[0].contains("board \"main\" (CXONE_SKILL_IDS) has no skill_ids"),
            "{said:?}"
        );
        bench.asked.notify_one();
        looks(1).await;
        assert!(bench.live.borrow().boards[0].queues.is_empty());
    }
}
