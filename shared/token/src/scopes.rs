//! What a token was granted.

use std::collections::BTreeSet;

/// Scopes, as the claim `scope` has them: `fairlead/profile.read`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scopes(BTreeSet<String>);

impl Scopes {
    /// Reads the claim: names out of RFC 6749's characters, each one space apart. `None` for any
    /// other text, so that nobody has to guess at what a tab or a second space means.
    pub(crate) fn parse(claim: &str) -> Option<Self> {
        if claim.is_empty() {
            return Some(Self::default());
        }
        let well_formed = |name: &str| {
            let mut bytes = name.bytes();
            !name.is_empty() && bytes.all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\')
        };
        claim
            .split(' ')
            .map(|name| well_formed(name).then(|| name.to_owned()))
            .collect::<Option<BTreeSet<String>>>()
            .map(Self)
    }

    /// All of them.
    #[must_use]
    pub const fn names(&self) -> &BTreeSet<String> {
        &self.0
    }

    /// Whether this very scope was granted; none includes another.
    #[must_use]
    pub fn allow(&self, scope: &str) -> bool {
        self.0.contains(scope)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn a_scope_is_granted_by_its_whole_name_alone() {
        let scopes = Scopes::parse("openid fairlead/profile.read").unwrap();
        assert!(scopes.allow("fairlead/profile.read"));
        for other in [
            "fairlead/profile",
            "fairlead/profile.reads",
            "profile.read",
            "",
            "OPENID",
        ] {
            assert!(!scopes.allow(other), "{other}");
        }
    }

    #[rstest]
    #[case("a  b")]
    #[case(" a")]
    #[case("a ")]
    #[case("a\tb")]
    #[case("a\u{a0}b")]
    #[case("a\"b")]
    fn what_is_no_list_of_scopes_is_refused(#[case] claim: &str) {
        assert_eq!(Scopes::parse(claim), None);
    }
}
