//! What an org tells of its commits, as it gets to a partner event bus: by AppFlow, which puts the event
//! right into the detail, or by Event Relay, which has it below `payload`.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::org::{Change, Commit, Fields, Org, Record};

/// The number of the first commit: those of an org are large.
const FIRST_COMMIT: u64 = 248_197_218_000;

/// How a commit is told.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Telling {
    /// As a change event, by AppFlow.
    #[default]
    Change,
    /// As a change event, by Event Relay.
    Relay,
    /// As a platform event with the whole record, by AppFlow.
    Platform,
    /// As a gap: a change event that says of which records, and nothing of what they are now.
    Gap,
    /// As a gap of everything: not even of which records.
    Overflow,
}

/// An event on its way to a bus.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Who tells it.
    pub source: String,
    /// Its name in Salesforce.
    pub detail_type: String,
    /// What it tells.
    pub detail: Value,
}

/// By which sources an org is known on the bus.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Channel {
    /// Of what comes by AppFlow.
    pub flow: String,
    /// Of what comes by Event Relay.
    pub relay: String,
}

impl Telling {
    /// The one that is called `name`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "change" => Self::Change,
            "relay" => Self::Relay,
            "platform" => Self::Platform,
            "gap" => Self::Gap,
            "overflow" => Self::Overflow,
            _ => return None,
        })
    }
}

impl Channel {
    /// The channel of an account's partner source.
    #[must_use]
    pub fn of(account: &str, name: &str) -> Self {
        Self {
            flow: format!("aws.partner/appflow/salesforce.com/{account}/{name}"),
            relay: format!("aws.partner/salesforce.com/00Dfl0000004CcCEAU/{name}"),
        }
    }

    /// The same for a bus on which nobody but AWS may say `aws`: as AWS's own samples have it.
    #[must_use]
    pub fn for_tests(account: &str, name: &str) -> Self {
        Self {
            flow: format!("appflow.test/salesforce.com/{account}/{name}"),
            relay: format!("appflow.test/salesforce.com/{account}/{name}-relay"),
        }
    }

    /// The events that tell of a commit. A platform event is of one record; `platform` is its name.
    #[must_use]
    pub fn events(
        &self,
        org: &Org,
        commit: &Commit,
        telling: Telling,
        platform: &str,
    ) -> Vec<Event> {
        match telling {
            Telling::Change => vec![self.change(commit, &header(commit), &commit.changed)],
            Telling::Relay => vec![self.relayed(commit)],
            Telling::Gap => vec![self.change(commit, &gap(commit), &Fields::new())],
            Telling::Overflow => vec![self.change(commit, &overflow(commit), &Fields::new())],
            Telling::Platform => {
                let records = commit.record_ids.iter();
                let records = records.filter_map(|id| org.record(id));
                records
                    .enumerate()
                    .map(|(place, record)| self.platform(commit, (place, record), platform))
                    .collect()
            }
        }
    }

    fn change(&self, commit: &Commit, header: &Value, changed: &Fields) -> Event {
        let mut detail = Map::new();
        detail.insert("ChangeEventHeader".to_owned(), header.clone());
        if !changed.is_empty() {
            detail.insert("LastModifiedDate".to_owned(), moment(commit.at).into());
        }
        // A field that was emptied is named in the header, and may be here as null or not at all.
        let told = changed.iter();
        detail.extend(told.map(|(name, value)| (name.clone(), value.clone())));
        Event {
            source: self.flow.clone(),
            detail_type: change_event(&commit.object),
            detail: Value::Object(detail),
        }
    }

    fn relayed(&self, commit: &Commit) -> Event {
        let mut payload = self.change(commit, &header(commit), &commit.changed).detail;
        if let Some(payload) = payload.as_object_mut() {
            payload.retain(|_, value| !value.is_null());
        }
        Event {
            source: self.relay.clone(),
            detail_type: change_event(&commit.object),
            detail: json!({
                "payload": payload,
                "schemaId": "q6Nz0aqM9hLSXiJcBWKqKA",
                "id": uuid("0e", commit.number),
                "event": { "replayId": commit.number },
            }),
        }
    }

    fn platform(&self, commit: &Commit, (place, record): (usize, &Record), name: &str) -> Event {
        let mut detail = json!({
            "Record_Id__c": record.id,
            "Action__c": commit.change.action(),
            "Changed_By__c": commit.by,
            "CreatedDate": moment(commit.at),
            "CreatedById": commit.by,
            "EventUuid": uuid(&format!("{:02x}", 16 + place), commit.number),
        });
        if let Some(detail) = detail.as_object_mut() {
            let fields = record.fields.iter();
            detail.extend(fields.map(|(name, value)| (name.clone(), value.clone())));
        }
        Event {
            source: self.flow.clone(),
            detail_type: name.to_owned(),
            detail,
        }
    }
}

