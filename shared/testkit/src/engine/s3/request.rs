//! Which operation a request asks for: S3 tells by method, path and query.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http::{Method, Request, header::HOST};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use crate::{Call, Service};

/// The headers that say something about the object.
const HEADERS: [&str; 12] = [
    "content-encoding",
    "content-md5",
    "content-type",
    "if-match",
    "if-none-match",
    "range",
    "x-amz-checksum-crc32",
    "x-amz-checksum-mode",
    "x-amz-checksum-sha256",
    "x-amz-checksum-type",
    "x-amz-content-sha256",
    "x-amz-server-side-encryption",
];

/// Reads a request for S3: one to its endpoint, or one that is signed as those are.
pub(crate) fn read(request: &Request<Bytes>) -> Option<Call> {
    let host = host(request)?;
    let raw_query = request.uri().query().unwrap_or_default();
    let query: Map<String, Value> = form_urlencoded::parse(raw_query.as_bytes())
        .map(|(name, value)| (name.into_owned(), value.into_owned().into()))
        .collect();
    let in_host = host.split_once(".s3.").map(|(bucket, _)| bucket);
    let presigned = query.contains_key("X-Amz-Signature");
    if in_host.is_none() && !presigned && !request.headers().contains_key("x-amz-content-sha256") {
        return None;
    }
    let path = request.uri().path().strip_prefix('/')?;
    let (bucket, key) = match in_host {
        Some(bucket) => (bucket, path),
        None => path.split_once('/').unwrap_or((path, "")),
    };
    let operation = operation(request.method(), key, &query)?;
    let mut input = Map::from_iter([
        ("Bucket".to_owned(), bucket.into()),
        ("Query".to_owned(), query.into()),
        ("Headers".to_owned(), headers(request).into()),
        (
            "Body".to_owned(),
            BASE64_STANDARD.encode(request.body()).into(),
        ),
    ]);
    if !key.is_empty() {
        let key = percent_decode_str(key).decode_utf8().ok()?;
        input.insert("Key".to_owned(), key.into());
    }
    if presigned {
        let link = json!({
            "Method": request.method().as_str(),
            "Host": host,
            "Path": request.uri().path(),
            "Query": raw_query,
            "Headers": all_headers(request),
        });
        input.insert("Presigned".to_owned(), link);
    } else if request.headers().contains_key("authorization") {
        input.insert("Signed".to_owned(), true.into());
    }
    let mut input = Value::from(input);
    input.sort_all_objects();
    Some(Call {
        service: Service::S3,
        operation: operation.to_owned(),
        input,
    })
}

fn host(request: &Request<Bytes>) -> Option<String> {
    let header = request
        .headers()
        .get(HOST)
        .and_then(|host| host.to_str().ok());
    let authority = request.uri().authority().map(http::uri::Authority::as_str);
    authority.or(header).map(str::to_owned)
}

fn headers(request: &Request<Bytes>) -> Map<String, Value> {
    let told = HEADERS.into_iter().filter_map(|name| {
        let value = request.headers().get(name)?.to_str().ok()?;
        Some((name.to_owned(), value.into()))
    });
    told.collect()
}

/// What a link may have been signed with.
fn all_headers(request: &Request<Bytes>) -> Map<String, Value> {
    let headers = request.headers().iter();
    let told =
        headers.filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.into())));
    told.collect()
}

fn operation(method: &Method, key: &str, query: &Map<String, Value>) -> Option<&'static str> {
    let asks = |name| query.contains_key(name);
    Some(match (method, key.is_empty()) {
        (&Method::PUT, false) if asks("uploadId") => "UploadPart",
        (&Method::PUT, false) => "PutObject",
        (&Method::GET, false) => "GetObject",
        (&Method::HEAD, false) => "HeadObject",
        (&Method::DELETE, false) if asks("uploadId") => "AbortMultipartUpload",
        (&Method::DELETE, false) => "DeleteObject",
        (&Method::POST, false) if asks("uploads") => "CreateMultipartUpload",
        (&Method::POST, false) if asks("uploadId") => "CompleteMultipartUpload",
        (&Method::POST, true) if asks("delete") => "DeleteObjects",
        (&Method::GET, true) if asks("list-type") => "ListObjectsV2",
        _ => return None,
    })
}
