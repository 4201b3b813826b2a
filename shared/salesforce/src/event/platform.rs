//! Platform events that carry a whole record: who publishes them names the record and what was done.

use configuration::{Action, RecordId};
use serde_json::Value;

use super::{
    Edit, Incoming, Of, Refusal, Said, Stamp,
    reading::{Reading, millis, number, user},
};

const RECORD_ID: &str = "Record_Id__c";

/// Reads a platform event; `None` if it names no record.
pub(super) fn read(reading: &Reading<'_>) -> Option<Result<Incoming, Box<Refusal>>> {
    let record_id = reading.payload.get(RECORD_ID).filter(|id| !id.is_null())?;
    let record_id: Option<RecordId> = record_id.as_str().and_then(|id| id.trim().parse().ok());
    Some(edit(reading, record_id.as_ref()).map_err(|reason| {
        Box::new(Refusal {
            of: Some(of(reading)),
            record_ids: record_id.clone().into_iter().collect(),
            action: action(reading).unwrap_or(Action::Updated),
            operator: operator(reading),
            reason,
            stamp: stamp(reading).unwrap_or_else(|| Stamp {
                names: reading.digest(),
                ..Stamp::default()
            }),
        })
    }))
}

fn edit(reading: &Reading<'_>, record_id: Option<&RecordId>) -> Result<Incoming, &'static str> {
    let record_id = record_id.ok_or("the event names no record")?;
    let action =
        action(reading).ok_or("Action__c is none of created, updated, deleted, undeleted")?;
    let stamp = stamp(reading).ok_or("the event does not say when the change was")?;
    Ok(Incoming::Edit(Edit {
        of: of(reading),
        record_ids: vec![record_id.clone()],
        names_others: false,
        action,
        operator: operator(reading),
        stamp,
        said: match action {
            Action::Deleted => Said::Deleted,
            Action::Created | Action::Updated => Said::Whole(reading.payload.clone()),
        },
    }))
}

fn of(reading: &Reading<'_>) -> Of {
    Of::PlatformEvent(reading.detail_type.to_owned())
}

fn action(reading: &Reading<'_>) -> Option<Action> {
    let action = reading.payload.get("Action__c")?.as_str()?.trim();
    match action.to_ascii_lowercase().as_str() {
        "created" | "undeleted" => Some(Action::Created),
        "updated" => Some(Action::Updated),
        "deleted" => Some(Action::Deleted),
        _ => None,
    }
}

/// Whom the event names: an automation may have published it for them.
fn operator(reading: &Reading<'_>) -> Option<String> {
    let named = user(reading.payload.get("Changed_By__c"));
    named.or_else(|| user(reading.payload.get("CreatedById")))
}

fn stamp(reading: &Reading<'_>) -> Option<Stamp> {
    let created = reading.payload.get("CreatedDate").and_then(millis);
    let replay_id = ["replayId", "ReplayId"];
    let mut replay_id = replay_id.iter().filter_map(|name| reading.beside(name));
    let uuid = reading.beside("EventUuid").and_then(Value::as_str);
    let uuid = uuid.filter(|uuid| !uuid.is_empty());
    Some(Stamp {
        millis: created.or_else(|| reading.millis())?,
        number: replay_id.find_map(number).unwrap_or_default(),
        sequence: 0,
        names: uuid.map_or_else(
            || reading.digest(),
            |uuid| vec!["platform".to_owned(), uuid.to_owned()],
        ),
    })
}
