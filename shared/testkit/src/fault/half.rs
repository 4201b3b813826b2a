//! Batches of which every other entry fails, the first included.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::{Map, Value, json};

use crate::{
    Call,
    call::{each, members},
    engine::{Engines, answer, s3},
};

/// Applies the entries at odd places and reports the others as the operation does.
pub(crate) fn half_applied(call: &Call, engines: &Engines) -> Response<Bytes> {
    match call.operation.as_str() {
        "PutEvents" => half_of_entries(call, engines, put_events_answer),
        "SendMessageBatch" => half_of_entries(call, engines, send_message_batch_answer),
        "DeleteObjects" => half_of_objects(call, engines),
        "BatchGetItem" => half_of_tables(call, engines, "UnprocessedKeys"),
        "BatchWriteItem" => half_of_tables(call, engines, "UnprocessedItems"),
        _ => engines.perform(call),
    }
}

fn half_of_entries(
    call: &Call,
    engines: &Engines,
    merged: fn(&[&Value], &Value) -> Value,
) -> Response<Bytes> {
    let entries: Vec<&Value> = each(&call.input, "Entries").collect();
    let kept: Vec<Value> = entries
        .iter()
        .skip(1)
        .step_by(2)
        .map(|entry| (*entry).clone())
        .collect();
    perform(call, engines, "Entries", kept.into(), |output| {
        merged(&entries, &output)
    })
}

fn put_events_answer(entries: &[&Value], output: &Value) -> Value {
    let mut taken = each(output, "Entries");
    let results: Vec<Value> = entries
        .iter()
        .enumerate()
        .map(|(index, _)| match index % 2 {
            0 => json!({ "ErrorCode": "InternalFailure", "ErrorMessage": "Internal failure" }),
            _ => taken.next().cloned().unwrap_or_default(),
        })
        .collect();
    let failed = results
        .iter()
        .filter(|result| result.get("ErrorCode").is_some())
        .count();
    json!({ "FailedEntryCount": failed, "Entries": results })
}

fn send_message_batch_answer(entries: &[&Value], output: &Value) -> Value {
    let failed: Vec<Value> = entries
        .iter()
        .step_by(2)
        .map(
            |entry| json!({ "Id": entry.get("Id"), "SenderFault": false, "Code": "InternalError" }),
        )
        .chain(each(output, "Failed").cloned())
        .collect();
    let successful: Vec<&Value> = each(output, "Successful").collect();
    json!({ "Successful": successful, "Failed": failed })
}

fn half_of_objects(call: &Call, engines: &Engines) -> Response<Bytes> {
    let keys = s3::keys_to_delete(&call.input);
    let every_other =
        |from: usize| -> Vec<String> { keys.iter().skip(from).step_by(2).cloned().collect() };
    let (failed, deleted) = (every_other(0), every_other(1));
    for key in &deleted {
        let input = json!({ "Bucket": call.input.get("Bucket"), "Key": key, "Signed": true });
        _ = engines.perform(&Call {
            operation: "DeleteObject".to_owned(),
            input,
            ..*call
        });
    }
    s3::deleted(&deleted, &failed)
}

fn half_of_tables(call: &Call, engines: &Engines, unprocessed_field: &str) -> Response<Bytes> {
    let (mut kept, mut unprocessed) = (Map::new(), Map::new());
    for (table, request) in members(&call.input, "RequestItems") {
        let [even, odd] = halves(request);
        unprocessed.extend(even.map(|half| (table.clone(), half)));
        kept.extend(odd.map(|half| (table.clone(), half)));
    }
    perform(call, engines, "RequestItems", kept.into(), |mut output| {
        if let Value::Object(output) = &mut output {
            output.insert(unprocessed_field.to_owned(), unprocessed.into());
        }
        output
    })
}

/// A table's part of a batch, split; a part without entries is none. Reads have their keys in
/// `Keys` beside other members, writes are a plain list.
fn halves(request: &Value) -> [Option<Value>; 2] {
    [0, 1].map(|offset| {
        let every_other = |entries: &Value| -> Option<Value> {
            let half: Vec<Value> = entries
                .as_array()?
                .iter()
                .skip(offset)
                .step_by(2)
                .cloned()
                .collect();
            (!half.is_empty()).then(|| half.into())
        };
        match request {
            Value::Object(read) => {
                let mut read = read.clone();
                let keys = read.get_mut("Keys")?;
                *keys = every_other(keys)?;
                Some(read.into())
            }
            writes => every_other(writes),
        }
    })
}

/// Performs the call with `entries` instead of its own and answers with what becomes of its output;
/// an empty batch is not sent.
fn perform(
    call: &Call,
    engines: &Engines,
    field: &str,
    entries: Value,
    answered: impl FnOnce(Value) -> Value,
) -> Response<Bytes> {
    let empty = entries.as_array().is_some_and(Vec::is_empty)
        || entries.as_object().is_some_and(Map::is_empty);
    if empty {
        return answer::json(StatusCode::OK, &answered(json!({ "Responses": {} })));
    }
    let mut call = call.clone();
    if let Some(own) = call.input.get_mut(field) {
        *own = entries;
    }
    let response = engines.perform(&call);
    match serde_json::from_slice(response.body()) {
        Ok(output) if response.status() == StatusCode::OK => {
            answer::json(StatusCode::OK, &answered(output))
        }
        _ => response,
    }
}
