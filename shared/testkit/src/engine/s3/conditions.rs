//! What a request may ask for before it is done: that its body arrived as it was sent, and that
//! the object is, or is not, there.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use http::StatusCode;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{Refusal, StoredObject, header, no_such_key};
use crate::engine::answer::hex;

/// The one checksum that Fairlead sends: `lambda_kit::aws` pins it.
pub(super) const CHECKSUM: &str = "x-amz-checksum-crc32";

/// The one that it asks of whoever uploads by a link.
pub(super) const SHA256: &str = "x-amz-checksum-sha256";

/// The checksum of `body`, as that header has it.
pub(super) fn checksum(body: &[u8]) -> String {
    BASE64_STANDARD.encode(crc32fast::hash(body).to_be_bytes())
}

/// The body is the one of which the request tells digests.
pub(super) fn check_digests(input: &Value, body: &[u8]) -> Result<(), Refusal> {
    let bad = StatusCode::BAD_REQUEST;
    if header(input, "content-encoding") == Some("aws-chunked") {
        let message = "testkit's S3 takes bodies in one piece".to_owned();
        return Err((StatusCode::NOT_IMPLEMENTED, "NotImplemented", message));
    }
    let claimed = header(input, "x-amz-content-sha256").filter(|hash| *hash != "UNSIGNED-PAYLOAD");
    if claimed.is_some_and(|hash| hash != hex(Sha256::digest(body))) {
        let message =
            "The provided 'x-amz-content-sha256' header does not match what was computed.";
        return Err((bad, "XAmzContentSHA256Mismatch", message.to_owned()));
    }
    if header(input, CHECKSUM).is_some_and(|sum| sum != checksum(body)) {
        let message = "The CRC32 you specified did not match the calculated checksum.".to_owned();
        return Err((bad, "BadDigest", message));
    }
    let sha256 = BASE64_STANDARD.encode(Sha256::digest(body));
    if header(input, SHA256).is_some_and(|sum| sum != sha256) {
        let message = "The SHA256 you specified did not match the calculated checksum.".to_owned();
        return Err((bad, "BadDigest", message));
    }
    Ok(())
}

/// Some operations are not done without a digest of their body.
pub(super) fn require_digest(input: &Value) -> Result<(), Refusal> {
    let given = header(input, CHECKSUM).or_else(|| header(input, "content-md5"));
    given.map(drop).ok_or_else(|| {
        let message = "Missing required header for this request: Content-MD5 OR x-amz-checksum-*";
        (
            StatusCode::BAD_REQUEST,
            "InvalidRequest",
            message.to_owned(),
        )
    })
}

/// Whether an object may be written where `present` is, or nothing.
pub(super) fn check_write(input: &Value, present: Option<&StoredObject>) -> Result<(), Refusal> {
    match (header(input, "if-none-match"), header(input, "if-match")) {
        (None, None) => Ok(()),
        (Some("*"), None) => present.map_or(Ok(()), |_| Err(refused("If-None-Match"))),
        (None, Some(wanted)) => match present {
            None => Err(no_such_key()),
            Some(object) if object.etag == wanted => Ok(()),
            Some(_) => Err(refused("If-Match")),
        },
        _ => {
            let message = "A header you provided implies functionality that is not implemented";
            Err((
                StatusCode::NOT_IMPLEMENTED,
                "NotImplemented",
                message.to_owned(),
            ))
        }
    }
}

/// Whether `object` is the one that is asked for.
pub(super) fn check_read(input: &Value, object: &StoredObject) -> Result<(), Refusal> {
    match header(input, "if-match") {
        Some(wanted) if wanted != object.etag => Err(refused("If-Match")),
        _ => Ok(()),
    }
}

fn refused(condition: &str) -> Refusal {
    let message =
        format!("At least one of the pre-conditions you specified did not hold: {condition}");
    (
        StatusCode::PRECONDITION_FAILED,
        "PreconditionFailed",
        message,
    )
}