/// How the change events of an object are called.
#[must_use]
pub fn change_event(object: &str) -> String {
    match object.strip_suffix("__c") {
        Some(custom) => format!("{custom}__ChangeEvent"),
        None => format!("{object}ChangeEvent"),
    }
}

fn header(commit: &Commit) -> Value {
    let nulled = commit.changed.iter();
    let nulled: Vec<&String> = nulled
        .filter(|(_, value)| value.is_null())
        .map(|(name, _)| name)
        .collect();
    let changed: Vec<&str> = match commit.change {
        Change::Update => {
            let changed = commit.changed.keys().map(String::as_str);
            changed.chain(["LastModifiedDate"]).collect()
        }
        Change::Create | Change::Delete | Change::Undelete => Vec::new(),
    };
    json!({
        "entityName": commit.object,
        "recordIds": commit.record_ids,
        "changeType": commit.change.name(),
        "changeOrigin": "com/salesforce/api/soap/58.0;client=SfdcInternalAPI/",
        "transactionKey": uuid("00", commit.number),
        "sequenceNumber": 1,
        "commitTimestamp": commit.at.as_millisecond(),
        "commitNumber": FIRST_COMMIT + commit.number,
        "commitUser": commit.by,
        "nulledFields": nulled,
        "diffFields": [],
        "changedFields": changed,
    })
}

fn gap(commit: &Commit) -> Value {
    let mut header = header(commit);
    for (name, value) in [
        ("changeType", json!(format!("GAP_{}", commit.change.name()))),
        ("nulledFields", json!([])),
        ("changedFields", json!([])),
    ] {
        if let Some(member) = header.get_mut(name) {
            *member = value;
        }
    }
    header
}

/// Too much changed in one transaction: only that something did
/// (<https://developer.salesforce.com/docs/atlas.en-us.change_data_capture.meta/change_data_capture/cdc_other_events_gap.htm>).
fn overflow(commit: &Commit) -> Value {
    let mut header = gap(commit);
    for (name, value) in [
        ("changeType", json!("GAP_OVERFLOW")),
        ("recordIds", json!(["000000000000000AAA"])),
    ] {
        if let Some(member) = header.get_mut(name) {
            *member = value;
        }
    }
    header
}

/// A moment as events and records have it.
#[must_use]
pub fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// An id that follows from a number, and is of its kind alone.
fn uuid(kind: &str, number: u64) -> String {
    format!("{kind}01ade9-3f74-4b99-9bc4-{number:012x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Timestamp = Timestamp::constant(1_790_842_529, 0);

    fn fields(value: Value) -> Fields {
        serde_json::from_value(value).unwrap()
    }

    fn told(telling: Telling) -> Event {
        let mut org = Org::default();
        let name = fields(json!({ "Name": "New Year", "Region__c": "Harju" }));
        let id = org
            .create("Holiday__c", name, "0055f000005mc66AAA", AT)
            .record_ids;
        let change = fields(json!({ "Name": "New Year's Day", "Region__c": null }));
        let commit = org.update(&id, &change, "0055f000005mc66AAA", AT).unwrap();
        let channel = Channel::of("111122223333", "crm");
        let commit = commit.expect("something changed");
        let events = channel.events(&org, &commit, telling, "Holiday_Change__e");
        events.into_iter().next().unwrap()
    }

    #[test]
    fn a_change_event_has_only_what_changed() {
        let event = told(Telling::Change);
        assert_eq!(event.detail_type, "Holiday__ChangeEvent");
        assert_eq!(event.detail["Name"], "New Year's Day");
        let header = &event.detail["ChangeEventHeader"];
        assert_eq!(header["nulledFields"], json!(["Region__c"]));
        let changed = json!(["Name", "Region__c", "LastModifiedDate"]);
        assert_eq!(header["changedFields"], changed);
        assert_eq!(header["commitTimestamp"], 1_790_842_529_000_i64);
    }

    #[test]
    fn a_relayed_event_lies_below_its_payload_without_what_was_emptied() {
        let event = told(Telling::Relay);
        assert!(event.source.starts_with("aws.partner/salesforce.com/"));
        let payload = &event.detail["payload"];
        assert!(payload["ChangeEventHeader"].is_object());
        assert!(payload.get("Region__c").is_none());
        assert!(event.detail["event"]["replayId"].is_u64());
    }

    #[test]
    fn a_platform_event_has_the_whole_record() {
        let event = told(Telling::Platform);
        assert_eq!(event.detail_type, "Holiday_Change__e");
        assert_eq!(event.detail["Action__c"], "updated");
        assert_eq!(event.detail["Name"], "New Year's Day");
    }

    #[test]
    fn a_gap_says_nothing_of_what_changed() {
        let event = told(Telling::Gap);
        let detail = event.detail.as_object().unwrap();
        assert_eq!(detail.len(), 1);
        assert_eq!(detail["ChangeEventHeader"]["changeType"], "GAP_UPDATE");
    }
}
