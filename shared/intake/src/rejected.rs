//! Events that were refused, as far as they are kept for their senders.

use std::{collections::BTreeMap, fmt::Write as _};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use identity::ProfileId;
use jiff::{SignedDuration, Timestamp};
use lambda_kit::{problem::Problem, redact::Redacted};
use segment::Kind;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tenancy::{PartnerId, TenantId};

use crate::{Upload, key::digest};

/// For how long a refused event is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(14 * 24);

/// What is refused again is kept no longer for it than that much later.
const RENEWED: i64 = 60 * 60;

/// The largest event that stands in the row itself, in bytes: a row has at most 400 KB, and base64 is
/// longer. What is larger lies beside it.
const LARGEST_IN_ROW: usize = 256 * 1024;

/// Where it lies then.
const OBJECTS: &str = "rejected";

const DAY: i64 = 24 * 60 * 60;

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
    /// Of a message of an SDK, what it was called as, if the path said so: `track`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    /// When it came first.
    pub received_at: Timestamp,
    /// Why it was refused, the last time that it came.
    pub problem: Reason,
    /// Its `id`, if it could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// The profile that it names, if it names one: the sparse index's partition, by which it is removed
    /// when the person is erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<ProfileId>,
    /// The headers that say what it is, if they do: those of an event in binary mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headers: Option<Redacted<BTreeMap<String, String>>>,
    /// The event as it came, if it is a text and not too large.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<Redacted<String>>,
    /// The same in base64, if it is no text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw_base64: Option<Redacted<String>>,
    /// Else the object with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw_key: Option<String>,
    /// How many bytes it had.
    pub bytes: u64,
    /// A digest of it, by which its sender knows it again.
    pub digest: String,
    /// What became of it.
    pub state: RejectedState,
    /// When the row is removed, in seconds since 1970.
    pub expires_at: i64,
}

/// What was refused, as it came.
#[derive(Clone)]
pub struct Came<'a> {
    /// By which way.
    pub surface: Surface,
    /// Of a message of an SDK, what its path says that it is.
    pub call: Option<Kind>,
    /// Its `id`, if it could be read.
    pub event_id: Option<String>,
    /// Whom it says that it is about.
    pub subject: Option<&'a str>,
    /// The headers that say what it is, of an event in binary mode.
    pub headers: BTreeMap<String, String>,
    /// The rest.
    pub raw: &'a [u8],
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
    /// As a CloudEvent whose data was uploaded.
    Uploads,
}

impl Surface {
    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Segment => "segment",
            Self::Uploads => "uploads",
        }
    }

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
    /// Nothing: a whole request, in which no event could be told from another.
    Unreadable,
}

impl RejectedState {
    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Resubmitted => "resubmitted",
            Self::Unreadable => "unreadable",
        }
    }
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

/// A row that is there already, as far as it outlasts another refusal.
#[derive(Debug, Deserialize)]
pub(crate) struct KeptBefore {
    received_at: Timestamp,
    problem: Reason,
    pub(crate) state: RejectedState,
    pub(crate) expires_at: i64,
}

impl RejectedItem {
    /// The row of what `partner` of `tenant` sent and `problem` is wrong with. Whom it is about is whom
    /// it says, or else the first profile that can be read in it.
    #[must_use]
    pub fn new(
        (tenant, partner): (&TenantId, &PartnerId),
        came: &Came<'_>,
        problem: &Problem,
        now: Timestamp,
    ) -> Self {
        let raw = came.raw;
        let rejected_id = came.id();
        let is_large = raw.len() > LARGEST_IN_ROW;
        let kept = Some(raw).filter(|_| !is_large);
        let text = kept.and_then(|raw| str::from_utf8(raw).ok());
        let bytes = kept.filter(|_| text.is_none());
        // An object lives for a day longer than the row that was written with it.
        let day = now.as_second().div_euclid(DAY);
        let beside = || format!("{OBJECTS}/{tenant}/{partner}/{rejected_id}/{day}");
        Self {
            sender: sender(tenant, partner),
            surface: came.surface,
            call: came.call.map(|call| call.name().to_owned()),
            received_at: now,
            problem: Reason {
                kind: problem.kind.clone(),
                detail: problem.detail.clone(),
                field: problem.field.clone(),
            },
            event_id: came.event_id.clone(),
            about: came.about(),
            headers: Some(&came.headers)
                .filter(|headers| !headers.is_empty())
                .map(|headers| Redacted::new(headers.clone())),
            raw: text.map(|text| Redacted::new(text.to_owned())),
            raw_base64: bytes.map(|bytes| Redacted::new(BASE64_STANDARD.encode(bytes))),
            raw_key: is_large.then(beside),
            bytes: u64::try_from(raw.len()).unwrap_or(u64::MAX),
            digest: digest(raw),
            state: RejectedState::Waiting,
            expires_at: now.checked_add(KEPT).unwrap_or(Timestamp::MAX).as_second(),
            rejected_id,
        }
    }

