//! Events that are too large for the bus: AppFlow puts them into a bucket, and tells of where.

use percent_encoding::percent_decode_str;
use serde_json::Value;
use url::Url;

/// How deep a pointer is looked for. AWS does not say how the member that has it is called.
const DEEPEST: usize = 4;

/// Where an event lies: in the one bucket that such events are read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LargeEvent {
    pub(crate) key: String,
    /// What the summary said of it.
    pub(crate) detail_type: String,
    /// When the summary came.
    pub(crate) time: Option<String>,
}

/// Where a text points to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) bucket: String,
    pub(crate) key: String,
}

impl LargeEvent {
    /// The key of the object.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// The first place that a text in `value` points to.
pub(crate) fn place_in(value: &Value) -> Option<Place> {
    look(value, DEEPEST)
}

fn look(value: &Value, depth: usize) -> Option<Place> {
    let below = depth.checked_sub(1)?;
    match value {
        Value::String(text) => place(text),
        Value::Array(items) => items.iter().find_map(|item| look(item, below)),
        Value::Object(members) => members.values().find_map(|member| look(member, below)),
        _ => None,
    }
}

/// `s3://bucket/key`, or the object's address by HTTPS, with the bucket in the host or in the path.
fn place(text: &str) -> Option<Place> {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix("s3://") {
        let (bucket, key) = rest.split_once('/')?;
        return some(bucket, key.to_owned());
    }
    if !text.starts_with("https://") {
        return None;
    }
    let url = Url::parse(text).ok()?;
    let host = url.host_str()?.strip_suffix(".amazonaws.com")?;
    let path = url.path().strip_prefix('/')?;
    let path = percent_decode_str(path).decode_utf8().ok()?;
    if is_s3(host) {
        let (bucket, key) = path.split_once('/')?;
        return some(bucket, key.to_owned());
    }
    // A bucket's name may have points, and `.s3` in it: what comes last is S3.
    let at = host.rfind(".s3")?;
    let (bucket, service) = host.split_at(at);
    is_s3(service.strip_prefix('.')?).then_some(())?;
    some(bucket, path.into_owned())
}

fn is_s3(host: &str) -> bool {
    host == "s3" || host.starts_with("s3.") || host.starts_with("s3-")
}

fn some(bucket: &str, key: String) -> Option<Place> {
    let is_one = !bucket.is_empty() && !key.is_empty();
    is_one.then(|| Place {
        bucket: bucket.to_owned(),
        key,
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case("s3://bucket/a/b.json")]
    #[case("https://bucket.s3.eu-west-1.amazonaws.com/a/b.json")]
    #[case("https://bucket.s3.amazonaws.com/a/b.json?versionId=1")]
    #[case("https://bucket.s3-eu-west-1.amazonaws.com/a/b.json")]
    #[case("https://s3.eu-west-1.amazonaws.com/bucket/a/b.json")]
    #[case("https://s3-eu-west-1.amazonaws.com/bucket/a%2Fb.json")]
    fn a_pointer_is_read_in_each_form(#[case] text: &str) {
        let found = place_in(&json!({ "a": { "unknown": text } }));
        let expected = Place {
            bucket: "bucket".to_owned(),
            key: "a/b.json".to_owned(),
        };
        assert_eq!(found, Some(expected));
    }

    #[rstest]
    #[case("s3://bucket")]
    #[case("s3:///key")]
    #[case("s3://bucket/")]
    #[case("http://bucket.s3.amazonaws.com/key")]
    #[case("https://bucket.s3.amazonaws.com.example.com/key")]
    #[case("https://bucket.s3.example.com/key")]
    #[case("https://example.com/s3/bucket/key")]
    #[case("https://bucket.s3evil.amazonaws.com/key")]
    #[case("see s3://bucket/key")]
    #[case("")]
    fn what_leads_nowhere_is_no_pointer(#[case] text: &str) {
        assert_eq!(place_in(&json!({ "a": text })), None);
    }

    #[test]
    fn the_bucket_is_what_s3_takes_for_it() {
        let found = place_in(&json!("https://ours.s3.x.s3.eu-west-1.amazonaws.com/key"));
        assert_eq!(
            found.map(|place| place.bucket),
            Some("ours.s3.x".to_owned())
        );
    }
}
