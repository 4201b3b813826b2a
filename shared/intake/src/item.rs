//! A row of the table `events`.

use cloudevent::Incoming;
use event::{RELAY_SHARDS, relay_at};
use jiff::{SignedDuration, Timestamp};
use lambda_kit::{planted, redact::Redacted};
use serde::{Deserialize, Serialize};
use tenancy::{PartnerId, TenantId};

use crate::{
    Announcement, EventKey, Upload,
    key::{self, digest},
};

/// For how long an event is kept: a day longer than a message lies on a dead-letter queue.
const KEPT: SignedDuration = SignedDuration::from_hours(15 * 24);

/// The largest body that stands in the row itself, in bytes: a row has at most 400 KB.
const LARGEST_IN_ROW: usize = 300 * 1024;

/// An event that was accepted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EventItem {
    /// The row's key.
    pub event: EventKey,
    /// Whose event it is.
    pub tenant: TenantId,
    /// Who sent it.
    pub partner: PartnerId,
    /// The CloudEvent's `source`.
    pub source: String,
    /// The CloudEvent's `id`.
    pub id: String,
    /// The CloudEvent's `type`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it happened; when it was accepted, if it does not say.
    pub time: Timestamp,
    /// What its data is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub datacontenttype: Option<String>,
    /// The schema that its sender says it follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataschema: Option<String>,
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// By which request.
    pub request_id: String,
    /// Whether the request came from the browser of whom it is about, with Global Privacy Control.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gpc: bool,
    /// Of the event as it came: another one under the same id is told by it.
    pub digest: String,
    /// The event in structured mode, if it stands here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Redacted<String>>,
    /// The event in structured mode without its data, if that was uploaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub envelope: Option<Redacted<String>>,
    /// Else the bucket with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_bucket: Option<String>,
    /// And the object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_key: Option<String>,
    /// And its size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_bytes: Option<u64>,
    /// The sparse index's partition, until the event is published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relay_shard: Option<String>,
    /// The sparse index's order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relay_at: Option<String>,
    /// When the row is removed, in seconds since 1970.
    pub expires_at: i64,
}

/// Where the body of an event is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// In the row.
    Here(Redacted<String>),
    /// In an object of the bucket.
    Object {
        /// Its key.
        key: String,
    },
    /// The data in an object of the bucket, and the rest in the row.
    Uploaded {
        /// The event in structured mode, without its data.
        envelope: Redacted<String>,
        /// The key of the data.
        key: String,
        /// How many bytes it has.
        bytes: u64,
    },
    /// Nowhere any more: whom it was about was erased.
    Gone,
}

impl EventItem {
    /// The row of `event`, sent by `partner` of `tenant` with the request `request_id`; an event that
    /// is too large for it, beside it. Its object goes to `bucket`.
    #[must_use]
    pub fn new(
        event: &Incoming,
        (tenant, partner): (&TenantId, &PartnerId),
        request_id: &str,
        bucket: &str,
        now: Timestamp,
    ) -> (Self, Option<String>) {
        let json = event.to_json();
        // What a sender says again it says alike, but for a time that is corrected by when it arrived.
        let digest = if planted::is_on("time-makes-another-event") {
            digest(&json)
        } else {
            digest(event.to_json_without_time())
        };
        let mut item = Self::bare(event, (tenant, partner), request_id, digest, now);
        if json.len() <= LARGEST_IN_ROW {
            item.body = Some(Redacted::new(json));
            return (item, None);
        }
        item.body_bucket = Some(bucket.to_owned());
        // With a digest of all of it: what was cut off before its row was written is not taken for
        // another event's body under the same id.
        item.body_key = Some(format!("{}{}", item.objects(), key::digest(&json)));
        item.body_bytes = u64::try_from(json.len()).ok();
        (item, Some(json))
    }

    /// The row of an event whose data was uploaded to `bucket`.
    #[must_use]
    pub fn uploaded(
        upload: &Upload,
        (tenant, partner): (&TenantId, &PartnerId),
        request_id: &str,
        bucket: &str,
        now: Timestamp,
    ) -> Self {
        let event = upload.event();
        let bare = Self::bare(event, (tenant, partner), request_id, upload.digest(), now);
        Self {
            envelope: Some(Redacted::new(event.to_json())),
            body_bucket: Some(bucket.to_owned()),
            body_key: Some(upload.key(tenant, partner)),
            body_bytes: Some(upload.bytes()),
            ..bare
        }
    }

    /// A row that says nothing yet.
    fn bare(
        event: &Incoming,
        (tenant, partner): (&TenantId, &PartnerId),
        request_id: &str,
        digest: String,
        now: Timestamp,
    ) -> Self {
        let key = EventKey::of(tenant, partner, &event.source, &event.id);
        let ends = now.checked_add(KEPT).unwrap_or(Timestamp::MAX);
        Self {
            tenant: tenant.clone(),
            partner: partner.clone(),
            source: event.source.clone(),
            id: event.id.clone(),
            kind: event.kind.clone(),
            time: event.time.unwrap_or(now),
            datacontenttype: event.datacontenttype.clone(),
            dataschema: event.dataschema.clone(),
            accepted_at: now,
            request_id: request_id.to_owned(),
            gpc: false,
            digest,
            body: None,
            envelope: None,
            body_bucket: None,
            body_key: None,
            body_bytes: None,
            relay_shard: Some(key.shard(RELAY_SHARDS).to_string()),
            relay_at: Some(relay_at(now)),
            expires_at: ends.as_second(),
            event: key,
        }
    }

