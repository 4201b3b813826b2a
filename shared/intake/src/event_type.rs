//! What types of events a tenant takes.

use serde::Deserialize;

use crate::{InvalidSchema, Schema};

/// How the part of a type begins in the directory.
const EVENT_TYPE_PREFIX: &str = "event-type#";

/// A type that partners may send: row `<tenant>`, `event-type#<type>` of the directory.
#[derive(Debug, Deserialize)]
#[serde(try_from = "EventTypeItem")]
pub struct EventType {
    /// What its data is.
    pub schema: Schema,
    /// How often it was changed.
    pub revision: u32,
}

#[derive(Deserialize)]
struct EventTypeItem {
    schema: String,
    revision: u32,
}

impl TryFrom<EventTypeItem> for EventType {
    type Error = InvalidSchema;

    fn try_from(item: EventTypeItem) -> Result<Self, InvalidSchema> {
        Ok(Self {
            schema: Schema::compile(&item.schema)?,
            revision: item.revision,
        })
    }
}

/// The part of the type `kind`.
pub(crate) fn part(kind: &str) -> String {
    format!("{EVENT_TYPE_PREFIX}{kind}")
}
