//! The change records of the tables' streams, with new and old images.

use std::collections::BTreeMap;

use lambda_kit::clock::Clock;
use serde_json::{Map, Value, json};

use super::{RowKey, attribute};
use crate::engine::{ACCOUNT, REGION};

/// Sequence numbers have 21 digits at least, and grow.
const FIRST_SEQUENCE_NUMBER: u128 = 111_100_000_000_000_000_000;

pub(super) struct Streams {
    clock: Clock,
    records: BTreeMap<String, Vec<Value>>,
    written: u128,
}

impl Streams {
    pub(super) const fn new(clock: Clock) -> Self {
        Self {
            clock,
            records: BTreeMap::new(),
            written: 0,
        }
    }

    /// The records of a table after the first `from` of them.
    pub(super) fn after(&self, table: &str, from: usize) -> Vec<Value> {
        let records = self.records.get(table).into_iter().flatten();
        records.skip(from).cloned().collect()
    }

    /// Adds the record of a row that DynamoDB removed since its time to live was over.
    pub(super) fn note_expiry(&mut self, key: &RowKey, old: Value) {
        self.note(key, Some(old), None);
        let record = self
            .records
            .get_mut(&key.0)
            .and_then(|records| records.last_mut());
        if let Some(Value::Object(record)) = record {
            let by = json!({ "type": "Service", "principalId": "dynamodb.amazonaws.com" });
            record.insert("userIdentity".to_owned(), by);
        }
    }

    /// Adds the record of a row's change; none if the row did not change.
    pub(super) fn note(&mut self, (table, key): &RowKey, old: Option<Value>, new: Option<Value>) {
        let event_name = match (&old, &new) {
            (None, Some(_)) => "INSERT",
            (Some(_), None) => "REMOVE",
            (Some(old), Some(new)) if old != new => "MODIFY",
            _ => return,
        };
        self.written += 1;
        let images: Map<String, Value> = [("NewImage", new), ("OldImage", old)]
            .into_iter()
            .filter_map(|(name, image)| Some((name.to_owned(), image?)))
            .collect();
        let size = attribute::size(key) + images.values().map(attribute::size).sum::<usize>();
        let mut change = json!({
            "ApproximateCreationDateTime": self.clock.now().as_second(),
            "Keys": key,
            "SequenceNumber": (FIRST_SEQUENCE_NUMBER + self.written).to_string(),
            "SizeBytes": size,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        });
        if let Value::Object(change) = &mut change {
            change.extend(images);
        }
        self.records.entry(table.clone()).or_default().push(json!({
            "eventID": format!("{:032x}", self.written),
            "eventName": event_name,
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": REGION,
            "dynamodb": change,
            "eventSourceARN": format!("arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table}/stream/2026-01-15T00:00:00.000"),
        }));
    }
}
