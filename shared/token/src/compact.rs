//! A token in pieces: RFC 6750's header, RFC 7515's compact form.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

use crate::{Cause, TokenError, json};

/// The longest `Authorization` header that is looked at, in bytes: API Gateway takes 10,240 bytes
/// of headers in all, and a token of the user pool has 1,000 to 3,000.
const LONGEST: usize = 8_192;

/// What no token of the user pool has in its header, because it would bring a key along (`jku`,
/// `jwk`, `x5…`), be encrypted or compressed, hold another token, or need processing that the
/// receiver has to know of (`crit`, `b64`).
const NEVER: [&str; 17] = [
    "jku", "jwk", "x5u", "x5c", "x5t", "x5t#S256", "crit", "b64", "cty", "enc", "zip", "epk",
    "apu", "apv", "iv", "tag", "p2s",
];

/// A token whose signature has not been checked. Only its header may be used, and only to find the
/// key.
#[derive(Debug)]
pub(crate) struct Compact<'a> {
    pub(crate) header: Header,
    /// What is signed.
    pub(crate) message: &'a str,
    pub(crate) payload: Vec<u8>,
    pub(crate) signature: Vec<u8>,
}

/// What a token's header may decide.
#[derive(Debug)]
pub(crate) struct Header {
    pub(crate) algorithm: String,
    pub(crate) key_id: String,
}

impl<'a> Compact<'a> {
    /// Takes the value of an `Authorization` header apart.
    pub(crate) fn read(authorization: Option<&'a str>) -> Result<Self, TokenError> {
        let authorization = authorization.ok_or(TokenError::Missing)?;
        if authorization.len() > LONGEST {
            return Err(TokenError::Invalid(Cause::TooLong));
        }
        bearer(authorization)
            .ok_or(Cause::NotBearer)
            .and_then(Self::split)
            .map_err(TokenError::Invalid)
    }

    /// Takes a token apart.
    pub(crate) fn split(token: &'a str) -> Result<Self, Cause> {
        if token.len() > LONGEST {
            return Err(Cause::TooLong);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(Cause::NotCompact)?;
        let (header, payload) = message.split_once('.').ok_or(Cause::NotCompact)?;
        // A third dot is in none of the alphabets. Padding and stray bits are refused as well: a
        // token has one spelling.
        let decode = |part: &str| {
            BASE64_URL_SAFE_NO_PAD
                .decode(part)
                .map_err(|_| Cause::NotCompact)
        };
        let (header, payload, signature) = (decode(header)?, decode(payload)?, decode(signature)?);
        Ok(Self {
            header: Header::read(&json::object(&header).ok_or(Cause::UnreadableHeader)?)?,
            message,
            payload,
            signature,
        })
    }
}

impl Header {
    fn read(members: &Map<String, Value>) -> Result<Self, Cause> {
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        if NEVER.iter().any(|name| members.contains_key(*name)) {
            return Err(Cause::HeaderMember);
        }
        if members.contains_key("typ") && !text("typ").is_some_and(names_a_jwt) {
            return Err(Cause::Type);
        }
        Ok(Self {
            algorithm: text("alg").ok_or(Cause::Algorithm)?.to_owned(),
            key_id: text("kid")
                .filter(|id| is_key_id(id))
                .ok_or(Cause::KeyId)?
                .to_owned(),
        })
    }
}

/// The token behind the scheme, whose case is free (RFC 9110 §11.1).
fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim_start_matches(' '))
}

/// `JWT` (RFC 7519) or `at+jwt` (RFC 9068), which are media types and as such without case.
fn names_a_jwt(kind: &str) -> bool {
    let kind = kind.to_ascii_lowercase();
    let kind = kind.strip_prefix("application/").unwrap_or(&kind);
    kind == "jwt" || kind == "at+jwt"
}

/// The user pool's key ids are digests in base64.
pub(crate) fn is_key_id(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+/=-_".contains(&b))
}
