//! `queuewall history`: what is kept of the queues, for spreadsheets.

use std::{io::Write, time::SystemTime};

use queuewall_store::history::Queue;

use super::{
    args::ExportArgs,
    exit::{Exit, Failure},
    store,
};
use crate::{
    config::StoreSettings,
    history::{asked::Asked, csv, epoch_ms, series::SeriesQuery},
};

/// Prints the lines of one queue after those of another, in the API's format and without its
/// limit: part by part, and no further than the history reaches. A queue of which nothing is kept is named on stderr, and the command ends with
/// [`Exit::NotFound`].
pub(super) async fn export(
    settings: &StoreSettings,
    args: &ExportArgs,
    now: SystemTime,
    out: &mut dyn Write,
    notes: &mut dyn Write,
) -> Result<Exit, Failure> {
    let board = settings
        .boards
        .iter()
        .find(|board| board.slug == args.board);
    let Some(board) = board else {
        let slugs: Vec<_> = settings.boards.iter().map(|it| it.slug.as_str()).collect();
        return Err(Failure::new(
            Exit::Usage,
            format_args!(
                "there is no board {:?}: name one of {}",
                args.board,
                slugs.join(", ")
            ),
        ));
    };
    let asked = Asked {
        metrics: args.metrics.clone(),
        from: args.from.clone(),
        to: args.to.clone(),
        step: args.step.clone(),
    };
    let now_ms = i64::try_from(epoch_ms(now)).unwrap_or(i64::MAX);
    let query = SeriesQuery::new(&asked, now_ms, settings.store.retention);
    let query = query.map_err(|error| Failure::new(Exit::Usage, error))?;
    let query = query.within(settings.store.retention);
    let store = store::open(settings, notes).await?;
    let mut kept = store.queues().await?;
    kept.retain(|queue| queue.skills == board.skill_ids);
    let ids: Vec<String> = if !args.queue.is_empty() {
        args.queue.clone()
    } else if !board.queues.is_empty() {
        board.queues.iter().map(|queue| queue.id.clone()).collect()
    } else {
        kept.iter().map(|queue| queue.id.clone()).collect()
    };
    let zone = csv::zone(board.timezone.as_deref());
    let mut exit = Exit::Done;
    out.write_all(csv::head(query.columns()).as_bytes())?;
    for id in ids {
        let queue = Queue {
            id,
            skills: board.skill_ids.clone(),
        };
        if !kept.contains(&queue) {
            writeln!(notes, "nothing is kept of the queue {:?}", queue.id)?;
            exit = Exit::NotFound;
            continue;
        }
        for part in query.parts() {
            let series = part.read(&store, &queue).await?;
            out.write_all(csv::lines(&part, &queue.id, &series, &zone).as_bytes())?;
        }
    }
    store.close().await;
    Ok(exit)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::{
        super::store::tests::{START, kept},
        *,
    };

    fn args(board: &str, to: i64) -> ExportArgs {
        let ms = |minute: i64| Some((minute * 60_000).to_string());
        ExportArgs {
            board: board.into(),
            queue: Vec::new(),
            from: ms(START),
            to: ms(START + to),
            metrics: vec!["waiting".into()],
            step: Some("60".into()),
        }
    }

    async fn ask(args: &ExportArgs) -> (Result<Exit, Failure>, String, String) {
        let (settings, _folder) = kept().await;
        let (mut out, mut notes) = (Vec::new(), Vec::new());
        let now = UNIX_EPOCH + Duration::from_secs(60 * (START as u64 + 3_000));
        let end = export(&settings, args, now, &mut out, &mut notes).await;
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (end, text(out), text(notes))
    }

    #[tokio::test]
    async fn export_has_each_queue_of_the_board_and_names_missing() {
        let (end, csv, notes) = ask(&args("main", 2)).await;
        assert_eq!(end, Ok(Exit::NotFound));
        assert_eq!(notes, "nothing is kept of the queue \"3\"\n");
        assert_eq!(
            csv,
            "time_utc,time_board,queue,waiting,backfilled\r\n\
             2026-10-25T00:00:00Z,2026-10-25T02:00:00+02:00,1,0,false\r\n\
             2026-10-25T00:01:00Z,2026-10-25T02:01:00+02:00,1,1,false\r\n\
             2026-10-25T00:00:00Z,2026-10-25T02:00:00+02:00,2,0,false\r\n\
             2026-10-25T00:01:00Z,2026-10-25T02:01:00+02:00,2,1,false\r\n"
        );
        // A board of all queues, over more than one answer of the API would hold.
        let (end, csv, notes) = ask(&args("all", 2_000)).await;
        assert_eq!((end, notes.as_str()), (Ok(Exit::Done), ""));
        assert_eq!(csv.lines().count(), 1 + 2 * 2_000);
        let one = ExportArgs {
            queue: vec!["2".into()],
            ..args("all", 2)
        };
        assert_eq!(ask(&one).await.1.lines().count(), 3);
        let (end, csv, _) = ask(&args("filtered", 2)).await;
        assert_eq!(
            (end, csv.lines().count()),
            (Ok(Exit::Done), 1),
            "of other skills"
        );
    }

    #[tokio::test]
    async fn export_reaches_no_further_than_what_may_be_kept() {
        let endless = ExportArgs {
            queue: vec!["1".into()],
            from: Some("0".into()),
            to: Some("9998-12-31T00:00:00Z".into()),
            step: Some("86400".into()),
            ..args("main", 0)
        };
        let (end, csv, _) = ask(&endless).await;
        assert_eq!(end, Ok(Exit::Done));
        // The 400 days of quarter hours, and the day that has not ended.
        assert!((400..=403).contains(&csv.lines().count()), "{csv}");
        assert!(csv.contains("\r\n2026-10-25T00:00:00Z,"), "{csv}");
    }

    #[tokio::test]
    async fn export_of_wrong_board_or_range_exits_with_usage() {
        let backwards = args("main", -1);
        let mut unknown = args("main", 1);
        unknown.metrics = vec!["wating".into()];
        for (args, words) in [
            (
                args("mian", 1),
                "there is no board \"mian\": name one of main, all, filtered",
            ),
            (backwards, "from is not before to"),
            (unknown, "did you mean waiting?"),
        ] {
            let (end, csv, _) = ask(&args).await;
            let failure = end.unwrap_err();
            assert_eq!((failure.exit, csv.as_str()), (Exit::Usage, ""));
            assert!(failure.message.unwrap().contains(words));
        }
    }
}
