//! What types of events a tenant takes.

use serde::{Deserialize, Serialize};
pub(crate) use tenancy::EVENT_TYPE_PREFIX;
use tenancy::PartnerId;
pub use tenancy::{EventTypeName, InvalidEventTypeName};

use crate::{InvalidSchema, Schema};

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

/// The part of what the type `kind` was at a revision that stands no longer: by their parts, revisions are
/// in their order.
pub(crate) fn kept_part(kind: &str, revision: u32) -> String {
    format!("event-type-revision#{kind}#{revision:010}")
}

/// A type's row as it is written, and what is kept of it once another one stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisteredType {
    /// The schema of the type's data.
    pub schema: String,
    /// How often it was changed.
    pub revision: u32,
    /// By whom it was registered: `partner/<partner>`, or an operator.
    pub registered_by: String,
}

/// Who registers a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registrar {
    /// A partner, which changes its own types alone.
    Partner(PartnerId),
    /// An operator of the tenant, who changes all of them.
    Operator,
}

impl Registrar {
    /// How the row says who registered it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Partner(partner) => format!("partner/{partner}"),
            Self::Operator => "operator".to_owned(),
        }
    }

    /// Whether the type as it stands is theirs to change.
    pub(crate) fn may_change(&self, standing: &RegisteredType) -> bool {
        *self == Self::Operator || standing.registered_by == self.name()
    }
}

/// A type on a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedType {
    /// The type.
    pub name: EventTypeName,
    /// How often it was changed.
    pub revision: u32,
    /// By whom it was registered.
    pub registered_by: String,
}
