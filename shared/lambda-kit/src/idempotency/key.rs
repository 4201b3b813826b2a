//! What a client sends as `Idempotency-Key`, and what is derived from it.

use std::fmt;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ring::hmac;

use crate::{http::Request, redact::Redacted};

/// The header, by its name in lower case.
const HEADER: &str = "idempotency-key";

/// Whoever guesses a key can open what is kept under it: a UUID in its simple form has twice as many.
const SHORTEST: usize = 16;
const LONGEST: usize = 255;

/// The headers that are part of what is asked. Others come and go on the way: a repetition may
/// bear a new token, and a new trace.
const ASKING: [&str; 6] = [
    "content-type",
    "if-match",
    "if-none-match",
    "sec-gpc",
    "fairlead-purpose",
    "fairlead-reason",
];

/// A header that is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a key is a string of 16 to 255 printable ASCII characters, in double quotes if you like: a random UUID, for instance"
)]
pub struct InvalidKey;

/// A client's key for one request: with whose it is, the route that it was sent to, and what was
/// asked. All that is stored is derived from the client's text, which itself never is.
#[derive(Clone)]
pub struct Key {
    secret: hmac::Key,
    /// Whose it is, and the route.
    scope: Vec<u8>,
    asked: String,
}

impl Key {
    /// The key of `request`, if it bears one, for the caller whom `holder` names.
    pub fn of(request: &Request, holder: &str) -> Result<Option<Self>, InvalidKey> {
        let Some(text) = request.header(HEADER) else {
            return Ok(None);
        };
        let text = read(text).ok_or(InvalidKey)?;
        let scope = framed(&[holder.as_bytes(), request.route_key.as_bytes()]);
        let secret = hmac::Key::new(hmac::HMAC_SHA256, text.expose().as_bytes());
        let asked = name(&derive(&secret, "asked", &scope, &asked(request)));
        Ok(Some(Self {
            secret,
            scope,
            asked,
        }))
    }

    /// What a row is called that belongs to the key, whatever is asked under it.
    pub(super) fn row(&self) -> String {
        format!("idempotency#{}", self.derived("row", b""))
    }

    /// What was asked: two requests that differ have different ones.
    pub(super) fn asked(&self) -> &str {
        &self.asked
    }

    /// The id that the request goes by whenever it comes.
    #[must_use]
    pub fn request_id(&self) -> String {
        let id = self.derived("request", self.asked.as_bytes());
        format!("idempotent-{id}")
    }

    /// A digest of `text` that tells nothing of it to whoever lacks the key.
    #[must_use]
    pub fn digest(&self, text: &[u8]) -> String {
        self.derived("digest", text)
    }

    /// A key to seal one text with, which `owner` makes.
    pub(super) fn sealing(&self, owner: &str) -> hmac::Tag {
        derive(&self.secret, "seal", &self.scope, owner.as_bytes())
    }

