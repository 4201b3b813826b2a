//! Events of partners, and their types.

use http::Method;
use serde_json::{Map, Value, json};

use super::{Answer, all, definitions, page};
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
        Events::Rejected(Rejected::Resubmit { one, file }) => {
            let corrected = file.map(definitions::read).transpose()?;
            let corrected = corrected.map(Value::from);
            Ok((resubmit(api, &one, corrected)?, &[]))
        }
        Events::Replay { partner } => Ok((replay(api, &partner)?, &["rejected_id", "outcome"])),
    }
}

fn rejected(api: &Api, partner: String) -> Result<Value, Failure> {
    all(api, &REJECTED, "rejected", &[("partner", partner)])
}

/// Has each taken that waits, page by page: what is still wrong with one stops none of the others, and
/// whatever stops all of them, what was taken by then waits no more.
fn replay(api: &Api, partner: &str) -> Result<Value, Failure> {
    let (mut told, mut cursor) = (Vec::new(), None);
    let query = [("partner", partner.to_owned())];
    loop {
        let (found, next) = page(api, &REJECTED, "rejected", &query, cursor)?;
        told.extend(replay_page(api, partner, &found)?);
        cursor = next;
        if cursor.is_none() {
            return Ok(told.into());
        }
    }
}

fn replay_page(api: &Api, partner: &str, found: &[Value]) -> Result<Vec<Value>, Failure> {
    let mut told = Vec::new();
    for id in waiting(found) {
        let one = OneRejected {
            partner: partner.to_owned(),
            id: id.to_owned(),
        };
        let outcome = match resubmit(api, &one, None) {
            Ok(_) => "taken".to_owned(),
            Err(Failure::Problem(problem)) if is_about_the_event(problem.status) => {
                problem.name().to_owned()
            }
            Err(failure) => return Err(failure),
        };
        told.push(json!({ "rejected_id": id, "outcome": outcome }));
    }
    Ok(told)
}

/// Whether a problem of this status is the event's own, and not one of whoever asks.
const fn is_about_the_event(status: u16) -> bool {
    matches!(status, 400 | 404 | 409 | 413)
}

fn waiting(found: &[Value]) -> impl Iterator<Item = &str> {
    let found = found.iter();
    let waiting = found.filter(|one| one.get("state").is_some_and(|state| state == "waiting"));
    waiting.filter_map(|one| one.get("rejected_id")?.as_str())
}

/// Has one taken: `corrected`, or what came.
fn resubmit(
    api: &Api,
    OneRejected { partner, id }: &OneRejected,
    corrected: Option<Value>,
) -> Result<Value, Failure> {
    let [version, events, rejected] = REJECTED;
    let path = [version, events, rejected, id, "resubmit"];
    let asked = Asked {
        query: vec![("partner", partner.clone())],
        body: corrected,
        ..Asked::default()
    };
    api.send(&Method::POST, &path, &asked)
}

#[cfg(test)]
mod tests {
    use std::{
        io::{BufRead as _, BufReader, Write as _},
        net::{TcpListener, TcpStream},
        thread,
    };

    use super::*;
    use crate::settings::Settings;

    /// As many pages as no list is read to the end of.
    const PAGES: usize = 250;

    /// An API with a refused event on each of its pages, which takes what is sent again.
    fn api() -> Api {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        thread::spawn(move || {
            listener
                .incoming()
                .for_each(|stream| answer(stream.unwrap()));
        });
        let settings = Settings {
            url: Some(url),
            ..Settings::default()
        };
        Api::new(&settings).unwrap()
    }

    fn answer(mut stream: TcpStream) {
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        let asked = lines.next().unwrap().unwrap();
        let _ = lines.find(|line| line.as_ref().unwrap().is_empty());
        let body = if asked.starts_with("GET") {
            let cursor = asked.split_once("cursor=rej_");
            let page = cursor.map_or(0, |(_, rest)| {
                rest.split([' ', '&']).next().unwrap().parse().unwrap()
            });
            let next = (page + 1 < PAGES).then(|| format!("rej_{}", page + 1));
            let one = json!({ "rejected_id": format!("rej_{page}"), "state": "waiting" });
            json!({ "rejected": [one], "next": next }).to_string()
        } else {
            String::new()
        };
        let length = body.len();
        write!(
            stream,
            "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
        )
        .unwrap();
    }

    #[test]
    fn however_many_wait_all_of_them_are_replayed() {
        let told = replay(&api(), "chandlery").unwrap();
        let told = told.as_array().unwrap();
        assert_eq!(told.len(), PAGES);
        assert!(told.iter().all(|one| one["outcome"] == "taken"));
    }

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
        let all = [
            json!({ "rejected_id": "rej_1", "state": "waiting" }),
            json!({ "rejected_id": "rej_2", "state": "resubmitted" }),
            json!({ "rejected_id": "rej_3", "state": "unreadable" }),
        ];
        assert_eq!(waiting(&all).collect::<Vec<_>>(), ["rej_1"]);
    }
}
