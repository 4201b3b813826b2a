//! What partners call people.
//!
//! | rule | source |
//! | --- | --- |
//! | an id belongs to one partner of one tenant | partners' names are the tenant's to give, and two partners may both have a customer 17 |
//! | 1 to 128 characters, no control characters | as much as a key in a partner's table has, and nothing that breaks a line |
//! | compared in NFC, with case, without space around it | it is the partner's own text; only its spelling in Unicode is made one |

use std::fmt;

use lambda_kit::redact::Redacted;
use unicode_normalization::UnicodeNormalization;

/// A partner's id for a person: `<tenant>/<partner>/<id>`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExternalId(Redacted<String>);

/// A text that is no partner's id for anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an external id has 1 to 128 characters and no control characters")]
pub struct InvalidExternalId;

impl ExternalId {
    /// What the partner of this tenant calls `id`.
    pub fn new(tenant: &str, partner: &str, id: &str) -> Result<Self, InvalidExternalId> {
        // Looked at first, so that no later step works on a megabyte.
        if id.len() > 4 * 128 {
            return Err(InvalidExternalId);
        }
        let id: String = id.trim().nfc().collect();
        let is_text = (1..=128).contains(&id.chars().count()) && !id.chars().any(char::is_control);
        let is_name = |name: &str| !name.is_empty() && !name.contains('/');
        if is_text && is_name(tenant) && is_name(partner) {
            Ok(Self(Redacted::new(format!("{tenant}/{partner}/{id}"))))
        } else {
            Err(InvalidExternalId)
        }
    }

    /// The id with its namespace: for the store and comparison, never for a log.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for ExternalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ExternalId({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn id(text: &str) -> Result<ExternalId, InvalidExternalId> {
        ExternalId::new("harbour", "crm", text)
    }

    #[rstest]
    #[case("C-17", "harbour/crm/C-17")]
    #[case(" 17\n", "harbour/crm/17")]
    #[case("a/b", "harbour/crm/a/b")]
    #[case("O\u{308}zil", "harbour/crm/\u{d6}zil")]
    fn an_id_has_one_normal_form(#[case] written: &str, #[case] normal: &str) {
        assert_eq!(id(written).unwrap().as_str(), normal);
    }

    #[rstest]
    #[case("")]
    #[case("  ")]
    #[case("1\u{0}7")]
    #[case(&"x".repeat(129))]
    fn what_is_no_id_is_refused(#[case] written: &str) {
        assert_eq!(id(written), Err(InvalidExternalId));
    }

    proptest! {
        #[test]
        fn no_two_partners_share_an_id(tenants in ("[a-c]{1,2}", "[a-c]{1,2}"), partners in ("[a-c]{1,2}", "[a-c]{1,2}"), ids in ("[a-c/]{1,3}", "[a-c/]{1,3}")) {
            let one = ExternalId::new(&tenants.0, &partners.0, &ids.0);
            let other = ExternalId::new(&tenants.1, &partners.1, &ids.1);
            let same = tenants.0 == tenants.1 && partners.0 == partners.1 && ids.0 == ids.1;
            prop_assert_eq!(one == other, same);
        }

        #[test]
        fn the_normal_form_of_a_normal_form_is_itself(text in "\\PC{1,40}") {
            if let Ok(once) = id(&text) {
                let normal = once.as_str().strip_prefix("harbour/crm/").unwrap();
                prop_assert_eq!(id(normal), Ok(once.clone()));
            }
        }
    }
}
