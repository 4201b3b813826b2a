//! From the claims that API Gateway verified to a principal.

use lambda_kit::{
    config::{ConfigError, Environment},
    http::Request,
    planted,
};
use serde_json::{Map, Value};

use crate::{
    Cause, TokenError, Verified,
    claims::Claims,
    clients::{Claimed, OwnClients},
    verifier::UserPool,
};

/// Takes over whom API Gateway let through with a token of one user pool.
#[derive(Debug, Clone)]
pub struct Gateway {
    issuer: String,
    clients: OwnClients,
}

impl Gateway {
    /// Reads `TOKEN_ISSUER`, the address of the user pool, and which app clients of it are taken:
    /// `WEB_CLIENT_IDS` and `OPERATORS_CLIENT_IDS`.
    pub fn new(environment: &Environment) -> Result<Self, ConfigError> {
        let issuer = UserPool::from_environment(environment)?.issuer.to_owned();
        let clients = OwnClients::from_environment(environment)?;
        Ok(Self { issuer, clients })
    }

    /// The caller of a request whose token API Gateway verified. Signature, audience, times and the
    /// route's scope were checked there. Who issued it and for which app client is checked again, so
    /// that an authorizer of another pool, or one that takes whatever the pool issues, lets nobody in;
    /// and that it is an access token and no ID token, which nobody looked at before.
    ///
    /// # Errors
    /// [`TokenError::Missing`] if no authorizer saw the request.
    pub fn verified(&self, request: &Request) -> Result<Verified, TokenError> {
        let claims = request.claims().ok_or(TokenError::Missing)?;
        let claims = claims.iter().map(|(name, claim)| {
            let claim = match (name.as_str(), claim) {
                ("cognito:groups", Value::String(text)) => groups(text),
                _ => claim.clone(),
            };
            (name.clone(), claim)
        });
        let claims = Claims::verified(claims.collect::<Map<_, _>>());
        let claimed = claims
            .check_handed_on(&self.issuer)
            .and_then(|()| Claimed::read(&claims, &self.clients))
            .map_err(TokenError::Invalid)?;
        if claimed.came_elsewhere() && !planted::is_on("gateway-client-ignored") {
            return Err(TokenError::Invalid(Cause::UnknownClient));
        }
        Ok(claimed.into_verified())
    }
}

/// API Gateway writes a list as `[a b]`. No group has a space in its name.
fn groups(text: &str) -> Value {
    let inner = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    inner.unwrap_or(text).split(' ').collect()
}
