//! `EventBridge`'s classic bus: `PutEvents`, in AWS JSON.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::{Response, StatusCode};
use jiff::Timestamp;
use lambda_kit::clock::Clock;
use serde_json::{Value, json};

use super::{
    answer,
    names::{ACCOUNT, EVENT_BUS, REGION},
};
use crate::{Call, call::each};

/// The entries of one request together have to stay under 1 MiB.
const SIZE_LIMIT: usize = 1_048_576;
const ID_MAKER: u32 = 0xeb_0000;

/// An event that the bus has taken.
#[derive(Debug, Clone, PartialEq)]
pub struct PublishedEvent {
    /// The id that the bus gave it.
    pub id: String,
    /// The bus's name.
    pub bus: String,
    /// Who says so.
    pub source: String,
    /// What kind of event.
    pub detail_type: String,
    /// What happened.
    pub detail: Value,
    /// When, by the publisher's account or else the bus's.
    pub time: Timestamp,
    /// ARNs that the event concerns.
    pub resources: Vec<String>,
}

impl PublishedEvent {
    /// The event as a rule's target gets it.
    #[must_use]
    pub fn envelope(&self) -> Value {
        json!({
            "version": "0",
            "id": self.id,
            "detail-type": self.detail_type,
            "source": self.source,
            "account": ACCOUNT,
            "time": self.time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "region": REGION,
            "resources": self.resources,
            "detail": self.detail,
        })
    }
}

pub(super) struct EventBridge {
    clock: Clock,
    published: Mutex<Vec<PublishedEvent>>,
}

/// An entry's `ErrorCode` and `ErrorMessage`.
type EntryError = (&'static str, String);

impl EventBridge {
    pub(super) const fn new(clock: Clock) -> Self {
        Self {
            clock,
            published: Mutex::new(Vec::new()),
        }
    }

    pub(super) fn published_after(&self, from: usize) -> Vec<PublishedEvent> {
        let published = self
            .published
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        published.iter().skip(from).cloned().collect()
    }

    pub(super) fn call(&self, call: &Call) -> Response<Bytes> {
        if call.operation != "PutEvents" {
            let message = format!("testkit's EventBridge has no {}", call.operation);
            return answer::json_error(
                StatusCode::BAD_REQUEST,
                "UnknownOperationException",
                &message,
            );
        }
        let entries: Vec<&Value> = each(&call.input, "Entries").collect();
        if let Err(message) = check_request(&entries) {
            return answer::json_error(StatusCode::BAD_REQUEST, "ValidationException", &message);
        }
        let mut failed = 0;
        let results: Vec<Value> = entries
            .into_iter()
            .map(|entry| match self.take(entry) {
                Ok(id) => json!({ "EventId": id }),
                Err((code, message)) => {
                    failed += 1;
                    json!({ "ErrorCode": code, "ErrorMessage": message })
                }
            })
            .collect();
        answer::json(
            StatusCode::OK,
            &json!({ "FailedEntryCount": failed, "Entries": results }),
        )
    }

    fn take(&self, entry: &Value) -> Result<String, EntryError> {
        let source = required(entry, "Source")?;
        let detail_type = required(entry, "DetailType")?;
        let detail = detail(required(entry, "Detail")?)?;
        if source.starts_with("aws.") {
            return Err((
                "NotAuthorizedForSourceException",
                format!("Not authorized for the source {source}."),
            ));
        }
        let bus = bus(entry)?;
        let mut published = self
            .published
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let id = answer::numbered_id(ID_MAKER, published.len() + 1);
        published.push(PublishedEvent {
            id: id.clone(),
            bus,
            source: source.to_owned(),
            detail_type: detail_type.to_owned(),
            detail,
            time: self.time(entry),
            resources: each(entry, "Resources")
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
        });
        Ok(id)
    }

    fn time(&self, entry: &Value) -> Timestamp {
        let given = entry.get("Time").and_then(Value::as_f64);
        given
            .and_then(|seconds| jiff::SignedDuration::try_from_secs_f64(seconds).ok())
            .and_then(|since_epoch| Timestamp::from_duration(since_epoch).ok())
            .unwrap_or_else(|| self.clock.now())
    }
}

fn check_request(entries: &[&Value]) -> Result<(), String> {
    let wrong = if entries.is_empty() {
        "greater than or equal to 1"
    } else if entries.len() > 10 {
        "less than or equal to 10"
    } else if entries.iter().map(|entry| size(entry)).sum::<usize>() >= SIZE_LIMIT {
        return Err("Total size of the entries in the request is over the limit.".to_owned());
    } else {
        return Ok(());
    };
    Err(format!(
        "1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length {wrong}"
    ))
}

/// As under "Calculating `PutEvents` event entry size" in the `EventBridge` user guide.
fn size(entry: &Value) -> usize {
    let time = if entry.get("Time").is_some() { 14 } else { 0 };
    let texts =
        ["Source", "DetailType", "Detail"].map(|field| entry.get(field).and_then(Value::as_str));
    let resources = each(entry, "Resources").map(Value::as_str);
    time + texts
        .into_iter()
        .chain(resources)
        .flatten()
        .map(str::len)
        .sum::<usize>()
}

fn required<'a>(entry: &'a Value, field: &str) -> Result<&'a str, EntryError> {
    entry
        .get(field)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
        .ok_or_else(|| {
            (
                "InvalidArgument",
                format!("Parameter {field} is not valid. Reason: {field} is a required argument."),
            )
        })
}

fn detail(text: &str) -> Result<Value, EntryError> {
    serde_json::from_str(text)
        .ok()
        .filter(|detail: &Value| detail.is_object() && integers_fit(detail))
        .ok_or_else(|| ("MalformedDetail", "Detail is malformed.".to_owned()))
}

/// `EventBridge` takes integers of 64 bits with a sign.
fn integers_fit(detail: &Value) -> bool {
    match detail {
        Value::Number(number) => !number.is_u64() || number.is_i64(),
        Value::Array(values) => values.iter().all(integers_fit),
        Value::Object(members) => members.values().all(integers_fit),
        Value::Null | Value::Bool(_) | Value::String(_) => true,
    }
}

/// A function's role lets it put events on Fairlead's bus alone.
fn bus(entry: &Value) -> Result<String, EntryError> {
    let given = entry
        .get("EventBusName")
        .and_then(Value::as_str)
        .unwrap_or("default");
    if given.rsplit('/').next() == Some(EVENT_BUS) {
        return Ok(EVENT_BUS.to_owned());
    }
    Err((
        "AccessDeniedException",
        format!("not allowed to put events on the bus {given}, only on {EVENT_BUS}"),
    ))
}
