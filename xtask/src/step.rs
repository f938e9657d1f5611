//! Progress for people: what is being done, and how long it took.

use std::time::Instant;

use anyhow::Result;

/// Does one step, saying so before and how long it took after.
pub(crate) fn step<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("==> {what}");
    let start = Instant::now();
    let outcome = work();
    let seconds = start.elapsed().as_secs_f32();
    match &outcome {
        Ok(_) => eprintln!("    done in {seconds:.1} s"),
        Err(_) => eprintln!("    failed after {seconds:.1} s"),
    }
    outcome
}

/// Says something about the current step.
pub(crate) fn note(text: &str) {
    eprintln!("    {text}");
}
