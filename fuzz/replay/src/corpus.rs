//! A target's committed files and words: `fuzz/corpus/TARGET/`, and
//! `fuzz/dictionaries/TARGET.dict` or, where there is none, no words.

use std::{fs, path::Path};

/// Fewer files than this in a corpus: it is for every checkout and every test.
const MOST_FILES: usize = 150;
/// A corpus is smaller than this, in bytes.
const MOST_BYTES: usize = 300_000;

/// What a target begins with.
pub(crate) struct Corpus {
    pub(crate) target: String,
    /// At least one.
    pub(crate) files: Vec<File>,
    /// What stands for something in the target's language.
    pub(crate) words: Vec<Vec<u8>>,
}

/// One input.
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

impl Corpus {
    /// Reads what is committed for `target`.
    pub(crate) fn of(target: &str) -> Self {
        let fuzz = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
        let folder = fuzz.join("corpus").join(target);
        let mut files: Vec<File> = fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{} cannot be read: {error}", folder.display()))
            .map(|entry| {
                let entry = entry.expect("a folder can be read to its end");
                File {
                    name: entry.file_name().to_string_lossy().into_owned(),
                    bytes: fs::read(entry.path()).expect("a file of the corpus can be read"),
                }
            })
            .collect();
        files.sort_by(|a, b| a.name.cmp(&b.name));
        let bytes: usize = files.iter().map(|file| file.bytes.len()).sum();
        assert!(!files.is_empty(), "{target} has no corpus");
        assert!(files.len() < MOST_FILES, "{target}: {} files", files.len());
        assert!(bytes < MOST_BYTES, "{target}: {bytes} bytes");
        let words = fuzz.join("dictionaries").join(format!("{target}.dict"));
        Self {
            target: target.to_owned(),
            files,
            words: words_in(&fs::read_to_string(words).unwrap_or_default()),
        }
    }
}

/// The words of a dictionary as libFuzzer takes it: each in quotes on a separate line,
/// quotes and backslashes in it behind a backslash.
fn words_in(dictionary: &str) -> Vec<Vec<u8>> {
    let lines = dictionary.lines().map(str::trim);
    let words = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    words
        .map(|line| {
            let quoted = line.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
            let word = quoted.unwrap_or_else(|| panic!("{line} is no word in quotes"));
            word.replace("\\\"", "\"")
                .replace("\\\\", "\\")
                .into_bytes()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_from_quotes() {
        let words = words_in("# numbers\n\"-1\"\n\n\"\\\"NaN\\\"\"\n");
        assert_eq!(words, [b"-1".to_vec(), b"\"NaN\"".to_vec()]);
    }

    #[test]
    #[should_panic(expected = "no word in quotes")]
    fn a_word_without_quotes_is_a_slip() {
        words_in("NaN");
    }
}
