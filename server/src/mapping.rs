//! From a reading in the upstream's model to our model of a queue.

use std::time::Duration;

use cxone::{MediaType, QueueReading};
use queuewall_shared::{
    level::Media,
    metric::Metric,
    snapshot::{Agents, Queue, ServiceLevel},
};

/// The numbers of `reading`; everything else is the default.
pub(crate) fn queue(reading: &QueueReading) -> Queue {
    let mut queue = Queue {
        waiting: reading.waiting,
        average_wait_ms: reading.average_wait.map(millis),
        longest_wait_ms: reading.longest_wait.map(millis),
        agents: Agents {
            logged_on: reading.agents_logged_on,
            available: reading.agents_available,
            busy: reading.agents_busy,
            after_call_work: reading.agents_after_call_work,
            unavailable: reading.agents_unavailable,
        },
        service_level: ServiceLevel {
            percent: reading.service_level_percent,
            goal: reading.service_level_goal,
            threshold_ms: reading.service_level_threshold.map(millis),
            sample: reading.service_level_sample,
        },
        ..Queue::default()
    };
    // Over no call it is unknown, whatever the upstream says.
    queue.service_level.percent = queue.value(Metric::ServiceLevel);
    queue
}

/// By which waits the queue is judged. `reporting-v2` names no media type.
pub(crate) fn media(reading: &QueueReading) -> Media {
    match reading.media_type {
        None | Some(MediaType::CALL) => Media::Voice,
        Some(MediaType::CHAT) => Media::Chat,
        Some(_) => Media::Other,
    }
}

/// Whole milliseconds.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
