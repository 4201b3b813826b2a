//! Which identifiers are taken on somebody's word, and how many. A proof outranks these rules: what
//! a login proved is taken whatever it is.

use std::collections::{BTreeMap, BTreeSet};

use identity::{Identifier, IdentifierKind};

use crate::RulesDefinition;

/// What programs write where they know nothing, and what people type to get past a form.
const PLACEHOLDERS: [&str; 18] = [
    "0",
    "-1",
    "[object object]",
    "anonymous",
    "false",
    "guest",
    "n/a",
    "nan",
    "nil",
    "none",
    "null",
    "test",
    "test@test.com",
    "true",
    "undefined",
    "unknown",
    "user",
    "void",
];

/// Of how many last digits a telephone number that was made up consists, all the same.
const SAME_DIGITS: usize = 7;

/// The rules: Fairlead's own, or those that operators [defined](RulesDefinition). What they left out
/// stays as it is here, and what they block is blocked on top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentifierRules {
    /// Texts that are nobody's identifier, in any case of their letters. Of an e-mail address the
    /// whole and the part before the `@` are looked at, of an external id the partner's own text.
    pub blocked: BTreeSet<String>,
    /// How many identifiers of a kind a profile takes on somebody's word; one that is not named
    /// takes any number.
    pub limits: BTreeMap<IdentifierKind, u32>,
}

impl Default for IdentifierRules {
    fn default() -> Self {
        Self {
            blocked: PLACEHOLDERS.map(str::to_owned).into(),
            limits: BTreeMap::from([
                (IdentifierKind::Email, 10),
                (IdentifierKind::Phone, 10),
                (IdentifierKind::External, 1_000),
                (IdentifierKind::Anonymous, 20_000),
            ]),
        }
    }
}

impl From<RulesDefinition> for IdentifierRules {
    fn from(defined: RulesDefinition) -> Self {
        let mut rules = Self::default();
        rules.blocked.extend(defined.blocked);
        if let Some(limits) = defined.limits {
            rules.limits = limits;
        }
        rules
    }
}

impl IdentifierRules {
    /// Whether `identifier` is one that nobody has, or everybody.
    #[must_use]
    pub fn blocks(&self, identifier: &Identifier) -> bool {
        let value = identifier.value();
        let text = value.expose().as_str();
        match identifier {
            Identifier::Email(_) => {
                let local = text.split('@').next().unwrap_or_default();
                self.is_blocked(text) || self.is_blocked(local) || is_one_character(local)
            }
            Identifier::Phone(_) => {
                let last: Vec<u8> = text.bytes().rev().take(SAME_DIGITS).collect();
                self.is_blocked(text) || last.iter().all(|digit| Some(digit) == last.first())
            }
            Identifier::External(_) => {
                let id = text.splitn(3, '/').nth(2).unwrap_or_default();
                self.is_blocked(id) || (id.len() > 1 && is_one_character(id))
            }
            Identifier::CognitoSub(_) | Identifier::Social(_) | Identifier::Anonymous(_) => {
                self.is_blocked(text)
            }
        }
    }

    /// Whether a profile that took `taken` identifiers of a kind on somebody's word takes another.
    #[must_use]
    pub fn allows(&self, kind: IdentifierKind, taken: u32) -> bool {
        self.limits.get(&kind).is_none_or(|limit| taken < *limit)
    }

    fn is_blocked(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.blocked.iter().any(|each| each.to_lowercase() == text)
    }
}

/// `xxx`, `0000`: one character, three times or more.
fn is_one_character(text: &str) -> bool {
    let mut characters = text.chars();
    let first = characters.next();
    text.chars().count() > 2 && characters.all(|c| Some(c) == first)
}

#[cfg(test)]
mod tests {
    use identity::ExternalId;
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn email(text: &str) -> Identifier {
        Identifier::Email(text.parse().unwrap())
    }

    fn external(text: &str) -> Identifier {
        Identifier::External(ExternalId::new("harbour", "crm", text).unwrap())
    }

    fn phone(text: &str) -> Identifier {
        Identifier::Phone(text.parse().unwrap())
    }

    /// The rules of a row.
    fn of(row: serde_json::Value) -> IdentifierRules {
        let defined: RulesDefinition = serde_json::from_value(row).unwrap();
        defined.into()
    }

    #[rstest]
    #[case(email("Test@Test.com"))]
    #[case(email("null@example.com"))]
    #[case(email("unknown@unknown.example"))]
    #[case(email("xxxx@example.com"))]
    #[case(phone("+49 00 0000000"))]
    #[case(phone("+11111111111"))]
    #[case(external("null"))]
    #[case(external("UNDEFINED"))]
    #[case(external("0"))]
    #[case(external("00000000"))]
    fn what_is_nobodys_is_blocked(#[case] identifier: Identifier) {
        assert!(IdentifierRules::default().blocks(&identifier));
    }

    #[rstest]
    #[case(email("jane@example.com"))]
    #[case(email("nullmeier@example.com"))]
    #[case(email("jj@example.com"))]
    #[case(phone("+49 30 901820"))]
    #[case(phone("+49 30 1000000"))]
    #[case(external("7"))]
    #[case(external("test-17"))]
    fn what_may_be_somebodys_is_not(#[case] identifier: Identifier) {
        assert!(!IdentifierRules::default().blocks(&identifier));
    }

    proptest! {
        #[test]
        fn what_a_row_blocks_is_blocked_in_any_case(text in "[a-zA-Z]{3,12}") {
            let rules = of(serde_json::json!({ "blocked": [text.to_lowercase()] }));
            prop_assert!(rules.blocks(&external(&text)));
            prop_assert!(rules.blocks(&external(&text.to_uppercase())));
            let another = external(&format!("{text}-1"));
            prop_assert!(!rules.blocks(&another));
            prop_assert!(IdentifierRules::default().blocked.is_subset(&rules.blocked));
            prop_assert_eq!(rules.limits, IdentifierRules::default().limits);
        }

        #[test]
        fn a_limit_is_how_many_there_may_be(limit in 0_u32..50) {
            let rules = of(serde_json::json!({ "limits": { "email": limit } }));
            let taken = (0..100).take_while(|taken| rules.allows(IdentifierKind::Email, *taken)).count();
            prop_assert_eq!(taken, usize::try_from(limit).unwrap());
            prop_assert!(rules.allows(IdentifierKind::Phone, u32::MAX));
            prop_assert_eq!(rules.blocked, IdentifierRules::default().blocked);
        }
    }
}
