//! What a message asks for: S3 tells of uploads, and the API and the sweep of the rest.

use extension::{Task, registry::UploadKey};
use percent_encoding::percent_decode_str;
use serde::Deserialize;

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// Packages were uploaded; none, if S3 only says that it will tell.
    Uploads(Vec<UploadKey>),
    /// Something else.
    Task(Task),
}

/// What S3 tells
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html>).
#[derive(Deserialize)]
struct Notification {
    #[serde(rename = "Records")]
    records: Vec<Record>,
}

#[derive(Deserialize)]
struct Record {
    s3: Place,
}

#[derive(Deserialize)]
struct Place {
    object: Object,
}

#[derive(Deserialize)]
struct Object {
    key: String,
}

/// What S3 says when it begins to tell.
#[derive(Deserialize)]
struct Greeting {
    #[serde(rename = "Event")]
    event: String,
}

impl Work {
    /// What `body` asks for; `None` if that can't be read.
    pub(crate) fn read(body: &str) -> Option<Self> {
        if let Ok(Notification { records }) = serde_json::from_str(body) {
            let keys = records.iter().map(|record| key(&record.s3.object.key));
            return keys.collect::<Option<Vec<_>>>().map(Self::Uploads);
        }
        let greeting: Option<Greeting> = serde_json::from_str(body).ok();
        if greeting.is_some_and(|greeting| greeting.event == "s3:TestEvent") {
            return Some(Self::Uploads(Vec::new()));
        }
        serde_json::from_str(body).ok().map(Self::Task)
    }
}

/// Keys are told as they stand in an address.
fn key(told: &str) -> Option<UploadKey> {
    percent_decode_str(told).decode_utf8().ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn s3_tells_of_uploads_and_greets() {
        let key = "uploads/acme/greeter/upl_0198f2a0c1d27e3f8a4b5c6d7e8f9012.zip";
        let told = json!({ "Records": [{ "s3": { "object": { "key": key, "size": 1 } } }] });
        let expected = Work::Uploads(vec![key.parse().unwrap()]);
        assert_eq!(Work::read(&told.to_string()), Some(expected));
        let greeting = json!({ "Service": "Amazon S3", "Event": "s3:TestEvent" });
        assert_eq!(
            Work::read(&greeting.to_string()),
            Some(Work::Uploads(vec![]))
        );
    }

    #[test]
    fn what_is_neither_an_upload_nor_a_task_is_nothing() {
        let other = json!({ "Records": [{ "s3": { "object": { "key": "compiled/acme/x" } } }] });
        for body in [other.to_string(), "{}".to_owned(), "no JSON".to_owned()] {
            assert_eq!(Work::read(&body), None, "{body}");
        }
    }
}
