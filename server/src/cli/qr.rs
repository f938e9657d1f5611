//! An address as a QR code for the terminal.

use std::io::{self, Write};

use qrcodegen::{QrCode, QrCodeEcc};

/// Light modules around a code, which scanners want.
const QUIET: i32 = 4;
/// Black on white, whatever the terminal's own colours are; and back to those.
const COLOURS: (&str, &str) = ("\u{1b}[30;107m", "\u{1b}[0m");

/// Writes the code, two rows of modules a line. A text too long for any code has none.
pub(super) fn write(out: &mut dyn Write, text: &str) -> io::Result<()> {
    let Ok(code) = QrCode::encode_text(text, QrCodeEcc::Low) else {
        return Ok(());
    };
    let modules = -QUIET..code.size() + QUIET;
    for y in modules.clone().step_by(2) {
        let line: String = modules
            .clone()
            .map(
                |x| match (code.get_module(x, y), code.get_module(x, y + 1)) {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (false, false) => ' ',
                },
            )
            .collect();
        writeln!(out, "{}{line}{}", COLOURS.0, COLOURS.1)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_the_addresss_in_half_blocks_within_a_light_frame() {
        let address = "https://wall.example.com/board/sales#t=AAAAAAAAAAAAAAAAAAAAAA";
        let mut out = Vec::new();
        write(&mut out, address).unwrap();
        let text = String::from_utf8(out).unwrap();
        let lines: Vec<Vec<char>> = text
            .lines()
            .map(|line| {
                let inner = line.strip_prefix(COLOURS.0).unwrap();
                inner.strip_suffix(COLOURS.1).unwrap().chars().collect()
            })
            .collect();
        let code = QrCode::encode_text(address, QrCodeEcc::Low).unwrap();
        let frame = QUIET as usize;
        assert_eq!(lines[0].len(), code.size() as usize + 2 * frame);
        assert!(lines[..frame / 2].iter().flatten().all(|c| *c == ' '));
        for (line, row) in lines.iter().enumerate() {
            for (x, shown) in row.iter().enumerate() {
                let module = |y: usize| code.get_module(x as i32 - QUIET, y as i32 - QUIET);
                let upper = matches!(shown, '█' | '▀');
                let lower = matches!(shown, '█' | '▄');
                assert_eq!((upper, lower), (module(2 * line), module(2 * line + 1)));
            }
        }
    }
}
