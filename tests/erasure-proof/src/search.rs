//! Looking for markers.

use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};
use serde_json::{Value, json};
use testkit::{
    World,
    engine::{BUCKETS, PARKING_QUEUE, PublishedEvent, Recipient},
};

use crate::log::Printed;

/// What the tables look like.
const TABLES: &str = include_str!("../../../cdk/tables.json");

/// A place where something is kept, with all that it holds.
pub struct Place {
    /// What it is called.
    pub name: String,
    held: Vec<u8>,
}

/// Where something was found that should be nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leak {
    /// The marker.
    pub marker: String,
    /// The place.
    pub place: String,
    /// In which form.
    pub form: &'static str,
}

/// Every place in which anything is kept: tables and what their streams still have, buckets, the
/// user pool, queues, topics, the bus's archive, the state machine's executions, and the logs.
#[must_use]
pub fn places(world: &World, log: &Printed) -> Vec<Place> {
    let engines = world.engines();
    let place = |name: String, held: String| Place {
        name,
        held: held.into_bytes(),
    };
    let rows = |table: &str| Value::from(engines.rows(table)).to_string();
    let tables = engines.tables();
    let tables = tables.map(|table| place(format!("table {table}"), rows(table)));
    let mut places: Vec<Place> = tables.collect();
    let shapes: Value = serde_json::from_str(TABLES).expect("the tables are described in JSON");
    for (table, _) in shapes
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, shape)| shape.get("stream").is_some())
    {
        places.push(place(format!("stream of {table}"), stream(world, table)));
    }
    for bucket in BUCKETS {
        for object in engines.objects(bucket) {
            let name = format!("bucket {bucket}: {}", object.key);
            let mut held = object.key.clone().into_bytes();
            held.extend_from_slice(&object.body);
            places.push(Place { name, held });
        }
    }
    let events = world.published_events();
    let events: Vec<Value> = events.iter().map(PublishedEvent::envelope).collect();
    let parked = world.sent_messages(PARKING_QUEUE);
    // What went to the person's own phone is theirs; what went to the topic is not.
    let topic = world.notifications().into_iter().filter_map(|sent| {
        matches!(sent.recipient, Recipient::Topic(_))
            .then(|| json!([sent.message, sent.subject, sent.attributes]))
    });
    let topic: Value = topic.collect();
    let executions = engines.executions();
    places.extend([
        place(
            "the user pool".to_owned(),
            Value::from(engines.user_pool().users()).to_string(),
        ),
        place(
            "the bus's archive".to_owned(),
            Value::from(events).to_string(),
        ),
        place("the parking queue".to_owned(), format!("{parked:?}")),
        place("the topic".to_owned(), topic.to_string()),
        place("the executions".to_owned(), format!("{executions:?}")),
    ]);
    places.push(Place {
        name: "the logs".to_owned(),
        held: log.bytes(),
    });
    places
}

/// What a table's stream still has: it keeps a record for a day.
fn stream(world: &World, table: &str) -> String {
    let now = world.clock().now().as_second();
    let kept = |record: &Value| {
        let made = record.pointer("/dynamodb/ApproximateCreationDateTime");
        let made = made.and_then(Value::as_f64).expect("a record has its time");
        #[expect(clippy::cast_precision_loss, reason = "seconds since 1970")]
        let age = now as f64 - made;
        age < 86_400.0
    };
    let records = world.engines().changes(table);
    Value::from(records.into_iter().filter(kept).collect::<Vec<_>>()).to_string()
}

/// Where `markers` are found.
#[must_use]
pub fn search(places: &[Place], markers: &[String]) -> Vec<Leak> {
    let mut leaks = Vec::new();
    for Place { name, held } in places {
        let lower = held.to_ascii_lowercase();
        for marker in markers {
            for (form, needle) in forms(marker) {
                // Base64 is the one form in which case matters.
                let held = if form == "base64" { held } else { &lower };
                if contains(held, &needle) {
                    leaks.push(Leak {
                        marker: marker.clone(),
                        place: name.clone(),
                        form,
                    });
                }
            }
        }
    }
    leaks
}

/// A marker in lower case, as it would look in each encoding.
fn forms(marker: &str) -> Vec<(&'static str, Vec<u8>)> {
    let plain = marker.to_ascii_lowercase();
    let spelled = |each: fn(u8) -> String| plain.bytes().map(each).collect::<String>();
    let mut forms = vec![
        ("plain", plain.clone()),
        ("hex", spelled(|b| format!("{b:02x}"))),
        ("URL-encoded", spelled(|b| format!("%{b:02x}"))),
        ("escaped", spelled(|b| format!("\\u{b:04x}"))),
    ];
    for (text, before) in [marker, &plain]
        .into_iter()
        .flat_map(|text| [(text, 0), (text, 1), (text, 2)])
    {
        forms.push(("base64", base64_core(text, before)));
    }
    let forms = forms.into_iter();
    forms
        .map(|(form, text)| (form, text.into_bytes()))
        .collect()
}

/// What of a text's base64 is the same whatever stands around it, `before` bytes after a boundary.
fn base64_core(text: &str, before: usize) -> String {
    let mut padded = vec![0; before];
    padded.extend_from_slice(text.as_bytes());
    let encoded = BASE64_STANDARD_NO_PAD.encode(&padded);
    let from = (before * 8).div_ceil(6);
    let to = padded.len() * 8 / 6;
    encoded.get(from..to).unwrap_or_default().to_owned()
}

fn contains(held: &[u8], needle: &[u8]) -> bool {
    !needle.is_empty() && held.windows(needle.len()).any(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use base64::prelude::BASE64_STANDARD;

    use super::*;

    fn found(held: impl Into<Vec<u8>>) -> Vec<&'static str> {
        let place = Place {
            name: "here".to_owned(),
            held: held.into(),
        };
        let leaks = search(&[place], &["mkGiven7q".to_owned()]);
        leaks.into_iter().map(|leak| leak.form).collect()
    }

    #[test]
    fn a_marker_is_found_in_every_form() {
        assert_eq!(found("x MKGIVEN7Q x"), ["plain"]);
        assert_eq!(found("6D6B676976656E3771"), ["hex"]);
        assert_eq!(found("%6d%6b%67%69%76%65%6E%37%71"), ["URL-encoded"]);
        for before in ["", "a", "ab", "abc"] {
            let encoded = BASE64_STANDARD.encode(format!("{before}mkGiven7q and more"));
            assert_eq!(found(encoded), ["base64"], "after {before:?}");
        }
    }

    #[test]
    fn what_is_no_marker_is_not_found() {
        assert_eq!(found("mkGiven7 q, mkGivn7q"), Vec::<&str>::new());
    }
}
