//! Events whose data is too large for a request: it is uploaded by a link, and what the event says of
//! itself comes beside it.

use std::{collections::BTreeMap, fmt::Write as _};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use cloudevent::{Headers, Incoming, Limits, MediaType, Unreadable, json};
use jiff::Timestamp;
use lambda_kit::{
    http::{BodyError, Request},
    problem::Problem,
};
use serde_json::value::RawValue;
use tenancy::{PartnerId, TenantId};

use crate::{EventKey, Schema, Violation, key::digest, problems};

/// The most that is uploaded: 2 GB. S3 takes five at once
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html>).
const LARGEST: u64 = 2_000_000_000;

/// The largest JSON that is held to a schema: it has to be in memory.
const LARGEST_JSON: u64 = 10 * 1024 * 1024;

/// How many commas and opening brackets such JSON has at most, which is about how many values: the
/// smallest take a hundred times the bytes in memory that they have in the text.
const MOST_VALUES: usize = 250_000;

/// The largest announcement, in bytes: attributes are short.
const MAX_BODY: usize = 64 * 1024;

/// What an upload's id begins with.
const PREFIX: &str = "upl_";

/// An event whose data is uploaded: what it says of itself, and which bytes its data is.
#[derive(Debug, Clone)]
pub struct Upload {
    event: Incoming,
    media: MediaType,
    bytes: u64,
    sha256: [u8; 32],
}

/// Whether the data is read before the event is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Its type says what it has to be.
    Into,
    /// Its type says that nobody looks into it.
    Away,
}

impl Upload {
    /// What `request` announces, which was received at `now`.
    pub fn of(request: &Request, now: Timestamp) -> Result<Self, Problem> {
        let limits = Limits::at(now);
        let limit = MAX_BODY;
        let body = request.body(limit).map_err(|error| match error {
            BodyError::TooLarge => problems::unreadable(&Unreadable::TooLarge { limit }),
            BodyError::Undecodable => problems::undecodable(),
        })?;
        Self::read(&body, &limits)
    }

    /// Reads `{"event": …, "bytes": …, "sha256": …}`: an event without its data, and of the data how
    /// many bytes it has, and their SHA-256 in hexadecimal digits.
    pub fn read(body: &[u8], limits: &Limits) -> Result<Self, Problem> {
        json::check(body, limits)
            .map_err(|fault| problems::unreadable(&Unreadable::NotJson(fault)))?;
        let members: BTreeMap<String, &RawValue> =
            serde_json::from_slice(body).map_err(|_| problems::no_upload())?;
        let member = |name| members.get(name).map(|raw| raw.get());
        let event = member("event").ok_or_else(|| problems::invalid_upload("event"))?;
        let (event, media) = announced(event, limits)?;
        let bytes = member("bytes").and_then(|raw| raw.parse::<u64>().ok());
        let bytes = bytes.filter(|bytes| *bytes > 0);
        let bytes = bytes.ok_or_else(|| problems::invalid_upload("bytes"))?;
        if bytes > LARGEST {
            return Err(problems::too_large_to_upload());
        }
        let sha256 = member("sha256").and_then(|raw| serde_json::from_str::<String>(raw).ok());
        let sha256 = sha256.and_then(|digits| from_hex(&digits));
        Ok(Self {
            event,
            media,
            bytes,
            sha256: sha256.ok_or_else(|| problems::invalid_upload("sha256"))?,
        })
    }

    /// The event, without its data.
    #[must_use]
    pub const fn event(&self) -> &Incoming {
        &self.event
    }

    /// What the data is, without parameters.
    #[must_use]
    pub fn media_type(&self) -> &str {
        self.media.essence()
    }

    /// How many bytes the data has.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The SHA-256 of the data, as S3 has it: in base64.
    #[must_use]
    pub fn checksum(&self) -> String {
        BASE64_STANDARD.encode(self.sha256)
    }

