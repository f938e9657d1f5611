//! Queuewall's backend: signs in to CXone, reads live queue metrics, keeps the
//! latest snapshot, and serves it to any number of walls.
//!
//! # Layout
//! Data flows one way: [`cxone`] → [`poller`] → [`snapshot`] → [`http`].
//! - [`cli`]: the commands, which put the rest together
//! - [`config`]: environment and `queuewall.toml`, checked at start
//! - [`client`]: the client of CXone that a configuration asks for
//! - [`board`]: what a board shows; [`live`]: what changes of it while the server runs
//! - [`backoff`]: how long to wait after failures
//! - [`hours`]: hours of the week
//! - `mapping`: from the upstream's model of a queue to ours
//! - [`metrics`]: what is counted and measured, for Prometheus
//! - [`poller`]: the only caller of a source, the only writer of snapshots
//! - [`snapshot`]: the latest of every board, encoded once a change
//! - [`access`]: access control
//! - `agents`: the agents of a board, in memory only
//! - [`state`]: the folder of private files
//! - [`http`]: the routes; [`operators`]: those of the operators' listener
//! - [`screens`]: which screens there are, and how they are
//! - [`alerts`]: what happens on the boards, told where people are
//! - [`remedy`]: what to do about a failed read
//! - [`reload`]: the configuration, read again while the server runs
//! - [`servers`]: several servers on one database
//! - [`serve`]: a poller and the routes together
//! - [`clock`]: time, handed in
//! - [`database`]: the one handle to the store
//! - [`history`]: what is kept of the queues, and brought back after a restart
//! - `disk`: waiting for a disk beside other tasks; disks of other machines
//! - [`logging`]: text or JSON, to stderr
//! - [`service_manager`]: what systemd is told
//! - [`shutdown`]: the signals that end the server
//! - [`system_error`]: the remedy for a failure of the operating system
//! - [`text_file`]: text and PEM, however they were saved
//! - `fuzzing`: what holds of any input, for the fuzzer and the tests alone

pub mod access;
mod agents;
pub mod alerts;
pub mod backoff;
pub mod board;
pub mod cli;
pub mod client;
pub mod clock;
pub mod config;
pub mod connections;
pub mod database;
mod disk;
#[cfg(any(test, fuzzing))]
#[path = "../tests/fuzzing/targets.rs"]
pub mod fuzzing;
pub mod history;
pub mod hours;
pub mod http;
pub mod live;
pub mod logging;
mod mapping;
pub mod metrics;
pub mod operators;
pub mod poller;
pub mod reload;
pub mod remedy;
pub mod screens;
pub mod serve;
pub mod servers;
pub mod service_manager;
pub mod shutdown;
pub mod snapshot;
pub mod state;
pub mod system_error;
pub mod text_file;
