//! The simulated tenant as a client meets it: over real HTTP, every row of both
//! contracts and every fault.

mod activity;
mod activity_pins;
mod activity_query;
mod discovery;
mod faults;
mod lifecycle;
mod queue_list;
mod quirks;
mod realtime;
mod reports;
mod sign_in;
mod tenant;
mod token;
