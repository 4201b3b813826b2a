//! A tenant's purposes, as the operator defines them.

use std::{collections::BTreeMap, num::NonZeroU16};

use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::{DisplayName, Notice, Purpose, TenantId, TextVersion, notice::are_of};

/// What precedes a purpose's name in its part of the directory.
pub(crate) const PURPOSE_PREFIX: &str = "purpose#";

/// Versions of a text that one purpose keeps.
const MOST_TEXT_VERSIONS: usize = 100;

/// For how many days a grant may stand, ten years.
const LONGEST_VALIDITY: u16 = 3_653;

/// Why processing is lawful: the six of GDPR Art. 6 (1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LegalBasis {
    /// The person agreed to it (a).
    Consent,
    /// A contract with the person needs it (b).
    Contract,
    /// The law demands it (c).
    LegalObligation,
    /// Somebody's life depends on it (d).
    VitalInterests,
    /// A task in the public interest needs it (e).
    PublicTask,
    /// The tenant's interests outweigh the person's, until the person objects (f, Art. 21).
    LegitimateInterests,
}

impl LegalBasis {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Consent,
        Self::Contract,
        Self::LegalObligation,
        Self::VitalInterests,
        Self::PublicTask,
        Self::LegitimateInterests,
    ];

    /// Its name, as in the directory.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::Contract => "contract",
            Self::LegalObligation => "legal_obligation",
            Self::VitalInterests => "vital_interests",
            Self::PublicTask => "public_task",
            Self::LegitimateInterests => "legitimate_interests",
        }
    }

    /// Whether the person has a say: they consent, or object.
    #[must_use]
    pub const fn depends_on_the_person(self) -> bool {
        matches!(self, Self::Consent | Self::LegitimateInterests)
    }
}

/// Why a tenant processes data: row `<tenant>`, `purpose#<purpose>` of the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "PurposeItem", into = "PurposeItem")]
pub struct PurposeDefinition {
    tenant: TenantId,
    purpose: Purpose,
    display_name: DisplayName,
    legal_basis: LegalBasis,
    text_versions: Vec<TextVersion>,
    notices: Vec<Notice>,
    valid_for_days: Option<NonZeroU16>,
    sale_or_sharing: bool,
}

impl PurposeDefinition {
    /// Whose purpose it is.
    #[must_use]
    pub const fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// Its name.
    #[must_use]
    pub const fn purpose(&self) -> &Purpose {
        &self.purpose
    }

    /// What people read.
    #[must_use]
    pub const fn display_name(&self) -> &DisplayName {
        &self.display_name
    }

    /// Why it is lawful.
    #[must_use]
    pub const fn legal_basis(&self) -> LegalBasis {
        self.legal_basis
    }

    /// The versions of its text, oldest first.
    #[must_use]
    pub fn text_versions(&self) -> &[TextVersion] {
        &self.text_versions
    }

    /// The version that people see now; always there where the basis depends on the person.
    #[must_use]
    pub fn current_text(&self) -> Option<&TextVersion> {
        self.text_versions.last()
    }

    /// What people are told with the versions of its text. One that the tenant published before it
    /// kept digests may have none.
    #[must_use]
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// What people are told with a version of its text.
    #[must_use]
    pub fn notice(&self, text_version: &TextVersion) -> Option<&Notice> {
        self.notices
            .iter()
            .find(|notice| notice.text_version == *text_version)
    }

    /// For how many days a grant stands, if not until it is withdrawn.
    #[must_use]
    pub const fn valid_for_days(&self) -> Option<NonZeroU16> {
        self.valid_for_days
    }

    /// Until when a grant of `granted_at` stands; `None` if it stands until it is withdrawn. A day
    /// has 24 hours, whatever the person's clock does.
    #[must_use]
    pub fn valid_until(&self, granted_at: Timestamp) -> Option<Timestamp> {
        let hours = i64::from(self.valid_for_days?.get()) * 24;
        Some(
            granted_at
                .checked_add(hours.hours())
                .unwrap_or(Timestamp::MAX),
        )
    }

    /// Whether it is a sale or a sharing of data, which a browser's `Sec-GPC` withdraws.
    #[must_use]
    pub const fn sale_or_sharing(&self) -> bool {
        self.sale_or_sharing
    }
}

/// All purposes of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Purposes(BTreeMap<Purpose, PurposeDefinition>);

impl Purposes {
    /// As many as a tenant may have.
    pub const MOST: usize = 256;

    /// The definition of a purpose.
    #[must_use]
    pub fn get(&self, purpose: &Purpose) -> Option<&PurposeDefinition> {
        self.0.get(purpose)
    }

    /// All definitions, by name.
    pub fn iter(&self) -> impl Iterator<Item = &PurposeDefinition> {
        self.0.values()
    }
}

impl FromIterator<PurposeDefinition> for Purposes {
    fn from_iter<I: IntoIterator<Item = PurposeDefinition>>(definitions: I) -> Self {
        let named = |definition: PurposeDefinition| (definition.purpose.clone(), definition);
        Self(definitions.into_iter().map(named).collect())
    }
}

/// What is wrong with a row of a purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidPurpose {
    #[error("a purpose's part is purpose# and its name")]
    Part,
    #[error("a purpose that people decide on has a text, and at most 100 versions of it")]
    Texts,
    #[error("a notice is of one of the purpose's texts, each has one at most, and 32 recipients")]
    Notices,
    #[error("a grant stands for 1 to 3,653 days")]
    Validity,
}

