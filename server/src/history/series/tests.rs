use queuewall_store::{Location, column::COLUMNS};
use tempfile::TempDir;

use super::*;

/// 2026-03-02, 08:00 UTC, in minutes since 1970.
const EIGHT: i64 = 29_540_640;

async fn store() -> (Store, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::File(folder.path().join("queuewall.db"));
    (Store::open(location).await.unwrap(), folder)
}

fn queue() -> Queue {
    Queue {
        id: "1".into(),
        skills: Vec::new(),
    }
}

/// A minute in which so many wait, the longest for as many seconds.
fn waiting(count: f64) -> Values {
    let mut values = [None; COLUMNS];
    values[Column::WAITING.index()] = Some(count);
    values[Column::from_name("longest_wait").unwrap().index()] = Some(count * 1_000.0);
    values
}

async fn write(store: &Store, minutes: std::ops::Range<i64>, count: impl Fn(i64) -> f64) {
    for at in minutes {
        let row = (queue(), waiting(count(at)));
        store.write_minute(at, &[row], &[]).await.unwrap();
    }
}

/// From and to in minutes after 08:00, at 12:00.
fn asked(from: i64, to: i64, step: Option<i64>) -> Result<SeriesQuery, AskError> {
    let ms = |minutes: i64| Some(((EIGHT + minutes) * MINUTE_MS).to_string());
    let asked = Asked {
        metrics: vec!["waiting".into(), "longest_wait_ms".into()],
        from: ms(from),
        to: ms(to),
        step: step.map(|step| step.to_string()),
    };
    let now_ms = (EIGHT + 4 * 60) * MINUTE_MS;
    SeriesQuery::new(&asked, now_ms, Retention::default())
}

#[tokio::test]
async fn bin_is_mean_or_highest_of_known_minutes() {
    let (store, _folder) = store().await;
    write(&store, EIGHT..EIGHT + 3, |at| (at - EIGHT) as f64).await;
    write(&store, EIGHT + 10..EIGHT + 11, |_| 7.0).await;
    let query = asked(0, 12, Some(300)).unwrap();
    assert_eq!(query.to_ms(), (EIGHT + 15) * MINUTE_MS, "whole bins");
    let values = query.read(&store, &queue()).await.unwrap().values;
    assert_eq!(
        values,
        [
            [Some(1.0), None, Some(7.0)],
            [Some(2_000.0), None, Some(7_000.0)]
        ]
    );
    let query = asked(1, 3, None).unwrap();
    let values = query.read(&store, &queue()).await.unwrap().values;
    assert_eq!(values[0], [Some(1.0), Some(2.0)]);
}

#[tokio::test]
async fn long_range_is_read_from_quarter_hours_and_ends_with_minutes() {
    let (store, _folder) = store().await;
    // Until 11:59; before 11:01 there are quarter hours alone, from 11:45 on minutes alone.
    write(&store, EIGHT..EIGHT + 240, |at| (at % 2) as f64).await;
    let quarter = EIGHT / 15;
    store.roll_up(quarter, quarter + 15).await.unwrap();
    let no_minutes = Retention {
        minute_days: 0,
        ..Retention::default()
    };
    store.delete_some(no_minutes, EIGHT + 181).await.unwrap();
    let minutes = asked(0, 240, Some(60)).unwrap();
    let minutes = minutes.read(&store, &queue()).await.unwrap().values;
    assert_eq!(minutes[0].iter().flatten().count(), 59);
    let query = asked(-3 * DAY, 240, Some(3_600)).unwrap();
    assert_eq!(query.resolution, Resolution::QuarterHour);
    let values = query.read(&store, &queue()).await.unwrap().values;
    let (before, known) = values[0].split_at(72);
    assert!(before.iter().all(Option::is_none));
    assert_eq!(known, [Some(0.5); 4]);
    // A step that quarter hours do not have, and a short range, are of minutes.
    for query in [asked(-3 * DAY, 0, Some(1_200)), asked(0, 240, Some(900))] {
        assert_eq!(query.unwrap().resolution, Resolution::Minute);
    }
    let old = asked(-40 * DAY, -39 * DAY, Some(900)).unwrap();
    assert_eq!(old.resolution, Resolution::QuarterHour);
}

