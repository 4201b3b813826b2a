//! What the bus is told of an event: a CloudEvent without data, subject and the sender's own
//! attributes, which says where the rest is.

use event::{Correlated, Outgoing};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{
    json,
    value::{RawValue, to_raw_value},
};
use tenancy::{PartnerId, TenantId};

use crate::{EventItem, EventKey};

/// What stands before an event's key in `dataref`.
const DATAREF: &str = "fairlead:event:";

/// That an event of a partner is there. Whoever needs the event reads it by its key, when they do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcement {
    specversion: SpecVersion,
    /// The event's own id.
    pub id: String,
    /// The event's own source.
    pub source: String,
    /// The event's own type.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it happened.
    pub time: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    datacontenttype: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dataschema: Option<String>,
    dataref: String,
    /// Whose event it is.
    pub tenantid: TenantId,
    /// Who sent it.
    pub partnerid: PartnerId,
    /// The request that it came by.
    pub correlationid: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum SpecVersion {
    #[serde(rename = "1.0")]
    V1_0,
}

impl Correlated for Announcement {
    fn correlation_id(&self) -> Option<&str> {
        Some(&self.correlationid)
    }
}

impl Announcement {
    pub(crate) fn of(item: &EventItem) -> Self {
        Self {
            specversion: SpecVersion::V1_0,
            id: item.id.clone(),
            source: item.source.clone(),
            kind: item.kind.clone(),
            time: item.time,
            datacontenttype: item.datacontenttype.clone(),
            dataschema: item.dataschema.clone(),
            dataref: format!("{DATAREF}{}", item.event),
            tenantid: item.tenant.clone(),
            partnerid: item.partner.clone(),
            correlationid: item.request_id.clone(),
        }
    }

    /// The announcements that a bus brought in `body`; `None` if there is none, or anything else beside
    /// them.
    #[must_use]
    pub fn delivered(body: &str) -> Option<Vec<Self>> {
        event::delivered(body)
    }

    /// Under which key the event is kept.
    #[must_use]
    pub fn key(&self) -> Option<EventKey> {
        let key = self.dataref.strip_prefix(DATAREF)?;
        Some(EventKey::from(key.to_owned()))
    }

    /// The announcement as it is sent. EventBridge is told the partner as its source, by a name that
    /// no partner chooses and that rules can trust.
    #[must_use]
    pub fn outgoing(&self) -> Option<Outgoing> {
        let json = serde_json::to_string(self).ok()?;
        let source = format!("partner:{}/{}", self.tenantid, self.partnerid);
        Outgoing::new(json).map(|outgoing| outgoing.sent_by(source))
    }
}

/// What is parked of an event that can't be published: where it is, and nothing of it.
#[must_use]
pub fn pointer(key: &str) -> Box<RawValue> {
    to_raw_value(&json!({ "event": key })).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn detail() -> Value {
        json!({
            "specversion": "1.0",
            "id": "1",
            "source": "/orders",
            "type": "com.example.placed.v1",
            "time": "2026-01-15T09:00:00Z",
            "datacontenttype": "application/json",
            "dataref": "fairlead:event:harbour#abc",
            "tenantid": "harbour",
            "partnerid": "crm",
            "correlationid": "request-1",
        })
    }

    #[test]
    fn one_envelope_and_several_are_read() {
        let one = json!({ "version": "0", "detail": detail() });
        let read = Announcement::delivered(&one.to_string()).unwrap();
        assert_eq!(read.len(), 1);
        assert_eq!(read[0].key().unwrap().as_str(), "harbour#abc");
        assert_eq!(serde_json::to_value(&read[0]).unwrap(), detail());
        let many = json!([one, one]);
        assert_eq!(Announcement::delivered(&many.to_string()).unwrap().len(), 2);
    }

    #[test]
    fn what_announces_nothing_is_not_read() {
        for body in ["", "{}", "[]", "[{}]", "canary", r#"{"detail":{"id":"1"}}"#] {
            assert_eq!(Announcement::delivered(body), None, "{body}");
        }
    }
}
