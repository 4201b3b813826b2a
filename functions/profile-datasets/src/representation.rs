//! How datasets and records look to an app.

use dataset::{
    Dataset, DatasetName, DeviceName, Pulled, Pushed, Record, RecordKey, RecordValue, Version,
};
use jiff::Timestamp;
use lambda_kit::{http::Response, problem::Problem};
use serde::Serialize;

const JSON: &str = "application/json";

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct DatasetResponse {
    name: DatasetName,
    version: Version,
    keys: u64,
    bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Moment>))]
    modified_at: Option<Timestamp>,
}

impl From<Dataset> for DatasetResponse {
    fn from(dataset: Dataset) -> Self {
        Self {
            name: dataset.name,
            version: dataset.version,
            keys: dataset.keys,
            bytes: dataset.bytes,
            modified_at: dataset.modified_at,
        }
    }
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct ListResponse {
    datasets: Vec<DatasetResponse>,
}

/// A record; the value of a removed key is null.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct RecordResponse {
    key: RecordKey,
    #[cfg_attr(feature = "openapi", schema(required))]
    value: Option<RecordValue>,
    version: Version,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Moment>))]
    modified_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<DeviceName>,
}

impl From<Record> for RecordResponse {
    fn from(record: Record) -> Self {
        Self {
            key: record.key,
            value: record.value,
            version: record.version,
            modified_at: record.modified_at,
            device: record.device,
        }
    }
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct PullResponse<'a> {
    name: &'a DatasetName,
    version: Version,
    full_sync_needed: bool,
    records: Vec<RecordResponse>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct PushResponse {
    #[serde(flatten)]
    dataset: DatasetResponse,
    records: Vec<PushedResponse>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct PushedResponse {
    key: RecordKey,
    version: Version,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct ConflictResponse<'a> {
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Problem))]
    #[serde(flatten)]
    problem: &'a Problem,
    conflicts: Vec<RecordResponse>,
}

/// A person's datasets.
pub(crate) fn list(datasets: Vec<Dataset>) -> Response {
    let datasets = datasets.into_iter().map(DatasetResponse::from).collect();
    Response::json(200, JSON, &ListResponse { datasets })
}

/// A page of what changed.
pub(crate) fn pulled(name: &DatasetName, pulled: Pulled) -> Response {
    let body = PullResponse {
        name,
        version: pulled.version,
        full_sync_needed: pulled.full_sync_needed,
        records: pulled
            .records
            .into_iter()
            .map(RecordResponse::from)
            .collect(),
        next_cursor: pulled.next.map(|cursor| cursor.to_string()),
    };
    Response::json(200, JSON, &body).header("etag", etag(pulled.version))
}

/// What a push came to.
pub(crate) fn pushed(pushed: Pushed) -> Response {
    let version = pushed.dataset.version;
    let records = pushed.records.into_iter();
    let body = PushResponse {
        dataset: pushed.dataset.into(),
        records: records
            .map(|(key, version)| PushedResponse { key, version })
            .collect(),
    };
    Response::json(200, JSON, &body).header("etag", etag(version))
}

/// A problem, with what stands at the keys that are in the way.
pub(crate) fn conflict(problem: &Problem, conflicts: Vec<Record>) -> Response {
    let conflicts = conflicts.into_iter().map(RecordResponse::from).collect();
    let body = ConflictResponse { problem, conflicts };
    Response::json(problem.status, "application/problem+json", &body)
}

/// A version as a strong `ETag`.
pub(crate) fn etag(version: Version) -> String {
    format!("\"{version}\"")
}
