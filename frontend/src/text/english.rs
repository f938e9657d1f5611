//! English.

use queuewall_shared::cause::Cause;
use queuewall_shared::language::Language;
use queuewall_shared::phrase::{phrase, word};

use super::access;
use super::desk::english::DESK;
use super::words::{Causes, Words};

pub(super) const WORDS: Words = Words {
    language: Language::English,
    locale: "en-GB",

    stopped: phrase(
        "Queuewall stopped and shows nothing any more, so that no old number passes for a \
         live one. It starts again by itself.",
    ),
    no_wake_lock: phrase("This screen may go to sleep: this browser cannot keep it awake."),
    wake_lock_needs_https: phrase("This screen may go to sleep: keeping it awake needs HTTPS."),
    wake_lock_refused: phrase("This screen may go to sleep: the browser refuses to keep it awake."),
    kept_awake: phrase("The screen is kept awake."),
    sound_on: phrase("Sound on"),
    sound_off: phrase("Sound off"),
    restarted: phrase("Restarted after a fault: {0}×, the latest: {1}"),
    sound_blocked: phrase("Sound off – press OK"),
    reading: phrase("Reading the queues …"),
    no_page: phrase("There is no page at this address."),
    all_boards: phrase("All boards"),
    boards: phrase("Boards"),
    no_boards: phrase("No board is set up on this server."),
    no_queues: phrase("This board has no queues."),
    no_board: phrase("This server has no board “{0}”."),

    waiting: word("waiting"),
    longest: word("longest"),
    average: word("average"),
    counted: phrase("{0} of {1} queues"),
    counted_of_one: phrase("{0} of {1} queue"),
    live: word("Live"),
    resuming: word("Refreshing"),
    no_connection: word("No connection"),

    tile_wait: word("Wait"),
    tile_longest_wait: word("Longest"),
    tile_service: word("Service"),
    percent: word("%"),
    free: word("free"),
    busy: word("busy"),
    logged_on: word("on"),
    after_call: word("wrap-up"),
    away: word("away"),
    closed: word("Closed"),

    seconds: phrase("{0}\u{a0}s"),
    minutes: phrase("{0}\u{a0}min"),
    hours: phrase("{0}\u{a0}h"),
    days: phrase("{0}\u{a0}d"),
    ago: phrase("{0} ago"),
    old: phrase("{0} old"),
    too_old: word("old"),
    since: phrase("since {0}"),
    lasting: phrase("for\u{a0}{0}"),

    warning: word("Warning"),
    critical: word("Critical"),
    colon: ": ",
    many_waiting: phrase("{0} or more waiting"),
    wait_over: phrase("wait over {0}"),
    longest_over: phrase("longest over {0}"),
    service_under: phrase("service under {0}%"),
    nobody_free: phrase("nobody is free"),
    held: phrase("for\u{a0}{0}"),
    few_free: phrase("{0} or fewer free"),

    is_fresh: phrase("up to date"),
    is_ageing: phrase("a little old"),
    is_stale: phrase("too old to rely on"),
    is_closed: phrase("closed"),
    is_unknown: phrase("unknown"),
    is_not_found: phrase("not found"),
    is_forbidden: phrase("no permission"),
    rising: phrase("rising"),
    falling: phrase("falling"),
    in_after_call_work: phrase("{0} in after-call work"),
    unavailable: phrase("{0} unavailable"),

    nothing_newer: phrase("No newer reading"),
    nobody_logged_on: phrase("Nobody logged on"),
    nothing_yet: phrase("No reading yet"),
    queue_forbidden: phrase("No permission to read this queue"),
    // The sentences that the server sends along.
    causes: Causes {
        sign_in_rejected: phrase(Cause::SignInRejected.sentence()),
        forbidden: phrase(Cause::Forbidden.sentence()),
        not_found: phrase(Cause::NotFound.sentence()),
        none_found: phrase(Cause::NoneFound.sentence()),
        nothing_visible: phrase(Cause::NothingVisible.sentence()),
        left_out: phrase(Cause::LeftOut.sentence()),
        rate_limited: phrase(Cause::RateLimited.sentence()),
        upstream_trouble: phrase(Cause::UpstreamTrouble.sentence()),
        no_connection: phrase(Cause::NoConnection.sentence()),
        timed_out: phrase(Cause::TimedOut.sentence()),
        unreadable: phrase(Cause::Unreadable.sentence()),
        no_answer: phrase(Cause::NoAnswer.sentence()),
        first_answer: phrase(Cause::FirstAnswer.sentence()),
    },

    some_unread: phrase("Some queues cannot be read from CXone at the moment."),
    none_read: phrase("The Queuewall server cannot read from CXone."),
    lost: phrase("No connection to the Queuewall server {0}: {1}."),
    since_opened: phrase("since this page was opened"),
    unreachable: phrase("it cannot be reached"),
    timed_out: phrase("it does not answer in time"),
    bad_status: phrase("it answers with status {0}"),
    unreadable: phrase("its answer cannot be read"),
    trying: phrase("Trying now …"),
    next_try: phrase("Next try in {0}\u{a0}s"),

    page_of: phrase("Page {0} of {1}"),
    paused: phrase("Paused"),
    too_small: phrase("Screen too small for this distance"),
    no_room_for_agents: phrase("No room for agents"),
    no_room_for_service: phrase("No room for agents and service level"),
    no_room_for_wait: phrase("No room for agents, service level and wait"),

    no_setting: phrase("“{0}” in this address is no setting. The settings are {1}."),
    repeated: phrase("“{0}” stands in this address more than once: the first one counts."),
    not_one_of: phrase("“{0}” in this address is none of {1}."),
    not_within: phrase("“{0}” in this address is not a number from {1} to {2}."),
    not_within_nor_off: phrase(
        "“{0}” in this address is not a number from {1} to {2}, and not off.",
    ),
    not_a_name: phrase("“{0}” in this address is empty or longer than {1} characters."),

    desk: DESK,
    access: access::ENGLISH,
};
