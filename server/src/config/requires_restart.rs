//! The settings that require a restart, in a form that can be compared and does not
//! reveal the values.

use std::{collections::BTreeMap, fmt};

use sha2::{Digest as _, Sha256};

use super::{
    PollConfig,
    keys::{self, Applies},
    proxy,
    reader::Reader,
};

/// SHA-256.
pub(super) type Digest = [u8; 32];

/// The time limit of a request, which follows from the interval.
const TIME_LIMIT: &str = "poll.seconds (for the request timeout)";

/// Every setting that a running server does not take over, as digests: secrets are
/// among them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RequiresRestart(BTreeMap<&'static str, Digest>);

impl RequiresRestart {
    pub(super) fn read(reader: &Reader<'_>, poll: &PollConfig) -> Self {
        let mut digests = BTreeMap::new();
        for setting in keys::SETTINGS {
            let Some(name) = setting.file_key.or(setting.variable) else {
                continue;
            };
            if setting.applies == Applies::AtReload {
                continue;
            }
            let mut digest = Sha256::new();
            // Each with its length, so that no two lists look alike.
            let mut take = |text: &[u8]| {
                digest.update(text.len().to_le_bytes());
                digest.update(text);
            };
            let found = reader.values(setting);
            if found.is_empty() {
                continue;
            }
            for found in &found {
                take(found.value.trim().as_bytes());
                if setting.applies != Applies::WithItsFile {
                    take(reader.content_of(found).map_or(&[], |it| it.as_slice()));
                }
            }
            digests.insert(name, digest.finalize().into());
        }
        for name in proxy::VARIABLES {
            if let Some(found) = reader.environment.proxy_variable(name) {
                digests.insert(name, Sha256::digest(found.value.trim()).into());
            }
        }
        let limits = [poll.connect_timeout(), poll.total_timeout()];
        let limits = limits.map(|limit| limit.as_millis().to_le_bytes());
        digests.insert(TIME_LIMIT, Sha256::digest(limits.concat()).into());
        Self(digests)
    }

    /// The keys whose values are not those of `other`, by name.
    #[must_use]
    pub fn differing_from(&self, other: &Self) -> Vec<&'static str> {
        let names = self.0.keys().chain(other.0.keys());
        let mut names: Vec<_> = names
            .filter(|name| self.0.get(*name) != other.0.get(*name))
            .copied()
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// Not even the digests: a short secret is found by trying.
impl fmt::Debug for RequiresRestart {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("RequiresRestart")
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{
        super::{Environment, Loaded, env::fake::FakeEnv},
        *,
    };

    const SECRET: &str = "hunter2";

    fn requires_restart(variables: &[(&str, &str)], file: &str, secret: &str) -> RequiresRestart {
        let enough = [("CXONE_CLIENT_ID", "id"), ("CXONE_TENANT_ID", "tenant")];
        let file = format!("[cxone]\nclient_secret_file = \"secret\"\n{file}");
        let files = [("queuewall.toml", file.as_str()), ("secret", secret)];
        let env = FakeEnv::new(&[&enough, variables].concat(), &files);
        let named = Some(Path::new("queuewall.toml"));
        let environment = Environment::read(&env, named);
        Loaded::read(&env, environment, named)
            .unwrap()
            .requires_restart
    }

    #[test]
    fn a_difference_has_the_name_of_its_key() {
        let before = requires_restart(&[], "", SECRET);
        let differing = |variables: &[(&str, &str)], file: &str, secret| {
            let after = requires_restart(variables, file, secret);
            assert_eq!(after.differing_from(&before), before.differing_from(&after));
            after.differing_from(&before)
        };
        assert!(differing(&[], "# a remark\n", SECRET).is_empty());
        assert_eq!(
            differing(&[], "", "another"),
            ["cxone.client_secret_file"],
            "under the same name"
        );
        assert_eq!(
            differing(&[("QUEUEWALL_LISTEN", "127.0.0.1:1")], "", SECRET),
            ["server.listen"]
        );
        let proxies = "[access]\ntrusted_proxies = [\"10.0.0.5\", \"10.0.0.6\"]\n";
        assert_eq!(differing(&[], proxies, SECRET), ["access.trusted_proxies"]);
        let live = "skill_ids = [7]\n[server]\nhosts = [\"wall.example.com\"]\n\
                    [poll]\nseconds = 60\n[[boards]]\nslug = \"sales\"\n";
        assert!(differing(&[("QUEUEWALL_TITLE", "Title")], live, SECRET).is_empty());
    }

    #[test]
    fn nothing_of_a_secret_is_shown() {
        let shown = format!("{:?}", requires_restart(&[], "", SECRET));
        assert_eq!(shown, "RequiresRestart(..)");
    }
}
