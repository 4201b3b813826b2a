//! Finding ids and times in texts.

/// Instants from 2025 to 2035 count as times, wherever a number or a text is one.
const SECONDS: std::ops::Range<u64> = 1_735_689_600..2_082_758_400;

/// A piece of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Text(&'a str),
    /// An id in its own spelling; the same id may be spelt with and without hyphens.
    Id(String),
    Time,
}

/// Cuts a text into its pieces.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut plain_from, mut at) = (0, 0);
    while at < text.len() {
        let found = if starts_word(text, at) {
            special(text, at)
        } else {
            None
        };
        match found {
            Some((piece, length)) => {
                push_text(&mut pieces, text, plain_from, at);
                pieces.push(piece);
                at += length;
                plain_from = at;
            }
            None => at = text.ceil_char_boundary(at + 1),
        }
    }
    push_text(&mut pieces, text, plain_from, at);
    pieces
}

/// Whether a number is an instant, in seconds or milliseconds.
pub(super) fn is_epoch(number: u64) -> bool {
    SECONDS.contains(&number) || SECONDS.contains(&(number / 1_000))
}

fn push_text<'a>(pieces: &mut Vec<Piece<'a>>, text: &'a str, from: usize, to: usize) {
    pieces.extend(
        text.get(from..to)
            .filter(|plain| !plain.is_empty())
            .map(Piece::Text),
    );
}

fn special(text: &str, at: usize) -> Option<(Piece<'static>, usize)> {
    let before = text.get(..at)?;
    let rest = text.get(at..)?;
    uuid(rest)
        .or_else(|| {
            if before.ends_with('_') {
                base32(rest)
            } else {
                None
            }
        })
        .or_else(|| rfc3339(rest))
        .or_else(|| {
            if before.ends_with('+') {
                None
            } else {
                epoch(rest)
            }
        })
}

fn starts_word(text: &str, at: usize) -> bool {
    text.get(..at)
        .and_then(|before| before.bytes().last())
        .is_none_or(|b| !b.is_ascii_alphanumeric())
}

fn ends_word(rest: &str, length: usize) -> bool {
    rest.as_bytes()
        .get(length)
        .is_none_or(|b| !b.is_ascii_alphanumeric())
}

fn uuid(rest: &str) -> Option<(Piece<'static>, usize)> {
    let hyphenated = |text: &str| {
        text.bytes().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
    };
    let simple = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit());
    let (text, length) = match (rest.get(..36), rest.get(..32)) {
        (Some(text), _) if hyphenated(text) => (text, 36),
        (_, Some(text)) if simple(text) => (text, 32),
        _ => return None,
    };
    ends_word(rest, length).then(|| (Piece::Id(text.replace('-', "").to_lowercase()), length))
}

fn base32(rest: &str) -> Option<(Piece<'static>, usize)> {
    let id = rest.get(..26)?;
    let crockford = |b: u8| {
        b.is_ascii_alphanumeric() && !matches!(b.to_ascii_lowercase(), b'i' | b'l' | b'o' | b'u')
    };
    (id.bytes().all(crockford) && ends_word(rest, 26)).then(|| (Piece::Id(id.to_lowercase()), 26))
}

fn rfc3339(rest: &str) -> Option<(Piece<'static>, usize)> {
    let shape = b"dddd-dd-ddTdd:dd:dd";
    let matches = |(b, &wanted): (u8, &u8)| {
        if wanted == b'd' {
            b.is_ascii_digit()
        } else {
            b == wanted
        }
    };
    if !rest.get(..shape.len())?.bytes().zip(shape).all(matches) {
        return None;
    }
    let mut length = shape.len();
    let after = |length: usize| rest.get(length..).unwrap_or_default();
    if let Some(fraction) = after(length).strip_prefix('.') {
        length += 1 + fraction.bytes().take_while(u8::is_ascii_digit).count();
    }
    match after(length).bytes().next()? {
        b'Z' => Some((Piece::Time, length + 1)),
        b'+' | b'-' => Some((Piece::Time, length + 6)),
        _ => None,
    }
}

fn epoch(rest: &str) -> Option<(Piece<'static>, usize)> {
    let length = rest.bytes().take_while(u8::is_ascii_digit).count();
    let number = rest.get(..length)?.parse().ok()?;
    (matches!(length, 10 | 13) && ends_word(rest, length) && is_epoch(number))
        .then_some((Piece::Time, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    const UUID: &str = "019bc1d2-6c00-7000-8000-0123456789ab";
    const SIMPLE: &str = "019bc1d26c00700080000123456789ab";

    #[test]
    fn an_id_is_found_in_any_spelling() {
        for text in [UUID.to_owned(), SIMPLE.to_owned(), UUID.to_uppercase()] {
            assert_eq!(pieces(&text), [Piece::Id(SIMPLE.to_owned())]);
        }
        let row = format!("outbox#evt_{SIMPLE}#x");
        assert_eq!(
            pieces(&row),
            [
                Piece::Text("outbox#evt_"),
                Piece::Id(SIMPLE.to_owned()),
                Piece::Text("#x")
            ]
        );
        let crockford = "01jhkx8v9wq2r3s4t5v6w7x8y9";
        assert_eq!(
            pieces(&format!("prf_{crockford}")),
            [Piece::Text("prf_"), Piece::Id(crockford.to_owned())]
        );
    }

    #[test]
    fn what_only_looks_like_an_id_is_text() {
        for text in [
            &SIMPLE[1..],
            &format!("{SIMPLE}{SIMPLE}"),
            "01jhkx8v9wq2r3s4t5v6w7x8y9",
            "prf_anna",
            "+1767225600",
        ] {
            assert_eq!(pieces(text), [Piece::Text(text)]);
        }
    }

    #[test]
    fn times_are_found_in_their_usual_forms() {
        for text in [
            "2026-01-15T09:00:00Z",
            "2026-01-15T09:00:00.123456Z",
            "2026-01-15T09:00:00+01:00",
            "1768467600",
            "1768467600123",
        ] {
            assert_eq!(pieces(text), [Piece::Time], "{text}");
        }
        assert_eq!(
            pieces("a 2026-01-15T09:00:00Z b"),
            [Piece::Text("a "), Piece::Time, Piece::Text(" b")]
        );
        assert_eq!(pieces("2026-01-15"), [Piece::Text("2026-01-15")]);
    }
}
