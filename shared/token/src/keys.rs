//! The public keys of a user pool.

use std::{collections::HashMap, sync::Arc};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use lambda_kit::planted;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde_json::{Map, Value};

use crate::{
    Cause,
    compact::{Compact, is_key_id},
    json,
};

/// A user pool has two keys, and up to four while they are exchanged.
const MOST_KEYS: usize = 16;
/// The sizes of modulus that are taken, in bits.
const SIZES: std::ops::RangeInclusive<usize> = 2_048..=4_096;
/// The exponent that is taken, 65537.
const EXPONENT: [u8; 3] = [1, 0, 1];

/// A public RSA key.
#[derive(Debug)]
pub(crate) struct PublicKey {
    modulus: Vec<u8>,
}

impl PublicKey {
    /// Whether this key signed `token`, by `RS256` and in no other way.
    pub(crate) fn check(&self, token: &Compact<'_>) -> Result<(), Cause> {
        let key = RsaPublicKeyComponents {
            n: self.modulus.as_slice(),
            e: EXPONENT.as_slice(),
        };
        match token.header.algorithm.as_str() {
            "RS256" => key
                .verify(
                    &RSA_PKCS1_2048_8192_SHA256,
                    token.message.as_bytes(),
                    &token.signature,
                )
                .map_err(|_| Cause::Signature),
            "none" if planted::is_on("token-unsigned-taken") => Ok(()),
            "HS256" if planted::is_on("token-hs256-taken") => {
                let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &self.modulus);
                ring::hmac::verify(&key, token.message.as_bytes(), &token.signature)
                    .map_err(|_| Cause::Signature)
            }
            _ => Err(Cause::Algorithm),
        }
    }

    /// A member of a key set, if it is for checking `RS256` and strong enough for that.
    fn read(jwk: &Map<String, Value>) -> Option<(String, Self)> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        let is = |name: &str, value: &str| !jwk.contains_key(name) || text(name) == Some(value);
        let number = |name: &str| BASE64_URL_SAFE_NO_PAD.decode(text(name)?).ok();
        let fit = text("kty") == Some("RSA") && is("use", "sig") && is("alg", "RS256");
        let id = text("kid").filter(|id| fit && is_key_id(id))?;
        let modulus = number("n")?;
        let zeros = modulus.first()?.leading_zeros() as usize;
        let strong = zeros < 8 && SIZES.contains(&(modulus.len() * 8 - zeros));
        (strong && number("e")? == EXPONENT).then(|| (id.to_owned(), Self { modulus }))
    }
}

/// The keys of a user pool by their ids.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeySet(HashMap<String, Arc<PublicKey>>);

impl KeySet {
    /// Reads what the user pool shows (RFC 7517). What is there and can't be used is left out;
    /// `None` if nothing can be, so that a broken answer never takes the place of keys that work.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let set = json::object(bytes)?;
        let listed = set.get("keys")?.as_array()?;
        let usable = listed
            .iter()
            .filter_map(|jwk| PublicKey::read(jwk.as_object()?));
        let mut keys = HashMap::new();
        for (id, key) in usable.take(MOST_KEYS) {
            // Of two keys with one name neither is the one that is meant.
            if keys.insert(id, Arc::new(key)).is_some() {
                return None;
            }
        }
        (!keys.is_empty()).then_some(Self(keys))
    }

    pub(crate) fn find(&self, id: &str) -> Option<Arc<PublicKey>> {
        self.0.get(id).cloned()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testkit::tokens::{ACCESS_TOKEN_KEY, ID_TOKEN_KEY, key_set};

    use super::*;

    /// How many keys are taken of a set that has this beside the pool's own two.
    fn taken_beside(jwk: &Value) -> usize {
        let mut set = key_set();
        set["keys"].as_array_mut().unwrap().push(jwk.clone());
        KeySet::read(set.to_string().as_bytes()).map_or(0, |keys| keys.0.len())
    }

    fn key_with(name: &str, value: &Value) -> Value {
        let mut jwk = ACCESS_TOKEN_KEY.jwk();
        jwk["kid"] = "third".into();
        jwk[name] = value.clone();
        jwk
    }

    #[test]
    fn a_key_that_is_fit_is_taken() {
        assert_eq!(taken_beside(&key_with("use", &json!("sig"))), 3);
    }

    #[test]
    fn a_key_that_is_not_for_this_or_too_weak_is_left_out() {
        let modulus = |bytes: Vec<u8>| json!(BASE64_URL_SAFE_NO_PAD.encode(bytes));
        let short = ACCESS_TOKEN_KEY.modulus()[..255].to_vec();
        let mut zero = vec![0];
        zero.extend(ACCESS_TOKEN_KEY.modulus());
        let mut one_bit_short = ACCESS_TOKEN_KEY.modulus();
        one_bit_short[0] = 0x7f;
        for (name, value) in [
            ("kty", json!("EC")),
            ("kty", json!("oct")),
            ("use", json!("enc")),
            ("alg", json!("HS256")),
            ("alg", json!(null)),
            ("kid", json!("../../etc/passwd")),
            ("kid", json!(7)),
            ("e", json!("Aw")),
            ("e", json!("AQ")),
            ("n", modulus(short)),
            ("n", modulus(zero)),
            ("n", modulus(one_bit_short)),
            ("n", modulus(vec![0xff; 1_024])),
            ("n", json!("")),
        ] {
            assert_eq!(taken_beside(&key_with(name, &value)), 2, "{name}: {value}");
        }
    }

    #[test]
    fn a_set_that_names_two_keys_alike_is_not_taken() {
        let mut twin = ID_TOKEN_KEY.jwk();
        twin["kid"] = ACCESS_TOKEN_KEY.id.into();
        assert_eq!(taken_beside(&twin), 0);
    }

    #[test]
    fn a_set_without_a_usable_key_is_none() {
        for text in [
            "",
            "{}",
            r#"{"keys":[]}"#,
            r#"{"keys":{}}"#,
            r#"{"keys":[1,null,{}]}"#,
        ] {
            assert!(KeySet::read(text.as_bytes()).is_none(), "{text}");
        }
    }

    #[test]
    fn no_more_keys_are_kept_than_a_pool_could_have() {
        let keys = (0..1_000).map(|n| {
            let mut jwk = ACCESS_TOKEN_KEY.jwk();
            jwk["kid"] = format!("key-{n}").into();
            jwk
        });
        let set = json!({ "keys": keys.collect::<Vec<_>>() });
        let read = KeySet::read(set.to_string().as_bytes()).unwrap();
        assert_eq!(read.0.len(), MOST_KEYS);
    }
}
