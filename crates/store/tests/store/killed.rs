//! A program that is killed while it writes.

use std::{
    env,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
};

use queuewall_store::{Location, QueryError, Store, history::Resolution};

use super::{access::link, queue, values};

const FILE: &str = "QUEUEWALL_KILLED_FILE";
/// So many times the program is killed: `QUEUEWALL_KILLS` in the environment.
const KILLS: usize = 10;

/// Writes minute after minute, and says of each that it is kept.
#[tokio::test]
#[ignore = "the program that the next test kills"]
async fn writer() {
    let Some(file) = env::var_os(FILE) else {
        return;
    };
    let store = Store::open(Location::File(file.into())).await.unwrap();
    let first = store
        .info()
        .await
        .unwrap()
        .last_minute
        .map_or(0, |last| last + 1);
    for at in first.. {
        let rows: Vec<_> = (0..50)
            .map(|index| (queue(&index.to_string()), values(&[("waiting", at as f64)])))
            .collect();
        // Before the minute, by which a restart goes on.
        let id = at.to_string();
        let added = store.change_links::<_, QueryError>(|links| {
            if links.iter().all(|it| it.id != id) {
                links.push(link(&id));
            }
            Ok(())
        });
        added.await.unwrap();
        store.write_minute(at, &rows, &[]).await.unwrap();
        store
            .write_state(&[("last".to_owned(), at.to_string())])
            .await
            .unwrap();
        println!("kept {at}");
        std::io::stdout().flush().unwrap();
    }
}

#[tokio::test]
async fn killed_writer_loses_nothing_that_was_kept() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("queuewall.db");
    let kills = env::var("QUEUEWALL_KILLS")
        .ok()
        .and_then(|kills| kills.parse().ok());
    for round in 0..kills.unwrap_or(KILLS) {
        let kept = kept_before_kill(&file, 1 + round * 7 % 30);
        let store = Store::open(Location::File(file.clone())).await.unwrap();
        for index in ["0", "49"] {
            let minutes = store
                .read(&queue(index), Resolution::Minute, 0, i64::MAX)
                .await
                .unwrap();
            let last = minutes.last().unwrap().at;
            assert!(last >= kept, "{last}, and {kept} was kept");
            assert_eq!(
                minutes.len(),
                usize::try_from(last + 1).unwrap(),
                "without a hole"
            );
        }
        let last = store.state("last").await.unwrap().unwrap();
        assert!(last.parse::<i64>().unwrap() >= kept);
        let links = store.links().await.unwrap();
        let links: Vec<_> = links.iter().map(|link| link.id.parse().unwrap()).collect();
        assert!(
            (0..=kept).all(|id: i64| links.contains(&id)),
            "{kept}: {links:?}"
        );
        store.close().await;
    }
}

/// Starts the writer, and kills it after so many minutes; the last one that it said was kept.
fn kept_before_kill(file: &Path, minutes: usize) -> i64 {
    let mut writer = Command::new(env::current_exe().unwrap());
    writer.args(["--ignored", "--exact", "killed::writer", "--nocapture"]);
    let mut writer = writer
        .env(FILE, file)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(writer.stdout.take().unwrap()).lines();
    let kept = lines.filter_map(|line| line.unwrap().strip_prefix("kept ")?.parse().ok());
    let kept = kept.take(minutes).last().unwrap();
    writer.kill().unwrap();
    writer.wait().unwrap();
    kept
}
