//! Looking into a JSON Web Token.

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;

/// The claims of `token`.
///
/// Its signature is not checked here: it came straight from the token endpoint (OIDC Core
/// 1.0, §3.1.3.7, point 6), and the API's authorizer checks it in earnest.
pub fn claims(token: &str) -> Result<Value> {
    let payload = token.split('.').nth(1).context("a token has three parts")?;
    let bytes = BASE64_URL_SAFE_NO_PAD
        .decode(payload)
        .context("a token's claims are base64url")?;
    serde_json::from_slice(&bytes).context("a token's claims are JSON")
}

/// A claim's text; an error names the claim that is missing.
pub fn text<'a>(claims: &'a Value, name: &str) -> Result<&'a str> {
    claims
        .get(name)
        .and_then(Value::as_str)
        .with_context(|| format!("the token has no claim {name}"))
}
