//! Objects that come in parts.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::Value;

use super::{
    Refusal, S3, StoredObject, Upload, body, conditions, entity_tag, header, invalid, malformed,
    place, query, xml,
};
use crate::engine::answer::numbered_id;

/// What each part but the last weighs at least: 5 MiB.
const LEAST_PART: usize = 5 * 1024 * 1024;
/// Parts are numbered from 1 to this.
const MOST_PARTS: u32 = 10_000;
const ID_MAKER: u32 = 0x53_3000;

impl S3 {
    pub(super) fn create_upload(&self, input: &Value) -> Result<Response<Bytes>, Refusal> {
        let (bucket, key) = place(input)?;
        let content_type = header(input, "content-type").unwrap_or("binary/octet-stream");
        let mut state = self.state();
        state.begun += 1;
        let id = numbered_id(ID_MAKER, state.begun);
        let answer = xml::upload_begun(&bucket, &key, &id);
        let upload = Upload {
            bucket,
            key,
            content_type: content_type.to_owned(),
            full_object: header(input, "x-amz-checksum-type") == Some("FULL_OBJECT"),
            parts: BTreeMap::new(),
        };
        state.uploads.insert(id, upload);
        Ok(answer)
    }

    pub(super) fn upload_part(&self, input: &Value) -> Result<Response<Bytes>, Refusal> {
        let number = query(input, "partNumber").and_then(|number| number.parse().ok());
        let number = number
            .filter(|number| (1..=MOST_PARTS).contains(number))
            .ok_or_else(|| {
                invalid("Part number must be an integer between 1 and 10000, inclusive")
            })?;
        let part = body(input);
        let etag = entity_tag(&part);
        let mut state = self.state();
        let upload = upload_id(input).and_then(|id| state.uploads.get_mut(id));
        upload
            .ok_or_else(no_such_upload)?
            .parts
            .insert(number, part);
        Ok(xml::empty(StatusCode::OK, &[("etag", &etag)]))
    }

    pub(super) fn complete_upload(&self, input: &Value) -> Result<Response<Bytes>, Refusal> {
        let id = upload_id(input).ok_or_else(no_such_upload)?;
        let now = self.clock.now();
        let mut state = self.state();
        let upload = state.uploads.get(id).ok_or_else(no_such_upload)?;
        let whole = assembled(upload, &body(input))?;
        let checksum = upload.full_object.then(|| conditions::checksum(&whole));
        let object = StoredObject::new(&upload.key, &upload.content_type, whole, now)
            .with_checksum(checksum);
        let bucket = upload.bucket.clone();
        conditions::check_write(input, state.bucket(&bucket).get(&object.key))?;
        state.uploads.remove(id);
        let answer = xml::upload_completed(&bucket, &object);
        state.bucket(&bucket).put(&object.key.clone(), object);
        Ok(answer)
    }

    pub(super) fn abort_upload(&self, input: &Value) -> Result<Response<Bytes>, Refusal> {
        let aborted = upload_id(input).and_then(|id| self.state().uploads.remove(id));
        aborted.ok_or_else(no_such_upload)?;
        Ok(xml::empty(StatusCode::NO_CONTENT, &[]))
    }
}

/// The object out of those parts that the request lists.
fn assembled(upload: &Upload, request: &[u8]) -> Result<Bytes, Refusal> {
    let bad = |code, message: &str| (StatusCode::BAD_REQUEST, code, message.to_owned());
    let document = String::from_utf8_lossy(request);
    let mut whole = Vec::new();
    let (mut last_number, mut smallest) = (0, LEAST_PART);
    for part in xml::elements(&document, "Part") {
        let number: u32 = xml::elements(part, "PartNumber")
            .next()
            .and_then(|number| number.parse().ok())
            .ok_or_else(malformed)?;
        let etag = xml::elements(part, "ETag").next().map(xml::unescape);
        if number <= last_number {
            let message = "The list of parts was not in ascending order.";
            return Err(bad("InvalidPartOrder", message));
        }
        last_number = number;
        let bytes = upload.parts.get(&number);
        let bytes = bytes.filter(|bytes| etag == Some(entity_tag(bytes)));
        let bytes = bytes.ok_or_else(|| {
            bad(
                "InvalidPart",
                "One or more of the specified parts could not be found.",
            )
        })?;
        if smallest < LEAST_PART {
            let message = "Your proposed upload is smaller than the minimum allowed size";
            return Err(bad("EntityTooSmall", message));
        }
        smallest = bytes.len();
        whole.extend_from_slice(bytes);
    }
    if last_number == 0 {
        return Err(malformed());
    }
    Ok(whole.into())
}

fn upload_id(input: &Value) -> Option<&str> {
    query(input, "uploadId")
}

fn no_such_upload() -> Refusal {
    let message = "The specified multipart upload does not exist. The upload ID may be invalid, \
                   or the upload may have been aborted or completed.";
    (StatusCode::NOT_FOUND, "NoSuchUpload", message.to_owned())
}
