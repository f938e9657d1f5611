//! Clocks that jump, and machines that sleep.

use std::time::Duration;

use crate::fault::{Fault, Shows};

const DAY: Duration = Duration::from_secs(86_400);

pub(crate) fn faults() -> Vec<Fault> {
    vec![
        Fault::new(
            "wall clock set forward by a day",
            |world| world.clock.set_forward(DAY),
            Shows::Dip,
        ),
        Fault::new(
            "wall clock set back by a day",
            |world| world.clock.set_back(DAY),
            Shows::Nothing,
        ),
        Fault::new(
            "suspended for an hour",
            |world| {
                // The monotonic clock stands still, and every connection is dead by then.
                world.clock.set_forward(Duration::from_secs(3_600));
                world.line.cut();
            },
            Shows::Dip,
        ),
        Fault::new(
            "stopped for an hour",
            |world| world.stop_for(Duration::from_secs(3_600)),
            Shows::Dip,
        ),
    ]
}
