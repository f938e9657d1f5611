//! The variables of a server without a tenant.

pub(crate) const VARIABLES: [(&str, &str); 9] = [
    // Nobody listens there.
    ("CXONE_BASE_URL", "http://127.0.0.1:1"),
    ("CXONE_CLIENT_ID", "client"),
    ("CXONE_CLIENT_SECRET", "not-a-placeholder"),
    ("CXONE_TENANT_ID", "tenant"),
    ("TARGET_QUEUE_ID", "1"),
    ("QUEUEWALL_LISTEN", "127.0.0.1:0"),
    ("QUEUEWALL_STATE_DIR", "state"),
    ("NO_PROXY", "*"),
    ("PATH", "/usr/bin:/bin"),
];
