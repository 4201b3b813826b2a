//! JSON that can be read in one way only.
//!
//! Parsers differ in which of two members of one name they believe, in what they make of numbers
//! that they can't hold and of half a character, and in how deep they go before they fall over.
//! What is checked here reads the same everywhere.

mod parts;
mod scanner;

use serde_json::value::RawValue;

use crate::Limits;
pub use parts::{Broken, elements, members, open, trimmed};

/// What makes a text no JSON, or none that everyone reads alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Wrong {
    /// It does not follow the grammar.
    #[error("is no JSON from here on: send what a JSON serializer makes")]
    Syntax,
    /// `NaN` and the like.
    #[error("is no number in JSON: leave the member out, or send null")]
    NotANumber,
    /// A text is not in UTF-8.
    #[error("is not in UTF-8: encode the body in UTF-8")]
    NotUtf8,
    /// It goes too deep.
    #[error("is nested too deep: send a flatter event")]
    TooDeep,
    /// An object has two members of one name.
    #[error("is there twice in one object: send each member once")]
    Repeated,
    /// An integer beyond 64 bits, or a number beyond what a double holds.
    #[error("is a number that 64 bits do not hold: send it as a string")]
    NumberOutOfRange,
    /// Half a character.
    #[error("has half of a surrogate pair: send whole characters")]
    LoneSurrogate,
}

/// Where a text is wrong, and how.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("byte {at}, at {pointer:?}: {wrong}")]
pub struct Fault {
    /// The byte that it was noticed at.
    pub at: usize,
    /// The JSON pointer of the value, or of the innermost around it whose pointer is not too long
    /// to be shown.
    pub pointer: String,
    /// How.
    pub wrong: Wrong,
}

/// Checks that `text` is one JSON value, and that nobody reads it in another way.
pub fn check(text: &[u8], limits: &Limits) -> Result<(), Fault> {
    scanner::check(text, limits.depth)
}

/// Takes a text that was checked, without the white space between its tokens.
pub fn raw(checked: &[u8]) -> Result<Box<RawValue>, Wrong> {
    let text = str::from_utf8(checked).map_err(|_| Wrong::NotUtf8)?;
    RawValue::from_string(compact(text)).map_err(|_| Wrong::Syntax)
}

fn compact(json: &str) -> String {
    let mut compact = String::with_capacity(json.len());
    let mut is_quoted = false;
    let mut is_escaped = false;
    for c in json.chars() {
        if is_quoted {
            is_quoted = is_escaped || c != '"';
            is_escaped = !is_escaped && c == '\\';
        } else if c.is_ascii_whitespace() {
            continue;
        } else {
            is_quoted = c == '"';
        }
        compact.push(c);
    }
    compact
}

#[cfg(test)]
mod tests;
