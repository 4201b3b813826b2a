//! Which events may be asked for.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Fairlead's own events of which partners hear.
const OWN: [&str; 5] = [
    "dev.fairlead.profile.updated.v1",
    "dev.fairlead.profile.merged.v1",
    "dev.fairlead.erasure.told.v1",
    "dev.fairlead.erasure.reminded.v1",
    DISABLED,
];

/// That a subscription was disabled, and not by its partner: the partner's others may be told of it.
pub(crate) const DISABLED: &str = "dev.fairlead.subscription.disabled.v1";

/// What Fairlead makes of partners' calls.
const SEGMENT: &str = "dev.fairlead.segment.";

const LONGEST: usize = 128;

/// The type of an event that may be asked for, by its whole name: a partner's own, or one of those of
/// Fairlead that partners hear of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Kind(String);

/// A text that is no type that may be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a type is that of a partner's event, or dev.fairlead.profile.updated.v1, dev.fairlead.profile.merged.v1, dev.fairlead.erasure.told.v1, dev.fairlead.erasure.reminded.v1 or dev.fairlead.subscription.disabled.v1"
)]
pub struct InvalidKind;

impl Kind {
    /// The type as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Kind {
    type Err = InvalidKind;

    fn from_str(text: &str) -> Result<Self, InvalidKind> {
        let of_the_set =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        let is_name = (1..=LONGEST).contains(&text.len()) && text.bytes().all(of_the_set);
        let is_open =
            !text.starts_with("dev.fairlead") || text.starts_with(SEGMENT) || OWN.contains(&text);
        if is_name && is_open {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidKind)
        }
    }
}

impl TryFrom<String> for Kind {
    type Error = InvalidKind;

    fn try_from(text: String) -> Result<Self, InvalidKind> {
        text.parse()
    }
}

impl From<Kind> for String {
    fn from(kind: Kind) -> Self {
        kind.0
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("com.example.order.placed.v1", true)]
    #[case("dev.fairlead.segment.track.v1", true)]
    #[case("dev.fairlead.profile.updated.v1", true)]
    #[case("dev.fairlead.erasure.told.v1", true)]
    #[case("dev.fairlead.erasure.reminded.v1", true)]
    #[case("dev.fairlead.subscription.disabled.v1", true)]
    #[case("dev.fairlead.erasure.requested.v1", false)]
    #[case("dev.fairlead.profile.signed-in.v1", false)]
    #[case("dev.fairlead.consent.granted.v1", false)]
    #[case("dev.fairlead", false)]
    #[case("com.example.*", false)]
    #[case("", false)]
    fn of_fairleads_own_events_partners_hear_of_few(#[case] text: &str, #[case] is_open: bool) {
        assert_eq!(text.parse::<Kind>().is_ok(), is_open);
    }
}
