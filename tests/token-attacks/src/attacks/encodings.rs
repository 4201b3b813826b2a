//! Other spellings of a genuine token, signed as they stand where the spelling is signed.

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE},
};
use testkit::tokens::ACCESS_TOKEN_KEY;

use crate::{
    Attempt, Genuine,
    genuine::{bearer, segment},
};

const PARTS: [&str; 3] = ["header", "claims", "signature"];

pub(super) fn all(genuine: &Genuine) -> Vec<Attempt> {
    [respelled(genuine), spaced(genuine), cut_otherwise(genuine)].concat()
}

/// Puts a segment in place of another. Whatever is signed is signed anew, so that nothing but the
/// spelling is wrong.
fn with_segment(genuine: &Genuine, part: usize, spelling: &str) -> String {
    let [mut header, mut claims, mut signature] = genuine.segments();
    match part {
        0 => spelling.clone_into(&mut header),
        1 => spelling.clone_into(&mut claims),
        _ => spelling.clone_into(&mut signature),
    }
    let message = format!("{header}.{claims}");
    if part < 2 {
        signature = segment(ACCESS_TOKEN_KEY.sign(message.as_bytes()));
    }
    bearer(&format!("{message}.{signature}"))
}

fn respelled(genuine: &Genuine) -> Vec<Attempt> {
    let originals = genuine.segments();
    let raw = [
        genuine.header().into_bytes(),
        genuine.claims().into_bytes(),
        genuine.signature(),
    ];
    let mut attempts = Vec::new();
    for (part, (own, raw)) in originals.iter().zip(&raw).enumerate() {
        // Bytes whose length leaves two bits or four over, and whose encodings have both of the
        // characters in which the alphabets differ.
        let uneven = [raw.clone(), vec![b' '; (4 - raw.len() % 3) % 3]].concat();
        let spellings = [
            ("with one =", format!("{own}=")),
            ("with two =", format!("{own}==")),
            ("with padding that is due", BASE64_URL_SAFE.encode(&uneven)),
            ("with bits left over", with_stray_bits(&segment(&uneven))),
            ("in base64", marked(BASE64_STANDARD.encode(raw), '+')),
            ("in hexadecimal digits", digits(raw)),
            (
                "with a % escape",
                own.replacen(|c: char| c.is_ascii_alphabetic(), "%65", 1),
            ),
            ("reversed", own.chars().rev().collect()),
            ("not encoded", String::from_utf8_lossy(raw).into_owned()),
            ("with a character of no alphabet", format!("{own}!")),
            ("with one character too many", format!("{own}A")),
            (
                "with a look-alike",
                format!("{}\u{410}", &own[..own.len() - 1]),
            ),
            ("empty", String::new()),
        ];
        for (how, spelling) in spellings {
            let attempt = format!("{} {how}", PARTS[part]);
            attempts.push(Attempt::new(
                attempt,
                with_segment(genuine, part, &spelling),
            ));
        }
    }
    attempts
}

/// The same bytes to a decoder that does not look at the bits that are left over.
fn with_stray_bits(spelling: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (rest, last) = spelling.split_at(spelling.len() - 1);
    let at = ALPHABET
        .iter()
        .position(|c| last.as_bytes() == [*c])
        .unwrap();
    format!("{rest}{}", char::from(ALPHABET[at | 1]))
}

fn digits(bytes: &[u8]) -> String {
    let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
    digits.collect::<Vec<_>>().concat()
}

/// Makes sure that the alphabets differ in at least one place.
fn marked(spelling: String, mark: char) -> String {
    if spelling.contains(['+', '/', '=']) {
        spelling
    } else {
        format!("{spelling}{mark}")
    }
}

fn spaced(genuine: &Genuine) -> Vec<Attempt> {
    let originals = genuine.segments();
    let mut attempts = Vec::new();
    for (part, own) in originals.iter().enumerate() {
        let middle = own.len() / 2;
        let (before, after) = own.split_at(middle);
        for (name, space) in [
            ("a space", " "),
            ("a tab", "\t"),
            ("a newline", "\n"),
            ("CRLF", "\r\n"),
            ("a NUL", "\0"),
            ("a zero-width space", "\u{200b}"),
        ] {
            let within = format!("{before}{space}{after}");
            let behind = format!("{own}{space}");
            for (place, spelling) in [("in", within), ("behind", behind)] {
                let attempt = format!("{name} {place} the {}", PARTS[part]);
                attempts.push(Attempt::new(
                    attempt,
                    with_segment(genuine, part, &spelling),
                ));
            }
        }
    }
    attempts
}

/// More segments or fewer.
fn cut_otherwise(genuine: &Genuine) -> Vec<Attempt> {
    let [header, claims, signature] = genuine.segments();
    let token = genuine.token.signed();
    let shapes = [
        ("no dot", token.replace('.', "")),
        ("a header alone", header.clone()),
        ("without a signature", format!("{header}.{claims}")),
        ("without a header", format!("{claims}.{signature}")),
        ("a dot before", format!(".{token}")),
        ("a dot behind", format!("{token}.")),
        ("two dots", token.replacen('.', "..", 1)),
        ("a fourth segment", format!("{token}.{signature}")),
        ("a fifth segment", format!("{token}.e30.e30")),
        (
            "the claims twice",
            format!("{header}.{claims}.{claims}.{signature}"),
        ),
        (
            "the claims and the signature in turn",
            format!("{header}.{signature}.{claims}"),
        ),
        ("other dots", token.replace('.', "\u{2024}")),
        ("slashes", token.replace('.', "/")),
        ("dots alone", "..".to_owned()),
        ("twice", format!("{token}{token}")),
        ("in capitals", token.to_uppercase()),
    ];
    shapes
        .into_iter()
        .map(|(name, token)| Attempt::new(format!("segments: {name}"), bearer(&token)))
        .collect()
}
