//! Which two profiles an identifier may make one.

use identity::IdentifierKind;

/// Why two profiles are not joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Whoever typed an identifier must not gain anything by it.
    #[error("the identifier is not verified on both sides")]
    Unverified,
    /// A browser that two people use is no proof that they are one.
    #[error("an anonymous id does not join two profiles that both have a login")]
    TwoLogins,
    /// An operator undid this very join.
    #[error("a merge by this identifier was undone")]
    Undone,
}

/// Whether an identifier of `kind`, which points at two persons, may make them one.
///
/// An anonymous id can't be verified: whoever holds the cookie is the browser. It may give what a
/// browser did to whoever logs in on it, and no more.
pub const fn may_join(
    kind: IdentifierKind,
    is_verified: bool,
    both_have_logins: bool,
) -> Result<(), Refusal> {
    match kind {
        IdentifierKind::Anonymous if both_have_logins => Err(Refusal::TwoLogins),
        IdentifierKind::Anonymous => Ok(()),
        IdentifierKind::Email
        | IdentifierKind::Phone
        | IdentifierKind::CognitoSub
        | IdentifierKind::Social
        | IdentifierKind::External
            if is_verified =>
        {
            Ok(())
        }
        _ => Err(Refusal::Unverified),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    fn an_unverified_identifier_joins_nobody(
        #[values(
            IdentifierKind::Email,
            IdentifierKind::Phone,
            IdentifierKind::CognitoSub,
            IdentifierKind::Social,
            IdentifierKind::External
        )]
        kind: IdentifierKind,
        #[values(true, false)] both_have_logins: bool,
    ) {
        assert_eq!(
            may_join(kind, false, both_have_logins),
            Err(Refusal::Unverified)
        );
        assert_eq!(may_join(kind, true, both_have_logins), Ok(()));
    }

    #[rstest]
    fn an_anonymous_id_never_joins_two_logins(#[values(true, false)] is_verified: bool) {
        let kind = IdentifierKind::Anonymous;
        assert_eq!(may_join(kind, is_verified, true), Err(Refusal::TwoLogins));
        assert_eq!(may_join(kind, is_verified, false), Ok(()));
    }
}
