//! A board's agents as JSON: the only answer that names anybody.

use axum::{
    extract::{Request, State},
    http::header::{ETAG, IF_NONE_MATCH, SET_COOKIE},
    response::Response,
};
use queuewall_shared::agents::{AgentList, AgentsShown, NoAgents};

use super::{
    AppState, Name, access, api,
    error::ApiError,
    negotiate::{Content, respond_once},
};
use crate::access::Caller;

const JSON: Content = Content {
    media_type: "application/json",
    // Nothing of it is kept, by browsers and proxies neither.
    cache_control: "no-store",
};

/// `GET /api/boards/{slug}/agents`: counts for everyone who may see the board; each agent for a person
/// whom a proxy named, or with a link that has this right.
pub(super) async fn agents(
    State(state): State<AppState>,
    Name(slug): Name,
    request: Request,
) -> Result<Response, ApiError> {
    let now = state.clock.now();
    let pass = (state.access).admit(&slug, Caller::of(&request), now.wall)?;
    let published = state.boards.latest(&slug).ok_or(ApiError::NoSuchBoard)?;
    let snapshot = &published.snapshot;
    let mut counts = snapshot.agents.clone().ok_or(ApiError::NoAgents)?;
    // The agents of a demo are nobody.
    let is_demo = snapshot.board.simulated_clock.is_some();
    let cause = match counts.kind {
        AgentsShown::Counts => Some(NoAgents::CountsOnly),
        _ if pass.lists_agents || is_demo => None,
        _ if state.access.is_open() => Some(NoAgents::OpenAccess),
        _ => return Err(ApiError::AgentsForbidden),
    };
    let now_ms = state.boards.uptime_ms(now);
    let known = state.boards.agents(&slug);
    if let Some(known) = &known {
        // Of the same moment as each agent's level.
        let (activities, over, level) = known.counts(now_ms);
        (counts.now, counts.over, counts.level) = (Some(activities), over, level);
    }
    let agents = (known.as_ref().filter(|_| cause.is_none())).and_then(|it| it.list(now_ms));
    let cause = cause.or(agents.is_none().then_some(NoAgents::NotRead));
    let list = AgentList {
        counts,
        read_ms: known.map(|it| it.read_ms),
        agents,
        agents_cause: cause.map(|cause| cause.sentence().to_owned()),
        agents_cause_code: cause,
    };
    let content = serde_json::to_vec(&list).map_err(|error| {
        tracing::error!("a list of agents cannot be written: {error}");
        ApiError::Internal
    })?;
    let cookie = access::renewed_cookie(&state, &request, pass, now.wall);
    let mut headers = request.into_parts().0.headers;
    headers.remove(IF_NONE_MATCH);
    let mut response = respond_once(content, headers, JSON);
    response.headers_mut().remove(ETAG);
    api::insert_time(&mut response, &state, now);
    if let Some(cookie) = cookie {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    Ok(response)
}
