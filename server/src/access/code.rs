//! Short codes that people read off a screen and type elsewhere.

use std::io;

use super::token::fill;

/// Digits and letters that are not taken for one another from across a room: without
/// 0 and O, 1 and I and L, 5 and S, 8 and B, 2 and Z, and U.
const ALPHABET: &[u8] = b"34679ACDEFGHJKMNPQRTVWXY";

/// How many characters a screen shows: some 190 million codes.
pub const LENGTH: usize = 6;

/// A new one, from the system's random source.
///
/// # Errors
/// When the system has no random numbers.
pub fn generate() -> io::Result<String> {
    // The bytes above would make the first letters likelier than the last.
    let fair = 256 - 256 % ALPHABET.len();
    let mut code = String::with_capacity(LENGTH);
    while code.len() < LENGTH {
        let mut byte = [0];
        fill(&mut byte)?;
        let [byte] = byte.map(usize::from);
        if byte < fair {
            code.push(char::from(ALPHABET[byte % ALPHABET.len()]));
        }
    }
    Ok(code)
}

/// What somebody typed, as a code is written: capital letters, no spaces or dashes.
#[must_use]
pub fn normal(typed: &str) -> String {
    typed
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_six_characters_that_look_like_no_other() {
        let code = generate().unwrap();
        assert_eq!(code.len(), LENGTH);
        assert!(code.bytes().all(|byte| ALPHABET.contains(&byte)), "{code}");
        for alike in ["0O", "1IL", "5S", "8B", "2Z", "UV"] {
            let kept = alike.bytes().filter(|byte| ALPHABET.contains(byte)).count();
            assert!(kept <= 1, "{alike}");
        }
    }

    #[test]
    fn typed_codes_may_be_small_and_grouped() {
        assert_eq!(normal(" k7d-34m "), "K7D34M");
    }
}