    fn derived(&self, use_of_it: &str, of: &[u8]) -> String {
        name(&derive(&self.secret, use_of_it, &self.scope, of))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

/// The text of an `sf-string` (RFC 8941, section 3.3.3), or of what many clients send instead: the
/// same without the quotes. The comma would join two headers, the semicolon begin a parameter.
fn read(header: &str) -> Option<Redacted<String>> {
    let header = header.trim_matches([' ', '\t']);
    let text = match header.strip_prefix('"') {
        Some(quoted) => unquoted(quoted)?,
        None => header.to_owned(),
    };
    let is_bare = !header.starts_with('"');
    let takes = |c: char| match c {
        '"' | '\\' | ',' | ';' | ' ' => !is_bare,
        c => c.is_ascii_graphic(),
    };
    let well_formed = (SHORTEST..=LONGEST).contains(&text.len()) && text.chars().all(takes);
    well_formed.then(|| Redacted::new(text))
}

/// What stands before the closing quote, if nothing stands behind it.
fn unquoted(quoted: &str) -> Option<String> {
    let mut text = String::with_capacity(quoted.len());
    let mut rest = quoted.chars();
    loop {
        match rest.next()? {
            '"' => return rest.next().is_none().then_some(text),
            '\\' => text.push(rest.next().filter(|c| matches!(c, '"' | '\\'))?),
            c => text.push(c),
        }
    }
}

/// All of `request` that says what is asked, beside its route.
fn asked(request: &Request) -> Vec<u8> {
    let headers = ASKING.map(|name| request.header(name));
    let mut parts: Vec<&[u8]> = Vec::new();
    for header in headers {
        parts.push(if header.is_some() { b"+" } else { b"-" });
        parts.push(header.unwrap_or_default().as_bytes());
    }
    for parameters in request.parameters() {
        parts.push(b"&");
        for (name, value) in parameters {
            parts.extend([name.as_bytes(), value.as_bytes()]);
        }
    }
    let (body, is_base64) = request.raw_body();
    parts.extend([if is_base64 { &b"64"[..] } else { b"=" }, body.as_bytes()]);
    framed(&parts)
}

/// HMAC as a key derivation (RFC 5869): one output block for each use.
fn derive(secret: &hmac::Key, use_of_it: &str, scope: &[u8], of: &[u8]) -> hmac::Tag {
    let text = framed(&[b"fairlead/1", use_of_it.as_bytes(), scope, of]);
    hmac::sign(secret, &text)
}

/// The parts behind their lengths, so that no two lists of parts look alike.
fn framed(parts: &[&[u8]]) -> Vec<u8> {
    let mut framed = Vec::new();
    for part in parts {
        framed.extend(part.len().to_be_bytes());
        framed.extend(*part);
    }
    framed
}

/// 128 bits of `tag` as a text.
fn name(tag: &hmac::Tag) -> String {
    let half = tag.as_ref().split_at(16).0;
    BASE64_URL_SAFE_NO_PAD.encode(half)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    const TEXT: &str = "8e03978e-40d5-43e8-bc93-6894a57f9324";

    fn request(key: &str, body: &str) -> Value {
        json!({
            "routeKey": "PATCH /v1/me",
            "headers": { "idempotency-key": key, "if-match": "\"3\"", "authorization": "Bearer one" },
            "requestContext": { "requestId": "one" },
            "body": body,
        })
    }

    fn key(request: &Value, holder: &str) -> Key {
        let request: Request = serde_json::from_value(request.clone()).unwrap();
        Key::of(&request, holder).unwrap().unwrap()
    }

    fn is_taken(header: &str) -> bool {
        read(header).is_some()
    }

    fn quoted(text: &str) -> String {
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
    }

    proptest! {
        #[test]
        fn every_string_of_structured_fields_that_is_long_enough_is_a_key(text in "[ -~]{16,255}") {
            let read = read(&quoted(&text)).unwrap();
            prop_assert_eq!(read.expose(), &text);
        }

        #[test]
        fn a_key_with_and_without_quotes_is_the_same(text in "[!#-+.-:<-\\[\\]-~-]{16,255}") {
            prop_assert_eq!(read(&text), read(&quoted(&text)));
            prop_assert!(is_taken(&text));
        }

        #[test]
        fn whatever_is_sent_is_a_key_or_is_none(header in ".{0,300}") {
            if let Some(text) = read(&header) {
                prop_assert!((SHORTEST..=LONGEST).contains(&text.expose().len()));
                prop_assert!(text.expose().bytes().all(|b| matches!(b, b' '..=b'~')));
            }
        }

        #[test]
        fn what_is_derived_differs_with_the_key_its_holder_its_route_and_its_request(
            texts in proptest::array::uniform2("[a-z]{16}"),
            holders in proptest::array::uniform2("[ab]{1,2}"),
            routes in proptest::array::uniform2("[AB]{1,2}"),
            bodies in proptest::array::uniform2("[cd]{0,2}"),
        ) {
            let [one, other] = [0, 1].map(|n: usize| {
                let mut request = request(&texts[n], &bodies[n]);
                request["routeKey"] = routes[n].clone().into();
                key(&request, &holders[n])
            });
            let is_same_key = texts[0] == texts[1] && holders[0] == holders[1] && routes[0] == routes[1];
            let is_same = is_same_key && bodies[0] == bodies[1];
            prop_assert_eq!(one.row() == other.row(), is_same_key);
            prop_assert_eq!(one.digest(b"x") == other.digest(b"x"), is_same_key);
            prop_assert_eq!(one.sealing("x").as_ref() == other.sealing("x").as_ref(), is_same_key);
            prop_assert_eq!(one.asked() == other.asked(), is_same);
            prop_assert_eq!(one.request_id() == other.request_id(), is_same);
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let refused = [
            String::new(),
            "short".to_owned(),
            "x".repeat(256),
            "\"0123456789abcdef".to_owned(),
            "\"0123456789abcdef\"x".to_owned(),
            "\"0123456789abcdef\";a=1".to_owned(),
            "\"0123456789\\abcdef\"".to_owned(),
            format!("{TEXT}, {TEXT}"),
            format!("\"{TEXT}\", \"{TEXT}\""),
            "0123456789 abcdef".to_owned(),
            "0123456789\tabcdef".to_owned(),
            "\"0123456789äbcdef\"".to_owned(),
        ];
        for header in refused {
            assert!(!is_taken(&header), "{header:?}");
        }
        assert!(is_taken(&format!(" {TEXT}\t")));
    }

    #[test]
    fn another_token_or_trace_is_no_other_request_and_another_question_is() {
        let first = request(TEXT, "{}");
        let mut again = first.clone();
        again["headers"]["authorization"] = "Bearer two".into();
        again["headers"]["traceparent"] = "00-1-1-00".into();
        again["requestContext"]["requestId"] = "two".into();
        assert_eq!(key(&first, "jane").asked(), key(&again, "jane").asked());
        assert_eq!(
            key(&first, "jane").request_id(),
            key(&again, "jane").request_id()
        );
        for (name, value) in [
            ("headers", json!({ "idempotency-key": TEXT })),
            (
                "headers",
                json!({ "idempotency-key": TEXT, "if-match": "" }),
            ),
            (
                "headers",
                json!({ "idempotency-key": TEXT, "if-none-match": "*" }),
            ),
            ("pathParameters", json!({ "purpose": "newsletter" })),
            ("queryStringParameters", json!({ "purpose": "newsletter" })),
            ("body", json!("{} ")),
        ] {
            let mut other = first.clone();
            other[name] = value;
            assert_ne!(key(&first, "jane").asked(), key(&other, "jane").asked());
        }
    }

    #[test]
    fn a_key_is_never_printed() {
        assert_eq!(format!("{:?}", key(&request(TEXT, ""), "jane")), "Key");
    }
}
