//! The fault matrix: everything that we know can go wrong between the server and CXone,
//! each alone and in random order, in both dialects, against the real server and the
//! simulated tenant over real sockets.
//!
//! Of each fault is asked: nothing panics; no tile ever shows a number that the tenant
//! did not give for that queue, nor one that looks younger than it is; board and tiles
//! say what is the matter within one poll; and all is fresh again within one interval
//! and 5 s of the fault's end, or of the retry that the server has announced.
//!
//! Time is tokio's, paused and braked: minutes pass in a second, and a machine that is
//! busy with other things slows the test and changes nothing in it.
//!
//! - `QUEUEWALL_FAULT`: only kinds with this in their names, to look into one
//! - `QUEUEWALL_FAULT_RUNS`: how many random sequences (default 2 a dialect)
//! - `QUEUEWALL_FAULT_SEED`: the seed of the first one (default 1)
//! - `QUEUEWALL_TOKEN_LIVES`: over how many lives of a token no poll may be lost (default 15)
//! - `QUEUEWALL_STOP_SECONDS`: for how long the program is stopped (default 8)
//!
//! # Layout
//! - `world`: the tenant, the line to it, the server, and a browser that never looks away
//! - `machine`: what of it outlives a process: clocks, names, disk, settings
//! - `line`: the line, on which answers are changed, held up and cut off
//! - `shapes`: the boards: by ids, all queues, another order, by skill
//! - `truth`: the numbers that the tenant gives, and what a board may make of them
//! - `fault`: what a fault is; `transport`, `statuses`, `bodies`, `tokens`, `clocks`:
//!   the faults, one entry each
//! - `matrix`: the tests
//! - `budget`: restarts, and tokens that expire, as the tenant sees them
//! - `stopped`: the program itself, stopped and continued, in real time
//!
//! # What it finds
//! Bugs that were planted in the product by hand, one at a time, and what failed with each:
//!
//! | planted | found by |
//! |---|---|
//! | an age is that of the monotonic and the wall clock alone | `each_jump_of_a_clock_is_survived` (suspended for an hour, and set back by it), `poller::tests::clocks` |
//! | leaps of the wall clock are not added up | `clock::tests`, `poller::tests::clocks` |
//! | numbers are as old as their answer, not as their question | `stopped` (while it reads) |
//! | a `Retry-After` is not waited for | `each_refusal_…` (429, seconds) |
//! | the age of every snapshot is 0 | `each_fault_of_the_network_…` (refused) |
//! | a tile's lag behind its board is 0 | `each_wrong_body_…` (a missing queue) |
//! | a number that cannot be read is 0 | `each_wrong_body_…` (wrong types) |
//! | JSON that is cut off is an empty list | `each_wrong_body_…` (truncated) |
//! | readings go to the queues in another order | `each_jump_of_a_clock_…` |
//! | a token is used after its end | `no_poll_is_lost_…` |
//! | redirects are followed | `each_refusal_…` (redirect) |
//! | an answer may take a day | `each_fault_of_the_network_…` (hang) |
//! | a refused token is used again | `each_refusal_…` (401, token expired) |
//! | a start does not know what was spent | `a_hundred_restarts_…` |
//! | numbers stay after a 403 | `each_refusal_…` (403) |
//! | a failed read is not noted | `each_fault_of_the_network_…` (refused) |
//! | a read leaves its skills out | every fault, on the board by skill |
//! | all boards show the first group's numbers | every fault, on the board by skill |
//! | an age is that of the monotonic clock alone | `each_jump_of_a_clock_…` (suspended) |
//! | of a queue that is there twice the last counts | `each_wrong_body_…` (duplicate) |
//! | no back-off | `failing_sign_in_…` |
//! | a board is never down | `each_fault_of_the_network_…` (DNS) |
//! | a board of all queues has them in another order | every fault, on that board |
//! | a negative number loses its sign | `each_wrong_body_…` (negative) |
//! | the next try is not announced | `failing_sign_in_…` |
//! | the poller panics where no queue is known | `each_refusal_…` (404, every queue) |
//! | a queue that was left out is not noted | `each_wrong_body_…` (a missing queue) |
//! | any certificate is good | `each_fault_of_the_network_…` (TLS expired) |
//!
//! Not found here: a body limit that is off, since 50 MB of nothing are unreadable with and
//! without it. That is for `failures` of crates/cxone/tests.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly too")]

#[path = "../support/program.rs"]
mod program;
#[path = "../../../crates/cxone/tests/client/scripted.rs"]
#[expect(dead_code, reason = "of it only the reader of requests is needed here")]
mod scripted;

mod bodies;
mod budget;
mod clocks;
mod fault;
mod line;
mod machine;
mod matrix;
mod shapes;
mod statuses;
mod stopped;
mod tokens;
mod transport;
mod truth;
mod world;
