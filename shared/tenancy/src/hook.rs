//! Which of partners' systems may send webhooks.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{DefinitionState, PartnerId, SourceName, TenantId};

/// What precedes a hook's name in its part of the directory.
pub(crate) const HOOK_PREFIX: &str = "hook#";

/// What a hook is named by: whose it is, and which of the partner's systems sends. No name has a slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookName {
    /// Whose it is.
    pub partner: PartnerId,
    /// Which system sends.
    pub source: SourceName,
}

/// A text that names no hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a hook is named by its partner and its source with a slash between them")]
pub struct InvalidHookName;

impl FromStr for HookName {
    type Err = InvalidHookName;

    fn from_str(text: &str) -> Result<Self, InvalidHookName> {
        let (partner, source) = text.split_once('/').ok_or(InvalidHookName)?;
        Ok(Self {
            partner: partner.parse().map_err(|_| InvalidHookName)?,
            source: source.parse().map_err(|_| InvalidHookName)?,
        })
    }
}

impl fmt::Display for HookName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.partner, self.source)
    }
}

/// That a system of a partner may send webhooks: row `<tenant>`, `hook#<partner>/<source>` of the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "HookItem", into = "HookItem")]
pub struct HookDefinition {
    tenant: TenantId,
    name: HookName,
    external_id: Option<String>,
    state: DefinitionState,
}

impl HookDefinition {
    /// To whom it sends.
    #[must_use]
    pub const fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// What it is named by.
    #[must_use]
    pub const fn name(&self) -> &HookName {
        &self.name
    }

    /// Where in a message the partner's own id for somebody stands, as a JSON pointer: `/data/customer`.
    #[must_use]
    pub fn external_id(&self) -> Option<&str> {
        self.external_id.as_deref()
    }

    /// Whether anything is taken.
    #[must_use]
    pub const fn state(&self) -> DefinitionState {
        self.state
    }
}

/// The row, as it lies in the table.
#[derive(Serialize, Deserialize)]
struct HookItem {
    tenant: TenantId,
    part: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    #[serde(default)]
    state: DefinitionState,
}

impl TryFrom<HookItem> for HookDefinition {
    type Error = InvalidHookName;

    fn try_from(item: HookItem) -> Result<Self, InvalidHookName> {
        let name = item.part.strip_prefix(HOOK_PREFIX);
        Ok(Self {
            tenant: item.tenant,
            name: name.ok_or(InvalidHookName)?.parse()?,
            external_id: item.external_id,
            state: item.state,
        })
    }
}

impl From<HookDefinition> for HookItem {
    fn from(hook: HookDefinition) -> Self {
        Self {
            tenant: hook.tenant,
            part: format!("{HOOK_PREFIX}{}", hook.name),
            external_id: hook.external_id,
            state: hook.state,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(row: Value) -> serde_json::Result<HookDefinition> {
        serde_json::from_value(row)
    }

    #[test]
    fn a_row_reads_and_writes_back_the_same() {
        let row = json!({
            "tenant": "harbour",
            "part": "hook#chandlery/shop",
            "external_id": "/data/customer",
            "state": "disabled",
        });
        let hook = read(row.clone()).unwrap();
        assert_eq!(hook.name().to_string(), "chandlery/shop");
        assert_eq!(hook.external_id(), Some("/data/customer"));
        assert_eq!(serde_json::to_value(hook).unwrap(), row);
        let least = json!({ "tenant": "harbour", "part": "hook#chandlery/shop" });
        assert_eq!(read(least).unwrap().state(), DefinitionState::Active);
    }

    #[test]
    fn what_names_no_hook_is_none() {
        for part in [
            "hook#chandlery",
            "hook#A B/shop",
            "hook#chandlery/a/b",
            "chandlery/shop",
        ] {
            let row = json!({ "tenant": "harbour", "part": part });
            assert!(read(row).is_err(), "{part}");
        }
    }
}
