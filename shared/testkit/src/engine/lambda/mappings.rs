//! Event source mappings of queues.

use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    Answered, Around, Refusal, invalid, members, not_found,
    state::{Mapping, State, arn},
    text,
};
use crate::engine::answer::numbered_id;

const ID_MAKER: u32 = 0x1a_3bd5;

/// What a mapping is told beside what it maps.
const SETTINGS: [&str; 5] = [
    "BatchSize",
    "FunctionResponseTypes",
    "MaximumBatchingWindowInSeconds",
    "ScalingConfig",
    "Tags",
];

pub(super) fn call(
    state: &mut State,
    operation: &str,
    input: &Value,
    around: &Around<'_>,
    now: Timestamp,
) -> Answered {
    match operation {
        "CreateEventSourceMapping" => create(state, input, around, now),
        "ListEventSourceMappings" => Ok(list(state, input, now)),
        "GetEventSourceMapping" => {
            let id = text(input, "UUID");
            let mapping = state.mappings.get(id).ok_or_else(|| no_such_mapping(id))?;
            Ok((StatusCode::OK, shown(id, mapping, "Enabled", now)))
        }
        "DeleteEventSourceMapping" => {
            let id = text(input, "UUID");
            let mapping = state
                .mappings
                .remove(id)
                .ok_or_else(|| no_such_mapping(id))?;
            Ok((StatusCode::ACCEPTED, shown(id, &mapping, "Deleting", now)))
        }
        other => Err(invalid(&format!("testkit's Lambda has no {other}"))),
    }
}

/// One of a queue to a function, and no second
/// (<https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html>).
fn create(state: &mut State, input: &Value, around: &Around<'_>, now: Timestamp) -> Answered {
    let (source, function) = (text(input, "EventSourceArn"), named(input));
    if !state.functions.contains_key(&function) {
        return Err(not_found(&function));
    }
    if !around.sqs.has(source) {
        return Err(invalid(
            "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue.",
        ));
    }
    let mut all = state.mappings.iter();
    let is_same = |mapping: &Mapping| mapping.source == source && mapping.function == function;
    if let Some((id, _)) = all.find(|(_, mapping)| is_same(mapping)) {
        let message = format!(
            "An event source mapping with SQS arn {source} and function {function} already exists. Please update or delete the existing mapping with UUID {id}"
        );
        return Err((StatusCode::CONFLICT, "ResourceConflictException", message));
    }
    state.mapped += 1;
    let id = numbered_id(ID_MAKER, state.mapped);
    let mapping = Mapping {
        source: source.to_owned(),
        function,
        settings: members(input, &SETTINGS),
    };
    let told = shown(&id, &mapping, "Creating", now);
    state.mappings.insert(id, mapping);
    Ok((StatusCode::ACCEPTED, told))
}

fn list(state: &State, input: &Value, now: Timestamp) -> (StatusCode, Value) {
    let (source, function) = (text(input, "EventSourceArn"), named(input));
    let found = state.mappings.iter().filter(|(_, mapping)| {
        (source.is_empty() || mapping.source == source)
            && (function.is_empty() || mapping.function == function)
    });
    let told = found.map(|(id, mapping)| shown(id, mapping, "Enabled", now));
    let told: Vec<Value> = told.collect();
    (StatusCode::OK, json!({ "EventSourceMappings": told }))
}

fn shown(id: &str, mapping: &Mapping, state: &str, now: Timestamp) -> Value {
    let mut told = mapping.settings.clone();
    for (name, value) in [
        ("UUID", Value::from(id)),
        ("EventSourceArn", mapping.source.as_str().into()),
        ("FunctionArn", arn(&mapping.function).into()),
        ("State", state.into()),
        ("LastModified", now.as_second().into()),
    ] {
        told.insert(name.to_owned(), value);
    }
    told.into()
}

/// The function that a call names, by its name or its ARN.
fn named(input: &Value) -> String {
    let asked = text(input, "FunctionName");
    asked.rsplit(':').next().unwrap_or_default().to_owned()
}

fn no_such_mapping(id: &str) -> Refusal {
    let message = format!("The resource you requested does not exist: {id}");
    (StatusCode::NOT_FOUND, "ResourceNotFoundException", message)
}