    /// What it is called: the same for the same event with the same data, and for no other.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{PREFIX}{}", self.digest())
    }

    /// Under which key of the bucket the data of `partner` lies. Nothing in it was chosen by whoever
    /// sends the event: the tenant's name is an operator's, and the rest are digests.
    #[must_use]
    pub fn key(&self, tenant: &TenantId, partner: &PartnerId) -> String {
        let event = EventKey::of(tenant, partner, &self.event.source, &self.event.id);
        let digest = self.digest();
        format!("{}{digest}", event.objects())
    }

    /// What announces it, as [`Upload::read`] takes it.
    #[must_use]
    pub fn announcement(&self) -> String {
        let event = self.event.to_json();
        let sha256 = self.sha256.iter().fold(String::new(), |mut digits, byte| {
            let _ = write!(digits, "{byte:02x}");
            digits
        });
        format!(
            r#"{{"event":{event},"bytes":{},"sha256":"{sha256}"}}"#,
            self.bytes
        )
    }

    /// Of the event with its data, by which it is told from another under its id.
    pub(crate) fn digest(&self) -> String {
        // JSON has no line break between what is written here.
        let event = self.event.to_json();
        digest(format!("{event}\n{}\n{}", self.bytes, self.checksum()))
    }

    /// Whether the type with `schema` takes such data, as far as that can be told without it.
    pub fn fits(&self, schema: &Schema) -> Result<Look, Problem> {
        let violation = |rule: &str| {
            problems::schema_violation(&Violation {
                field: "/datacontenttype".to_owned(),
                rule: rule.to_owned(),
            })
        };
        match schema.media_type() {
            Some(media) if media == self.media_type() => Ok(Look::Away),
            Some(_) => Err(violation("/contentMediaType")),
            None if !self.media.is_json() => Err(violation("")),
            None if self.bytes > LARGEST_JSON => Err(problems::too_large_to_look_into()),
            None => Ok(Look::Into),
        }
    }

    /// Holds `data`, which was uploaded, to `schema`.
    pub fn check(&self, data: &[u8], schema: &Schema, limits: &Limits) -> Result<(), Problem> {
        json::check(data, limits).map_err(|fault| problems::invalid_data(&fault))?;
        if values(data) > MOST_VALUES {
            return Err(problems::too_large_to_look_into());
        }
        let checked = schema.check_json(data);
        checked.map_err(|violation| problems::schema_violation(&violation))
    }
}

/// The event that is announced, and what its data is.
fn announced(event: &str, limits: &Limits) -> Result<(Incoming, MediaType), Problem> {
    let headers = Headers::new([("content-type", "application/cloudevents+json")]);
    let read = cloudevent::read(&headers, event.as_bytes(), limits);
    let read = read.map_err(|error| problems::unreadable(&error))?;
    let one = read.into_iter().next().ok_or_else(problems::no_upload)?;
    let mut event = one.map_err(|refused| problems::refused(&refused))?;
    if event.data.is_some() {
        return Err(problems::data_beside_upload());
    }
    let declared = event.datacontenttype.take();
    let declared = declared.unwrap_or_else(|| "application/json".to_owned());
    let media = MediaType::parse(&declared).filter(MediaType::is_utf8);
    event.datacontenttype = Some(declared);
    Ok((event, media.ok_or_else(problems::unknown_media)?))
}

