//! The list of agents where another server leads. Who they are is published to nobody: this
//! server reads them itself, while a page shows its list.

use std::{collections::HashMap, sync::Arc, time::Duration};

use cxone::{QueueSource, budget::RequestBudget};
use queuewall_shared::agents::AgentsShown;
use tokio::{task::JoinSet, time::Instant};

use super::Servers;
use crate::poller::agents::{AgentReads, Answer, ask};

/// For how long after a list was asked for it is still read.
const LOOKED_AT: Duration = Duration::from_secs(120);

/// Requests a minute that they leave free: for the leader's live reads and a new token.
const RESERVE: usize = 3;

/// The reads of a server that does not lead.
pub(crate) struct FollowedAgents {
    source: Arc<dyn QueueSource>,
    budget: Arc<RequestBudget>,
    reads: AgentReads,
    asking: JoinSet<Option<Answer>>,
}

impl FollowedAgents {
    pub(crate) fn new(source: Arc<dyn QueueSource>, budget: Arc<RequestBudget>) -> Self {
        Self {
            source,
            budget,
            reads: AgentReads::new(Instant::now()),
            asking: JoinSet::new(),
        }
    }
}

impl Servers {
    /// Reads the agents of the boards that name them, if somebody looks at such a list and the
    /// budget has room; forgets them once nobody does.
    pub(super) fn follow_agents(&mut self) {
        let now = Instant::now();
        let Self {
            agents,
            boards,
            live,
            ..
        } = self;
        let is_looked_at = (boards.agents_asked()).is_some_and(|at| at + LOOKED_AT > now);
        let live = live.borrow();
        let configs: Vec<_> = (live.boards.iter())
            .filter_map(|board| Some((board, board.agents.as_ref()?)))
            .filter(|(_, config)| is_looked_at && config.shown != AgentsShown::Counts)
            .collect();
        let shown = || configs.iter().map(|(_, config)| *config);
        agents.reads.serve(shown(), now);
        // Once a minute.
        agents.reads.fit(agents.reads.requests(), Duration::ZERO);
        while let Some(ended) = agents.asking.try_join_next() {
            if let Ok(Some(answer)) = ended {
                (agents.reads).answered(answer, |at| boards.uptime_ms(at), now);
            }
        }
        let published = configs.iter().filter_map(|(board, config)| {
            let is_shown = |id: &str| {
                board.queues.is_empty() || board.queues.iter().any(|queue| queue.id == id)
            };
            let uptime_ms = |at| boards.uptime_ms(at);
            let agents = agents.reads.of_board(config, is_shown, uptime_ms)?;
            Some((board.slug.clone(), Arc::new(agents)))
        });
        boards.publish_agents(published.collect::<HashMap<_, _>>());
        let free = (agents.budget.limit()).saturating_sub(agents.budget.used());
        // It is now at the earliest: asked before the time is.
        let next_free = agents.budget.next_free();
        let has_room = free > RESERVE && next_free <= Instant::now();
        if let Some(names) = agents.reads.due(now).filter(|_| has_room)
            && agents.asking.is_empty()
        {
            let source = Arc::clone(&agents.source);
            agents.asking.spawn(ask(source, names));
        }
    }
}
