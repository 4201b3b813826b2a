//! Which addresses are the internet's, and so nobody's inside.
//!
//! <https://www.iana.org/assignments/iana-ipv4-special-registry>,
//! <https://www.iana.org/assignments/iana-ipv6-special-registry>

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What is not the internet's, with the length of its prefix.
const IPV4: [(Ipv4Addr, u32); 17] = [
    // "This network".
    (Ipv4Addr::UNSPECIFIED, 8),
    // Private.
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    // Shared by a provider's customers.
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    // This host.
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    // This link: the metadata of EC2 and of containers.
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    // Private.
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    // Of protocols.
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    // Documentation.
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    // Relays to 6to4.
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    // Private.
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    // Benchmarks.
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    // Documentation.
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    // Many at once.
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    // Reserved, and everyone at once.
    (Ipv4Addr::new(240, 0, 0, 0), 4),
    // Where names of private servers end, and automatic tunnels.
    (Ipv4Addr::new(192, 31, 196, 0), 24),
    (Ipv4Addr::new(192, 52, 193, 0), 24),
];

/// The part of IPv6 that is given to the internet. Outside are this host, links, private networks,
/// many at once, and each way to write an IPv4 address as one of IPv6.
const GLOBAL: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// What in that part is not the internet's.
const IPV6: [(Ipv6Addr, u32); 6] = [
    // Of protocols: Teredo, benchmarks, ORCHID.
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    // Documentation.
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    // 6to4, which holds an address of IPv4.
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    // Where names of private servers end.
    (Ipv6Addr::new(0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0), 48),
    // Given back.
    (Ipv6Addr::new(0x3ffe, 0, 0, 0, 0, 0, 0, 0), 16),
    // Documentation.
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// A name that leads to where nothing is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the host has no address, or one that is not public")]
pub struct NotPublic;

/// Whether something that is sent to this address leaves for the internet.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !IPV4.iter().any(|block| holds4(*block, address)),
        IpAddr::V6(address) => {
            holds6(GLOBAL, address) && !IPV6.iter().any(|block| holds6(*block, address))
        }
    }
}

/// All the addresses that a name led to, if every one is public. The one that is connected to has to
/// be one of these: a name may lead elsewhere when it is asked again.
pub fn all_public(addresses: &[IpAddr]) -> Result<&[IpAddr], NotPublic> {
    if addresses.is_empty() || !addresses.iter().all(|address| is_public(*address)) {
        return Err(NotPublic);
    }
    Ok(addresses)
}

fn holds4((block, prefix): (Ipv4Addr, u32), address: Ipv4Addr) -> bool {
    let differing = block.to_bits() ^ address.to_bits();
    differing.leading_zeros() >= prefix
}

fn holds6((block, prefix): (Ipv6Addr, u32), address: Ipv6Addr) -> bool {
    let differing = block.to_bits() ^ address.to_bits();
    differing.leading_zeros() >= prefix
}
