//! How far webhooks reach.

use std::net::IpAddr;

use url::{Host, Url};

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

/// A text that says no reach, or one that there is not here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("webhooks reach the internet, or anywhere where AWS itself is on this machine")]
pub struct InvalidReach;

impl Reach {
    /// What `text` says, `internet` or `anywhere`. `endpoint` is where AWS's services are, if not where
    /// they always are: only with one on this machine webhooks reach anywhere, so that nothing that is
    /// set opens the inside of a deployment on AWS.
    pub fn configured(text: &str, endpoint: Option<&str>) -> Result<Self, InvalidReach> {
        match text {
            "internet" => Ok(Self::Internet),
            "anywhere" if endpoint.is_some_and(is_on_this_machine) => Ok(Self::Anywhere),
            _ => Err(InvalidReach),
        }
    }

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

/// Whether a URL leads to the loopback interface.
fn is_on_this_machine(url: &str) -> bool {
    let url = Url::parse(url).ok();
    match url.as_ref().and_then(Url::host) {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_set_opens_the_inside_of_a_deployment_on_aws() {
        for endpoint in [
            "http://127.0.0.1:4566",
            "http://[::1]:1",
            "http://localhost",
        ] {
            let reach = Reach::configured("anywhere", Some(endpoint));
            assert_eq!(reach, Ok(Reach::Anywhere), "{endpoint}");
        }
        for endpoint in [
            None,
            Some(""),
            Some("127.0.0.1"),
            Some("https://sqs.eu-central-1.amazonaws.com"),
            Some("http://127.0.0.1.example.com"),
            Some("http://10.0.0.1"),
        ] {
            let reach = Reach::configured("anywhere", endpoint);
            assert_eq!(reach, Err(InvalidReach), "{endpoint:?}");
            assert_eq!(Reach::configured("internet", endpoint), Ok(Reach::Internet));
        }
        let here = Some("http://127.0.0.1:4566");
        assert_eq!(Reach::configured("Anywhere", here), Err(InvalidReach));
    }

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