    /// How the keys of its objects begin.
    #[must_use]
    pub fn objects(&self) -> String {
        self.event.objects()
    }

    /// Where its body is.
    #[must_use]
    pub fn body(&self) -> Body {
        match (&self.body, &self.body_key, &self.envelope) {
            (Some(body), _, _) => Body::Here(body.clone()),
            (None, Some(key), Some(envelope)) => Body::Uploaded {
                envelope: envelope.clone(),
                key: key.clone(),
                bytes: self.body_bytes.unwrap_or_default(),
            },
            (None, Some(key), None) => Body::Object { key: key.clone() },
            (None, None, _) => Body::Gone,
        }
    }

    /// What the bus is told of it.
    #[must_use]
    pub fn announcement(&self) -> Announcement {
        Announcement::of(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(data: &str) -> (EventItem, Option<String>) {
        let json = format!(
            r#"{{"specversion":"1.0","id":"1","source":"/orders","type":"com.example.placed.v1","subject":"prf_1","data":{data}}}"#
        );
        let event = Incoming::from_json(&json).unwrap();
        let whose = (&"harbour".parse().unwrap(), &"crm".parse().unwrap());
        let now = "2026-01-15T09:00:00Z".parse().unwrap();
        EventItem::new(&event, whose, "request-1", "events", now)
    }

    #[test]
    fn a_row_reads_as_it_was_written_and_prints_nothing_of_the_body() {
        let (item, beside) = item(r#"{"note":"canary"}"#);
        assert_eq!(beside, None);
        let row = serde_json::to_value(&item).unwrap();
        assert!(row["body"].as_str().unwrap().contains("canary"));
        assert_eq!(row["type"], "com.example.placed.v1");
        assert_eq!(row["expires_at"], 1_768_467_600 + 15 * 86_400);
        let read: EventItem = serde_json::from_value(row.clone()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), row);
        assert!(!format!("{item:?}").contains("canary"));
    }

    #[test]
    fn a_body_that_no_row_holds_lies_beside_it() {
        let (item, beside) = item(&format!(r#""{}""#, "x".repeat(LARGEST_IN_ROW)));
        let beside = beside.unwrap();
        assert_eq!(item.body, None);
        assert_eq!(item.body_bytes, u64::try_from(beside.len()).ok());
        let key = item.body_key.clone().unwrap();
        assert!(key.starts_with("events/harbour/"), "{key}");
        assert!(key.ends_with(&digest(&beside)), "{key}");
        assert_eq!(item.body(), Body::Object { key });
    }

    #[test]
    fn of_an_event_whose_data_was_uploaded_the_row_has_the_rest() {
        let document = serde_json::json!({
            "event": {
                "specversion": "1.0", "id": "1", "source": "/scans", "type": "com.example.scan.made.v1",
                "subject": "canary", "datacontenttype": "application/pdf",
            },
            "bytes": 3_000_000, "sha256": "e3".repeat(32),
        });
        let now = "2026-01-15T09:00:00Z".parse().unwrap();
        let limits = cloudevent::Limits::at(now);
        let upload = Upload::read(document.to_string().as_bytes(), &limits).unwrap();
        let whose = (&"harbour".parse().unwrap(), &"crm".parse().unwrap());
        let item = EventItem::uploaded(&upload, whose, "request-1", "events", now);
        assert!(!format!("{item:?}").contains("canary"));
        let row = serde_json::to_value(&item).unwrap();
        assert_eq!(row["body_bytes"], 3_000_000);
        assert_eq!(row.get("body"), None);
        let item: EventItem = serde_json::from_value(row).unwrap();
        let Body::Uploaded {
            envelope,
            key,
            bytes,
        } = item.body()
        else {
            panic!("the data was uploaded")
        };
        assert_eq!(bytes, 3_000_000);
        assert_eq!(key, upload.key(whose.0, whose.1));
        assert!(key.starts_with(&item.objects()));
        let event = Incoming::from_json(envelope.expose()).unwrap();
        assert_eq!(event.subject.as_deref(), Some("canary"));
        assert!(event.data.is_none());
    }

    #[test]
    fn what_is_told_again_at_another_time_is_the_same_event() {
        let at = |time: &str| {
            let json = format!(
                r#"{{"specversion":"1.0","id":"1","source":"/orders","type":"com.example.placed.v1","time":"{time}","data":1}}"#
            );
            let event = Incoming::from_json(&json).unwrap();
            let whose = (&"harbour".parse().unwrap(), &"crm".parse().unwrap());
            let now = "2026-01-15T09:00:00Z".parse().unwrap();
            EventItem::new(&event, whose, "request-1", "events", now).0
        };
        let (one, other) = (at("2026-01-15T08:59:00Z"), at("2026-01-15T08:59:01Z"));
        assert_eq!(one.digest, other.digest);
        assert_ne!(one.time, other.time);
        assert_ne!(one.digest, item("1").0.digest);
    }

    #[test]
    fn what_a_row_can_not_hold_makes_no_other_key() {
        let large = item(&format!(r#""{}""#, "x".repeat(LARGEST_IN_ROW))).0;
        let small = item("1").0;
        assert_eq!(large.event, small.event);
        assert_ne!(large.digest, small.digest);
    }
}
