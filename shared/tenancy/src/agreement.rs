//! What a tenant and a partner agreed on.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{AgreementId, ExtensionName, InvalidName, PartnerId, Purpose, TenantId};

/// What precedes an agreement's id in its part of the directory.
pub(crate) const AGREEMENT_PREFIX: &str = "agreement#";

/// As many purposes as one agreement may cover.
const MOST_TERMS: usize = 64;

/// Fields that are asked for, agreed on and withheld together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldGroup {
    /// Given, family and display name.
    Names,
    /// E-mail address and telephone number, and whether they are proven.
    Contacts,
    /// Birthdate, country, language and time zone.
    Demographics,
    /// What partners told of the person: no field of the profile.
    Events,
}

impl FieldGroup {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Names,
        Self::Contacts,
        Self::Demographics,
        Self::Events,
    ];

    /// Those that are fields of a profile.
    pub const OF_PROFILE: [Self; 3] = [Self::Names, Self::Contacts, Self::Demographics];

    /// Its name, as in the directory.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Names => "names",
            Self::Contacts => "contacts",
            Self::Demographics => "demographics",
            Self::Events => "events",
        }
    }
}

impl fmt::Display for FieldGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a partner may ask for, and why: row `<tenant>`, `agreement#<agreement>` of the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "AgreementItem", into = "AgreementItem")]
pub struct Agreement {
    tenant: TenantId,
    id: AgreementId,
    partner: PartnerId,
    terms: BTreeMap<Purpose, BTreeSet<FieldGroup>>,
    valid_until: Option<Timestamp>,
}

impl Agreement {
    /// What a tenant agreed on with code of its own, by registering it: that it is given events about people for
    /// `purpose`. It is written nowhere else than in what was registered.
    pub fn with_own_code(
        tenant: &TenantId,
        extension: &ExtensionName,
        purpose: &Purpose,
    ) -> Result<Self, InvalidName> {
        Ok(Self {
            tenant: tenant.clone(),
            id: extension.as_str().parse()?,
            partner: extension.as_str().parse()?,
            terms: BTreeMap::from([(purpose.clone(), FieldGroup::ALL.into())]),
            valid_until: None,
        })
    }

    /// Whose people it is about.
    #[must_use]
    pub const fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// Its id.
    #[must_use]
    pub const fn agreement(&self) -> &AgreementId {
        &self.id
    }

    /// Who may ask.
    #[must_use]
    pub const fn partner(&self) -> &PartnerId {
        &self.partner
    }

    /// For which purposes, and which field groups for each.
    #[must_use]
    pub const fn terms(&self) -> &BTreeMap<Purpose, BTreeSet<FieldGroup>> {
        &self.terms
    }

    /// When it ends; `None` if it is open-ended. At that very moment it is over.
    #[must_use]
    pub const fn valid_until(&self) -> Option<Timestamp> {
        self.valid_until
    }
}

/// What is wrong with a row of an agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidAgreement {
    #[error("an agreement's part is agreement# and its id")]
    Part,
    #[error("an agreement covers 1 to 64 purposes, and field groups for each")]
    Terms,
}

/// The row, as it lies in the table.
#[derive(Serialize, Deserialize)]
struct AgreementItem {
    tenant: TenantId,
    part: String,
    partner: PartnerId,
    terms: BTreeMap<Purpose, BTreeSet<FieldGroup>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    valid_until: Option<Timestamp>,
}

impl TryFrom<AgreementItem> for Agreement {
    type Error = InvalidAgreement;

    fn try_from(item: AgreementItem) -> Result<Self, InvalidAgreement> {
        let id = item.part.strip_prefix(AGREEMENT_PREFIX);
        let id = id.and_then(|id| id.parse().ok());
        let within_limits = (1..=MOST_TERMS).contains(&item.terms.len())
            && item.terms.values().all(|groups| !groups.is_empty());
        if !within_limits {
            return Err(InvalidAgreement::Terms);
        }
        Ok(Self {
            tenant: item.tenant,
            id: id.ok_or(InvalidAgreement::Part)?,
            partner: item.partner,
            terms: item.terms,
            valid_until: item.valid_until,
        })
    }
}

impl From<Agreement> for AgreementItem {
    fn from(agreement: Agreement) -> Self {
        Self {
            tenant: agreement.tenant,
            part: format!("{AGREEMENT_PREFIX}{}", agreement.id),
            partner: agreement.partner,
            terms: agreement.terms,
            valid_until: agreement.valid_until,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn row() -> impl Strategy<Value = Value> {
        let name = || "[a-z][a-z0-9-]{0,63}";
        let groups = prop::sample::subsequence(&FieldGroup::ALL, 1..=4);
        let terms = prop::collection::btree_map(name(), groups, 1..=8);
        let until = prop::option::of(0_i64..4_000_000_000);
        (name(), name(), name(), terms, until).prop_map(
            |(tenant, agreement, partner, terms, until)| {
                let mut row = json!({
                    "tenant": tenant,
                    "part": format!("agreement#{agreement}"),
                    "partner": partner,
                    "terms": terms,
                });
                if let Some(second) = until {
                    row["valid_until"] = json!(Timestamp::from_second(second).unwrap());
                }
                row
            },
        )
    }

    fn deliveries() -> Value {
        json!({
            "tenant": "harbour",
            "part": "agreement#chandlery-deliveries",
            "partner": "chandlery",
            "terms": { "customer-service": ["names", "contacts"] },
            "valid_until": "2027-01-01T00:00:00Z",
        })
    }

    fn read(row: Value) -> serde_json::Result<Agreement> {
        serde_json::from_value(row)
    }

    proptest! {
        #[test]
        fn a_row_reads_and_writes_back_the_same(row in row()) {
            let agreement = read(row.clone()).unwrap();
            prop_assert_eq!(serde_json::to_value(agreement).unwrap(), row);
        }
    }

    #[test]
    fn every_group_is_written_as_it_is_called() {
        for group in FieldGroup::ALL {
            assert_eq!(serde_json::to_value(group).unwrap(), group.as_str());
        }
    }

    #[test]
    fn what_is_out_of_its_limits_is_no_agreement() {
        let many: BTreeMap<String, [&str; 1]> = (0..=MOST_TERMS)
            .map(|n| (format!("p{n}"), ["names"]))
            .collect();
        for (member, value) in [
            ("part", json!("chandlery-deliveries")),
            ("part", json!("agreement#A B")),
            ("partner", json!("The Chandlery")),
            ("terms", json!({})),
            ("terms", json!({ "customer-service": [] })),
            ("terms", json!({ "customer-service": ["secrets"] })),
            ("terms", json!({ "Customer Service": ["names"] })),
            ("terms", json!(many)),
            ("valid_until", json!("tomorrow")),
        ] {
            let mut row = deliveries();
            row[member] = value;
            assert!(read(row.clone()).is_err(), "{row}");
        }
    }
}
