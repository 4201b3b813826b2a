//! What is tried.

mod contact;
mod events;
mod extensions;
mod messages;
mod names;
mod planted;
mod requests;
mod rows;
mod salesforce;

use std::{borrow::Cow, fmt::Debug};

pub use self::planted::PLANTED;

/// Reads an input, and says what its answer looks like.
pub type Parser = Box<dyn Fn(&[u8]) -> String>;

/// A parser, or a few of the same kind.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// What it is called; so is the folder of its corpus.
    pub name: &'static str,
    /// Makes the parser, on the thread that it is tried on.
    pub parser: fn() -> Parser,
    /// Inputs beside the corpus: what has to be made by a key or a packer.
    pub more: fn() -> Vec<Vec<u8>>,
}

impl Target {
    const fn new(name: &'static str, parser: fn() -> Parser) -> Self {
        Self {
            name,
            parser,
            more: Vec::new,
        }
    }

    const fn with(self, more: fn() -> Vec<Vec<u8>>) -> Self {
        Self { more, ..self }
    }
}

/// All of them.
#[must_use]
pub fn all() -> Vec<Target> {
    let rooms: [&[Target]; 8] = [
        &contact::TARGETS,
        &events::TARGETS,
        &extensions::TARGETS,
        &messages::TARGETS,
        &names::TARGETS,
        &requests::TARGETS,
        &rows::TARGETS,
        &salesforce::TARGETS,
    ];
    rooms.concat()
}

/// What an answer looks like without what differs from input to input: the words of an error, and
/// nothing of a value.
fn told<T, E: Debug>(result: &Result<T, E>) -> String {
    match result {
        Ok(_) => "ok".to_owned(),
        Err(error) => shape(error),
    }
}

/// The words of `error` outside of quotes.
fn shape(error: &impl Debug) -> String {
    let text = format!("{error:?}");
    let outside = text.split('"').step_by(2).flat_map(str::chars);
    let words = outside.filter(|c| !c.is_ascii_digit());
    words.take(120).collect()
}

/// The lines before an empty one as headers, and what comes after it.
fn headers_and_body(input: &[u8]) -> (Vec<(String, String)>, &[u8]) {
    let cut = input.windows(2).position(|two| two == b"\n\n");
    let (head, body) = match cut {
        Some(cut) => (&input[..cut], &input[cut + 2..]),
        None => (&[][..], input),
    };
    let head = String::from_utf8_lossy(head);
    let headers = head.lines().filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        // Names come in lower case.
        Some((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
    });
    (headers.collect(), body)
}

fn by_ref(headers: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
}

fn text(input: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(input)
}
