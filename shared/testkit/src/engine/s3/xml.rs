//! S3's answers, and the little that has to be read of its requests' bodies.

use std::fmt::Write as _;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header::HeaderName};

use super::{StoredObject, nothing};
use crate::engine::answer::{escape, raw};

const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";

/// A refusal.
pub(crate) fn error(status: StatusCode, code: &str, message: &str) -> Response<Bytes> {
    let message = escape(message);
    document(
        status,
        &format!(
            "<Error><Code>{code}</Code><Message>{message}</Message><RequestId>simulated</RequestId></Error>"
        ),
    )
}

/// An answer without a body.
pub(super) fn empty(status: StatusCode, headers: &[(&'static str, &str)]) -> Response<Bytes> {
    let mut response = nothing(status);
    for (name, value) in headers {
        let value = HeaderValue::from_str(value).expect("an entity tag is a header's value");
        let name = HeaderName::from_static(name);
        response.headers_mut().insert(name, value);
    }
    response
}

/// What became of each object that was to be deleted.
pub(crate) fn deleted(deleted: &[String], failed: &[String]) -> Response<Bytes> {
    let mut result = format!("<DeleteResult xmlns=\"{NAMESPACE}\">");
    for key in deleted {
        _ = write!(result, "<Deleted><Key>{}</Key></Deleted>", escape(key));
    }
    for key in failed {
        _ = write!(
            result,
            "<Error><Key>{}</Key><Code>InternalError</Code>\
             <Message>We encountered an internal error. Please try again.</Message></Error>",
            escape(key)
        );
    }
    result.push_str("</DeleteResult>");
    document(StatusCode::OK, &result)
}

/// One page of a bucket.
pub(super) fn listing(
    bucket: &str,
    prefix: &str,
    most: usize,
    page: &[&StoredObject],
    next: Option<&str>,
) -> Response<Bytes> {
    let mut result = format!(
        "<ListBucketResult xmlns=\"{NAMESPACE}\"><Name>{bucket}</Name><Prefix>{}</Prefix>\
         <KeyCount>{}</KeyCount><MaxKeys>{most}</MaxKeys><IsTruncated>{}</IsTruncated>",
        escape(prefix),
        page.len(),
        next.is_some()
    );
    if let Some(next) = next {
        _ = write!(
            result,
            "<NextContinuationToken>{next}</NextContinuationToken>"
        );
    }
    for object in page {
        _ = write!(
            result,
            "<Contents><Key>{}</Key><LastModified>{}</LastModified><ETag>{}</ETag>\
             <Size>{}</Size><StorageClass>STANDARD</StorageClass></Contents>",
            escape(&object.key),
            object.last_modified.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            escape(&object.etag),
            object.body.len()
        );
    }
    result.push_str("</ListBucketResult>");
    document(StatusCode::OK, &result)
}

pub(super) fn upload_begun(bucket: &str, key: &str, id: &str) -> Response<Bytes> {
    let key = escape(key);
    document(
        StatusCode::OK,
        &format!(
            "<InitiateMultipartUploadResult xmlns=\"{NAMESPACE}\"><Bucket>{bucket}</Bucket><Key>{key}</Key>\
             <UploadId>{id}</UploadId></InitiateMultipartUploadResult>"
        ),
    )
}

pub(super) fn upload_completed(bucket: &str, object: &StoredObject) -> Response<Bytes> {
    let (key, etag) = (escape(&object.key), escape(&object.etag));
    document(
        StatusCode::OK,
        &format!(
            "<CompleteMultipartUploadResult xmlns=\"{NAMESPACE}\"><Bucket>{bucket}</Bucket><Key>{key}</Key>\
             <ETag>{etag}</ETag></CompleteMultipartUploadResult>"
        ),
    )
}

fn document(status: StatusCode, root: &str) -> Response<Bytes> {
    let text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{root}");
    raw(status, "application/xml", text)
}

/// What stands inside each element of that name, as it is written there. Requests do not nest an
/// element in one of its own name, and have no attributes but on their root.
pub(super) fn elements<'a>(document: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let mut rest = document;
    std::iter::from_fn(move || {
        let (_, after) = rest.split_once(&open)?;
        let (inside, after) = after.split_once(&close)?;
        rest = after;
        Some(inside)
    })
}

pub(super) fn unescape(text: &str) -> String {
    text.replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}
