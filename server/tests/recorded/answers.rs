//! `/api/boards`, a board in its states, and `stats --json`.

use queuewall_shared::{
    snapshot::{BoardList, BoardSnapshot},
    wire::{self, Json},
};
use queuewall_simulator::{Options, QueueOverride};
use serde_json::{Value, from_value, json, to_value};

use crate::{
    NOWHERE, Setup, recorded,
    shape::{assert_has_shape_of, assert_holds},
    simulator, wait_for,
};

/// As the page reads it.
struct Parsed<'b>(Option<&'b Value>);

impl Json for Parsed<'_> {
    fn get(&self, name: &str) -> Self {
        Self(self.0.and_then(|value| value.get(name)))
    }

    fn text(&self) -> Option<String> {
        Some(self.0?.as_str()?.to_owned())
    }

    fn float(&self) -> Option<f64> {
        self.0?.as_f64()
    }

    fn flag(&self) -> Option<bool> {
        self.0?.as_bool()
    }

    fn each<T>(&self, read: impl Fn(&Self) -> Option<T>) -> Option<Vec<T>> {
        let items = self.0?.as_array()?.iter();
        items.map(|item| read(&Self(Some(item)))).collect()
    }
}

const STATES: [&str; 6] = [
    "before-first-read",
    "closed",
    "not-found",
    "ok",
    "refused",
    "stale",
];

fn recorded_state(name: &str) -> Value {
    serde_json::from_str(&recorded(&format!("answers/{name}.json"))).expect(name)
}

#[test]
fn page_reads_recorded_boards_in_every_state() {
    for state in STATES {
        let mut then = recorded_state(state);
        // Trends are in an answer apart, and here the list is empty.
        for queue in then["queues"].as_array_mut().expect(state) {
            queue["trend"] = json!([]);
        }
        let body = Parsed(Some(&then));
        let queues = body.get("queues").each(wire::queue).expect(state);
        let read = wire::snapshot(&body, queues, true).expect(state);
        assert_holds(&to_value(&read).unwrap(), &then);
        let by_server: BoardSnapshot = from_value(then).expect(state);
        assert_eq!(read, by_server, "{state}");
    }
}

#[test]
fn page_reads_the_recorded_board_list() {
    let then = recorded_state("boards");
    let read = wire::board_list(&Parsed(Some(&then))).unwrap();
    assert_holds(&to_value(&read).unwrap(), &then);
    assert_eq!(from_value::<BoardList>(then).unwrap(), read);
}

#[tokio::test(flavor = "multi_thread")]
async fn live_boards_have_every_field_that_was_recorded() {
    let tenant = simulator(Options::default()).await;
    let control = tenant.control();
    let crowded = QueueOverride {
        waiting: 40.into(),
        ..QueueOverride::default()
    };
    control.set(&control.queue_ids()[0], crowded);
    let setup = Setup::of_first_sample(tenant.base_url());
    let program = setup.serve(&[]);
    let address = program.address;
    let list = wait_for(address, "/api/boards", "sales");
    assert_has_shape_of(&list, &recorded_state("boards"));
    assert_holds(&list["boards"], &recorded_state("boards")["boards"]);
    let sales = wait_for(address, "/api/boards/sales", "none_found");
    let then = recorded_state("not-found");
    assert_has_shape_of(&sales, &then);
    assert_holds(&sales["queues"], &then["queues"]);
    // A level is reached after two readings.
    let all = wait_for(address, "/api/boards/all", "critical");
    for state in ["ok", "stale", "closed"] {
        assert_has_shape_of(&all, &recorded_state(state));
    }
    program.end();
    tenant.shutdown().await;
}

#[test]
fn live_board_without_cxone_is_as_it_was_recorded() {
    let setup = Setup::new(NOWHERE.into());
    let program = setup.serve(&[("TARGET_QUEUE_ID", "4711")]);
    let now = wait_for(program.address, "/api/boards/main", "no_connection");
    assert_has_shape_of(&now, &recorded_state("refused"));
    let mut then = recorded_state("before-first-read");
    for varying in ["build", "upstream"] {
        then[varying] = now[varying].clone();
    }
    assert_holds(&now, &then);
    program.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_print_every_field_that_was_recorded() {
    let tenant = simulator(Options::default()).await;
    let setup = Setup::new(tenant.base_url());
    let id = &tenant.control().queue_ids()[0];
    for (arguments, name) in [
        (&["stats", "--json"][..], "stats-all"),
        (&["stats", "--json", "--queue", id], "stats-one"),
        (&["queues", "--json"], "queues"),
    ] {
        let output = setup.run(arguments);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let now = serde_json::from_slice(&output.stdout).unwrap();
        assert_has_shape_of(&now, &recorded_state(name));
    }
    tenant.shutdown().await;
}
