//! From an `Authorization` header to a principal.

use std::sync::Arc;

use aws_types::SdkConfig;
use lambda_kit::{
    clock::Clock,
    config::{ConfigError, Environment},
    http_client::HttpClient,
    planted,
};

use crate::{
    Cause, TokenError, Verified,
    claims::Claims,
    clients::{Claimed, OwnClients},
    compact::Compact,
    fetched::FetchedKeys,
};

/// The longest key set that is read, in bytes. A user pool's has about 900.
const LONGEST_KEY_SET: usize = 65_536;

/// Verifies the access tokens of one user pool. Clones share what they know of its keys.
#[derive(Debug, Clone)]
pub struct Verifier(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    issuer: String,
    clients: OwnClients,
    keys: FetchedKeys,
    clock: Clock,
}

impl Verifier {
    /// Reads `TOKEN_ISSUER`, the address of the user pool. Its keys are fetched from there (or from
    /// the endpoint that `sdk` is told to use) when the first token needs them. Reads `WEB_CLIENT_IDS`
    /// and `OPERATORS_CLIENT_IDS` as well, its app clients by which people and operators come.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
    ) -> Result<Self, ConfigError> {
        let UserPool {
            issuer,
            origin,
            pool,
        } = UserPool::from_environment(environment)?;
        let origin = sdk.endpoint_url().unwrap_or(origin);
        let client = HttpClient::new(sdk, "cognito-idp", origin, LONGEST_KEY_SET)?;
        let path = format!("/{pool}/.well-known/jwks.json");
        Ok(Self(Arc::new(Inner {
            issuer: issuer.to_owned(),
            clients: OwnClients::from_environment(environment)?,
            keys: FetchedKeys::new(client, path, clock.clone()),
            clock,
        })))
    }

    /// What the token in the value of an `Authorization` header says. That of a person or an operator
    /// is one of the deployment's own app clients.
    pub async fn verify(&self, authorization: Option<&str>) -> Result<Verified, TokenError> {
        let claimed = self.claimed(authorization).await?;
        if claimed.came_elsewhere() && !planted::is_on("token-client-ignored") {
            return Err(TokenError::Invalid(Cause::UnknownClient));
        }
        Ok(claimed.into_verified())
    }

    /// Whether the API's authorizer lets the token through to the routes of people, too: it takes those
    /// of the app clients that people sign in with, whoever they are.
    #[must_use]
    pub fn passes_authorizer(&self, verified: &Verified) -> bool {
        self.0.clients.are_people_by(verified.client_id())
    }

    /// Whether the ID token that came with a code is of the sign-in by `client` that sent `nonce` along. Who
    /// signed in, and what they may, the access token says that came with it.
    pub async fn verify_sign_in(
        &self,
        id_token: &str,
        client: &str,
        nonce: &str,
    ) -> Result<(), TokenError> {
        let token = Compact::split(id_token).map_err(TokenError::Invalid)?;
        let claims = self.signed(&token).await?;
        claims
            .check_sign_in(&self.0.issuer, client, nonce, self.0.clock.now())
            .map_err(TokenError::Invalid)
    }

    /// What [`verify`](Self::verify) says, of whichever app client.
    pub(crate) async fn claimed(&self, authorization: Option<&str>) -> Result<Claimed, TokenError> {
        let Inner {
            issuer,
            clients,
            clock,
            ..
        } = &*self.0;
        let token = Compact::read(authorization)?;
        let claims = self.signed(&token).await?;
        claims
            .check(issuer, clock.now())
            .and_then(|()| Claimed::read(&claims, clients))
            .map_err(TokenError::Invalid)
    }

    /// The claims of a token that a key of the user pool signed.
    async fn signed(&self, token: &Compact<'_>) -> Result<Claims, TokenError> {
        let key = self.0.keys.find(&token.header.key_id).await;
        let key = key
            .map_err(TokenError::NoKeys)?
            .ok_or(TokenError::Invalid(Cause::UnknownKey))?;
        key.check(token)
            .and_then(|()| Claims::read(&token.payload))
            .map_err(TokenError::Invalid)
    }
}

/// The user pool whose tokens are taken.
pub(crate) struct UserPool<'a> {
    /// As its tokens name it.
    pub(crate) issuer: &'a str,
    origin: &'a str,
    pool: &'a str,
}

impl<'a> UserPool<'a> {
    /// Reads `TOKEN_ISSUER`.
    pub(crate) fn from_environment(environment: &'a Environment) -> Result<Self, ConfigError> {
        let issuer = environment.required("TOKEN_ISSUER")?;
        let (origin, pool) = address(issuer).ok_or(ConfigError::Invalid {
            name: "TOKEN_ISSUER",
            expected: "the address of a user pool: https://<host>/<pool id>",
        })?;
        Ok(Self {
            issuer,
            origin,
            pool,
        })
    }
}

/// An issuer's origin and pool id.
fn address(issuer: &str) -> Option<(&str, &str)> {
    let (origin, pool) = issuer.rsplit_once('/')?;
    let host = origin.strip_prefix("https://")?;
    let well_formed = |text: &str, also: &[u8]| {
        let mut bytes = text.bytes();
        !text.is_empty() && bytes.all(|b| b.is_ascii_alphanumeric() || also.contains(&b))
    };
    (well_formed(host, b".-") && well_formed(pool, b"_-")).then_some((origin, pool))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn an_issuer_is_an_origin_and_a_pool() {
        let issuer = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Ab3";
        let origin = "https://cognito-idp.eu-central-1.amazonaws.com";
        assert_eq!(address(issuer), Some((origin, "eu-central-1_Ab3")));
    }

    #[rstest]
    #[case("http://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Ab3")]
    #[case("https://cognito-idp.eu-central-1.amazonaws.com/")]
    #[case("https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Ab3/")]
    #[case("https://cognito-idp.eu-central-1.amazonaws.com/a/eu-central-1_Ab3")]
    #[case("https://user@host/eu-central-1_Ab3")]
    #[case("eu-central-1_Ab3")]
    fn what_is_no_address_of_a_pool_is_refused(#[case] issuer: &str) {
        assert_eq!(address(issuer), None);
    }
}
