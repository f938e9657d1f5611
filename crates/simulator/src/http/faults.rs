//! Faults as they look on the wire.

use std::{
    future, io,
    pin::Pin,
    task::{Context, Poll},
};

use http_body_util::BodyExt;
use hyper::{
    Response,
    body::{Body as HttpBody, Bytes, Frame},
    header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION, RETRY_AFTER},
};

use super::answer::{Body, full};
use crate::{endpoint::Endpoint, tenant::Fault};

const JSON: &str = "application/json";
const HTML_PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head>\
    <body><h1>Please sign in</h1></body></html>\n";
const BROKEN_OFF: &str = r#"{"queues":[{"queueId":"35"#;
const ANNOUNCED_BYTES: usize = 4_096;

/// The faulty answer.
///
/// # Errors
/// When the connection is to be closed without an answer.
pub(crate) async fn respond(fault: Fault, endpoint: Endpoint) -> io::Result<Response<Body>> {
    let response = match fault {
        Fault::Status {
            code,
            retry_after,
            body,
        } => {
            let builder = Response::builder().status(code).header(CONTENT_TYPE, JSON);
            match retry_after {
                Some(text) => builder.header(RETRY_AFTER, text),
                None => builder,
            }
            .body(full(body))
        }
        Fault::Reset => return Err(io::ErrorKind::ConnectionReset.into()),
        Fault::Hang => future::pending().await,
        Fault::HtmlPage => Response::builder()
            .header(CONTENT_TYPE, "text/html; charset=utf-8")
            .body(full(HTML_PAGE)),
        Fault::Truncated => Response::builder()
            .header(CONTENT_TYPE, JSON)
            .header(CONTENT_LENGTH, ANNOUNCED_BYTES)
            .body(BreaksOff::After(Bytes::from_static(BROKEN_OFF.as_bytes())).boxed()),
        Fault::WrongTypes => Response::builder()
            .header(CONTENT_TYPE, JSON)
            .body(full(wrong_types(endpoint))),
        Fault::RedirectTo(address) => Response::builder()
            .status(307)
            .header(LOCATION, address)
            .body(full("")),
    };
    // A status or header text that HTTP does not have: a broken answer, as asked.
    response.map_err(io::Error::other)
}

fn wrong_types(endpoint: Endpoint) -> &'static str {
    match endpoint {
        Endpoint::Token => r#"{"access_token":[1],"token_type":2,"expires_in":"soon"}"#,
        Endpoint::AuthToken | Endpoint::AccessKeyToken => {
            r#"{"access_token":[1],"token_type":2,"expires_in":"soon","refresh_token":3,
"id_token":{}}"#
        }
        Endpoint::OpenIdConfiguration => r#"{"issuer":1,"token_endpoint":["here"]}"#,
        Endpoint::CxoneConfiguration => r#"{"tenantId":[],"area":1,"api_endpoint":{}}"#,
        Endpoint::SkillActivity => {
            r#"{"totalRecords":"one","_links":5,"lastPollTime":7,"skillActivity":[{
"serverTime":0,"businessUnitId":"one","skillId":{},"skillName":3,"campaignId":[],"campaignName":4,
"mediaTypeId":"Call","mediaTypeName":4,"isActive":"so so","isOutbound":[],"agentsLoggedIn":"many",
"agentsAvailable":[],"agentsWorking":true,"agentsACW":{},"agentsIdle":"few","agentsUnavailable":[],
"contactsActive":"some","queueCount":"four","skillQueueCount":"four","personalQueueCount":[],
"parkedCount":{},"earliestQueueTime":false,"inSLA":"most","outSLA":"few","serviceLevel":"good",
"serviceLevelGoal":[],"serviceLevelThreshold":"soon"}]}"#
        }
        Endpoint::SkillSummary => {
            r#"{"skillSummaries":[{"skillId":{},"skillName":3,"mediaTypeId":"Call","isOutbound":[],
"contactsOffered":"many","contactsQueued":[],"contactsHandled":true,"abandonCount":-1,
"averageHandleTime":"P1M","averageSpeedToAnswer":"soon","averageTalkTime":[],"averageWrapTime":{}}]}"#
        }
        Endpoint::ServiceLevelSummary => {
            r#"{"totalRecords":"one","_links":5,"serviceLevelSummaries":[{"skillId":[],"skillName":3,
"contactsWithinSLA":"most","contactsOutOfSLA":{},"totalContacts":true,"serviceLevel":"good"}]}"#
        }
        Endpoint::AgentStates => {
            r#"{"totalRecords":"one","_links":5,"lastPollTime":7,"agentStates":[{"agentId":{},
"agentStateId":"one","agentStateName":3,"isACW":"so so","firstName":4,"lastName":[],"teamId":{},
"teamName":5,"outStateDescription":6,"startDate":7,"skillId":[]}]}"#
        }
        Endpoint::Realtime => {
            r#"{"queues":[{"queueId":{},"name":3,"agentsLoggedOn":"many","agentsAvailable":[],
"agentsBusy":true,"callsWaiting":"four","averageWaitTime":{},"serviceLevel":"good"}]}"#
        }
        Endpoint::QueueList => r#"{"queues":[{"queueId":true,"name":4}],"_links":5}"#,
    }
}

/// A body that fails after its first piece is on its way.
enum BreaksOff {
    After(Bytes),
    Flushing,
    Now,
}

impl HttpBody for BreaksOff {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match &mut *self {
            Self::After(piece) => {
                let piece = std::mem::take(piece);
                *self = Self::Flushing;
                Poll::Ready(Some(Ok(Frame::data(piece))))
            }
            Self::Flushing => {
                // hyper writes out what it has when a body has nothing more yet.
                *self = Self::Now;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Self::Now => Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into()))),
        }
    }
}