    /// The row of an event whose data was uploaded, which `problem` is wrong with: what announced it. The
    /// data lies where it was put.
    #[must_use]
    pub fn uploaded(
        whose: (&TenantId, &PartnerId),
        upload: &Upload,
        problem: &Problem,
        now: Timestamp,
    ) -> Self {
        let announcement = upload.announcement();
        let came = Came {
            surface: Surface::Uploads,
            call: None,
            event_id: Some(upload.event().id.clone()),
            subject: upload.event().subject.as_deref(),
            headers: BTreeMap::new(),
            raw: announcement.as_bytes(),
        };
        Self {
            bytes: upload.bytes(),
            digest: upload.checksum(),
            ..Self::new(whose, &came, problem, now)
        }
    }

    /// The same of a whole request, in which no event can be told from another.
    #[must_use]
    pub fn unreadable(self) -> Self {
        Self {
            state: RejectedState::Unreadable,
            ..self
        }
    }

    /// This refusal in place of the one `before` of the same event: when it came first, and what became
    /// of it, stay. `None` if that one says the same and lasts about as long.
    pub(crate) fn in_place_of(&self, before: &KeptBefore) -> Option<Self> {
        let is_news = self.problem != before.problem
            || self.expires_at.saturating_sub(before.expires_at) > RENEWED;
        is_news.then(|| Self {
            received_at: before.received_at,
            state: before.state,
            ..self.clone()
        })
    }

    /// The event's bytes as they came, if they stand in the row.
    #[must_use]
    pub fn bytes(&self) -> Option<Vec<u8>> {
        match (&self.raw, &self.raw_base64) {
            (Some(text), _) => Some(text.expose().as_bytes().to_vec()),
            (None, Some(encoded)) => BASE64_STANDARD.decode(encoded.expose()).ok(),
            (None, None) => None,
        }
    }

    /// The headers that say what it is, of an event in binary mode.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let headers = self.headers.iter().flat_map(Redacted::expose);
        headers.map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl Came<'_> {
    /// What it is called: a digest of all of it. Bodies alone tell events in binary mode apart as little
    /// as webhooks.
    fn id(&self) -> String {
        let mut hash = Sha256::new();
        let surface = [self.surface.as_str(), self.call.map_or("", Kind::name)];
        let texts = surface.into_iter().chain(self.event_id.as_deref());
        let headers = self.headers.iter().flat_map(|(name, value)| [name, value]);
        let texts = texts.chain(headers.map(String::as_str)).map(str::as_bytes);
        // Each after its length, so that no two lists of texts look alike.
        for text in texts.chain([self.raw]) {
            hash.update(text.len().to_string());
            hash.update(":");
            hash.update(text);
        }
        let digest = hash.finalize();
        let id = digest.iter().take(16);
        id.fold("rej_".to_owned(), |mut id, byte| {
            let _ = write!(id, "{byte:02x}");
            id
        })
    }

    fn about(&self) -> Option<ProfileId> {
        let subject = self.subject.and_then(|subject| subject.parse().ok());
        let mut headers = self.headers.values().map(String::as_bytes);
        subject
            .or_else(|| headers.find_map(named_in))
            .or_else(|| named_in(self.raw))
    }
}

/// The first profile whose id stands in `raw`.
fn named_in(raw: &[u8]) -> Option<ProfileId> {
    let ids = raw.windows(PROFILE_ID);
    let mut ids = ids.filter(|id| id.starts_with(b"prf_"));
    ids.find_map(|id| str::from_utf8(id).ok()?.parse().ok())
}

#[cfg(test)]
mod tests;
