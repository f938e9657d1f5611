//! An address as a QR code, to be scanned from a screen.

use qrcodegen::{QrCode, QrCodeEcc};

/// Light modules around a code, which scanners want.
const QUIET: i32 = 4;

/// The code's picture: an SVG view box, and the path of its dark modules. Both are empty
/// for a text too long for any code.
#[must_use]
pub fn path(text: &str) -> (String, String) {
    let Ok(code) = QrCode::encode_binary(text.as_bytes(), QrCodeEcc::Low) else {
        return (String::new(), String::new());
    };
    let size = code.size();
    let mut path = String::new();
    for y in 0..size {
        let mut x = 0;
        while x < size {
            let run = (x..size).take_while(|x| code.get_module(*x, y)).count() as i32;
            if run > 0 {
                path += &format!("M{x} {y}h{run}v1h-{run}z");
            }
            x += run + 1;
        }
    }
    let side = size + 2 * QUIET;
    (format!("-{QUIET} -{QUIET} {side} {side}"), path)
}
