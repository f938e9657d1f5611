//! What an error names: the host, the setting that led there, and what to check.

use std::fmt;

/// A host, and the setting to check where it is the wrong one. Shows as its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// Its name, with the port where that is not the scheme's own.
    pub name: String,
    /// The setting that led to it.
    pub setting: Setting,
}

impl fmt::Display for Host {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)
    }
}

/// A setting of the client, as errors point to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// [`ReportingV2Settings::base_url`](crate::ReportingV2Settings::base_url), or
    /// [`RealtimeSettings::api_url`](crate::RealtimeSettings::api_url).
    BaseUrl,
    /// [`RealtimeSettings::issuer`](crate::RealtimeSettings::issuer), whose discovery may have
    /// named the host.
    Issuer,
    /// [`SignInMethod::KeyOnly::area_url`](crate::SignInMethod::KeyOnly::area_url).
    AreaUrl,
    /// [`RealtimeSettings::api_version`](crate::RealtimeSettings::api_version), which is part
    /// of the path.
    ApiVersion,
}

/// What to check after a refusal. [`Error`](crate::Error) says which variants have one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Id, secret and tenant of the API client, and whether it allows the client credentials
    /// grant.
    ApiClient,
    /// Access key, its user and the registered application: one of them was refused.
    AccessKeyOrApplication,
    /// Id and secret of the registered application.
    Application,
    /// The access key and its user.
    AccessKey,
    /// The access key, its user and the area that it signs in to.
    AccessKeyOrArea,
    /// Whether base address and tenant of the API client belong together, and the clocks.
    ApiClientTenant,
    /// Whether the access key's user is active, whether issuer and API are the tenant's own,
    /// and the clocks.
    AccessKeyTenant,
    /// What changed for the API client in CXone: reads were answered with these settings.
    ApiClientChanged,
    /// What changed for the access key, its user or the application in CXone: reads were
    /// answered with these settings.
    AccessKeyChanged,
    /// The API client's scope `reporting:queue:view`.
    QueueScope,
    /// The permission of the access key's user to view ACD skills.
    SkillPermission,
    /// The permissions of the access key's user to see reports and agents; CXone does not
    /// document which one a call needs.
    ReportPermission,
    /// The tenant, and what the API client may see.
    VisibleQueues,
    /// The permission to view ACD skills, and the campaigns that the user's access is
    /// restricted to.
    VisibleSkills,
    /// [`RealtimeSettings::skills`](crate::RealtimeSettings::skills), and the permissions of
    /// the access key's user.
    SkillFilter,
    /// Which setting leaves out each queue: [`QueueInfo::left_out`](crate::QueueInfo::left_out).
    LeftOut,
    /// The queue and skill ids.
    Ids,
    /// The API's version and the media types.
    VersionOrMediaTypes,
}
