//! wasm-bindgen names each import by a hash, in the wasm and in its JavaScript. Hashes do not
//! compress: 200 of them are 5 KB of the wall.

use anyhow::{Context as _, Result, ensure};

const HEADER: usize = 8;
const IMPORTS: u8 = 2;
const FUNCTION: u8 = 0;
const HASH: usize = 16;

/// The wasm and its script with short names for all imports that have a hash.
pub(crate) fn shorten(wasm: &[u8], script: &str) -> Result<(Vec<u8>, String)> {
    let mut script = script.to_owned();
    let mut short = wasm.get(..HEADER).context("no wasm")?.to_vec();
    let mut rest = Reader(&wasm[HEADER..]);
    while !rest.0.is_empty() {
        let id = rest.byte()?;
        let section = rest.text()?;
        let content = match id {
            IMPORTS => renamed(section, &mut script)?,
            _ => section.to_vec(),
        };
        short.push(id);
        write_text(&mut short, &content);
    }
    Ok((short, script))
}

fn renamed(section: &[u8], script: &mut String) -> Result<Vec<u8>> {
    let mut section = Reader(section);
    let count = section.number()?;
    let mut content = Vec::new();
    write_number(&mut content, count);
    for place in 0..count {
        let module = section.text()?;
        let name = std::str::from_utf8(section.text()?)?;
        write_text(&mut content, module);
        let has_hash = name.rsplit_once('_').is_some_and(|(_, hash)| {
            hash.len() == HASH && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
        });
        if has_hash {
            let short = format!("i{place}");
            *script = script.replace(name, &short);
            write_text(&mut content, short.as_bytes());
        } else {
            write_text(&mut content, name.as_bytes());
        }
        let kind = section.byte()?;
        ensure!(kind == FUNCTION, "{name} is imported, and no function");
        content.push(kind);
        write_number(&mut content, section.number()?);
    }
    Ok(content)
}

/// Reads WebAssembly's binary format.
struct Reader<'w>(&'w [u8]);

impl<'w> Reader<'w> {
    fn byte(&mut self) -> Result<u8> {
        let (first, rest) = self.0.split_first().context("the wasm ends too soon")?;
        self.0 = rest;
        Ok(*first)
    }

    fn number(&mut self) -> Result<usize> {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
            shift += 7;
            ensure!(shift < 35, "a number in the wasm is too long");
        }
    }

    /// Bytes behind their length.
    fn text(&mut self) -> Result<&'w [u8]> {
        let length = self.number()?;
        let (text, rest) = self
            .0
            .split_at_checked(length)
            .context("the wasm ends too soon")?;
        self.0 = rest;
        Ok(text)
    }
}

fn write_number(to: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        to.push(number as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

fn write_text(to: &mut Vec<u8>, text: &[u8]) {
    write_number(to, text.len());
    to.extend(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_a_hash_are_shortened_in_wasm_and_script() {
        let names = ["__wbg_say_df1a605663b04c27", "__wbindgen_drop_ref"];
        let mut section = Vec::new();
        write_number(&mut section, 2);
        for name in names {
            write_text(&mut section, b"./wall_bg.js");
            write_text(&mut section, name.as_bytes());
            section.extend([FUNCTION, 3]);
        }
        let mut wasm = b"\0asm\x01\0\0\0".to_vec();
        wasm.push(IMPORTS);
        write_text(&mut wasm, &section);
        wasm.push(10);
        write_text(&mut wasm, &[7; 300]);
        let script = format!("{{ {}: 1, {}: 2 }}", names[0], names[1]);

        let (short, script) = shorten(&wasm, &script).unwrap();
        assert_eq!(script, "{ i0: 1, __wbindgen_drop_ref: 2 }");
        assert_eq!(short.len(), wasm.len() - (names[0].len() - 2));
        assert!(short.ends_with(&[7; 300]));
        // Nothing is left to shorten.
        assert_eq!(shorten(&short, &script).unwrap(), (short, script));
        assert!(shorten(&wasm[..wasm.len() - 1], "").is_err());
    }
}