#[test]
fn too_many_bins_are_refused_with_a_step_that_fits() {
    assert_eq!(
        asked(0, 1_500, Some(60))
            .unwrap()
            .bounded()
            .map(|it| it.bins()),
        Ok(1_500)
    );
    let refused = |from, to| asked(from, to, Some(60)).unwrap().bounded().unwrap_err();
    for (length, step) in [
        (1_501, Some(120)),
        (30 * DAY, Some(1_800)),
        (400 * DAY, Some(23_400)),
        (2_000 * DAY, None),
    ] {
        let error = refused(-length, 0);
        assert_eq!(error, AskError::TooLong(step), "{error}");
        if let Some(step) = step {
            assert!(asked(-length, 0, Some(step)).unwrap().bounded().is_ok());
        }
    }
    // Without a step one day is of minutes, and more of quarter hours.
    assert_eq!(asked(0, DAY, None).unwrap().step_seconds(), 60);
    assert_eq!(asked(0, DAY + 1, None).unwrap().step_seconds(), 900);
}

#[test]
fn parts_cover_the_range_once() {
    let query = asked(0, 4_000, Some(60)).unwrap();
    let times: Vec<_> = query.times_ms().collect();
    let parts: Vec<_> = query.parts().collect();
    assert_eq!(parts.len(), 3);
    assert_eq!(
        parts
            .iter()
            .flat_map(SeriesQuery::times_ms)
            .collect::<Vec<_>>(),
        times
    );
}

/// A service level of so many percent.
fn level(percent: f64) -> Values {
    let mut values = [None; COLUMNS];
    values[Column::from_name("service_level").unwrap().index()] = Some(percent);
    values
}

#[tokio::test]
async fn recorded_quarters_are_never_replaced_by_an_hour_read_later() {
    let (store, _folder) = store().await;
    let write = async |at: i64, values| {
        let row = (queue(), values);
        store.write_minute(at, &[row], &[]).await.unwrap();
    };
    // 8:20 with a level, and 8:50 where it is not known.
    write(EIGHT + 20, level(90.0)).await;
    write(EIGHT + 50, waiting(1.0)).await;
    let hour = Hour {
        offered: Some(7),
        in_time: Some(3),
        late: Some(1),
        ..Hour::default()
    };
    let at = EIGHT / HOUR;
    let rows = |hour| [(queue(), hour)];
    store.write_hour(at, &rows(hour), &[]).await.unwrap();
    let nothing_came = Hour {
        in_time: Some(0),
        late: Some(0),
        ..Hour::default()
    };
    let next = rows(nothing_came);
    store.write_hour(at + 1, &next, &[]).await.unwrap();
    let quarter = EIGHT / 15;
    for is_rolled_up in [false, true] {
        if is_rolled_up {
            store.roll_up(quarter, quarter + 8).await.unwrap();
        }
        let read = async |from, to, step: i64, metric: &str| {
            let days = if is_rolled_up { 3 * DAY } else { 0 };
            let ms = |minutes: i64| Some(((EIGHT + minutes) * MINUTE_MS).to_string());
            let asked = Asked {
                metrics: vec![metric.into()],
                from: ms(from - days),
                to: ms(to),
                step: Some(step.to_string()),
            };
            let now_ms = (EIGHT + 4 * HOUR) * MINUTE_MS;
            let query = SeriesQuery::new(&asked, now_ms, Retention::default()).unwrap();
            let mut series = query.read(&store, &queue()).await.unwrap();
            let before = usize::try_from(days * 60 / step).unwrap();
            series.backfilled.drain(..before);
            series.values[0].drain(..before);
            series
        };
        let series = read(0, 120, 900, "service_level").await;
        let [hour_level, live] = [Some(75.0), Some(90.0)];
        assert_eq!(
            series.values[0],
            [hour_level, live, hour_level, None, None, None, None, None]
        );
        let t = [true, false, true, false, false, false, false, false];
        assert_eq!(series.backfilled, t);
        assert_eq!(series.hours, [(at, hour), (at + 1, nothing_came)]);
        // Two quarters of the hour's, and the live one.
        let series = read(0, 60, 3_600, "service_level").await;
        assert_eq!(series.values[0].len(), 1);
        assert_eq!(series.backfilled, [true]);
        let series = read(0, 60, 900, "waiting").await;
        assert_eq!(series.backfilled, [false; 4], "of service levels alone");
    }
    // Minutes of it.
    let minutes = asked(14, 16, Some(60)).unwrap();
    let minutes = SeriesQuery {
        columns: vec![Column::from_name("service_level").unwrap()],
        ..minutes
    };
    let series = minutes.read(&store, &queue()).await.unwrap();
    assert_eq!(series.values, [[Some(75.0), None]]);
    assert_eq!(series.backfilled, [true, false]);
}
