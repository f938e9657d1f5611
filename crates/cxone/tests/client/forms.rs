//! Reports of a simulated tenant in the forms of all versions of the API, and in odd ones: they
//! say the same.

use std::time::{Duration, SystemTime};

use cxone::{
    Activity, AgentState, Dialect, QueueReadings, QueueSource, ServiceLevelSummary, SkillSummary,
};
use queuewall_simulator::{Control, Endpoint, Form, Options, Quirk, Simulator};
use tokio::net::TcpListener;

use crate::{dialect::Spoken, tenant::client};

/// Everything that a tenant in which the day stands still says.
#[derive(Debug, PartialEq)]
struct Said {
    live: QueueReadings,
    summaries: Vec<SkillSummary>,
    levels: Vec<ServiceLevelSummary>,
    agents: Vec<AgentState>,
}

async fn said(source: &dyn QueueSource, control: &Control) -> Said {
    let (now, day) = (SystemTime::now(), control.simulated_ms());
    let window = now - Duration::from_millis(day.try_into().unwrap())..now;
    let reports = source.reports().unwrap();
    let mut live = source.read_queues(&control.queue_ids(), &[]).await.unwrap();
    // These tell one answer from the next.
    (live.asked_at, live.digest) = (None, None);
    for queue in &mut live.queues {
        queue.source_time = None;
    }
    let summaries = reports.skill_summaries(window.clone()).await.unwrap();
    Said {
        live,
        summaries: summaries.entries,
        levels: reports.service_levels(window).await.unwrap().entries,
        agents: reports.agent_states(true).await.unwrap().entries,
    }
}

/// The same with durations in whole seconds.
fn in_seconds(mut said: Said) -> Said {
    for skill in &mut said.summaries {
        for duration in [
            &mut skill.average_speed_of_answer,
            &mut skill.average_handle,
            &mut skill.average_talk,
            &mut skill.average_wrap,
        ] {
            *duration = duration.map(|it| Duration::from_secs(it.as_secs()));
        }
    }
    said
}

#[tokio::test]
async fn every_form_of_a_report_says_the_same() {
    let options = Options {
        speed: 0.0,
        rate_limit_per_minute: None,
        ..Options::default()
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let simulator = Simulator::start(listener, options);
    let control = simulator.control();
    let mut settings = Spoken::Realtime.settings(&simulator.base_url());
    if let Dialect::Realtime(settings) = &mut settings.dialect {
        settings.skills.inactive = true;
    }
    let source = client(settings);
    let whole = said(source.as_ref(), &control).await;

    // Three of them are retired, and the outbound one and the other channels left out.
    assert_eq!((whole.live.queues.len(), whole.summaries.len()), (24, 27));
    for (id, skill) in control.queue_ids().iter().zip(&whole.summaries) {
        let today = control.today(id);
        assert_eq!(skill.id, *id);
        assert_eq!(skill.offered, Some(today.offered));
        assert_eq!(skill.handled, Some(today.handled));
        assert_eq!(skill.abandoned, Some(today.abandoned));
        let mean = |sum: u64, count: u64| Some(Duration::from_millis(sum / count.max(1)));
        let answer = mean(today.answered_wait_ms, today.answered);
        assert_eq!(skill.average_speed_of_answer, answer);
        assert_eq!(skill.average_talk, mean(today.talk_ms, today.handled));
        let level = whole.levels.iter().find(|level| level.id == *id).unwrap();
        assert_eq!(level.in_time, Some(today.in_sla));
        assert_eq!(level.late, Some(today.out_sla));
    }
    assert!(whole.agents.len() > 50);
    assert_eq!(control.count(Endpoint::AgentStates), 1, "in one page");
    let is_away = |agent: &&AgentState| agent.activity == Activity::Unavailable;
    for agent in &whole.agents {
        assert!(agent.name.is_some() && agent.team.is_some() && agent.in_state.is_some());
        assert_eq!(agent.reason.is_some(), is_away(&agent), "{agent:?}");
        assert!(!matches!(agent.activity, Activity::Other(_)), "{agent:?}");
    }

    let whole = in_seconds(whole);
    for form in [Form::V11, Form::V21] {
        control.set_form(form);
        let said = said(source.as_ref(), &control).await;
        assert_eq!(in_seconds(said), whole, "{form:?}");
    }
    control.set_form(Form::V30);
    for quirks in [
        &[Quirk::NumbersAsText, Quirk::FlagsAsText, Quirk::Fractions][..],
        &[Quirk::FlagsAsNumbers, Quirk::TotalAsText, Quirk::NoLinks],
        &[Quirk::FlagsAsLetters, Quirk::LinkOnEveryPage, Quirk::Gzip],
        &[Quirk::LinkTo404],
    ] {
        control.set_quirks(quirks);
        let said = said(source.as_ref(), &control).await;
        assert_eq!(in_seconds(said), whole, "{quirks:?}");
    }
    simulator.shutdown().await;
}

#[tokio::test]
async fn hour_of_a_past_day_is_the_same_in_every_form() {
    let options = Options {
        rate_limit_per_minute: None,
        ..Options::default()
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let simulator = Simulator::start(listener, options);
    let control = simulator.control();
    let source = client(Spoken::Realtime.settings(&simulator.base_url()));
    let reports = source.reports().unwrap();
    let day = Duration::from_millis(control.simulated_ms().try_into().unwrap());
    let midnight = SystemTime::now() - day;
    // From 9 to 10 of yesterday, and of the day before, which the tenant goes through when it is asked.
    for hours in [15, 39] {
        let start = midnight - Duration::from_secs(hours * 3_600);
        let window = start..start + Duration::from_secs(3_600);
        let mut said = Vec::new();
        for form in [Form::V30, Form::V21, Form::V11] {
            control.set_form(form);
            let summaries = reports.skill_summaries(window.clone()).await.unwrap();
            let counts = summaries.entries.into_iter().map(|it| {
                let counts = [it.offered, it.queued, it.handled, it.abandoned];
                (it.id, counts.map(Option::unwrap))
            });
            let levels = reports.service_levels(window.clone()).await.unwrap();
            said.push((counts.collect::<Vec<_>>(), levels.entries));
        }
        assert_eq!(said[0], said[1], "{hours}");
        assert_eq!(said[0], said[2], "{hours}");
        let (counts, levels) = &said[0];
        let offered: u64 = counts.iter().map(|(_, counts)| counts[0]).sum();
        let sample: u64 = levels
            .iter()
            .map(|it| it.in_time.unwrap() + it.late.unwrap())
            .sum();
        assert!(offered > 100 && sample > 100, "{offered}, {sample}");
    }
    simulator.shutdown().await;
}
