//! From the name of an operation to the emulator's method, and its errors back to the wire.

use std::fmt;

use bytes::Bytes;
use dynoxide::{Database, DynoxideError};
use http::{Response, StatusCode};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    Call,
    call::{each, members},
    engine::answer,
};

#[derive(Debug)]
pub(super) enum OperationError {
    Emulator(DynoxideError),
    Unknown(String),
}

impl fmt::Display for OperationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Emulator(error) => error.fmt(f),
            Self::Unknown(operation) => write!(f, "testkit's DynamoDB has no {operation}"),
        }
    }
}

impl OperationError {
    pub(super) fn into_response(self) -> Response<Bytes> {
        match &self {
            Self::Emulator(error) => answer::raw(
                StatusCode::from_u16(error.status_code())
                    .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
                "application/x-amz-json-1.0",
                error.to_json(),
            ),
            Self::Unknown(_) => answer::json_error(
                StatusCode::BAD_REQUEST,
                "UnknownOperationException",
                &self.to_string(),
            ),
        }
    }
}

/// Runs one operation.
pub(super) fn run(db: &Database, operation: &str, input: &Value) -> Result<Value, OperationError> {
    match operation {
        "GetItem" => through(input, |request| db.get_item(request)),
        "PutItem" => through(input, |request| db.put_item(request)),
        "UpdateItem" => through(input, |request| db.update_item(request)),
        "DeleteItem" => through(input, |request| db.delete_item(request)),
        "Query" => through(input, |request| db.query(request)),
        "Scan" => through(input, |request| db.scan(request)),
        "BatchGetItem" => through(input, |request| db.batch_get_item(request)),
        "BatchWriteItem" => through(input, |request| db.batch_write_item(request)),
        "TransactGetItems" => through(input, |request| db.transact_get_items(request)),
        "TransactWriteItems" => through(input, |request| db.transact_write_items(request)),
        "CreateTable" => through(input, |request| db.create_table(request)),
        _ => return Err(OperationError::Unknown(operation.to_owned())),
    }
    .map_err(|error| OperationError::Emulator(enveloped(operation, error)))
}

/// The table of each row that a write names, with the row's key or the whole row.
pub(super) fn written(call: &Call) -> Vec<(&str, &Value)> {
    let input = &call.input;
    match call.operation.as_str() {
        "TransactWriteItems" => each(input, "TransactItems")
            .flat_map(|item| ["Put", "Update", "Delete"].map(|kind| item.get(kind)))
            .flatten()
            .filter_map(table_and_row)
            .collect(),
        "BatchWriteItem" => members(input, "RequestItems")
            .flat_map(|(table, writes)| {
                writes
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(move |write| {
                        let row = write
                            .pointer("/PutRequest/Item")
                            .or_else(|| write.pointer("/DeleteRequest/Key"))?;
                        Some((table.as_str(), row))
                    })
            })
            .collect(),
        _ => table_and_row(input).into_iter().collect(),
    }
}

fn table_and_row(write: &Value) -> Option<(&str, &Value)> {
    Some((
        write.get("TableName")?.as_str()?,
        write.get("Key").or_else(|| write.get("Item"))?,
    ))
}

fn through<Input: DeserializeOwned, Output: Serialize>(
    input: &Value,
    method: impl FnOnce(Input) -> dynoxide::Result<Output>,
) -> dynoxide::Result<Value> {
    let output = method(Input::deserialize(input).map_err(|error| refused(&error))?)?;
    let mut output = serde_json::to_value(output)
        .map_err(|error| DynoxideError::InternalServerError(error.to_string()))?;
    // The emulator keeps items in hash maps, whose order differs from run to run.
    output.sort_all_objects();
    Ok(output)
}

/// The emulator marks what kind of error a value that it can't read is.
fn refused(error: &serde_json::Error) -> DynoxideError {
    let message = error.to_string();
    let (mark, rest) = message.split_once(':').unwrap_or_default();
    match mark {
        "VALIDATION" | "VALIDATION_AS_READ" => DynoxideError::ValidationException(rest.to_owned()),
        "VALIDATION_REQUEST" => DynoxideError::EnvelopedValidation(rest.to_owned()),
        "SERIALIZATION" | "SERIALIZATION_AS_READ" => {
            DynoxideError::SerializationException(rest.to_owned())
        }
        _ => DynoxideError::SerializationException(message),
    }
}

/// Writes of one row wrap what is wrong with the request in a sentence of their own.
fn enveloped(operation: &str, error: DynoxideError) -> DynoxideError {
    match error {
        DynoxideError::EnvelopedValidation(message)
            if matches!(operation, "PutItem" | "UpdateItem" | "DeleteItem") =>
        {
            DynoxideError::ValidationException(format!("1 validation error detected: {message}"))
        }
        other => other,
    }
}
