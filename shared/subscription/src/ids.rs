//! What subscriptions and deliveries are called.

use std::{
    fmt::{self, Write as _},
    str::FromStr,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tenancy::{PartnerId, TenantId};

/// How many hexadecimal digits stand behind the prefix.
const DIGITS: usize = 32;

/// How many of a delivery's digits say when.
const DIGITS_OF_TIME: usize = 12;

/// A text that is no such id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id has a prefix and 32 hexadecimal digits")]
pub struct InvalidId;

macro_rules! id {
    ($(#[$doc:meta])* $type:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $type(String);

        impl $type {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $type {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let digits = text.strip_prefix($prefix).ok_or(InvalidId)?;
                let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
                if digits.len() == DIGITS && digits.bytes().all(is_digit) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(InvalidId)
                }
            }
        }

        impl TryFrom<String> for $type {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                text.parse()
            }
        }

        impl From<$type> for String {
            fn from(id: $type) -> Self {
                id.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// `sub_` and 32 hexadecimal digits.
    SubscriptionId,
    "sub_"
);
id!(
    /// `dlv_` and 32 hexadecimal digits, which is the `webhook-id` too. They sort by when what is told
    /// happened.
    DeliveryId,
    "dlv_"
);

impl SubscriptionId {
    /// The id of what `partner` asked for by the request `request_id`: the same if it comes again.
    #[must_use]
    pub fn of(tenant: &TenantId, partner: &PartnerId, request_id: &str) -> Self {
        let digest = digest(&[tenant.as_str(), partner.as_str(), request_id]);
        Self(format!("sub_{}", head(&digest, DIGITS)))
    }

    /// A number below `shards`, evenly spread.
    pub(crate) fn shard(&self, shards: u8) -> u8 {
        let sum: u32 = self.0.bytes().map(u32::from).sum();
        u8::try_from(sum % u32::from(shards.max(1))).unwrap_or_default()
    }
}

impl DeliveryId {
    /// The id under which the subscription `id` is told of `event`, which happened at `time`: the same
    /// however often the bus brings it.
    #[must_use]
    pub fn of(id: &SubscriptionId, event: &str, time: Timestamp) -> Self {
        let digest = digest(&[id.as_str(), event]);
        let millis = u64::try_from(time.as_millisecond()).unwrap_or_default();
        let millis = format!("{millis:012x}");
        let rest = head(&digest, DIGITS - DIGITS_OF_TIME);
        Self(format!("dlv_{}{rest}", head(&millis, DIGITS_OF_TIME)))
    }
}

/// The first `count` characters of a text of ASCII.
fn head(text: &str, count: usize) -> &str {
    text.get(..count).unwrap_or(text)
}

/// A digest of the texts, each after its length, so that no two lists look alike.
fn digest(texts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update(text.len().to_string());
        hash.update(":");
        hash.update(text);
    }
    hash.finalize().iter().fold(String::new(), |mut hex, byte| {
        _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subscription(request: &str) -> SubscriptionId {
        SubscriptionId::of(
            &"harbour".parse().unwrap(),
            &"crm".parse().unwrap(),
            request,
        )
    }

    #[test]
    fn an_id_follows_from_what_it_is_made_for_and_reads_back() {
        let one = subscription("1");
        assert_eq!(one, subscription("1"));
        assert_ne!(one, subscription("2"));
        assert_eq!(one.as_str().parse(), Ok(one.clone()));
        let at = |second| Timestamp::from_second(second).unwrap();
        let early = DeliveryId::of(&one, "a", at(1_700_000_000));
        assert_eq!(early, DeliveryId::of(&one, "a", at(1_700_000_000)));
        assert!(early < DeliveryId::of(&one, "b", at(1_700_000_001)));
        assert_eq!(early.as_str().parse(), Ok(early.clone()));
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for text in ["", "sub_", "sub_1", "dlv_0198f2a0c1d27e3f8a4b5c6d7e8f9012"] {
            assert_eq!(text.parse::<SubscriptionId>(), Err(InvalidId), "{text}");
        }
    }
}
