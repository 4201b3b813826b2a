//! Users of other identity providers.
//!
//! | rule | source |
//! | --- | --- |
//! | issuer and subject together | OpenID Connect Core §2: a subject is unique within its issuer, and nowhere else |
//! | compared as they are, with case | OpenID Connect Core §2: both are case-sensitive; RFC 7519 §4.1.1 |
//! | the issuer is what the user pool calls the provider, `Google` | Cognito checks the provider's token against its own configuration, and its attribute `identities` names providers so; their URLs are not always there |
//! | 1 to 255 visible ASCII characters each | OpenID Connect Core §2 for the subject; Cognito's names of providers have 32 |

use std::fmt;

use lambda_kit::redact::Redacted;

/// A user of an identity provider: `<issuer> <subject>`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Social(Redacted<String>);

/// A pair of texts that is nobody at any identity provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an issuer and a subject have 1 to 255 visible ASCII characters each")]
pub struct InvalidSocial;

impl Social {
    /// `subject` at `issuer`.
    pub fn new(issuer: &str, subject: &str) -> Result<Self, InvalidSocial> {
        let is_text = |text: &str| {
            (1..=255).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
        };
        if is_text(issuer) && is_text(subject) {
            Ok(Self(Redacted::new(format!("{issuer} {subject}"))))
        } else {
            Err(InvalidSocial)
        }
    }

    /// The pair that [`as_str`](Self::as_str) wrote.
    pub fn read(text: &str) -> Result<Self, InvalidSocial> {
        let (issuer, subject) = text.split_once(' ').ok_or(InvalidSocial)?;
        Self::new(issuer, subject)
    }

    /// What the user pool calls the provider, which tells of nobody.
    #[must_use]
    pub fn issuer(&self) -> &str {
        let (issuer, _) = self.as_str().split_once(' ').unwrap_or_default();
        issuer
    }

    /// Issuer and subject: for the store and comparison, never for a log.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for Social {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Social({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_pair_is_itself_and_no_other(one in ("[!-~]{1,4}", "[!-~]{1,4}"), other in ("[!-~]{1,4}", "[!-~]{1,4}")) {
            let social = |pair: &(String, String)| Social::new(&pair.0, &pair.1).unwrap();
            let known = social(&one);
            prop_assert_eq!(known == social(&other), one == other);
            prop_assert_eq!(known.issuer(), one.0.as_str());
            prop_assert_eq!(Social::read(known.as_str()), Ok(known));
        }

        #[test]
        fn what_is_not_visible_ascii_is_refused(text in "[!-~]{0,4}[ \u{0}-\u{20}\u{7f}-\u{ff}][!-~]{0,4}") {
            prop_assert_eq!(Social::new("Google", &text), Err(InvalidSocial));
            prop_assert_eq!(Social::new(&text, "1093"), Err(InvalidSocial));
        }
    }

    #[test]
    fn nobody_has_an_empty_or_endless_name() {
        for text in ["", &"x".repeat(256)] {
            assert_eq!(Social::new("Google", text), Err(InvalidSocial));
            assert_eq!(Social::new(text, "1093"), Err(InvalidSocial));
        }
    }
}
