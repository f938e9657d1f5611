//! The budget over restarts, and tokens over their lives, as the tenant sees them.

use std::{path::Path, sync::Arc, time::Duration};

use queuewall::budget::{Ledger, RequestBudget, WINDOW};
use queuewall_simulator::{Endpoint, Options, Simulator};
use tokio::{net::TcpListener, time::sleep};

use crate::{
    line::http_client,
    matrix::number,
    world::{GLANCE, INTERVAL, Spoken, TestClock, World, brake},
};

const LIMIT: usize = 10;

/// One short life of a process that asks as fast as it may, and is killed.
async fn live(url: &str, state_dir: &Path, clock: &TestClock) {
    let ledger = Ledger::new(state_dir.to_owned(), Arc::new(clock.clone()));
    let budget = RequestBudget::resuming(LIMIT, ledger);
    let client = http_client();
    let asks = async {
        loop {
            let permit = budget.acquire().await;
            client.post(url).send().await.unwrap();
            drop(permit);
        }
    };
    let killed = tokio::time::timeout(Duration::from_millis(590), asks).await;
    assert!(killed.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_hundred_restarts_in_a_minute_spend_one_budget() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let simulator = Simulator::start(listener, Options::default());
    let url = format!("{}/oauth2/token", simulator.base_url());
    let braking = tokio::spawn(brake());
    let (folder, clock) = (tempfile::tempdir().unwrap(), TestClock::new());
    for _ in 0..150 {
        live(&url, folder.path(), &clock).await;
    }
    braking.abort();
    let requests = simulator.control().requests();
    for window in requests.windows(LIMIT + 1) {
        assert!(window[LIMIT].at - window[0].at >= WINDOW);
    }
    let first_minute = requests.iter().filter(|it| it.at - requests[0].at < WINDOW);
    assert_eq!(first_minute.count(), LIMIT, "all of it, and no more");
}

#[tokio::test(start_paused = true)]
async fn no_poll_is_lost_while_tokens_expire_and_each_life_costs_one_sign_in() {
    const LIFE: u32 = 30;
    let lives = number("QUEUEWALL_TOKEN_LIVES", 30);
    for spoken in Spoken::ALL {
        let options = Options {
            token_seconds: LIFE,
            ..Options::default()
        };
        let world = World::of(spoken, false, options).await;
        sleep(INTERVAL).await;
        let before = world.line.arrivals().len();
        let mut glances = 0;
        while glances < u64::from(LIFE) * lives / 5 {
            let view = world.look().await;
            assert!(view.is_well(), "{spoken:?}: {:?}", view.board.upstream);
            sleep(INTERVAL / 2 - GLANCE / 50).await;
            glances += 1;
        }
        world.check_conduct();
        let count = |endpoint| world.control.count(endpoint);
        let sign_ins = count(Endpoint::Token) + count(Endpoint::AuthToken);
        let reads = count(Endpoint::Realtime) + count(Endpoint::SkillActivity);
        // A token is replaced by the first read in the last tenth of its life, or after.
        assert!(
            (lives..=lives * 3 / 2 + 2).contains(&sign_ins),
            "{sign_ins}"
        );
        let polls = world.line.arrivals().len() - before;
        assert!(polls as u64 >= reads, "{polls}");
        assert!(reads >= lives * u64::from(LIFE) / 10 - 3, "{reads}");
        let refused = world.control.requests();
        let refused = refused.iter().filter(|it| it.status == Some(401)).count();
        assert_eq!(refused, 0, "no token is used after its end");
    }
}
