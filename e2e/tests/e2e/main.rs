//! The wall as people meet it: one program, so that tests which mostly wait run side by side.
//!
//! `cargo xtask test` runs it with today's Chromium and Chromium 66, `--all-engines` with
//! every engine, `--long` with the tests that take minutes too.

use tokio::sync::{Semaphore, SemaphorePermit};

mod access;
mod alone;
mod bytes;
mod choice;
mod crowd;
mod deployed;
mod desk;
mod desk_agents;
mod desk_queue;
mod engines;
mod fit;
mod frames;
mod glyphs;
mod groups;
mod hands;
mod header;
mod languages;
mod looks;
mod recovery;
mod screens;
mod soak;
mod states;
mod too_old;
mod wall;

static CORES: Semaphore = Semaphore::const_new(1);

/// Held by a test that keeps a core busy: one at a time, so that the limits of those that
/// wait hold.
async fn busy() -> SemaphorePermit<'static> {
    CORES
        .acquire()
        .await
        .expect("the semaphore is never closed")
}
