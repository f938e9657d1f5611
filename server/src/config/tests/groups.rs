//! Groups of a board's queues.

use super::*;

const QUEUES: &str = "[[boards]]\nslug = \"a\"\nqueues = [\"1\", 2, \"3\"]\n";

#[test]
fn groups_have_names_queues_and_their_own_levels_only() {
    let file = format!(
        "[levels]\nrise_after = 3\nwaiting = {{ warning = 4, critical = 8 }}\n\
         {QUEUES}[[boards.groups]]\nname = \"Sales\"\nqueues = [\"1\", 2]\n\
         [boards.groups.levels]\naverage_wait_seconds = {{ warning = 30, critical = 60 }}\n\
         [[boards.groups]]\nname = \"Care\"\nqueues = [3]\nlevels = {{}}\n"
    );
    let config = of_file(&file);
    let board = &config.boards[0];
    let [sales, care] = board.groups.as_slice() else {
        panic!("{:?}", board.groups)
    };
    assert_eq!((&*sales.name, &*care.name), ("Sales", "Care"));
    assert_eq!(sales.queues, ["1", "2"]);
    assert_eq!(care.levels, None);
    let levels = sales.levels.unwrap();
    assert_eq!(levels.rise_after, 3);
    let wait = Limits::new(30_000.0, 60_000.0);
    assert_eq!(levels.limits(Metric::AverageWait), wait);
    for metric in Metric::JUDGED {
        let is_own = metric == Metric::AverageWait;
        assert_eq!(levels.limits(metric).is_judged(), is_own, "{metric:?}");
    }
}

#[test]
fn wrong_groups_are_refused_with_place_and_remedy() {
    let file = format!(
        "{QUEUES}\n[[boards.groups]]\nqueues = [\"1\", 9]\n\
         [[boards.groups]]\nname = \"A\"\nqueues = [1]\n[[boards.groups]]\nname = \"A\"\nqueues = []\n\
         levels = {{ hours = \"Mo 08:00-12:00\", available_agents = {{ critical = 0 }} }}\n\
         [[boards]]\nslug = \"b\"\n[[boards.groups]]\nname = \"B\"\nqueues = [1]\n"
    );
    assert_eq!(
        problems(&ENOUGH, &[("queuewall.toml", &file)]),
        [
            "queuewall.toml:5: boards.groups.name is missing: name the group, for example name = \"Sales\"",
            "queuewall.toml:6: boards.groups.queues = 9 is not a queue of this board: add it to boards.queues \
             of this board, or remove it here",
            "queuewall.toml:9: boards.groups.queues = 1 is in the group at queuewall.toml:6 already: keep it \
             in one group: its calls would count twice",
            "queuewall.toml:11: boards.groups.name = \"A\" is the name of the group at queuewall.toml:8 too: \
             give each group of a board its own",
            "queuewall.toml:10: boards.groups.queues is missing or empty: list some of the board's queues, \
             for example queues = [\"4711\", \"4712\"], or remove the group",
            "queuewall.toml:13: boards.groups.levels.hours is no key of a group: set hours in the levels of \
             the board or of the queues, which a group follows",
            "queuewall.toml:13: boards.groups.levels.available_agents cannot be judged: CXone does not say \
             which agents serve several queues of a group: set it in the levels of the board or of the queues",
            "queuewall.toml:16: boards.groups needs boards.queues: this board shows every queue: list the \
             board's queues in its key queues",
        ]
    );
}

#[test]
fn check_is_told_of_the_groups_of_each_board() {
    let file = format!(
        "{QUEUES}timezone = \"Europe/Berlin\"\n\
         [[boards.groups]]\nname = \"Sales\"\nqueues = [1, 2]\n\
         levels = {{ waiting = {{ critical = 90 }} }}\n"
    );
    let loaded = read(&ENOUGH, &[("queuewall.toml", &file)]).unwrap();
    assert_eq!(
        loaded.notes,
        ["board \"a\": groups: Sales (2 queues, own levels); 1 queue in no group"]
    );
}
