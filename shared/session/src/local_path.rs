//! Where to go on after signing in: to a page of our own, and nowhere else.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

const LONGEST: usize = 512;

/// A path of our own with its query, `/me/readers?partner=chandlery`. Browsers read `//host`, `/\host`
/// and a tab within a path in ways of their own, so nothing is taken but what has one reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LocalPath(String);

/// It might lead elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the path might lead to another site")]
pub struct InvalidPath;

impl LocalPath {
    /// The front door.
    #[must_use]
    pub fn front() -> Self {
        Self("/".to_owned())
    }

    /// As a browser is sent there.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LocalPath {
    type Err = InvalidPath;

    fn from_str(text: &str) -> Result<Self, InvalidPath> {
        let rest = text.strip_prefix('/').ok_or(InvalidPath)?;
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/?&=%+:,@".contains(&byte);
        // Nothing else could be read as the beginning of another host.
        let is_ours = !rest.starts_with('/') && !rest.contains("//");
        if text.len() <= LONGEST && is_ours && rest.bytes().all(is_plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidPath)
        }
    }
}

impl TryFrom<String> for LocalPath {
    type Error = InvalidPath;

    fn try_from(text: String) -> Result<Self, InvalidPath> {
        text.parse()
    }
}

impl From<LocalPath> for String {
    fn from(path: LocalPath) -> Self {
        path.0
    }
}

impl fmt::Display for LocalPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/")]
    #[case("/me")]
    #[case("/me/readers?partner=chandlery&cursor=AZjyoMHSfj-KS1xtfo-QEg")]
    #[case("/ops/requests?from=2026-01-01&purpose=news%20letter")]
    fn a_page_of_our_own_is_taken(#[case] text: &str) {
        assert_eq!(text.parse::<LocalPath>().unwrap().as_str(), text);
    }

    #[rstest]
    #[case("")]
    #[case("me")]
    #[case("https://evil.example/")]
    #[case("//evil.example")]
    #[case("///evil.example")]
    #[case("/\\evil.example")]
    #[case("/\t/evil.example")]
    #[case("/\n/evil.example")]
    #[case("/me//evil.example")]
    #[case("/me?return_to=https://evil.example")]
    #[case("/me#fragment")]
    #[case("/me\u{0}")]
    #[case("/mé")]
    #[case("javascript:alert(1)")]
    fn what_might_lead_elsewhere_is_refused(#[case] text: &str) {
        assert_eq!(text.parse::<LocalPath>(), Err(InvalidPath));
    }

    #[test]
    fn no_path_is_longer_than_a_cookie_can_bear() {
        let path = |length: usize| format!("/{}", "a".repeat(length - 1)).parse::<LocalPath>();
        assert!(path(LONGEST).is_ok());
        assert_eq!(path(LONGEST + 1), Err(InvalidPath));
    }
}
