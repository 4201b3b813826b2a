//! Letters of other alphabets, other widths and other compositions in the place of our own.

use crate::{Attempt, Genuine};

/// A letter, and what looks like it.
const TWINS: [(char, char); 8] = [
    ('a', '\u{430}'),
    ('c', '\u{441}'),
    ('e', '\u{435}'),
    ('o', '\u{43e}'),
    ('p', '\u{440}'),
    ('i', '\u{131}'),
    ('s', '\u{17f}'),
    ('_', '\u{ff3f}'),
];

pub(super) fn all(genuine: &Genuine) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    let names = ["iss", "token_use", "client_id", "scope"];
    for name in names.iter().chain(genuine.kind.own_claims()) {
        let own = genuine.token.claims[*name].as_str().unwrap();
        let twins = TWINS.iter().filter(|(letter, _)| own.contains(*letter));
        for (letter, twin) in twins.take(3) {
            let value = last_replaced(own, *letter, *twin);
            let attempt = format!("{name} with {twin:?} for {letter}");
            attempts.push(Attempt::new(attempt, genuine.claiming(name, value)));
        }
        let wide: String = own.chars().map(full_width).collect();
        let attempt = format!("{name} in full width");
        attempts.push(Attempt::new(attempt, genuine.claiming(name, wide)));
        let marked = format!("{own}\u{301}");
        let attempt = format!("{name} with a combining mark");
        attempts.push(Attempt::new(attempt, genuine.claiming(name, marked)));
    }
    attempts
}

/// The last one, so that it stands in the part of a list that matters.
fn last_replaced(text: &str, letter: char, twin: char) -> String {
    match text.rsplit_once(letter) {
        Some((before, after)) => format!("{before}{twin}{after}"),
        None => text.to_owned(),
    }
}

fn full_width(c: char) -> char {
    match c {
        '!'..='~' => char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c),
        other => other,
    }
}
