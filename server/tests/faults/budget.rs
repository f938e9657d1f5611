//! The budget over restarts, and tokens over their lives, as the tenant sees them.

use std::{sync::Arc, time::Duration};

use cxone::budget::{Ledger, RequestBudget, WINDOW};
use queuewall::config::{BoardConfig, QueueConfig};
use queuewall_simulator::{Endpoint, Options, Simulator};
use tokio::{
    net::TcpListener,
    time::{Instant, sleep},
};

use crate::{
    line::{Act, At, Honest, answer, http_client},
    machine::Kept,
    matrix::number,
    world::{GLANCE, INTERVAL, Spoken, TestClock, World, brake},
};

const LIMIT: usize = 10;

/// One short life of a process that asks as fast as it may, and is killed.
async fn live(url: &str, kept: &Kept, clock: &TestClock) {
    let ledger = Ledger::new(kept.clone(), Arc::new(clock.clone()));
    let budget = RequestBudget::with_ledger(LIMIT, ledger);
    let client = http_client();
    let asks = async {
        for _ in 0..=LIMIT {
            let permit = budget.acquire().await;
            client.post(url).send().await.unwrap();
            drop(permit);
        }
    };
    let killed = tokio::time::timeout(Duration::from_millis(590), asks).await;
    assert!(killed.is_err(), "more than a minute's budget in one life");
}

#[tokio::test(start_paused = true)]
async fn a_hundred_restarts_in_a_minute_spend_one_budget() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let simulator = Simulator::start(listener, Options::default());
    let url = format!("{}/oauth2/token", simulator.base_url());
    let braking = tokio::spawn(brake());
    let clock = TestClock::new();
    let kept = Kept::new(clock.clone());
    for _ in 0..150 {
        live(&url, &kept, &clock).await;
    }
    braking.abort();
    let requests = simulator.control().requests();
    for window in requests.windows(LIMIT + 1) {
        assert!(window[LIMIT].at - window[0].at >= WINDOW);
    }
    let first_minute = requests.iter().filter(|it| it.at - requests[0].at < WINDOW);
    assert_eq!(first_minute.count(), LIMIT, "all of it, and no more");
}

/// After how many checks the server is killed and restarted: at any moment of a token's
/// life, and of the time between two polls.
const RESTART_EVERY: u64 = 37;

#[tokio::test(start_paused = true)]
async fn no_poll_is_lost_while_tokens_expire_and_servers_restart() {
    const LIFE: u32 = 30;
    let lives = number("QUEUEWALL_TOKEN_LIVES", 15);
    for spoken in Spoken::ALL {
        let options = Options {
            token_seconds: LIFE,
            ..Options::default()
        };
        let mut world = World::of(spoken, false, options).await;
        sleep(INTERVAL).await;
        let mut restarts = 0;
        for glance in 1..=u64::from(LIFE) * lives / 5 {
            if glance % RESTART_EVERY == 0 {
                world.restart().await;
                // What it takes to sign in and to read.
                sleep(GLANCE).await;
                restarts += 1;
            }
            let view = world.look().await;
            assert!(view.is_well(), "{spoken:?}: {:?}", view.board.upstream);
            sleep(INTERVAL / 2 - GLANCE / 50).await;
        }
        world.check_conduct();
        let requests = world.control.requests();
        let reads: Vec<_> = (requests.iter())
            .filter(|it| matches!(it.endpoint, Endpoint::Realtime | Endpoint::SkillActivity))
            .filter(|it| it.skill_ids.is_empty())
            .collect();
        for pair in reads.windows(2) {
            let gap = pair[1].at - pair[0].at;
            assert!(
                gap <= INTERVAL + GLANCE,
                "{spoken:?}: a poll is lost: {gap:?}"
            );
        }
        assert!(restarts >= lives * u64::from(LIFE) / 5 / RESTART_EVERY);
        let count = |endpoint| world.control.count(endpoint);
        let sign_ins = count(Endpoint::Token) + count(Endpoint::AuthToken);
        // A token is replaced by the first read in the last tenth of its life, or after.
        let at_most = lives * 3 / 2 + 2 + restarts;
        assert!((lives..=at_most).contains(&sign_ins), "{sign_ins}");
        let refused = requests.iter().filter(|it| it.status == Some(401)).count();
        assert_eq!(refused, 0, "no token is used after its end");
    }
}

#[tokio::test(start_paused = true)]
async fn failing_sign_in_costs_one_request_a_step() {
    const LASTS: Duration = Duration::from_secs(150);
    for spoken in Spoken::ALL {
        // Each board has its own skill and so its own read, and all are due at once.
        let boards = (0..20).map(|skill| BoardConfig {
            slug: format!("more-{skill}"),
            skill_ids: vec![format!("more-{skill}")],
            queues: vec![QueueConfig::new("1")],
            ..BoardConfig::default()
        });
        let world = World::with(spoken, false, Options::default(), boards.collect()).await;
        let failure = |_: &Honest| Act::Answer(answer(500, &[], "{}"));
        world.line.change(At::Tokens, failure);
        let end = Instant::now() + LASTS;
        while Instant::now() < end {
            world.look().await;
            sleep(GLANCE).await;
        }
        world.check_conduct();
        // Up to an interval apart by chance: all the reads together would spend the budget.
        let count = |endpoint| world.control.count(endpoint);
        let tries = count(Endpoint::Token) + count(Endpoint::AuthToken);
        let steps = LASTS.as_secs() / INTERVAL.as_secs();
        assert!(
            (steps..=steps * 5).contains(&tries),
            "{spoken:?}: {tries} in {steps} intervals"
        );
        let reads = count(Endpoint::Realtime) + count(Endpoint::SkillActivity);
        assert_eq!(reads, 0, "nothing is read without a token");
    }
}
