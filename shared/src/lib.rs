//! What the server and the page both say: one vocabulary, so that the two never
//! drift apart. Pure: no I/O, no clock, no allocation beyond what an answer needs.
//!
//! # Layout
//! - [`snapshot`]: the JSON of `/api/boards` and `/api/boards/{slug}`
//! - [`wire`]: the same as the page reads it
//! - [`agents`]: how many agents do what, and the list of them
//! - [`address`]: a screen's address taken apart, wherever its token got to
//! - [`cause`]: why numbers are missing, as a code beside the server's sentence
//! - [`freshness`]: when a reading stops being true
//! - [`totals`]: the header's sums over the queues that still count
//! - [`level`]: how bad it is, with thresholds, hysteresis and reasons
//! - [`metric`]: the table of metrics, their units and how they behave
//! - [`today`]: contacts counted since midnight, and when they are stale
//! - [`choice`]: which numbers a board's tiles and header show
//! - [`trend`]: the last three hours of calls waiting: `/api/boards/{slug}/trends`, and their line
//! - [`label`]: text from outside as it may stand on a screen
//! - [`mod@format`]: durations and ages as people read them
//! - [`http`]: names of the headers both sides use
//! - [`tile_state`]: what one tile may claim, from its queue and its age
//! - [`link`]: when the page asks its server, and when it stops believing itself
//! - [`basis`]: from what a reading's age is counted, and which of two servers' is older
//! - [`server_clock`]: the time of day by the server's clock
//! - [`language`]: the languages that the page speaks
//! - [`phrase`]: words and sentences that the compiler checks; [`words`]: those of each
//!   language
//! - [`settings`]: what a link asks of the page
//! - [`alarm`]: when a wall makes itself heard
//! - [`drift`]: where a wall stands this minute
//! - [`renewal`]: when a page makes room for a newer one
//! - [`report`]: what a screen says of itself with each poll
//! - [`rotation`]: which page of tiles is shown, and for how long
//! - [`fit`]: columns, type sizes and pages for a number of tiles, a screen and a distance
//! - [`group`]: several queues as one
//! - [`order`]: which queues are shown, and in which order
//! - [`steering`]: where the focus goes when an arrow key is pressed
//! - `fuzzing`: what holds of any input, for the fuzzer and the tests alone

pub mod address;
pub mod agents;
pub mod alarm;
pub mod basis;
pub mod cause;
pub mod chart;
pub mod choice;
pub mod drift;
pub mod fit;
pub mod format;
pub mod freshness;
#[cfg(any(test, fuzzing))]
#[path = "../tests/fuzzing/targets.rs"]
pub mod fuzzing;
pub mod group;
pub mod http;
pub mod label;
pub mod language;
pub mod level;
pub mod link;
pub mod metric;
pub mod order;
pub mod phrase;
pub mod renewal;
pub mod report;
pub mod rotation;
pub mod server_clock;
pub mod settings;
pub mod snapshot;
pub mod steering;
pub mod tile_state;
pub mod today;
pub mod totals;
pub mod trend;
pub mod wire;
pub mod words;
