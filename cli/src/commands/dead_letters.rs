//! What could not be processed.

use std::{collections::BTreeMap, mem};

use http::Method;
use serde_json::{Value, json};

use super::Answer;
use crate::{
    api::{Api, Asked},
    args::DeadLetters,
    failure::Failure,
};

const QUEUES: [&str; 2] = ["v1", "dead-letters"];

/// As often as it is asked for the next of those that are to be processed again: each time for 500.
const MOST_ROUNDS: u32 = 200;

pub(super) fn run(what: DeadLetters, api: &Api) -> Result<Answer, Failure> {
    match what {
        DeadLetters::List => Ok((
            member(api.get(&QUEUES, vec![])?, "queues"),
            &[
                "queue",
                "approximate_count",
                "oldest_age",
                "function",
                "goes_back_to",
            ],
        )),
        DeadLetters::Show { queue } => {
            let [version, queues] = QUEUES;
            let shown = api.get(&[version, queues, &queue], vec![])?;
            Ok((
                member(shown, "messages"),
                &[
                    "message_id",
                    "age",
                    "function",
                    "cause",
                    "detail",
                    "way_back",
                    "event_type",
                    "correlation_id",
                ],
            ))
        }
        DeadLetters::Redrive {
            queue,
            messages,
            all,
        } => {
            let redriven = if all {
                redrive(api, &queue, &json!({ "all": true }), MOST_ROUNDS)?
            } else {
                redrive(api, &queue, &json!({ "messages": messages }), 1)?
            };
            Ok((redriven, &["message_id", "outcome"]))
        }
    }
}

/// Has messages processed again until no more are left; what became of each.
fn redrive(api: &Api, queue: &str, which: &Value, rounds: u32) -> Result<Value, Failure> {
    let [version, queues] = QUEUES;
    let path = [version, queues, queue, "redrive"];
    let mut told = BTreeMap::new();
    for _ in 0..rounds {
        let asked = Asked {
            body: Some(which.clone()),
            ..Asked::default()
        };
        let answer = api.send(&Method::POST, &path, &asked)?;
        if !add(&mut told, answer) {
            break;
        }
    }
    Ok(told.into_values().collect())
}

/// Adds what became of each message. Whether to ask for more: there may be some, and it is not only
/// those again that stay where they are.
fn add(told: &mut BTreeMap<String, Value>, answer: Value) -> bool {
    let has_more = answer.get("more") == Some(&Value::Bool(true));
    let before = told.len();
    if let Value::Array(messages) = member(answer, "messages") {
        let id = |message: &Value| Some(message.get("message_id")?.as_str()?.to_owned());
        told.extend(
            messages
                .into_iter()
                .filter_map(|message| Some((id(&message)?, message))),
        );
    }
    has_more && told.len() > before
}

/// A member of an answer.
fn member(mut answer: Value, name: &str) -> Value {
    answer.get_mut(name).map(mem::take).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(ids: &[&str], more: bool) -> Value {
        let messages = ids
            .iter()
            .map(|id| json!({ "message_id": id, "outcome": "stays" }));
        json!({ "messages": messages.collect::<Vec<_>>(), "more": more })
    }

    #[test]
    fn it_is_asked_for_more_as_long_as_there_is_something_new() {
        let mut told = BTreeMap::new();
        assert!(add(&mut told, answer(&["1", "2"], true)));
        assert!(add(&mut told, answer(&["2", "3"], true)));
        assert!(!add(&mut told, answer(&["2", "3"], true)));
        assert!(!add(&mut told, answer(&["4"], false)));
        assert_eq!(told.keys().collect::<Vec<_>>(), ["1", "2", "3", "4"]);
    }
}
