//! Which two profiles an identifier may make one.

use identity::IdentifierKind;

/// One of the two profiles, as far as joining them goes by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Side {
    /// Whether a login points at it.
    pub has_login: bool,
    /// Whether its owner proved that the identifier is theirs.
    pub is_verified: bool,
}

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

/// Whether an identifier of `kind`, which points at both sides, may make them one.
pub const fn may_join(kind: IdentifierKind, one: Side, other: Side) -> Result<(), Refusal> {
    match kind {
        IdentifierKind::Email | IdentifierKind::Phone | IdentifierKind::CognitoSub => {
            if one.is_verified && other.is_verified {
                Ok(())
            } else {
                Err(Refusal::Unverified)
            }
        }
    }
}
