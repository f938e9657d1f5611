//! The stable form of fuzzing, for the tests of every day: a target's body over each
//! file of its committed corpus, then over random changes of these files. What guides
//! by coverage lies in `fuzz/`; the bodies are the same.
//!
//! # Layout
//! - `corpus`: the files and words of a target
//! - `change`: what is done to a file

mod change;
mod corpus;

use std::{
    fmt,
    panic::{UnwindSafe, catch_unwind},
};

use proptest::{
    collection::vec,
    prelude::{ProptestConfig, Strategy, any, prop_oneof},
    sample::Index,
    strategy::ValueTree as _,
    test_runner::{RngAlgorithm, TestCaseError, TestRng, TestRunner},
};

use change::{Change, change};
use corpus::Corpus;

/// How many changed files a target is run over; `QUEUEWALL_CASES` says another number.
const CASES: u32 = 1_000;

/// The most changes to one file.
const MOST_CHANGES: usize = 6;

/// Runs `body` over the corpus of `target`, and over random changes of it.
///
/// # Panics
/// When `body` does, with the smallest input found; and when the corpus is missing, or
/// larger than a repository should carry.
pub fn replay(target: &str, body: fn(&[u8])) {
    replay_corpus(&Corpus::of(target), cases(), body);
}

fn replay_corpus(corpus: &Corpus, cases: u32, body: impl Fn(&[u8]) + Copy + UnwindSafe) {
    let target = &corpus.target;
    for file in &corpus.files {
        let outcome = catch_unwind(move || body(&file.bytes));
        assert!(outcome.is_ok(), "{target} fails on {}", file.name);
    }
    let config = ProptestConfig {
        cases,
        // What fails becomes a file of the corpus, which says more than a seed.
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let changes = prop_oneof![vec(change(), 1), vec(change(), 1..=MOST_CHANGES),];
    let inputs =
        (any::<Index>(), changes).prop_map(|(file, changes)| corpus.changed(file, &changes));
    let outcome = TestRunner::new(config).run(&inputs, |input| {
        catch_unwind(move || body(&input.0)).map_err(|_| TestCaseError::fail("the body panicked"))
    });
    if let Err(failure) = outcome {
        panic!("{target}: {failure}\nmake a file of fuzz/corpus/{target}/ of it (printf can)");
    }
}

fn cases() -> u32 {
    let cases = std::env::var("QUEUEWALL_CASES").ok();
    cases.map_or(CASES, |cases| {
        cases.parse().expect("QUEUEWALL_CASES is a number of cases")
    })
}

/// The same changes for programs that run a target in another way.
pub struct Changes(Corpus);

impl Changes {
    /// Those for this target.
    ///
    /// # Panics
    /// As [`replay`], of the corpus.
    #[must_use]
    pub fn of(target: &str) -> Self {
        Self(Corpus::of(target))
    }

    /// `bytes` after one change, always the same one for a seed.
    ///
    /// # Panics
    /// Never: a change needs no luck to be made.
    #[must_use]
    pub fn of_seed(&self, bytes: &[u8], seed: u32) -> Vec<u8> {
        let seed = [seed.to_le_bytes(); 8].concat();
        let chance = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
        let mut runner = TestRunner::new_with_rng(ProptestConfig::default(), chance);
        let change = change().new_tree(&mut runner).expect("any change will do");
        let mut bytes = bytes.to_vec();
        change.current().apply(&mut bytes, &self.0);
        bytes
    }
}

/// Bytes that show as `printf` takes them.
struct Input(Vec<u8>);

impl fmt::Debug for Input {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "\"{}\"", self.0.escape_ascii())
    }
}

impl Corpus {
    fn changed(&self, file: Index, changes: &[Change]) -> Input {
        let mut bytes = file.get(&self.files).bytes.clone();
        for change in changes {
            change.apply(&mut bytes, self);
        }
        Input(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::File;

    fn corpus() -> Corpus {
        let file = |name: &str, bytes: &[u8]| File {
            name: name.to_owned(),
            bytes: bytes.to_owned(),
        };
        Corpus {
            target: "planted".to_owned(),
            files: vec![file("list", b"[1,2,3]"), file("object", b"{\"a\":1}")],
            words: vec![b"\"rare\"".to_vec()],
        }
    }

    fn failure(body: fn(&[u8])) -> String {
        let panic = catch_unwind(move || replay_corpus(&corpus(), 2_000, body)).unwrap_err();
        *panic.downcast::<String>().unwrap()
    }

    #[test]
    fn a_body_that_never_panics_passes() {
        replay_corpus(&corpus(), 50, |_| {});
    }

    #[test]
    fn a_fault_on_a_file_is_found_and_names_the_file() {
        let said = failure(|bytes| assert!(!bytes.starts_with(b"{")));
        assert_eq!(said, "planted fails on object");
    }

    #[test]
    fn a_fault_behind_a_rare_word_is_found_and_made_small() {
        let said = failure(|bytes| {
            let is_rare = bytes.windows(6).any(|window| window == b"\"rare\"");
            assert!(!is_rare);
        });
        assert!(said.contains(r#""rare\""#), "{said}");
    }

    #[test]
    fn a_seed_always_makes_the_same_change_and_another_seed_others() {
        let changes = Changes(corpus());
        let of = |seed| changes.of_seed(b"[1,2,3]", seed);
        let all: std::collections::BTreeSet<_> = (0..100).map(of).collect();
        assert!(all.len() > 20, "{}", all.len());
        assert!((0..100).all(|seed| all.contains(&of(seed))));
    }

    #[test]
    fn a_fault_behind_two_files_put_together_is_found() {
        let said = failure(|bytes| assert!(!(bytes.starts_with(b"[") && bytes.ends_with(b"}"))));
        assert!(said.contains("planted"), "{said}");
    }
}
