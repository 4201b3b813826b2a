//! The envelope: CloudEvents 1.0 in its structured JSON form.
//!
//! <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md>

use identity::ProfileId;
use jiff::Timestamp;
use lambda_kit::{clock::Clock, ids::IdSource};
use serde::{Deserialize, Serialize};
use tenancy::ExtensionName;

use crate::{Correlated, Data, delivered};

/// An event as it travels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloudEvent {
    specversion: SpecVersion,
    /// With `source` the event's identity: the same however often it is delivered.
    pub id: String,
    source: String,
    /// What it is about.
    pub subject: Subject,
    /// When it happened.
    pub time: Timestamp,
    datacontenttype: ContentType,
    /// The request that it follows from, through every hop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlationid: Option<String>,
    /// Through how many runs of tenants' code it came about, if through any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fairleadhops: Option<u8>,
    /// Whose runs these were: names of the tenant's extensions, with commas between them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fairleadextensions: Option<String>,
    /// `type` and `data`.
    #[serde(flatten)]
    pub data: Data,
}

/// What an event is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Subject {
    /// A person.
    Profile(ProfileId),
    /// A tenant's own code.
    Extension(ExtensionName),
}

impl Subject {
    /// The person, if it is about one.
    #[must_use]
    pub const fn profile(&self) -> Option<ProfileId> {
        match self {
            Self::Profile(id) => Some(*id),
            Self::Extension(_) => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum SpecVersion {
    #[serde(rename = "1.0")]
    V1_0,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum ContentType {
    #[serde(rename = "application/json")]
    Json,
}

/// What a change follows from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// The id of the request or invocation, carried along as `correlationid`.
    pub request_id: String,
}

impl Correlated for CloudEvent {
    fn correlation_id(&self) -> Option<&str> {
        self.correlationid.as_deref()
    }
}

impl CloudEvent {
    /// The events of ours that a bus brought in `body`; `None` if there is none, or anything else beside
    /// them.
    #[must_use]
    pub fn delivered(body: &str) -> Option<Vec<Self>> {
        delivered(body)
    }

    /// A new event: its id is made here, once, and written down with the state that it tells of.
    #[must_use]
    pub fn new(data: Data, cause: &Cause, clock: &Clock, ids: &IdSource) -> Self {
        Self {
            specversion: SpecVersion::V1_0,
            id: format!("evt_{}", ids.uuid().simple()),
            source: data.source().to_owned(),
            subject: data.subject(),
            time: clock.now(),
            datacontenttype: ContentType::Json,
            correlationid: Some(cause.request_id.clone()),
            fairleadhops: None,
            fairleadextensions: None,
            data,
        }
    }

    /// The same, as it came about through `hops` runs of the extensions `by`, names with commas between them.
    #[must_use]
    pub fn caused_by(self, hops: u8, by: String) -> Self {
        Self {
            fairleadhops: Some(hops),
            fairleadextensions: Some(by).filter(|by| !by.is_empty()),
            ..self
        }
    }

    /// The same under the id `id`, for what is made again as it was made before.
    #[must_use]
    pub fn known_as(self, id: String, time: Timestamp) -> Self {
        Self { id, time, ..self }
    }

    /// The event in its structured form.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Serialising can only fail on maps with keys that are no text, of which there are none.
        serde_json::to_string(self).unwrap_or_default()
    }
}
