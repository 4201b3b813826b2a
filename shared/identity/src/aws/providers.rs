//! The pool's identity providers.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use aws_sdk_cognitoidentityprovider::Client;
use jiff::Timestamp;
use lambda_kit::{clock::Clock, error::ServiceError};

use crate::Provider;

/// For how long an answer serves without asking again. Providers hardly ever change.
const FRESH: Duration = Duration::from_mins(5);

/// Looks the pool's providers up: `cognito-idp:ListIdentityProviders` and
/// `cognito-idp:DescribeIdentityProvider`.
#[derive(Debug, Clone)]
pub struct ProviderReader {
    client: Client,
    clock: Clock,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Debug, Default)]
struct Seen {
    names: Option<(Timestamp, Vec<String>)>,
    providers: Vec<(Timestamp, Provider)>,
}

impl ProviderReader {
    /// A reader of one pool's providers.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, clock: Clock) -> Self {
        Self {
            client: Client::new(sdk),
            clock,
            seen: Arc::default(),
        }
    }

    /// What the providers of `pool` are called. An answer is kept for five minutes.
    pub async fn names(&self, pool: &str) -> Result<Vec<String>, ServiceError> {
        let now = self.clock.now();
        if let Some((at, names)) = &self.seen().names
            && is_fresh(*at, now)
        {
            return Ok(names.clone());
        }
        let mut names = Vec::new();
        let mut next = None;
        loop {
            let page = self
                .client
                .list_identity_providers()
                .user_pool_id(pool)
                .set_next_token(next)
                .send()
                .await
                .map_err(|error| ServiceError::new("cognito-idp:ListIdentityProviders", &error))?;
            let providers = page.providers.into_iter();
            names.extend(providers.filter_map(|provider| provider.provider_name));
            next = page.next_token;
            if next.is_none() {
                break;
            }
        }
        self.seen().names = Some((now, names.clone()));
        Ok(names)
    }

    /// The provider `name` of `pool`. An answer is kept for five minutes.
    pub async fn provider(&self, pool: &str, name: &str) -> Result<Provider, ServiceError> {
        let now = self.clock.now();
        let known = self
            .seen()
            .providers
            .iter()
            .find(|(at, provider)| provider.name == name && is_fresh(*at, now))
            .map(|(_, provider)| provider.clone());
        if let Some(provider) = known {
            return Ok(provider);
        }
        let answer = self
            .client
            .describe_identity_provider()
            .user_pool_id(pool)
            .provider_name(name)
            .send()
            .await
            .map_err(|error| ServiceError::new("cognito-idp:DescribeIdentityProvider", &error))?;
        let mapping = answer
            .identity_provider
            .and_then(|provider| provider.attribute_mapping);
        let provider = Provider {
            name: name.to_owned(),
            vouches_for_email: mapping
                .is_some_and(|mapping| mapping.contains_key("email_verified")),
        };
        let mut seen = self.seen();
        seen.providers.retain(|(_, known)| known.name != name);
        seen.providers.push((now, provider.clone()));
        Ok(provider)
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_fresh(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at).unsigned_abs() < FRESH
}
