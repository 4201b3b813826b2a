//! The id of an export.

use std::fmt;

use serde::Serialize;
use uuid::Uuid;

/// `exp_` and a `UUIDv7` in its simple form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub(crate) struct ExportId(Uuid);

impl ExportId {
    /// The id made of a fresh `UUIDv7`.
    pub(crate) const fn new(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl From<ExportId> for String {
    fn from(id: ExportId) -> Self {
        id.to_string()
    }
}

impl fmt::Display for ExportId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exp_{}", self.0.simple())
    }
}
