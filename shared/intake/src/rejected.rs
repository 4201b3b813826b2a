//! Events that were refused, as far as they are kept for their senders.

use std::fmt::Write as _;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use identity::ProfileId;
use jiff::{SignedDuration, Timestamp};
use lambda_kit::{problem::Problem, redact::Redacted};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tenancy::{PartnerId, TenantId};

use crate::{Upload, key::digest};

/// For how long a refused event is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(14 * 24);

/// The largest event that is kept as it came, in bytes: a row has at most 400 KB, and base64 is longer.
const LARGEST: usize = 256 * 1024;

/// How long the id of a profile is.
const PROFILE_ID: usize = 36;

/// A refused event: row `<tenant>#<partner>`, `rej_<digest>` of the table `quarantine`. The same event
/// that is refused again is the same row.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RejectedItem {
    /// Who sent it: `<tenant>#<partner>`.
    pub sender: String,
    /// What it is called.
    pub rejected_id: String,
    /// By which way it came.
    #[serde(default)]
    pub surface: Surface,
    /// When it came first.
    pub received_at: Timestamp,
    /// Why it was refused.
    pub problem: Reason,
    /// Its `id`, if it could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// The profile that it names, if it names one: the sparse index's partition, by which it is removed
    /// when the person is erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<ProfileId>,
    /// The event as it came, if it is a text and not too large.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<Redacted<String>>,
    /// The same in base64, if it is no text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw_base64: Option<Redacted<String>>,
    /// How many bytes it had.
    pub bytes: u64,
    /// A digest of it, by which its sender knows it again.
    pub digest: String,
    /// What became of it.
    pub state: RejectedState,
    /// When the row is removed, in seconds since 1970.
    pub expires_at: i64,
}

/// By which way an event came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Surface {
    /// As a CloudEvent, or as what one is made of.
    #[default]
    Events,
    /// As a message of an SDK of Segment or `RudderStack`.
    Segment,
}

impl Surface {
    /// Whether the types of its events are Fairlead's own, which no tenant registers: what they may be
    /// is held by whoever read them.
    #[must_use]
    pub const fn has_types_of_its_own(self) -> bool {
        matches!(self, Self::Segment)
    }
}

/// What became of a refused event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectedState {
    /// Nothing yet.
    Waiting,
    /// It was sent again, and taken.
    Resubmitted,
}

/// A problem, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The problem's `type`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Which field is to blame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

/// Whose refused events are kept together.
#[must_use]
pub(crate) fn sender(tenant: &TenantId, partner: &PartnerId) -> String {
    format!("{tenant}#{partner}")
}

impl RejectedItem {
    /// The row of the event `raw`, which `partner` of `tenant` sent by `surface` and `problem` is wrong
    /// with. Whom it is about is whom `subject` names, or else the first profile that can be read in it.
    #[must_use]
    pub fn new(
        (tenant, partner): (&TenantId, &PartnerId),
        surface: Surface,
        (event_id, subject): (Option<String>, Option<&str>),
        raw: &[u8],
        problem: &Problem,
        now: Timestamp,
    ) -> Self {
        let about = subject.and_then(|subject| subject.parse().ok());
        let hash = Sha256::digest(raw);
        let id = hash
            .iter()
            .take(16)
            .fold("rej_".to_owned(), |mut id, byte| {
                let _ = write!(id, "{byte:02x}");
                id
            });
        let kept = Some(raw).filter(|raw| raw.len() <= LARGEST);
        let text = kept.and_then(|raw| str::from_utf8(raw).ok());
        let bytes = kept.filter(|_| text.is_none());
        Self {
            sender: sender(tenant, partner),
            rejected_id: id,
            surface,
            received_at: now,
            problem: Reason {
                kind: problem.kind.clone(),
                detail: problem.detail.clone(),
                field: problem.field.clone(),
            },
            event_id,
            about: about.or_else(|| named_in(kept?)),
            raw: text.map(|text| Redacted::new(text.to_owned())),
            raw_base64: bytes.map(|bytes| Redacted::new(BASE64_STANDARD.encode(bytes))),
            bytes: u64::try_from(raw.len()).unwrap_or(u64::MAX),
            digest: digest(raw),
            state: RejectedState::Waiting,
            expires_at: now.checked_add(KEPT).unwrap_or(Timestamp::MAX).as_second(),
        }
    }

