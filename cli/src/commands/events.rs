//! Events of partners, and their types.

use http::Method;
use serde_json::{Map, Value, json};

use super::{Answer, all, definitions};
use crate::{
    api::{Api, Asked},
    args::{EventTypes, Events, OneRejected, Rejected},
    failure::Failure,
};

const TYPES: [&str; 2] = ["v1", "event-types"];

const REJECTED: [&str; 3] = ["v1", "events", "rejected"];

pub(super) fn types(what: EventTypes, api: &Api) -> Result<Answer, Failure> {
    match what {
        EventTypes::List => {
            let all = all(api, &TYPES, "event_types", &[])?;
            Ok((all, &["type", "revision", "registered_by"]))
        }
        EventTypes::Show { name, revision } => {
            let revision = revision.map(|number| ("revision", number.to_string()));
            let query = revision.into_iter().collect();
            Ok((api.get(&of_type(&name), query)?, &[]))
        }
        EventTypes::Put { name, file } => {
            let asked = Asked {
                body: Some(schema(definitions::read(file)?)),
                ..Asked::default()
            };
            Ok((api.send(&Method::PUT, &of_type(&name), &asked)?, &[]))
        }
    }
}

fn of_type(name: &str) -> [&str; 3] {
    let [version, types] = TYPES;
    [version, types, name]
}

/// The schema, if the file has what `show` printed, or else the whole of it.
fn schema(mut file: Map<String, Value>) -> Value {
    let is_shown = file.contains_key("registered_by") && file.contains_key("revision");
    if is_shown && let Some(schema) = file.remove("schema") {
        return schema;
    }
    file.into()
}

pub(super) fn run(what: Events, api: &Api) -> Result<Answer, Failure> {
    match what {
        Events::Rejected(Rejected::List { partner }) => Ok((
            rejected(api, partner)?,
            &["received_at", "state", "problem", "bytes", "rejected_id"],
        )),
        Events::Rejected(Rejected::Show(OneRejected { partner, id })) => {
            let [version, events, rejected] = REJECTED;
            let path = [version, events, rejected, &id];
            Ok((api.get(&path, vec![("partner", partner)])?, &[]))
        }
        Events::Rejected(Rejected::Resubmit(one)) => Ok((resubmit(api, &one)?, &[])),
        Events::Replay { partner } => {
            let all = rejected(api, partner.clone())?;
            Ok((replay(api, &partner, &all)?, &["rejected_id", "outcome"]))
        }
    }
}

fn rejected(api: &Api, partner: String) -> Result<Value, Failure> {
    all(api, &REJECTED, "rejected", &[("partner", partner)])
}

/// Has each of `all` taken that waits: what is still wrong with one stops none of the others.
fn replay(api: &Api, partner: &str, all: &Value) -> Result<Value, Failure> {
    let mut told = Vec::new();
    for id in waiting(all) {
        let one = OneRejected {
            partner: partner.to_owned(),
            id: id.to_owned(),
        };
        let outcome = match resubmit(api, &one) {
            Ok(_) => "taken".to_owned(),
            Err(Failure::Problem(problem)) if is_about_the_event(problem.status) => {
                problem.name().to_owned()
            }
            Err(failure) => return Err(failure),
        };
        told.push(json!({ "rejected_id": id, "outcome": outcome }));
    }
    Ok(told.into())
}

/// Whether a problem of this status is the event's own, and not one of whoever asks.
const fn is_about_the_event(status: u16) -> bool {
    matches!(status, 400 | 404 | 409 | 413)
}

fn waiting(all: &Value) -> impl Iterator<Item = &str> {
    let all = all.as_array().into_iter().flatten();
    let waiting = all.filter(|one| one.get("state").is_some_and(|state| state == "waiting"));
    waiting.filter_map(|one| one.get("rejected_id")?.as_str())
}

fn resubmit(api: &Api, OneRejected { partner, id }: &OneRejected) -> Result<Value, Failure> {
    let [version, events, rejected] = REJECTED;
    let path = [version, events, rejected, id, "resubmit"];
    let asked = Asked {
        query: vec![("partner", partner.clone())],
        ..Asked::default()
    };
    api.send(&Method::POST, &path, &asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(file: &Value) -> Value {
        schema(file.as_object().unwrap().clone())
    }

    #[test]
    fn a_schema_is_put_as_it_is_and_out_of_what_was_shown() {
        let order = json!({ "type": "object", "required": ["order"] });
        assert_eq!(put(&order), order);
        let shown = json!({
            "type": "com.example.order.placed.v1",
            "revision": 2,
            "registered_by": "operator",
            "schema": order,
        });
        assert_eq!(put(&shown), order);
    }

    #[test]
    fn only_what_waits_is_replayed() {
        let all = json!([
            { "rejected_id": "rej_1", "state": "waiting" },
            { "rejected_id": "rej_2", "state": "resubmitted" },
        ]);
        assert_eq!(waiting(&all).collect::<Vec<_>>(), ["rej_1"]);
    }
}
