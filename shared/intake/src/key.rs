//! Under which key an event is kept.

use std::fmt;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tenancy::{PartnerId, TenantId};

/// How long a digest is: that of a SHA-256 in base64, without padding.
const DIGEST_LENGTH: usize = 43;

/// `<tenant>#<digest>`: the same for the same `source` and `id` of the same partner, wherever and
/// however often the event comes in. Partners know nothing of each other's events, and can't be in
/// the way of them: the partner is a part of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventKey(String);

impl EventKey {
    /// The key of the event `id` of `source`, as `partner` sent it.
    #[must_use]
    pub fn of(tenant: &TenantId, partner: &PartnerId, source: &str, id: &str) -> Self {
        let mut hash = Sha256::new();
        // Each after its length, so that no two lists of texts look alike.
        for text in [partner.as_str(), source, id] {
            hash.update(text.len().to_string());
            hash.update(":");
            hash.update(text);
        }
        let digest = BASE64_URL_SAFE_NO_PAD.encode(hash.finalize());
        Self(format!("{tenant}#{digest}"))
    }

    /// The key of the event of `tenant` that is named by its digest; `None` if that can't be one.
    #[must_use]
    pub fn named(tenant: &TenantId, digest: &str) -> Option<Self> {
        let mut bytes = digest.bytes();
        let well_formed = digest.len() == DIGEST_LENGTH
            && bytes.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        well_formed.then(|| Self(format!("{tenant}#{digest}")))
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Without the tenant: a digest, safe in any name.
    #[must_use]
    pub fn digest(&self) -> &str {
        self.0.rsplit('#').next().unwrap_or_default()
    }

    /// How the keys of its objects begin: `events/<tenant>/<digest>/`.
    #[must_use]
    pub fn objects(&self) -> String {
        format!("events/{}/", self.0.replacen('#', "/", 1))
    }

    /// How the keys of what lies of it for partners begin: `claims/<tenant>/<digest>/`.
    #[must_use]
    pub fn copies(&self) -> String {
        format!("claims/{}/", self.0.replacen('#', "/", 1))
    }

    /// Where the API leads to its data, if that was uploaded: below whichever address the API has.
    #[must_use]
    pub fn data_path(&self) -> String {
        format!("/v1/events/{}/data", self.digest())
    }

    /// A number below `shards`, evenly spread.
    #[must_use]
    pub(crate) fn shard(&self, shards: u8) -> u8 {
        let sum: u32 = self.digest().bytes().map(u32::from).sum();
        u8::try_from(sum % u32::from(shards.max(1))).unwrap_or_default()
    }
}

impl fmt::Display for EventKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<String> for EventKey {
    /// A key that was made before.
    fn from(text: String) -> Self {
        Self(text)
    }
}

/// A digest of `bytes`, by which they are known again.
pub(crate) fn digest(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn key(partner: &str, source: &str, id: &str) -> EventKey {
        EventKey::of(
            &"harbour".parse().unwrap(),
            &partner.parse().unwrap(),
            source,
            id,
        )
    }

    #[test]
    fn a_key_follows_from_partner_source_and_id_alone() {
        let one = key("crm", "/orders", "1");
        assert_eq!(one, key("crm", "/orders", "1"));
        assert!(one.as_str().starts_with("harbour#"));
        assert_eq!(one.as_str().len(), "harbour#".len() + 43);
        assert_eq!(one.objects(), format!("events/harbour/{}/", one.digest()));
        assert_eq!(one.copies(), format!("claims/harbour/{}/", one.digest()));
        assert_eq!(one.data_path(), format!("/v1/events/{}/data", one.digest()));
        for other in [
            key("shop", "/orders", "1"),
            key("crm", "/orders1", ""),
            key("crm", "/order", "s1"),
            key("crm", "/orders", "2"),
        ] {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn an_event_is_named_by_its_digest_within_a_tenant_and_by_nothing_else() {
        let one = key("crm", "/orders", "1");
        let harbour = "harbour".parse().unwrap();
        assert_eq!(EventKey::named(&harbour, one.digest()), Some(one.clone()));
        let airport = "airport".parse().unwrap();
        assert_ne!(EventKey::named(&airport, one.digest()), Some(one.clone()));
        let with_tenant = one.as_str();
        let with_another = format!("#{}", &one.digest()[1..]);
        for other in ["", "1", with_tenant, with_another.as_str()] {
            assert_eq!(EventKey::named(&harbour, other), None);
        }
    }

    #[test]
    fn keys_are_spread_over_all_shards() {
        let shards = (0..200).map(|n| key("crm", "/orders", &n.to_string()).shard(8));
        assert_eq!(shards.collect::<BTreeSet<u8>>(), (0..8).collect());
    }

    proptest! {
        #[test]
        fn texts_that_run_together_have_keys_of_their_own(
            one in "[0-9:]{0,12}", other in "[0-9:]{0,12}", cut in 0_usize..12,
        ) {
            let whole = format!("{one}{other}");
            let (left, right) = whole.split_at(cut.min(whole.len()));
            let is_same = (left, right) == (one.as_str(), other.as_str());
            prop_assert_eq!(key("crm", &one, &other) == key("crm", left, right), is_same);
        }
    }
}
