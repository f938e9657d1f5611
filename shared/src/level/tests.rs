//! Levels by example, and by what must hold of every sequence of readings.

mod hysteresis;
mod laws;
mod limits;
mod reasons;
mod service_level;

use super::*;
use crate::snapshot::{Agents, Queue, ServiceLevel};
use Level::{Critical, None as Unjudged, Ok as Fine, Warning};
use proptest::{collection::vec, option, prelude::*};
use std::borrow::Borrow;

/// Every number at its best: nothing to say against the queue.
fn calm() -> Queue {
    Queue {
        waiting: Some(0),
        average_wait_ms: Some(0),
        longest_wait_ms: Some(0),
        service_level: ServiceLevel {
            percent: Some(100.0),
            ..ServiceLevel::default()
        },
        agents: Agents {
            logged_on: Some(9),
            available: Some(9),
            ..Agents::default()
        },
        ..Queue::default()
    }
}

fn waiting(calls: u64) -> Queue {
    Queue {
        waiting: Some(calls),
        ..calm()
    }
}

/// A calm queue with a service level of `percent` over `sample` calls.
fn with_service(percent: Option<f64>, sample: Option<u64>) -> Queue {
    let service_level = ServiceLevel {
        percent,
        sample,
        ..ServiceLevel::default()
    };
    Queue {
        service_level,
        ..calm()
    }
}

/// The level after each of `readings`, one a second.
fn levels(readings: impl IntoIterator<Item = impl Borrow<Queue>>) -> Vec<Level> {
    let (mut judge, thresholds) = (Judge::default(), Thresholds::default());
    let readings = readings.into_iter();
    readings
        .map(|it| judge.step(it.borrow(), &thresholds, 0).level)
        .collect()
}

fn levels_of_waiting(calls: &[u64]) -> Vec<Level> {
    levels(calls.iter().map(|calls| waiting(*calls)))
}
