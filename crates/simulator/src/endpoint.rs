//! The contracts' addresses.

/// One of the contracts' addresses: three of `reporting-v2`, then eight of `realtime`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// `POST /oauth2/token`
    Token,
    /// `POST /api/v2/reporting/queues/realtime`
    Realtime,
    /// `GET /api/v2/queues`
    QueueList,
    /// `GET /.well-known/openid-configuration`
    OpenIdConfiguration,
    /// `GET /.well-known/cxone-configuration`
    CxoneConfiguration,
    /// `POST /auth/token`
    AuthToken,
    /// `POST /authentication/v1/token/access-key`
    AccessKeyToken,
    /// `GET /incontactAPI/services/v{N}/skills/activity`
    SkillActivity,
    /// `GET /incontactAPI/services/v{N}/skills/summary`
    SkillSummary,
    /// `GET /incontactAPI/services/v{N}/skills/sla-summary`
    ServiceLevelSummary,
    /// `GET /incontactAPI/services/v{N}/agents/states`
    AgentStates,
}

impl Endpoint {
    /// Every endpoint.
    pub const ALL: [Self; 11] = [
        Self::Token,
        Self::Realtime,
        Self::QueueList,
        Self::OpenIdConfiguration,
        Self::CxoneConfiguration,
        Self::AuthToken,
        Self::AccessKeyToken,
        Self::SkillActivity,
        Self::SkillSummary,
        Self::ServiceLevelSummary,
        Self::AgentStates,
    ];
}
