//! Reading an object: whole, a range of its bytes, or only what is known of it.

use std::ops::Range;

use bytes::Bytes;
use http::{
    Response, StatusCode,
    header::{
        CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, LAST_MODIFIED,
    },
    response::Builder,
};
use serde_json::Value;

use super::{
    Refusal, S3, StoredObject, conditions,
    conditions::{CHECKSUM, SHA256},
    header, no_such_key, place, query,
};

impl S3 {
    pub(super) fn get_object(&self, input: &Value) -> Result<Response<Bytes>, Refusal> {
        let (name, key) = place(input)?;
        let mut state = self.state();
        let object = state.bucket(&name).get(&key).ok_or_else(no_such_key)?;
        conditions::check_read(input, object)?;
        let Some(range) = header(input, "range") else {
            let mut response = checksummed(input, object, described(object));
            // The name that a link may have the object kept under.
            if let Some(disposition) = query(input, "response-content-disposition") {
                response = response.header(CONTENT_DISPOSITION, disposition);
            }
            return Ok(made(
                response.header(CONTENT_LENGTH, object.body.len()),
                object.body.clone(),
            ));
        };
        // A checksum of all of it says nothing of a range: there is none with one.
        let Range { start, end } = bytes_of(range, object.body.len())?;
        let told = format!("bytes {start}-{}/{}", end - 1, object.body.len());
        let response = described(object)
            .status(StatusCode::PARTIAL_CONTENT)
            .header(CONTENT_RANGE, told)
            .header(CONTENT_LENGTH, end - start);
        Ok(made(response, object.body.slice(start..end)))
    }

    pub(super) fn head_object(&self, input: &Value) -> Result<Response<Bytes>, Refusal> {
        let (name, key) = place(input)?;
        let mut state = self.state();
        let object = state.bucket(&name).get(&key).ok_or_else(no_such_key)?;
        conditions::check_read(input, object)?;
        let response = checksummed(input, object, described(object));
        let response = response.header(CONTENT_LENGTH, object.body.len());
        Ok(made(response, Bytes::new()))
    }
}

/// What every answer tells of an object.
fn described(object: &StoredObject) -> Builder {
    let modified = object.last_modified.strftime("%a, %d %b %Y %H:%M:%S GMT");
    Response::builder()
        .header(CONTENT_TYPE, &object.content_type)
        .header(ETAG, &object.etag)
        .header(LAST_MODIFIED, modified.to_string())
}

/// With the object's checksum, if there is one and the request asks for it.
fn checksummed(input: &Value, object: &StoredObject, response: Builder) -> Builder {
    let is_asked_for = header(input, "x-amz-checksum-mode") == Some("ENABLED");
    let told = [(CHECKSUM, &object.checksum), (SHA256, &object.sha256)];
    let told = told.into_iter().filter(|_| is_asked_for);
    told.fold(response, |response, (name, checksum)| match checksum {
        Some(checksum) => response
            .header(name, checksum)
            .header("x-amz-checksum-type", "FULL_OBJECT"),
        None => response,
    })
}

fn made(response: Builder, body: Bytes) -> Response<Bytes> {
    response.body(body).expect("what S3 took makes an answer")
}

/// The bytes that a request asks for, as far as there are such. The one form that is known is
/// `bytes=<first>-<last>`.
fn bytes_of(range: &str, length: usize) -> Result<Range<usize>, Refusal> {
    let asked = range
        .strip_prefix("bytes=")
        .and_then(|range| range.split_once('-'))
        .and_then(|(first, last)| Some((first.parse().ok()?, last.parse().ok()?)));
    let (first, last): (usize, usize) = asked.ok_or_else(|| {
        let message = format!("testkit's S3 knows no range such as {range}");
        (StatusCode::NOT_IMPLEMENTED, "NotImplemented", message)
    })?;
    if first >= length || last < first {
        let message = "The requested range is not satisfiable".to_owned();
        return Err((StatusCode::RANGE_NOT_SATISFIABLE, "InvalidRange", message));
    }
    Ok(first..length.min(last + 1))
}
