//! The simulated tenant as a client meets it: over real HTTP, every row of the
//! contract and every fault.

mod faults;
mod lifecycle;
mod queue_list;
mod realtime;
mod tenant;
mod token;