    /// The row of an event whose data was uploaded, which `problem` is wrong with. The data lies where
    /// it was put; of the row its sender learns which it is, and why.
    #[must_use]
    pub fn uploaded(
        whose: (&TenantId, &PartnerId),
        upload: &Upload,
        problem: &Problem,
        now: Timestamp,
    ) -> Self {
        let (id, name) = (upload.event().id.clone(), upload.id());
        let named = Self::new(
            whose,
            Surface::Events,
            (Some(id), None),
            name.as_bytes(),
            problem,
            now,
        );
        Self {
            raw: None,
            raw_base64: None,
            bytes: upload.bytes(),
            digest: upload.checksum(),
            ..named
        }
    }

    /// The event's bytes as they came, if they were kept.
    #[must_use]
    pub fn bytes(&self) -> Option<Vec<u8>> {
        match (&self.raw, &self.raw_base64) {
            (Some(text), _) => Some(text.expose().as_bytes().to_vec()),
            (None, Some(encoded)) => BASE64_STANDARD.decode(encoded.expose()).ok(),
            (None, None) => None,
        }
    }
}

/// The first profile whose id stands in `raw`.
fn named_in(raw: &[u8]) -> Option<ProfileId> {
    let ids = raw.windows(PROFILE_ID);
    let mut ids = ids.filter(|id| id.starts_with(b"prf_"));
    ids.find_map(|id| str::from_utf8(id).ok()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problems;

    fn rejected(raw: &[u8]) -> RejectedItem {
        let whose = (&"harbour".parse().unwrap(), &"crm".parse().unwrap());
        let now = "2026-01-15T09:00:00Z".parse().unwrap();
        RejectedItem::new(
            whose,
            Surface::Events,
            (None, None),
            raw,
            &problems::unknown_type(),
            now,
        )
    }

    #[test]
    fn what_came_is_kept_to_the_byte_and_printed_by_nobody() {
        for raw in [&b"{\"note\":\"canary\"}"[..], b"\xff\xfecanary"] {
            let item = rejected(raw);
            assert_eq!(item.bytes().unwrap(), raw);
            assert!(!format!("{item:?}").contains("canary"));
            let row = serde_json::to_value(&item).unwrap();
            let read: RejectedItem = serde_json::from_value(row).unwrap();
            assert_eq!(read.bytes().unwrap(), raw);
        }
    }

    #[test]
    fn whom_it_is_about_is_read_wherever_it_stands() {
        let id = "prf_019bc0e2128070000000000000000001";
        let named = |raw: &[u8]| rejected(raw).about.map(String::from);
        for raw in [
            format!(r#"{{"subject":"{id}"}}"#).as_bytes(),
            format!("no JSON of prf_nobody and {id}, \u{e9}").as_bytes(),
            [&b"\xff\xfe"[..], id.as_bytes()].concat().as_slice(),
        ] {
            assert_eq!(named(raw).as_deref(), Some(id));
        }
        for raw in [&b""[..], b"prf_", b"prf_019BC0E2128070000000000000000001"] {
            assert_eq!(named(raw), None);
        }
        let row = serde_json::to_value(rejected(b"{}")).unwrap();
        assert_eq!(row.get("about"), None);
    }

    #[test]
    fn of_what_was_uploaded_only_which_it_is_is_kept() {
        let document = r#"{
            "event": {
                "specversion": "1.0", "id": "1", "source": "/scans", "type": "a.v1", "subject": "canary"
            },
            "bytes": 3000000,
            "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        }"#;
        let whose = (&"harbour".parse().unwrap(), &"crm".parse().unwrap());
        let now = "2026-01-15T09:00:00Z".parse().unwrap();
        let limits = cloudevent::Limits::at(now);
        let upload = Upload::read(document.as_bytes(), &limits).unwrap();
        let item = RejectedItem::uploaded(whose, &upload, &problems::unknown_type(), now);
        assert_eq!((item.bytes, item.bytes()), (3_000_000, None));
        assert_eq!(item.digest, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        let row = serde_json::to_string(&item).unwrap();
        assert!(!row.contains("canary"), "{row}");
    }

    #[test]
    fn the_same_is_called_the_same_and_what_is_too_large_is_told_by_its_digest() {
        assert_eq!(rejected(b"1").rejected_id, rejected(b"1").rejected_id);
        assert_ne!(rejected(b"1").rejected_id, rejected(b"2").rejected_id);
        let large = rejected(&vec![b'x'; LARGEST + 1]);
        assert_eq!(large.bytes(), None);
        assert_eq!(large.bytes, u64::try_from(LARGEST + 1).unwrap());
    }
}
