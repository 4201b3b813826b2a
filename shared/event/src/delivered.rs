//! What a bus brings: one event or an array of them, each in an envelope or as it is.
//!
//! Rules of the classic bus bring one envelope; subscribers of the newer one, "custom event bus", an
//! array, of one event too, with envelopes, with what was published as it is, or with that beside
//! its metadata:
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-custom-bus.html>. Whoever reads all of
//! them can be moved from one bus to the other.

use lambda_kit::log;
use serde::{Deserialize, de::DeserializeOwned};

/// What says of itself which request it follows from.
pub trait Correlated {
    /// The request, if it says so.
    fn correlation_id(&self) -> Option<&str>;
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Delivered<T> {
    Many(Vec<Each<T>>),
    One(Box<Each<T>>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Each<T> {
    Described {
        #[serde(rename = "Data")]
        data: Published<T>,
    },
    Plain(Published<T>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Published<T> {
    Envelope { detail: T },
    Bare(T),
}

/// The events in the message `body`, and the correlation id of one that is alone in it in every further
/// line of the log; `None` if there is none, or anything else beside them.
#[must_use]
pub fn delivered<T: DeserializeOwned + Correlated>(body: &str) -> Option<Vec<T>> {
    let delivered: Delivered<T> = serde_json::from_str(body).ok()?;
    let each = match delivered {
        Delivered::Many(many) => many,
        Delivered::One(one) => vec![*one],
    };
    let each = each.into_iter().map(|each| match each {
        Each::Described { data } | Each::Plain(data) => match data {
            Published::Envelope { detail } => detail,
            Published::Bare(event) => event,
        },
    });
    let all: Vec<T> = each.collect();
    if let [one] = all.as_slice()
        && let Some(id) = one.correlation_id()
    {
        log::correlate(id);
    }
    Some(all).filter(|all| !all.is_empty())
}
