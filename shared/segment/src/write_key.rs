//! By which key a sender writes.

use std::fmt;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use cloudevent::{Headers, json};

/// A sender's key.
#[derive(Clone, PartialEq, Eq)]
pub struct WriteKey(String);

impl WriteKey {
    /// The key itself: for comparison, never for a log.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for WriteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The key of a request: the user name of Basic authentication, or else the member `writeKey` of the
/// body, where some SDKs have nothing else.
#[must_use]
pub fn write_key(headers: &Headers<'_>, body: &[u8]) -> Option<WriteKey> {
    let key = match headers.get("authorization") {
        Some(header) => from_header(header),
        None => from_body(body),
    };
    key.filter(|key| cloudevent::is_visible(key, 256))
        .map(WriteKey)
}

fn from_header(header: &str) -> Option<String> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = BASE64_STANDARD.decode(encoded.trim()).ok()?;
    let decoded = String::from_utf8(decoded).ok()?;
    let (name, _) = decoded.split_once(':')?;
    Some(name.to_owned())
}

fn from_body(body: &[u8]) -> Option<String> {
    let open = json::open(body, b'{')?;
    let members = json::members(body, open, 64).ok()?;
    let mut keys = members.iter().filter(|(name, _)| name == "writeKey");
    let (_, range) = keys.next()?;
    if keys.next().is_some() {
        return None;
    }
    serde_json::from_slice(body.get(range.clone())?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(authorization: Option<&str>, body: &str) -> Option<String> {
        let headers = authorization.map(|value| ("Authorization", value));
        write_key(&Headers::new(headers), body.as_bytes()).map(|key| key.0)
    }

    #[test]
    fn the_key_comes_by_basic_authentication_or_in_the_body() {
        // What `rudder-sdk-python` sends for the key `wk`, and what `segment-analytics-python` does.
        assert_eq!(key(Some("Basic d2s6"), "{}").unwrap(), "wk");
        assert_eq!(
            key(Some("basic d2s6"), r#"{"writeKey":"other"}"#).unwrap(),
            "wk"
        );
        assert_eq!(key(None, r#"{"batch":[],"writeKey":"wk"}"#).unwrap(), "wk");
    }

    #[test]
    fn what_is_no_key_is_none() {
        assert_eq!(key(None, "{}"), None);
        assert_eq!(key(None, r#"{"writeKey":7}"#), None);
        assert_eq!(key(None, r#"{"writeKey":"a","writeKey":"b"}"#), None);
        assert_eq!(key(None, r#"{"writeKey":"a b"}"#), None);
        assert_eq!(key(Some("Basic d2s"), "{}"), None);
        assert_eq!(key(Some("Basic Og=="), "{}"), None);
        assert_eq!(key(Some("Bearer d2s6"), r#"{"writeKey":"wk"}"#), None);
    }

    #[test]
    fn a_key_is_not_printed() {
        let headers = Headers::new([("Authorization", "Basic d2s6")]);
        assert_eq!(
            format!("{:?}", write_key(&headers, b"")),
            "Some([redacted])"
        );
    }
}
