//! Where webhooks are sent to.

use std::{fmt, net::IpAddr};

use url::{Host, Url};

use crate::is_public;

const LONGEST: usize = 2_048;

/// Ends of names that lead nowhere on the internet.
const INSIDE: [&str; 11] = [
    "localhost",
    "local",
    "localdomain",
    "internal",
    "intranet",
    "lan",
    "home",
    "corp",
    "private",
    "arpa",
    "onion",
];

/// A URL that nothing is sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTarget {
    /// No URL.
    #[error(
        "is no URL: send one such as https://example.com/webhooks, of at most 2,048 characters"
    )]
    Url,
    /// Another scheme.
    #[error("has to begin with https://")]
    Scheme,
    /// It has a user or password.
    #[error("must have neither a user nor a password: messages are signed")]
    User,
    /// It has a fragment, which is never sent.
    #[error("must have no fragment")]
    Fragment,
    /// Another port.
    #[error("has a port that nothing is sent to: use 443")]
    Port,
    /// A host inside.
    #[error("has a host that is not on the internet")]
    Host,
}

/// Where webhooks are sent to: by TLS, to a host that can be on the internet. Whether it is shows once
/// its name is resolved.
#[derive(Clone, PartialEq, Eq)]
pub struct Target(Url);

impl Target {
    /// Reads a URL; `ports` are those besides 443 that may be sent to.
    pub fn parse(text: &str, ports: &[u16]) -> Result<Self, InvalidTarget> {
        let url = read(text, &["https"])?;
        if url.port().is_some_and(|port| !ports.contains(&port)) {
            return Err(InvalidTarget::Port);
        }
        let is_outside = match url.host() {
            Some(Host::Domain(name)) => is_name(name),
            Some(Host::Ipv4(address)) => is_public(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => is_public(IpAddr::V6(address)),
            None => false,
        };
        if is_outside {
            Ok(Self(url))
        } else {
            Err(InvalidTarget::Host)
        }
    }

    /// Reads a URL of any host and port, with TLS or without: for a machine on which all hosts are its
    /// own.
    pub(crate) fn anywhere(text: &str) -> Result<Self, InvalidTarget> {
        read(text, &["https", "http"]).map(Self)
    }

    /// The URL as it is called.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The host: a name that is to be resolved, or an address, of IPv6 in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// The address, if there is no name to be resolved.
    #[must_use]
    pub fn address(&self) -> Option<IpAddr> {
        match self.0.host()? {
            Host::Domain(_) => None,
            Host::Ipv4(address) => Some(IpAddr::V4(address)),
            Host::Ipv6(address) => Some(IpAddr::V6(address)),
        }
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.0.port_or_known_default().unwrap_or(443)
    }
}

/// A URL that says nothing but where to, by one of `schemes`.
fn read(text: &str, schemes: &[&str]) -> Result<Url, InvalidTarget> {
    // URL parsers drop some of these and turn others: what is shown has to be what is called.
    let is_plain = text
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if !is_plain || text.len() > LONGEST {
        return Err(InvalidTarget::Url);
    }
    let url = Url::parse(text).map_err(|_| InvalidTarget::Url)?;
    if !schemes.contains(&url.scheme()) {
        return Err(InvalidTarget::Scheme);
    }
    if !url.username().is_empty() || url.password().is_some() || has_at(text) {
        return Err(InvalidTarget::User);
    }
    if url.fragment().is_some() {
        return Err(InvalidTarget::Fragment);
    }
    Ok(url)
}

impl fmt::Debug for Target {
    /// Without path and query: they often hold a key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Target({})", self.host())
    }
}

/// Whether there is a user, though it be empty.
fn has_at(text: &str) -> bool {
    let (_, rest) = text.split_once("//").unwrap_or_default();
    let authority = rest.split(['/', '?', '#']).next();
    authority.is_some_and(|authority| authority.contains('@'))
}

/// Whether a name can be of a host on the internet.
fn is_name(name: &str) -> bool {
    let labels: Vec<&str> = name.split('.').collect();
    let is_label = |label: &&str| {
        let of_the_set = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        (1..=63).contains(&label.len()) && label.bytes().all(of_the_set)
    };
    let last = labels.last().copied().unwrap_or_default();
    labels.len() > 1 && name.len() <= 253 && labels.iter().all(is_label) && !INSIDE.contains(&last)
}
