//! An audience, and where it lies.

use std::{fmt, str::FromStr};

use identity::ProfileId;
use tenancy::{Purpose, TenantId};

/// Over how many partitions an audience is spread. A person's changes lie in one of them, so that
/// they have an order; it can't be changed while there are any.
pub const SHARDS: u8 = 8;

/// Those who granted their consent to a purpose of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Audience {
    /// To whom they granted it.
    pub tenant: TenantId,
    /// For what.
    pub purpose: Purpose,
}

/// A text that names no audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an audience is a tenant and a purpose")]
pub struct InvalidAudience;

impl Audience {
    /// The partition that holds the rows of one shard.
    pub(crate) fn partition(&self, shard: u8) -> String {
        format!("{self}#{shard}")
    }
}

/// The shard that a person's rows lie in, in every audience.
pub(crate) fn shard_of(id: ProfileId) -> u8 {
    // The last digits of an id are random, which spreads people evenly.
    let last = id.to_string().bytes().last().unwrap_or_default();
    let digit = char::from(last).to_digit(16).unwrap_or_default();
    u8::try_from(digit).unwrap_or_default() % SHARDS
}

impl FromStr for Audience {
    type Err = InvalidAudience;

    fn from_str(text: &str) -> Result<Self, InvalidAudience> {
        let (tenant, purpose) = text.split_once('#').ok_or(InvalidAudience)?;
        Ok(Self {
            tenant: tenant.parse().map_err(|_| InvalidAudience)?,
            purpose: purpose.parse().map_err(|_| InvalidAudience)?,
        })
    }
}

impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.tenant, self.purpose)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_audience_reads_back_from_its_name() {
        let audience: Audience = "harbour#newsletter".parse().unwrap();
        assert_eq!(audience.to_string(), "harbour#newsletter");
        assert_eq!(audience.partition(7), "harbour#newsletter#7");
        assert_eq!("harbour".parse::<Audience>(), Err(InvalidAudience));
    }

    #[test]
    fn people_are_spread_over_all_shards() {
        let people = (0..64).map(|n| ProfileId::new(Uuid::from_u128(n)));
        let shards: BTreeSet<u8> = people.map(shard_of).collect();
        assert_eq!(shards, (0..SHARDS).collect());
    }
}
