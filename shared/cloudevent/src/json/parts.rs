//! Where the parts of an array or object begin and end, told without reading them: what is wrong
//! within one part harms no other.

use std::ops::Range;

/// Why the parts can't be told from each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// From this byte on.
    At(usize),
    /// There are more than were asked for.
    TooMany,
}

/// Where `open` stands if it is the first that is no white space.
#[must_use]
pub fn open(text: &[u8], open: u8) -> Option<usize> {
    let first = text.iter().position(|byte| !is_space(*byte))?;
    (text.get(first) == Some(&open)).then_some(first)
}

/// The elements of the array that is the whole text behind its opening bracket, which stands at
/// `open`: at most so many.
pub fn elements(text: &[u8], open: usize, most: usize) -> Result<Vec<Range<usize>>, Broken> {
    parts(text, open, b']', most)
}

/// The members of the object that is the whole text behind its opening brace, which stands at
/// `open`: at most so many, each with its name.
pub fn members(
    text: &[u8],
    open: usize,
    most: usize,
) -> Result<Vec<(String, Range<usize>)>, Broken> {
    parts(text, open, b'}', most)?
        .into_iter()
        .map(|part| member(text, &part).ok_or(Broken::At(part.start)))
        .collect()
}

/// A range without the white space at its ends.
#[must_use]
pub fn trimmed(text: &[u8], range: Range<usize>) -> Range<usize> {
    let (start, end) = (range.start, range.end);
    let part = text.get(range).unwrap_or_default();
    let before = part.iter().take_while(|byte| is_space(**byte)).count();
    if before == part.len() {
        return start..start;
    }
    let after = part.iter().rev().take_while(|byte| is_space(**byte));
    start + before..end - after.count()
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

fn parts(text: &[u8], open: usize, close: u8, most: usize) -> Result<Vec<Range<usize>>, Broken> {
    let mut parts = Vec::new();
    let mut start = open + 1;
    loop {
        let end = end(text, start).ok_or(Broken::At(text.len()))?;
        let part = trimmed(text, start..end);
        let delimiter = text.get(end);
        let is_last = delimiter == Some(&close);
        if !is_last && delimiter != Some(&b',') {
            return Err(Broken::At(end));
        }
        if !(is_last && parts.is_empty() && part.is_empty()) {
            if parts.len() == most {
                return Err(Broken::TooMany);
            }
            parts.push(part);
        }
        start = end + 1;
        if is_last {
            let rest = trimmed(text, start..text.len());
            return if rest.is_empty() {
                Ok(parts)
            } else {
                Err(Broken::At(rest.start))
            };
        }
    }
}

/// Where the part that begins at `start` is over: the comma or bracket behind it.
fn end(text: &[u8], start: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = start;
    loop {
        match *text.get(at)? {
            b'"' => at = end_of_string(text, at)?,
            b'[' | b'{' => depth += 1,
            b']' | b'}' if depth > 0 => depth -= 1,
            b',' | b']' | b'}' if depth == 0 => return Some(at),
            _ => (),
        }
        at += 1;
    }
}

/// The quotation mark that ends the string which begins with the one at `start`.
fn end_of_string(text: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        match *text.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

fn member(text: &[u8], part: &Range<usize>) -> Option<(String, Range<usize>)> {
    if text.get(part.start) != Some(&b'"') {
        return None;
    }
    let end = end_of_string(text, part.start).filter(|end| *end < part.end)?;
    let name = serde_json::from_slice(text.get(part.start..=end)?).ok()?;
    let rest = trimmed(text, end + 1..part.end);
    if text.get(rest.start) != Some(&b':') || rest.is_empty() {
        return None;
    }
    Some((name, trimmed(text, rest.start + 1..rest.end)))
}
