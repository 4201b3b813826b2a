//! What operators define, and what of it is fixed from then on.

use std::fmt;

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Agreement, FanOut, HookDefinition, MessageDefinition, Notice, NotificationRule, Partner,
    PurposeDefinition, Tenant,
};

/// Something that can't be changed once it is defined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fixed {
    /// People may have decided on it: another basis is another purpose.
    LegalBasis,
    /// People may have seen it: another text is another version.
    TextVersions,
    /// People may have decided by it: what is told otherwise is another version's.
    Notices,
    /// Receipts name the agreement: another partner has another one.
    Partner,
}

impl Fixed {
    /// The field that is fixed.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::LegalBasis => "legal_basis",
            Self::TextVersions => "text_versions",
            Self::Notices => "notices",
            Self::Partner => "partner",
        }
    }

    /// What to do instead.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::LegalBasis => "Define another purpose for another legal basis.",
            Self::TextVersions => {
                "Keep the versions that were published, in their order, and add new ones behind them."
            }
            Self::Notices => {
                "Keep the notices that were published, and tell whatever changes with another version."
            }
            Self::Partner => "Define another agreement for another partner.",
        }
    }
}

impl fmt::Display for Fixed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is fixed once it is defined", self.field())
    }
}

/// What an operator defines in a row of its own. It is written by the type that reads it, so that
/// whatever is stored can be read.
pub trait Definition: Serialize + DeserializeOwned {
    /// Whether this may stand where `before` stood.
    ///
    /// # Errors
    /// Names what is fixed and would change.
    fn may_replace(&self, before: &Self) -> Result<(), Fixed>;
}

impl Definition for Tenant {
    fn may_replace(&self, _before: &Self) -> Result<(), Fixed> {
        Ok(())
    }
}

impl Definition for Partner {
    fn may_replace(&self, _before: &Self) -> Result<(), Fixed> {
        Ok(())
    }
}

impl Definition for NotificationRule {
    fn may_replace(&self, _before: &Self) -> Result<(), Fixed> {
        Ok(())
    }
}

impl Definition for MessageDefinition {
    fn may_replace(&self, _before: &Self) -> Result<(), Fixed> {
        Ok(())
    }
}

impl Definition for HookDefinition {
    fn may_replace(&self, _before: &Self) -> Result<(), Fixed> {
        Ok(())
    }
}

impl Definition for FanOut {
    fn may_replace(&self, _before: &Self) -> Result<(), Fixed> {
        Ok(())
    }
}

impl Definition for PurposeDefinition {
    fn may_replace(&self, before: &Self) -> Result<(), Fixed> {
        if self.legal_basis() != before.legal_basis() {
            return Err(Fixed::LegalBasis);
        }
        if !self.text_versions().starts_with(before.text_versions()) {
            return Err(Fixed::TextVersions);
        }
        let stays = |notice: &Notice| self.notice(&notice.text_version) == Some(notice);
        if before.notices().iter().all(stays) {
            Ok(())
        } else {
            Err(Fixed::Notices)
        }
    }
}

impl Definition for Agreement {
    fn may_replace(&self, before: &Self) -> Result<(), Fixed> {
        if self.partner() == before.partner() {
            Ok(())
        } else {
            Err(Fixed::Partner)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn purpose(basis: &str, texts: &[&str]) -> PurposeDefinition {
        let row = json!({
            "tenant": "harbour",
            "part": "purpose#newsletter",
            "display_name": "The Harbour Letter",
            "legal_basis": basis,
            "text_versions": texts,
        });
        serde_json::from_value(row).unwrap()
    }

    fn agreement(partner: &str, until: Value) -> Agreement {
        let mut row = json!({
            "tenant": "harbour",
            "part": "agreement#deliveries",
            "partner": partner,
            "terms": { "newsletter": ["names"] },
        });
        row["valid_until"] = until;
        serde_json::from_value(row).unwrap()
    }

    #[test]
    fn a_text_that_was_published_stays_where_it_is() {
        let before = purpose("consent", &["2026-01", "2026-02"]);
        let longer = purpose("consent", &["2026-01", "2026-02", "2026-03"]);
        assert_eq!(longer.may_replace(&before), Ok(()));
        assert_eq!(before.may_replace(&before), Ok(()));
        for texts in [
            &["2026-02", "2026-01"][..],
            &["2026-01"],
            &["2025-12", "2026-01", "2026-02"],
            &["2026-01", "2026-2", "2026-03"],
        ] {
            let changed = purpose("consent", texts).may_replace(&before);
            assert_eq!(changed, Err(Fixed::TextVersions), "{texts:?}");
        }
    }

    #[test]
    fn what_was_told_with_a_text_stays_and_one_without_may_get_it() {
        let told = |notices: &[(&str, &str)]| {
            let notices = notices.iter().map(|(text, retention)| {
                json!({
                    "text_version": text,
                    "url": "https://harbour.example/privacy",
                    "sha256": "0a".repeat(32),
                    "retention": retention,
                })
            });
            let row = json!({
                "tenant": "harbour",
                "part": "purpose#newsletter",
                "display_name": "The Harbour Letter",
                "legal_basis": "consent",
                "text_versions": ["2026-01", "2026-02"],
                "notices": notices.collect::<Value>(),
            });
            serde_json::from_value::<PurposeDefinition>(row).unwrap()
        };
        let before = told(&[("2026-02", "A year")]);
        let both = told(&[("2026-01", "A month"), ("2026-02", "A year")]);
        assert_eq!(both.may_replace(&before), Ok(()));
        for notices in [&[("2026-01", "A year")][..], &[("2026-02", "A month")], &[]] {
            let changed = told(notices).may_replace(&before);
            assert_eq!(changed, Err(Fixed::Notices), "{notices:?}");
        }
    }

    #[test]
    fn a_legal_basis_is_what_it_was() {
        let before = purpose("consent", &["2026-01"]);
        let changed = purpose("legitimate_interests", &["2026-01"]).may_replace(&before);
        assert_eq!(changed, Err(Fixed::LegalBasis));
    }

    #[test]
    fn an_agreement_ends_and_never_becomes_another_partners() {
        let before = agreement("chandlery", Value::Null);
        let ended = agreement("chandlery", json!("2026-01-15T09:00:00Z"));
        assert_eq!(ended.may_replace(&before), Ok(()));
        let anothers = agreement("ferry-line", Value::Null);
        assert_eq!(anothers.may_replace(&before), Err(Fixed::Partner));
    }
}
