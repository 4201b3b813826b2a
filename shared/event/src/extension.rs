//! What becomes of tenants' own code, as it is told.

use identity::ProfileId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tenancy::{ExtensionName, TenantId};

/// That an extension ran on an event, or was not to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finished {
    /// Whose code it is.
    pub tenant_id: TenantId,
    /// Which.
    pub extension: ExtensionName,
    /// Which version of it ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The event that it ran on: its id, if it is one of ours, else the digest by which it is kept.
    pub event_id: String,
    /// The type of that event.
    pub event_type: String,
    /// Whom that event is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile_id: Option<ProfileId>,
    /// What came of it.
    pub outcome: RunOutcome,
    /// Why nothing came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What it answered, sealed: it may say anything of anybody, and opens where it is applied alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// How long its last run took.
    pub duration_ms: u64,
    /// How much it computed, where that is counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fuel: Option<u64>,
    /// How much memory it took, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_bytes: Option<u64>,
}

/// What came of an extension's run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunOutcome {
    /// It answered as it may.
    Success,
    /// It failed as often as it is tried.
    Error,
    /// It was not run: of its event nothing is left.
    Withheld,
}

/// That an extension is not run for a while since it keeps failing, or is run again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// Whose code it is.
    pub tenant_id: TenantId,
    /// Which.
    pub extension: ExtensionName,
    /// Since when it is not run as ever.
    pub since: Timestamp,
    /// Why it failed last.
    pub cause: String,
}

/// That another version of an extension is run, or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// Whose code it is.
    pub tenant_id: TenantId,
    /// Which.
    pub extension: ExtensionName,
    /// How far it is.
    pub state: ExtensionState,
    /// The version that is run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<String>,
    /// The version that was run before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// Grows with each change.
    pub revision: u64,
}

/// How far an extension is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExtensionState {
    /// No version of it was run yet.
    Registering,
    /// It is run.
    Active,
    /// It is not run.
    Disabled,
    /// It is being removed.
    Removing,
    /// It is gone.
    Removed,
}
