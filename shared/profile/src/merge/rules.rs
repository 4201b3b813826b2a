//! Which two profiles an identifier may make one.

use std::collections::BTreeMap;

use identity::IdentifierKind;

use crate::Standing;

/// Why two profiles are not joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Whoever typed an identifier must not gain anything by it.
    #[error("the identifier is not verified on both sides")]
    Unverified,
    /// It is one that an operator says is nobody's, or everybody's.
    #[error("the identifier is blocked")]
    Blocked,
    /// The two together would have more of a kind than a person takes.
    #[error("the two have more identifiers of the kind {0} than a person takes")]
    TooMany(IdentifierKind),
    /// A browser that two people use is no proof that they are one.
    #[error("an anonymous id does not join two profiles that are both somebody's who is known")]
    BothKnown,
    /// An operator undid this very join.
    #[error("a merge by this identifier was undone")]
    Undone,
    /// The person took off the login by which the other one came.
    #[error("one of the two took off a login that is the other's")]
    TakenOff,
}

/// Whether an identifier of `kind`, which points at two persons, may make them one.
///
/// An anonymous id can't be verified: whoever holds the cookie is the browser. It may give what a
/// browser did to whoever is known on it, and no more: two who are both known, by a login or to a
/// partner, may be two who use it.
pub const fn may_join(
    kind: IdentifierKind,
    is_verified: bool,
    is_blocked: bool,
    both_are_known: bool,
) -> Result<(), Refusal> {
    match kind {
        _ if is_blocked => Err(Refusal::Blocked),
        IdentifierKind::Anonymous if both_are_known => Err(Refusal::BothKnown),
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

/// Whether two persons may become one who took so much. What they took more of on either side alone
/// is no reason to keep them apart.
pub(crate) fn may_have(
    one: &Standing,
    other: &Standing,
    limits: &BTreeMap<IdentifierKind, u32>,
) -> Result<(), Refusal> {
    let exceeds = |(kind, limit): &(&IdentifierKind, &u32)| {
        let (one, other) = (one.taken_of(**kind), other.taken_of(**kind));
        one > 0 && other > 0 && one.saturating_add(other) > **limit
    };
    match limits.iter().find(exceeds) {
        Some((kind, _)) => Err(Refusal::TooMany(*kind)),
        None => Ok(()),
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
        #[values(true, false)] both_are_known: bool,
    ) {
        assert_eq!(
            may_join(kind, false, false, both_are_known),
            Err(Refusal::Unverified)
        );
        assert_eq!(may_join(kind, true, false, both_are_known), Ok(()));
        assert_eq!(
            may_join(kind, true, true, both_are_known),
            Err(Refusal::Blocked)
        );
    }

    #[rstest]
    fn an_anonymous_id_never_joins_two_who_are_known(#[values(true, false)] is_verified: bool) {
        let kind = IdentifierKind::Anonymous;
        assert_eq!(
            may_join(kind, is_verified, false, true),
            Err(Refusal::BothKnown)
        );
        assert_eq!(may_join(kind, is_verified, false, false), Ok(()));
    }

    #[rstest]
    #[case(2, 3, Ok(()))]
    #[case(3, 3, Err(Refusal::TooMany(IdentifierKind::Email)))]
    #[case(0, 9, Ok(()))]
    #[case(9, 0, Ok(()))]
    fn two_do_not_become_one_who_has_more_than_a_person_takes(
        #[case] one: u32,
        #[case] other: u32,
        #[case] may: Result<(), Refusal>,
    ) {
        let took = |count| Standing {
            taken: BTreeMap::from([(IdentifierKind::Email, count)]),
            ..Standing::new()
        };
        let limits = BTreeMap::from([(IdentifierKind::Email, 5)]);
        assert_eq!(may_have(&took(one), &took(other), &limits), may);
        assert_eq!(may_have(&took(one), &took(other), &BTreeMap::new()), Ok(()));
    }
}
