//! To which partners a tenant's events are published.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{AgreementId, DefinitionState, PartnerId, Purpose, TenantId};

/// What precedes a partner's name in the part of the directory that says what is published to it.
pub(crate) const FAN_OUT_PREFIX: &str = "fan-out#";

/// As many types as are published to one partner.
const MOST_TYPES: usize = 64;

/// That a tenant's events are published to a topic of a partner, which has consumers of its own there:
/// row `<tenant>`, `fan-out#<partner>` of the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "FanOutItem", into = "FanOutItem")]
pub struct FanOut {
    tenant: TenantId,
    partner: PartnerId,
    agreement: AgreementId,
    purpose: Purpose,
    types: BTreeSet<String>,
    state: DefinitionState,
}

impl FanOut {
    /// Whose events they are.
    #[must_use]
    pub const fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// Who gets them.
    #[must_use]
    pub const fn partner(&self) -> &PartnerId {
        &self.partner
    }

    /// Under which agreement.
    #[must_use]
    pub const fn agreement(&self) -> &AgreementId {
        &self.agreement
    }

    /// What for.
    #[must_use]
    pub const fn purpose(&self) -> &Purpose {
        &self.purpose
    }

    /// Of which types.
    #[must_use]
    pub const fn types(&self) -> &BTreeSet<String> {
        &self.types
    }

    /// Whether anything is published.
    #[must_use]
    pub const fn state(&self) -> DefinitionState {
        self.state
    }

    /// Whether events of the type `kind` are published now.
    #[must_use]
    pub fn wants(&self, kind: &str) -> bool {
        self.state == DefinitionState::Active && self.types.contains(kind)
    }
}

/// What is wrong with such a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidFanOut {
    #[error("its part is fan-out# and the partner's name")]
    Part,
    #[error("1 to 64 types are published to a partner")]
    Types,
}

/// The row, as it lies in the table.
#[derive(Serialize, Deserialize)]
struct FanOutItem {
    tenant: TenantId,
    part: String,
    agreement: AgreementId,
    purpose: Purpose,
    types: BTreeSet<String>,
    #[serde(default)]
    state: DefinitionState,
}

impl TryFrom<FanOutItem> for FanOut {
    type Error = InvalidFanOut;

    fn try_from(item: FanOutItem) -> Result<Self, InvalidFanOut> {
        let partner = item.part.strip_prefix(FAN_OUT_PREFIX);
        let partner = partner.and_then(|partner| partner.parse().ok());
        if !(1..=MOST_TYPES).contains(&item.types.len()) {
            return Err(InvalidFanOut::Types);
        }
        Ok(Self {
            tenant: item.tenant,
            partner: partner.ok_or(InvalidFanOut::Part)?,
            agreement: item.agreement,
            purpose: item.purpose,
            types: item.types,
            state: item.state,
        })
    }
}

impl From<FanOut> for FanOutItem {
    fn from(fan_out: FanOut) -> Self {
        Self {
            tenant: fan_out.tenant,
            part: format!("{FAN_OUT_PREFIX}{}", fan_out.partner),
            agreement: fan_out.agreement,
            purpose: fan_out.purpose,
            types: fan_out.types,
            state: fan_out.state,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn row() -> Value {
        json!({
            "tenant": "harbour",
            "part": "fan-out#chandlery",
            "agreement": "letters",
            "purpose": "newsletter",
            "types": ["com.example.order.placed.v1"],
        })
    }

    fn read(row: Value) -> serde_json::Result<FanOut> {
        serde_json::from_value(row)
    }

    #[test]
    fn a_row_says_who_gets_which_types_and_why() {
        let fan_out = read(row()).unwrap();
        assert_eq!(fan_out.partner().as_str(), "chandlery");
        assert_eq!(fan_out.agreement().as_str(), "letters");
        assert!(fan_out.wants("com.example.order.placed.v1"));
        assert!(!fan_out.wants("com.example.order.placed.v2"));
    }

    #[test]
    fn what_is_disabled_wants_nothing_and_is_written_as_it_is_read() {
        let mut row = row();
        row["state"] = "disabled".into();
        let fan_out = read(row.clone()).unwrap();
        assert!(!fan_out.wants("com.example.order.placed.v1"));
        assert_eq!(serde_json::to_value(fan_out).unwrap(), row);
    }

    #[test]
    fn what_is_out_of_its_limits_publishes_nothing() {
        let many: Vec<String> = (0..=MOST_TYPES).map(|n| format!("t{n}")).collect();
        for (member, value) in [
            ("part", json!("chandlery")),
            ("part", json!("fan-out#A B")),
            ("agreement", json!(null)),
            ("purpose", json!("News Letter")),
            ("types", json!([])),
            ("types", json!(many)),
            ("state", json!("asleep")),
        ] {
            let mut row = row();
            row[member] = value;
            assert!(read(row.clone()).is_err(), "{row}");
        }
    }
}
