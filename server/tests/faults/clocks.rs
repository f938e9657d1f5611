//! Clocks that jump, and machines that sleep.

use std::time::Duration;

use crate::{
    fault::{Fault, Shows},
    world::World,
};

const DAY: Duration = Duration::from_secs(86_400);
const HOUR: Duration = Duration::from_secs(3_600);

/// The machine sleeps; what is shown is soon no longer so, and every connection is dead
/// by the time that it wakes.
fn sleep(world: &World, sleep: impl FnOnce()) {
    world.truth.turn();
    sleep();
    world.line.cut();
}

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
            |world| sleep(world, || world.clock.suspend(HOUR)),
            Shows::Dip,
        ),
        Fault::new(
            "suspended for an hour, and set back by it",
            |world| {
                world.clock.set_back(HOUR);
                sleep(world, || world.clock.suspend(HOUR));
            },
            Shows::Dip,
        ),
        Fault::new(
            "a virtual machine paused for an hour",
            |world| sleep(world, || world.clock.pause(HOUR)),
            Shows::Dip,
        ),
        Fault::new(
            "stopped for an hour",
            |world| {
                world.truth.turn();
                world.stop_for(HOUR);
            },
            Shows::Dip,
        ),
    ]
}
