//! What is read back from tables: rows that an operator or an older version may have written.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Parser, Target};

pub(super) static TARGETS: [Target; 4] = [
    Target::new("directory-row", directory),
    Target::new("profile-row", profile_rows),
    Target::new("event-row", event_rows),
    Target::new("receipt-row", receipts),
];

/// Whether it is such a row.
fn is_row<T: DeserializeOwned>(row: &Value) -> bool {
    serde_json::from_value::<T>(row.clone()).is_ok()
}

fn rows(kinds: fn(&Value) -> Vec<bool>) -> Parser {
    Box::new(move |input| {
        let Ok(row) = serde_json::from_slice::<Value>(input) else {
            return "no row".to_owned();
        };
        format!("{:?}", kinds(&row))
    })
}

fn directory() -> Parser {
    rows(|row| {
        vec![
            is_row::<tenancy::Agreement>(row),
            is_row::<tenancy::PurposeDefinition>(row),
            is_row::<tenancy::NotificationRule>(row),
            is_row::<tenancy::Tenant>(row),
            is_row::<tenancy::Partner>(row),
            is_row::<tenancy::PartnerClient>(row),
            is_row::<tenancy::WriteKeyOwner>(row),
            is_row::<tenancy::KnownWriteKey>(row),
            is_row::<tenancy::HookDefinition>(row),
            is_row::<tenancy::FanOut>(row),
            is_row::<intake::EventType>(row),
            is_row::<intake::RegisteredType>(row),
        ]
    })
}

fn profile_rows() -> Parser {
    rows(|row| {
        vec![
            is_row::<profile::Profile>(row),
            is_row::<profile::SegmentsWord>(row),
            is_row::<profile::TimelineItem>(row),
            is_row::<consent::Consent>(row),
        ]
    })
}

fn event_rows() -> Parser {
    rows(|row| {
        let event: Option<intake::EventItem> = serde_json::from_value(row.clone()).ok();
        if let Some(event) = &event {
            let _ = event.body();
            let _ = event.announcement().outgoing();
        }
        vec![event.is_some(), is_row::<intake::RejectedItem>(row)]
    })
}

fn receipts() -> Parser {
    rows(|row| {
        vec![
            is_row::<access::Receipt>(row),
            is_row::<consent::DecisionRecord>(row),
        ]
    })
}
