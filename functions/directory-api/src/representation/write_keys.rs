//! Partners' write keys.

use jiff::Timestamp;
use lambda_kit::http::Response;
use serde::Serialize;
use tenancy::{KnownWriteKey, Page, WriteKey, WriteKeyId, WriteKeyState};

use super::json;

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct WriteKeysResponse<'a> {
    write_keys: Vec<WriteKeyResponse<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<&'a str>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct WriteKeyResponse<'a> {
    write_key_id: &'a WriteKeyId,
    /// What the key begins with.
    beginning: &'a str,
    state: WriteKeyState,
    changed_by: &'a str,
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    changed_at: Timestamp,
}

/// What is told once.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct MadeWriteKeyResponse<'a> {
    write_key_id: &'a WriteKeyId,
    /// The key.
    write_key: &'a str,
}

pub(crate) fn write_keys(page: &Page<KnownWriteKey>) -> Response {
    let keys = page.items.iter().map(|key| WriteKeyResponse {
        write_key_id: &key.id,
        beginning: &key.beginning,
        state: key.state,
        changed_by: &key.changed_by,
        changed_at: key.changed_at,
    });
    let body = WriteKeysResponse {
        write_keys: keys.collect(),
        next: page.next.as_deref(),
    };
    json(200, &body)
}

/// A write key that was made.
pub(crate) fn made_write_key(id: &WriteKeyId, key: &WriteKey) -> Response {
    let body = MadeWriteKeyResponse {
        write_key_id: id,
        write_key: key.expose(),
    };
    json(201, &body)
}
