//! How far webhooks reach.

use std::{net::IpAddr, str::FromStr};

use crate::{InvalidTarget, NotPublic, Target, all_public};

/// How far webhooks reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// To the internet by TLS, and to nothing inside.
    Internet,
    /// To any host by any port, without TLS too: for a developer's machine, where receivers stand
    /// inside.
    Anywhere,
}

/// A text that says no reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("webhooks reach the internet or anywhere")]
pub struct InvalidReach;

impl Reach {
    /// Reads a URL that is within reach.
    pub fn target(self, text: &str) -> Result<Target, InvalidTarget> {
        match self {
            Self::Internet => Target::parse(text, &[]),
            Self::Anywhere => Target::anywhere(text),
        }
    }

    /// The address to connect to, of those that a name led to, if all are within reach.
    pub fn address(self, addresses: &[IpAddr]) -> Result<IpAddr, NotPublic> {
        let within = match self {
            Self::Internet => all_public(addresses)?,
            Self::Anywhere => addresses,
        };
        within.first().copied().ok_or(NotPublic)
    }
}

impl FromStr for Reach {
    type Err = InvalidReach;

    fn from_str(text: &str) -> Result<Self, InvalidReach> {
        match text {
            "internet" => Ok(Self::Internet),
            "anywhere" => Ok(Self::Anywhere),
            _ => Err(InvalidReach),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_of_its_own_is_reached_on_that_machine_alone() {
        let url = "http://127.0.0.1:8400/hooks";
        assert_eq!(Reach::Internet.target(url), Err(InvalidTarget::Scheme));
        let target = Reach::Anywhere.target(url).unwrap();
        assert_eq!((target.as_str(), target.port()), (url, 8400));
        let inside = [IpAddr::from([127, 0, 0, 1])];
        assert_eq!(Reach::Internet.address(&inside), Err(NotPublic));
        assert_eq!(
            Reach::Anywhere.address(&inside),
            Ok(IpAddr::from([127, 0, 0, 1]))
        );
        assert_eq!(Reach::Anywhere.address(&[]), Err(NotPublic));
    }
}
