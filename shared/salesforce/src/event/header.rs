//! Change Data Capture: what a `ChangeEventHeader` says
//! (<https://developer.salesforce.com/docs/atlas.en-us.change_data_capture.meta/change_data_capture/cdc_event_fields_header.htm>).

use configuration::{Action, RecordId};
use serde_json::{Map, Value};

use super::{
    Edit, Gap, Incoming, Of, Refusal, Said, Stamp,
    reading::{Reading, millis, number, texts, user},
};

const HEADER: &str = "ChangeEventHeader";

/// How the type of a change begins of which nothing is told.
const GAP: &str = "GAP_";

/// What a change does to a record.
enum Kind {
    Create,
    Update,
    Delete,
}

/// Reads a change event; `None` if it is none.
pub(super) fn read(reading: &Reading<'_>) -> Option<Result<Incoming, Box<Refusal>>> {
    let header = reading.payload.get(HEADER)?.as_object()?;
    Some(change(reading, header).map_err(|reason| refused(reading, header, reason)))
}

fn change(reading: &Reading<'_>, header: &Map<String, Value>) -> Result<Incoming, &'static str> {
    let object = object(reading, header).ok_or("the event does not say of which object it is")?;
    let stamp = stamp(reading, header).ok_or("the event does not say when the change was")?;
    let change_type = header.get("changeType").and_then(Value::as_str);
    let change_type = change_type.unwrap_or_default();
    let record_ids = record_ids(header);
    let names_others = record_ids.len() < texts(header.get("recordIds")).len();
    let operator = user(header.get("commitUser"));
    if let Some(lost) = change_type.strip_prefix(GAP) {
        // Where too much happened at once, the ids are not told: it may be any record.
        let is_any = names_others || kind(lost).is_none();
        return Ok(Incoming::Gap(Gap {
            object,
            record_ids: if is_any { Vec::new() } else { record_ids },
            action: kind(lost).map_or(Action::Updated, |kind| kind.action()),
            operator,
            stamp,
        }));
    }
    let kind = kind(change_type).ok_or("the event is of no change that is known")?;
    if record_ids.is_empty() {
        return Err("the event names no record");
    }
    Ok(Incoming::Edit(Edit {
        of: Of::Object(object),
        record_ids,
        names_others,
        action: kind.action(),
        operator,
        stamp,
        said: said(&kind, reading.payload, header),
    }))
}

fn kind(change_type: &str) -> Option<Kind> {
    match change_type {
        "CREATE" | "UNDELETE" => Some(Kind::Create),
        "UPDATE" => Some(Kind::Update),
        "DELETE" => Some(Kind::Delete),
        _ => None,
    }
}

impl Kind {
    const fn action(&self) -> Action {
        match self {
            Self::Create => Action::Created,
            Self::Update => Action::Updated,
            Self::Delete => Action::Deleted,
        }
    }
}

/// New records, and those that are back, are told of with all that they have.
fn said(kind: &Kind, payload: &Map<String, Value>, header: &Map<String, Value>) -> Said {
    let told = || {
        let fields = payload.iter().filter(|(name, _)| *name != HEADER);
        fields
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    };
    let list = |name| texts(header.get(name)).into_iter().map(str::to_owned);
    match kind {
        Kind::Create => Said::Whole(told()),
        Kind::Update => Said::Part {
            told: told(),
            named: list("changedFields").chain(list("nulledFields")).collect(),
            differing: list("diffFields").collect(),
        },
        Kind::Delete => Said::Deleted,
    }
}

fn record_ids(header: &Map<String, Value>) -> Vec<RecordId> {
    let ids = texts(header.get("recordIds")).into_iter();
    ids.filter_map(|id| id.parse().ok()).collect()
}

/// The object: `Holiday__c`, of which the event is called `Holiday__ChangeEvent`.
fn object(reading: &Reading<'_>, header: &Map<String, Value>) -> Option<String> {
    let named = header.get("entityName").and_then(Value::as_str);
    if let Some(named) = named.filter(|named| !named.is_empty()) {
        return Some(named.to_owned());
    }
    let name = reading.detail_type.strip_suffix("ChangeEvent")?;
    let custom = name.strip_suffix("__").map(|name| format!("{name}__c"));
    Some(custom.unwrap_or_else(|| name.to_owned()))
}

fn stamp(reading: &Reading<'_>, header: &Map<String, Value>) -> Option<Stamp> {
    let committed = header.get("commitTimestamp").and_then(millis);
    let of = |name| header.get(name).and_then(number);
    let sequence = of("sequenceNumber").unwrap_or_default();
    let transaction = header.get("transactionKey").and_then(Value::as_str);
    let transaction = transaction.filter(|key| !key.is_empty());
    Some(Stamp {
        millis: committed.or_else(|| reading.millis())?,
        number: of("commitNumber").unwrap_or_default(),
        sequence: u32::try_from(sequence).unwrap_or(u32::MAX),
        names: transaction.map_or_else(
            || reading.digest(),
            |key| vec!["change".to_owned(), key.to_owned(), sequence.to_string()],
        ),
    })
}

fn refused(
    reading: &Reading<'_>,
    header: &Map<String, Value>,
    reason: &'static str,
) -> Box<Refusal> {
    let change_type = header.get("changeType").and_then(Value::as_str);
    let kind = kind(change_type.unwrap_or_default());
    Box::new(Refusal {
        of: object(reading, header).map(Of::Object),
        record_ids: record_ids(header),
        action: kind.map_or(Action::Updated, |kind| kind.action()),
        operator: user(header.get("commitUser")),
        reason,
        stamp: stamp(reading, header).unwrap_or_else(|| Stamp {
            names: reading.digest(),
            ..Stamp::default()
        }),
    })
}
