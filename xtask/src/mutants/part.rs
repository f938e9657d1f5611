//! What of the sources is mutated, by which tests it is judged, and a share of it.

use anyhow::{Context, Result, bail};

/// A part of the sources that is run by itself.
pub(super) struct Part {
    pub(super) name: &'static str,
    pub(super) package: &'static str,
    /// Globs of its files; all of the package when empty.
    pub(super) files: &'static [&'static str],
    /// What Cargo compiles: fewer test programs are linked sooner.
    pub(super) targets: &'static [&'static str],
    /// Arguments of the test programs.
    pub(super) tests: &'static [&'static str],
}

pub(super) const PARTS: [Part; 3] = [
    Part {
        name: "shared",
        package: "queuewall-shared",
        files: &[],
        targets: &["--lib"],
        tests: &[],
    },
    Part {
        name: "poller",
        package: "queuewall",
        files: &[
            "server/src/poller.rs",
            "server/src/poller/**",
            "server/src/budget.rs",
            "server/src/budget/**",
            "server/src/backoff.rs",
        ],
        targets: &["--lib"],
        tests: &["--", "poller::", "budget::", "backoff::"],
    },
    Part {
        name: "client",
        package: "queuewall",
        files: &["server/src/cxone.rs", "server/src/cxone/**"],
        // Most of its tests speak to a tenant over real sockets.
        targets: &["--lib", "--test", "cxone"],
        tests: &[],
    },
];

/// Which share of a part's mutants is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shard {
    /// From 1.
    number: usize,
    of: usize,
}

impl Shard {
    const ALL: Self = Self { number: 1, of: 1 };

    fn parse(text: &str) -> Option<Self> {
        let (number, of) = text.split_once('/')?;
        let shard = Self {
            number: number.parse().ok()?,
            of: of.parse().ok()?,
        };
        (1..=shard.of).contains(&shard.number).then_some(shard)
    }

    /// Its mutants: neighbours, since what lies in one file is compiled sooner.
    pub(super) fn of(self, mutants: &[String]) -> &[String] {
        let end = |number: usize| mutants.len() * number / self.of;
        &mutants[end(self.number - 1)..end(self.number)]
    }
}

/// The parts that the command line names, and the share of each.
pub(super) fn chosen(arguments: &[String]) -> Result<(Vec<&'static Part>, Shard)> {
    let names = || PARTS.map(|part| part.name).join(", ");
    match arguments {
        [] => Ok((PARTS.iter().collect(), Shard::ALL)),
        [name, share @ ..] => {
            let part = PARTS.iter().find(|part| part.name == name);
            let part =
                part.with_context(|| format!("there is no part {name:?} to mutate: {}", names()))?;
            let shard = match share {
                [] => Shard::ALL,
                [share] => Shard::parse(share)
                    .with_context(|| format!("{share:?} is no share: write for example 1/8"))?,
                _ => bail!("a part and a share, no more: cargo xtask mutants client 1/8"),
            };
            Ok((vec![part], shard))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_together_are_all_and_none_is_in_two() {
        let mutants: Vec<String> = (0..23).map(|number| number.to_string()).collect();
        for of in 1..30 {
            let shares = (1..=of).flat_map(|number| Shard { number, of }.of(&mutants));
            assert!(shares.eq(&mutants), "{of}");
        }
    }

    #[test]
    fn a_share_lies_within_its_number() {
        assert_eq!(Shard::parse("2/8"), Some(Shard { number: 2, of: 8 }));
        for wrong in ["0/8", "9/8", "0/0", "1", "1/", "a/b", "-1/2"] {
            assert_eq!(Shard::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_part_is_named_as_in_the_usage() {
        let words = |line: &str| -> Vec<String> { line.split(' ').map(str::to_owned).collect() };
        assert_eq!(chosen(&[]).unwrap().0.len(), PARTS.len());
        let (parts, shard) = chosen(&words("client 3/8")).unwrap();
        assert_eq!(
            (parts[0].name, shard),
            ("client", Shard { number: 3, of: 8 })
        );
        for wrong in ["nothing", "client 8", "client 1/8 2/8"] {
            assert!(chosen(&words(wrong)).is_err(), "{wrong}");
        }
    }
}