/// The row, as it lies in the table.
#[derive(Serialize, Deserialize)]
struct PurposeItem {
    tenant: TenantId,
    part: String,
    display_name: DisplayName,
    legal_basis: LegalBasis,
    #[serde(default)]
    text_versions: Vec<TextVersion>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    notices: Vec<Notice>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    valid_for_days: Option<NonZeroU16>,
    #[serde(default)]
    sale_or_sharing: bool,
}

impl TryFrom<PurposeItem> for PurposeDefinition {
    type Error = InvalidPurpose;

    fn try_from(item: PurposeItem) -> Result<Self, InvalidPurpose> {
        let purpose = item.part.strip_prefix(PURPOSE_PREFIX);
        let purpose = purpose.and_then(|name| name.parse().ok());
        let fewest = usize::from(item.legal_basis.depends_on_the_person());
        if !(fewest..=MOST_TEXT_VERSIONS).contains(&item.text_versions.len()) {
            return Err(InvalidPurpose::Texts);
        }
        if !are_of(&item.text_versions, &item.notices) {
            return Err(InvalidPurpose::Notices);
        }
        if item
            .valid_for_days
            .is_some_and(|days| days.get() > LONGEST_VALIDITY)
        {
            return Err(InvalidPurpose::Validity);
        }
        Ok(Self {
            tenant: item.tenant,
            purpose: purpose.ok_or(InvalidPurpose::Part)?,
            display_name: item.display_name,
            legal_basis: item.legal_basis,
            text_versions: item.text_versions,
            notices: item.notices,
            valid_for_days: item.valid_for_days,
            sale_or_sharing: item.sale_or_sharing,
        })
    }
}

impl From<PurposeDefinition> for PurposeItem {
    fn from(definition: PurposeDefinition) -> Self {
        Self {
            tenant: definition.tenant,
            part: format!("{PURPOSE_PREFIX}{}", definition.purpose),
            display_name: definition.display_name,
            legal_basis: definition.legal_basis,
            text_versions: definition.text_versions,
            notices: definition.notices,
            valid_for_days: definition.valid_for_days,
            sale_or_sharing: definition.sale_or_sharing,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn row() -> impl Strategy<Value = Value> {
        let basis = prop::sample::select(&LegalBasis::ALL);
        let texts = prop::collection::vec("[A-Za-z0-9._-]{1,64}", 1..=8);
        let days = prop::option::of(1..=LONGEST_VALIDITY);
        let names = (
            "[a-z][a-z0-9-]{0,63}",
            "[a-z][a-z0-9-]{0,63}",
            "[!-~]{1,128}",
        );
        (names, basis, texts, days, any::<bool>()).prop_map(
            |((tenant, purpose, display_name), basis, texts, days, sharing)| {
                let mut row = json!({
                    "tenant": tenant,
                    "part": format!("purpose#{purpose}"),
                    "display_name": display_name,
                    "legal_basis": basis.as_str(),
                    "text_versions": texts,
                    "sale_or_sharing": sharing,
                });
                if let Some(days) = days {
                    row["valid_for_days"] = days.into();
                }
                row
            },
        )
    }

    fn newsletter() -> Value {
        json!({
            "tenant": "harbour",
            "part": "purpose#newsletter",
            "display_name": "Newsletter",
            "legal_basis": "consent",
            "text_versions": ["2025-01", "2026-01"],
        })
    }

    fn read(row: Value) -> serde_json::Result<PurposeDefinition> {
        serde_json::from_value(row)
    }

    proptest! {
        #[test]
        fn a_row_reads_and_writes_back_the_same(row in row()) {
            let definition = read(row.clone()).unwrap();
            prop_assert_eq!(serde_json::to_value(definition).unwrap(), row);
        }

        #[test]
        fn a_grant_stands_for_whole_days(days in 1..=LONGEST_VALIDITY, second in 0_i64..4_000_000_000) {
            let mut row = newsletter();
            row["valid_for_days"] = days.into();
            let granted = Timestamp::from_second(second).unwrap();
            let until = read(row).unwrap().valid_until(granted).unwrap();
            prop_assert_eq!(until.as_second() - second, i64::from(days) * 86_400);
        }
    }

    #[test]
    fn the_last_version_of_a_text_is_the_current_one() {
        let definition = read(newsletter()).unwrap();
        assert_eq!(definition.current_text().unwrap().to_string(), "2026-01");
        assert_eq!(definition.valid_until(Timestamp::UNIX_EPOCH), None);
    }

    #[test]
    fn what_is_out_of_its_limits_is_no_purpose() {
        for (member, value) in [
            ("part", json!("newsletter")),
            ("part", json!("purpose#News")),
            ("display_name", json!(" ")),
            ("display_name", json!("a\nb")),
            ("legal_basis", json!("whim")),
            ("text_versions", json!([])),
            ("text_versions", json!(vec!["1"; MOST_TEXT_VERSIONS + 1])),
            ("valid_for_days", json!(0)),
            ("valid_for_days", json!(LONGEST_VALIDITY + 1)),
        ] {
            let mut row = newsletter();
            row[member] = value;
            assert!(read(row.clone()).is_err(), "{row}");
        }
    }

    #[test]
    fn only_what_people_decide_on_needs_a_text() {
        let mut row = newsletter();
        row["text_versions"] = json!([]);
        row["legal_basis"] = json!("legitimate_interests");
        assert!(read(row.clone()).is_err());
        row["legal_basis"] = json!("contract");
        assert_eq!(read(row).unwrap().current_text(), None);
    }
}
