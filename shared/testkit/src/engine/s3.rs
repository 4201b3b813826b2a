//! S3: objects in private buckets, whole or in parts, in the REST protocol. What a presigned link
//! opens is in [`presigned`].

mod bucket;
mod conditions;
mod multipart;
mod presigned;
mod reading;
mod request;
mod xml;

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http::{Response, StatusCode};
use lambda_kit::clock::Clock;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use self::bucket::{Bucket, Upload};
use super::{
    answer::{hex, raw},
    names::BUCKETS,
};
use crate::Call;

pub use self::bucket::StoredObject;
pub(crate) use self::{
    request::read,
    xml::{deleted, error},
};

/// As many objects as one `DeleteObjects` takes, and as one page of `ListObjectsV2` tells.
const MOST_KEYS: usize = 1_000;

pub(super) struct S3 {
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    buckets: BTreeMap<String, Bucket>,
    uploads: BTreeMap<String, Upload>,
    /// How many uploads have been begun.
    begun: usize,
}

/// An HTTP status, an error code and a message.
type Refusal = (StatusCode, &'static str, String);

impl S3 {
    pub(super) fn new(clock: Clock) -> Self {
        let buckets = BUCKETS.map(|name| (name.to_owned(), Bucket::default()));
        let state = State {
            buckets: buckets.into(),
            ..State::default()
        };
        Self {
            clock,
            state: Mutex::new(state),
        }
    }

    pub(super) fn call(&self, call: &Call) -> Response<Bytes> {
        let input = &call.input;
        let answered = self
            .admit(input)
            .and_then(|()| match call.operation.as_str() {
                "PutObject" => self.put_object(input),
                "GetObject" => self.get_object(input),
                "HeadObject" => self.head_object(input),
                "DeleteObject" => self.delete_object(input),
                "DeleteObjects" => self.delete_objects(input),
                "ListObjectsV2" => self.list_objects(input),
                "CreateMultipartUpload" => self.create_upload(input),
                "UploadPart" => self.upload_part(input),
                "CompleteMultipartUpload" => self.complete_upload(input),
                "AbortMultipartUpload" => self.abort_upload(input),
                other => {
                    let message = format!("testkit's S3 has no {other}");
                    Err((StatusCode::NOT_IMPLEMENTED, "NotImplemented", message))
                }
            });
        answered.unwrap_or_else(|(status, code, message)| match call.operation.as_str() {
            // The answer to a HEAD has no body that could say more.
            "HeadObject" => nothing(status),
            _ => xml::error(status, code, &message),
        })
    }

    /// Puts an object into a bucket as if it had always been there.
    pub(super) fn seed(&self, bucket: &str, key: &str, content_type: &str, body: Bytes) {
        let now = self.clock.now();
        let mut state = self.state();
        let bucket = state
            .buckets
            .get_mut(bucket)
            .expect("there is such a bucket");
        bucket.put(key, StoredObject::new(key, content_type, body, now));
    }

    pub(super) fn objects(&self, bucket: &str) -> Vec<StoredObject> {
        let state = self.state();
        let bucket = state.buckets.get(bucket).expect("there is such a bucket");
        bucket.objects().cloned().collect()
    }

    /// The SHA-256 of an object, in base64, if there is one of that name.
    pub(super) fn digest(&self, bucket: &str, key: &str) -> Option<String> {
        let state = self.state();
        let object = state.buckets.get(bucket)?.get(key)?;
        Some(BASE64_STANDARD.encode(Sha256::digest(&object.body)))
    }

    pub(super) fn unfinished_parts(&self, bucket: &str) -> Vec<Bytes> {
        let state = self.state();
        let uploads = state.uploads.values();
        let uploads = uploads.filter(|upload| upload.bucket == bucket);
        uploads
            .flat_map(|upload| upload.parts.values().cloned())
            .collect()
    }

    /// What every request has to be: signed, for a bucket that there is, with the body that it says.
    fn admit(&self, input: &Value) -> Result<(), Refusal> {
        if let Some(link) = input.get("Presigned") {
            presigned::check(link, self.clock.now())?;
            presigned::check_length(link, body(input).len())?;
        } else if input.get("Signed").is_none() {
            return Err(denied("Access Denied"));
        }
        let bucket = text(input, "Bucket").unwrap_or_default();
        if !self.state().buckets.contains_key(bucket) {
            let message = "The specified bucket does not exist".to_owned();
            return Err((StatusCode::NOT_FOUND, "NoSuchBucket", message));
        }
        if text(input, "Key").is_some_and(|key| key.len() > 1_024) {
            let message = "Your key is too long".to_owned();
            return Err((StatusCode::BAD_REQUEST, "KeyTooLongError", message));
        }
        conditions::check_digests(input, &body(input))
    }

    fn put_object(&self, input: &Value) -> Result<Response<Bytes>, Refusal> {
        let (name, key) = place(input)?;
        let now = self.clock.now();
        let mut state = self.state();
        let bucket = state.bucket(&name);
        conditions::check_write(input, bucket.get(&key))?;
        let content_type = header(input, "content-type").unwrap_or("binary/octet-stream");
        let told = |name| header(input, name).map(str::to_owned);
        let object = StoredObject::new(&key, content_type, body(input), now)
            .with_checksum(told(conditions::CHECKSUM))
            .with_sha256(told(conditions::SHA256));
        let etag = object.etag.clone();
        bucket.put(&key, object);
        Ok(xml::empty(StatusCode::OK, &[("etag", &etag)]))
    }

    fn delete_object(&self, input: &Value) -> Result<Response<Bytes>, Refusal> {
        let (name, key) = place(input)?;
        self.state().bucket(&name).remove(&key);
        Ok(xml::empty(StatusCode::NO_CONTENT, &[]))
    }

    fn delete_objects(&self, input: &Value) -> Result<Response<Bytes>, Refusal> {
        let keys = keys_to_delete(input);
        if keys.is_empty() || keys.len() > MOST_KEYS {
            return Err(malformed());
        }
        conditions::require_digest(input)?;
        let name = text(input, "Bucket").unwrap_or_default();
        let mut state = self.state();
        for key in &keys {
            state.bucket(name).remove(key);
        }
        Ok(xml::deleted(&keys, &[]))
    }

    fn list_objects(&self, input: &Value) -> Result<Response<Bytes>, Refusal> {
        if query(input, "delimiter").is_some() {
            let message = "testkit's S3 lists without a delimiter".to_owned();
            return Err((StatusCode::NOT_IMPLEMENTED, "NotImplemented", message));
        }
        let most = match query(input, "max-keys").map(str::parse) {
            None => MOST_KEYS,
            Some(Ok(most)) => MOST_KEYS.min(most),
            Some(Err(_)) => return Err(invalid("Provided max-keys not an integer")),
        };
        let after = match query(input, "continuation-token") {
            None => query(input, "start-after").unwrap_or_default().to_owned(),
            Some(token) => BASE64_STANDARD
                .decode(token)
                .ok()
                .and_then(|key| String::from_utf8(key).ok())
                .ok_or_else(|| invalid("The continuation token provided is incorrect"))?,
        };
        let prefix = query(input, "prefix").unwrap_or_default();
        let name = text(input, "Bucket").unwrap_or_default();
        let mut state = self.state();
        let found: Vec<&StoredObject> = state.bucket(name).after(prefix, &after).collect();
        let page = found.get(..most).unwrap_or(&found);
        let next = page
            .last()
            .filter(|_| page.len() < found.len())
            .map(|last| BASE64_STANDARD.encode(&last.key));
        Ok(xml::listing(name, prefix, most, page, next.as_deref()))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// A bucket that is known to be there.
    fn bucket(&mut self, name: &str) -> &mut Bucket {
        self.buckets.entry(name.to_owned()).or_default()
    }
}

/// What a `DeleteObjects` is to delete.
pub(crate) fn keys_to_delete(input: &Value) -> Vec<String> {
    let body = body(input);
    let document = String::from_utf8_lossy(&body);
    xml::elements(&document, "Object")
        .filter_map(|object| xml::elements(object, "Key").next().map(xml::unescape))
        .collect()
}

/// The bucket and the key that a request names.
fn place(input: &Value) -> Result<(String, String), Refusal> {
    let bucket = text(input, "Bucket").ok_or_else(malformed)?;
    let key = text(input, "Key").ok_or_else(malformed)?;
    Ok((bucket.to_owned(), key.to_owned()))
}

fn body(input: &Value) -> Bytes {
    let body = text(input, "Body").unwrap_or_default();
    BASE64_STANDARD.decode(body).unwrap_or_default().into()
}

/// Under a key of ours an entity tag is no MD5 of what it stands for, and nobody may take it for one.
fn entity_tag(bytes: &[u8]) -> String {
    let digest: Vec<u8> = Sha256::digest(bytes).iter().copied().take(16).collect();
    format!("\"{}\"", hex(digest))
}

fn text<'a>(input: &'a Value, name: &str) -> Option<&'a str> {
    input.get(name)?.as_str()
}

fn header<'a>(input: &'a Value, name: &str) -> Option<&'a str> {
    input.get("Headers")?.get(name)?.as_str()
}

fn query<'a>(input: &'a Value, name: &str) -> Option<&'a str> {
    input.get("Query")?.get(name)?.as_str()
}

fn denied(message: &str) -> Refusal {
    (StatusCode::FORBIDDEN, "AccessDenied", message.to_owned())
}

fn invalid(message: &str) -> Refusal {
    let message = message.to_owned();
    (StatusCode::BAD_REQUEST, "InvalidArgument", message)
}

fn malformed() -> Refusal {
    let message =
        "The XML you provided was not well-formed or did not validate against our published schema";
    (StatusCode::BAD_REQUEST, "MalformedXML", message.to_owned())
}

fn no_such_key() -> Refusal {
    let message = "The specified key does not exist.".to_owned();
    (StatusCode::NOT_FOUND, "NoSuchKey", message)
}

/// The content of an empty answer.
fn nothing(status: StatusCode) -> Response<Bytes> {
    raw(status, "application/xml", String::new())
}