fn from_hex(digits: &str) -> Option<[u8; 32]> {
    let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    if digits.len() != 64 || !is_hex {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

/// How many commas and opening brackets JSON that was checked has, outside of its texts.
fn values(json: &[u8]) -> usize {
    let (mut count, mut is_quoted, mut is_escaped) = (0, false, false);
    for byte in json {
        if is_quoted {
            is_quoted = is_escaped || *byte != b'"';
            is_escaped = !is_escaped && *byte == b'\\';
        } else {
            is_quoted = *byte == b'"';
            count += usize::from(matches!(byte, b',' | b'[' | b'{'));
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::*;

    const SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    fn limits() -> Limits {
        Limits::at("2026-01-15T09:00:00Z".parse().unwrap())
    }

    fn document() -> Value {
        json!({
            "event": {
                "specversion": "1.0",
                "id": "1",
                "source": "/scans",
                "type": "com.example.scan.made.v1",
                "subject": "prf_1",
                "datacontenttype": "application/pdf",
            },
            "bytes": 3_000_000,
            "sha256": SHA256,
        })
    }

    fn read(document: &Value) -> Result<Upload, Problem> {
        Upload::read(document.to_string().as_bytes(), &limits())
    }

    fn key(upload: &Upload, partner: &str) -> String {
        upload.key(&"harbour".parse().unwrap(), &partner.parse().unwrap())
    }

    #[test]
    fn the_same_upload_has_one_id_and_one_key_and_whatever_differs_has_others() {
        let upload = read(&document()).unwrap();
        assert_eq!(upload.id(), read(&document()).unwrap().id());
        let (id, own) = (upload.id(), key(&upload, "crm"));
        let digest = id.strip_prefix("upl_").unwrap();
        assert_eq!(digest.len(), 43);
        assert!(
            own.starts_with("events/harbour/") && own.ends_with(digest),
            "{own}"
        );
        assert_ne!(own, key(&upload, "shop"));
        for (place, value) in [
            ("/event/id", json!("2")),
            ("/event/subject", json!("prf_2")),
            ("/event/datacontenttype", json!("image/png")),
            ("/bytes", json!(3_000_001)),
            ("/sha256", json!(SHA256.replace('e', "f"))),
        ] {
            let mut other = document();
            *other.pointer_mut(place).unwrap() = value;
            let other = read(&other).unwrap();
            assert_ne!(other.id(), id, "{place}");
            assert_ne!(key(&other, "crm"), own, "{place}");
        }
    }

    #[test]
    fn nothing_that_a_sender_writes_is_in_a_key() {
        let mut hostile = document();
        hostile["event"]["id"] = "../../exports/a".into();
        hostile["event"]["source"] = "/../%2e%2e/b".into();
        let key = key(&read(&hostile).unwrap(), "crm");
        let rest = key.strip_prefix("events/harbour/").unwrap();
        let is_digest = |byte: u8| byte.is_ascii_alphanumeric() || b"-_/".contains(&byte);
        assert!(rest.bytes().all(is_digest), "{key}");
        assert_eq!(rest.len(), 43 + 1 + 43);
    }

    #[rstest]
    #[case("/bytes", json!(0), "invalid-field", Some("bytes"))]
    #[case("/bytes", json!("3"), "invalid-field", Some("bytes"))]
    #[case("/bytes", json!(1.5), "invalid-field", Some("bytes"))]
    #[case("/bytes", json!(2_000_000_001_u64), "event-too-large", Some("bytes"))]
    #[case("/sha256", json!("e3b0"), "invalid-field", Some("sha256"))]
    #[case("/sha256", json!("é".repeat(32)), "invalid-field", Some("sha256"))]
    #[case("/sha256", json!("x".repeat(64)), "invalid-field", Some("sha256"))]
    #[case("/event", json!(1), "invalid-event", None)]
    #[case("/event/id", json!(""), "invalid-event", Some("/id"))]
    #[case("/event/type", json!("dev.fairlead.a.v1"), "reserved-name", Some("/type"))]
    #[case("/event/datacontenttype", json!("text/plain; charset=latin1"), "invalid-event", Some("/datacontenttype"))]
    fn what_is_wrong_is_told_by_its_field(
        #[case] place: &str,
        #[case] value: Value,
        #[case] kind: &str,
        #[case] field: Option<&str>,
    ) {
        let mut document = document();
        *document.pointer_mut(place).unwrap() = value;
        let problem = read(&document).unwrap_err();
        assert!(problem.kind.ends_with(kind), "{problem:?}");
        assert_eq!(problem.field.as_deref(), field);
    }

    #[test]
    fn data_comes_by_the_link_and_not_beside_it() {
        let mut document = document();
        document["event"]["data"] = json!("canary");
        let problem = read(&document).unwrap_err();
        assert_eq!(problem.field.as_deref(), Some("/data"));
        let missing = read(&json!({ "event": {} })).unwrap_err();
        assert_eq!(missing.status, 400);
        assert!(Upload::read(b"[]", &limits()).is_err());
    }

    #[test]
    fn a_type_takes_its_own_media_type_unseen_and_json_as_far_as_it_can_be_looked_into() {
        let opaque = Schema::compile(r#"{"contentMediaType":"application/pdf"}"#).unwrap();
        let schema = Schema::compile(r#"{"type":"object"}"#).unwrap();
        let mut document = document();
        let fits = |document: &Value, schema: &Schema| {
            let fits = read(document).unwrap().fits(schema);
            fits.map_err(|problem| problem.kind.rsplit('/').next().unwrap().to_owned())
        };
        assert_eq!(fits(&document, &opaque), Ok(Look::Away));
        assert_eq!(fits(&document, &schema), Err("schema-violation".to_owned()));
        document["event"]["datacontenttype"] = Value::Null;
        assert_eq!(fits(&document, &opaque), Err("schema-violation".to_owned()));
        assert_eq!(fits(&document, &schema), Ok(Look::Into));
        document["bytes"] = json!(LARGEST_JSON + 1);
        assert_eq!(fits(&document, &schema), Err("event-too-large".to_owned()));
    }

    #[test]
    fn data_is_held_to_the_schema_and_to_what_memory_holds() {
        let schema = Schema::compile(r#"{"type":"array"}"#).unwrap();
        let upload = read(&document()).unwrap();
        let check = |data: &str| {
            let checked = upload.check(data.as_bytes(), &schema, &limits());
            checked.map_err(|problem| (problem.status, problem.field))
        };
        assert_eq!(check("[1, \"a,[{\\\",\"]"), Ok(()));
        assert_eq!(check("{}"), Err((400, Some("/data".to_owned()))));
        assert_eq!(
            check("[{\"a\":1,\"a\":2}]"),
            Err((400, Some("/data/0/a".to_owned())))
        );
        let most = format!("[{}1]", "1,".repeat(MOST_VALUES - 1));
        assert_eq!(check(&most), Ok(()));
        let more = format!("[{}1]", "1,".repeat(MOST_VALUES));
        assert_eq!(check(&more).unwrap_err().0, 413);
    }
}
