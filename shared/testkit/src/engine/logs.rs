//! CloudWatch Logs: groups, and what was written to them, in AWS JSON.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use http::{Response, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::answer;
use crate::Call;

/// As many events as one page of `FilterLogEvents` has where nothing else is said.
const MOST_EVENTS: u64 = 10_000;

/// For how many days a group may keep what is written to it.
const DAYS: [u64; 23] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653, 0,
];

#[derive(Default)]
struct Group {
    days: Option<u64>,
    tags: BTreeMap<String, String>,
    written: Vec<(Timestamp, String)>,
}

#[derive(Default)]
pub(super) struct Logs {
    groups: Mutex<BTreeMap<String, Group>>,
}

/// An error's code and its message.
type Refusal = (&'static str, String);

impl Logs {
    pub(super) fn call(&self, call: &Call) -> Response<Bytes> {
        let input = &call.input;
        let answered = match call.operation.as_str() {
            "CreateLogGroup" => self.create(input),
            "PutRetentionPolicy" => self.keep_for(input),
            "DeleteLogGroup" => self.delete(input),
            "FilterLogEvents" => self.filter(input),
            other => Err((
                "UnknownOperationException",
                format!("testkit's CloudWatch Logs has no {other}"),
            )),
        };
        match answered {
            Ok(output) => answer::json(StatusCode::OK, &output),
            Err((code, message)) => answer::json_error(StatusCode::BAD_REQUEST, code, &message),
        }
    }

    /// A function writes a line.
    pub(super) fn write(&self, group: &str, at: Timestamp, line: &str) {
        let mut groups = self.groups();
        let group = groups.get_mut(group).expect("there is such a log group");
        group.written.push((at, line.to_owned()));
    }

    /// What groups there are, as a test compares them.
    pub(super) fn described(&self) -> Vec<Value> {
        let groups = self.groups();
        let told = groups
            .iter()
            .map(|(name, group)| json!({ "name": name, "days": group.days, "tags": group.tags }));
        told.collect()
    }

    fn groups(&self) -> MutexGuard<'_, BTreeMap<String, Group>> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn create(&self, input: &Value) -> Result<Value, Refusal> {
        let name = text(input, "logGroupName");
        let mut groups = self.groups();
        if groups.contains_key(name) {
            let message = "The specified log group already exists".to_owned();
            return Err(("ResourceAlreadyExistsException", message));
        }
        let tags = input.get("tags").cloned().unwrap_or_default();
        let group = Group {
            tags: serde_json::from_value(tags).unwrap_or_default(),
            ..Group::default()
        };
        groups.insert(name.to_owned(), group);
        Ok(json!({}))
    }

    fn keep_for(&self, input: &Value) -> Result<Value, Refusal> {
        let days = input.get("retentionInDays").and_then(Value::as_u64);
        let days = days.filter(|days| DAYS.contains(days));
        if days.is_none() {
            let message = "1 validation error detected: retentionInDays".to_owned();
            return Err(("InvalidParameterException", message));
        }
        let mut groups = self.groups();
        let group = groups.get_mut(text(input, "logGroupName"));
        group.ok_or_else(no_such_group)?.days = days;
        Ok(json!({}))
    }

    fn delete(&self, input: &Value) -> Result<Value, Refusal> {
        let removed = self.groups().remove(text(input, "logGroupName"));
        removed.map(|_| json!({})).ok_or_else(no_such_group)
    }

    /// A pattern is one quoted term, which is looked for as it stands.
    fn filter(&self, input: &Value) -> Result<Value, Refusal> {
        let groups = self.groups();
        let group = groups
            .get(text(input, "logGroupName"))
            .ok_or_else(no_such_group)?;
        let term = text(input, "filterPattern").trim_matches('"');
        let number = |name: &str| input.get(name).and_then(Value::as_i64);
        let (from, to) = (number("startTime"), number("endTime"));
        let begin: usize = text(input, "nextToken").parse().unwrap_or_default();
        let most = input
            .get("limit")
            .and_then(Value::as_u64)
            .unwrap_or(MOST_EVENTS);
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let matching = group.written.iter().filter(|(at, line)| {
            let at = at.as_millisecond();
            from.is_none_or(|from| at >= from) && to.is_none_or(|to| at < to) && line.contains(term)
        });
        let all: Vec<Value> = matching
            .enumerate()
            .map(|(n, (at, line))| {
                json!({ "eventId": n.to_string(), "timestamp": at.as_millisecond(), "message": line })
            })
            .collect();
        let page: Vec<Value> = all.iter().skip(begin).take(most).cloned().collect();
        let next = begin + page.len();
        let mut told = json!({ "events": page, "searchedLogStreams": [] });
        if let (true, Some(told)) = (next < all.len(), told.as_object_mut()) {
            told.insert("nextToken".to_owned(), next.to_string().into());
        }
        Ok(told)
    }
}

fn no_such_group() -> Refusal {
    let message = "The specified log group does not exist.".to_owned();
    ("ResourceNotFoundException", message)
}

fn text<'a>(input: &'a Value, name: &str) -> &'a str {
    input.get(name).and_then(Value::as_str).unwrap_or_default()
}
