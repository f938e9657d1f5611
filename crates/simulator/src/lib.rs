//! A pretend CXone tenant over real HTTP, with a simulated contact centre behind it. It
//! speaks both dialects at once, from the same state: `reporting-v2`, the seed
//! document's contract, and `realtime`, the API that CXone documents for the same.
//!
//! It shares no types with the server that reads it, so that the two check each
//! other. Time comes from tokio's clock, so that tests can step it.
//!
//! ```no_run
//! use queuewall_simulator::{Fault, Options, QueueOverride, Simulator};
//!
//! # async fn example() -> std::io::Result<()> {
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! let simulator = Simulator::start(listener, Options::default());
//! let control = simulator.control();
//! control.set(
//!     &control.queue_ids()[0],
//!     QueueOverride {
//!         waiting: 12.into(),
//!         ..QueueOverride::default()
//!     },
//! );
//! control.fail_with(Fault::status(503));
//! println!("{}", simulator.base_url());
//! simulator.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! # Layout
//! - [`Options`]: what kind of tenant; [`DayArgs`]: some of it as a command line has it
//! - [`Simulator`]: the running server
//! - [`Control`]: changes the tenant while it runs, and tells what it was asked
//! - [`Past`]: its contact centre in the days before its start
//! - [`Quirk`]: odd forms of answers; [`Form`]: the forms of reports, by version
//! - `skill`: names, sizes and hours of the queues, how many contacts come and how many
//!   agents are planned
//! - `acd`: the contact centre, event by event; all numbers are counted from it; with the
//!   demo's script
//! - `tenant`: tokens, rate limit, scripted exceptions
//! - `http`: the endpoints of both dialects, and the faults. `token`, `realtime` and
//!   `queue_list` are `reporting-v2`; `discovery`, `sign_in`, `activity` and `reports` are
//!   `realtime`

mod acd;
mod clock;
mod control;
mod day_args;
mod endpoint;
mod form;
mod http;
mod options;
mod past;
mod quirk;
mod random;
mod server;
mod skill;
mod staff;
mod tenant;

pub use acd::{Counts, Interval};
pub use control::Control;
pub use day_args::DayArgs;
pub use endpoint::Endpoint;
pub use form::Form;
pub use options::{ActivityShape, Credentials, InvalidTimeOfDay, Options, TimeOfDay};
pub use past::{Numbers, Past};
pub use quirk::Quirk;
pub use server::Simulator;
pub use tenant::{Fault, Field, QueueOverride, Request, ScopedFault};
