//! What webhooks are checked with.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use aws_sdk_secretsmanager::{Client, operation::get_secret_value::GetSecretValueError};
use futures_util::future::try_join;
use jiff::{SignedDuration, Timestamp};
use lambda_kit::{clock::Clock, error::ServiceError};
use webhook::{Checker, Signed, Unverified, verify};

use crate::hook::Hook;

/// For how long secrets serve without asking again.
const FRESH: SignedDuration = SignedDuration::from_mins(5);

/// How old they have to be to be asked for again since a signature does not match: whoever can't sign
/// makes no more calls than that.
const COOLDOWN: SignedDuration = SignedDuration::from_secs(30);

/// Checks signatures: `secretsmanager:GetSecretValue` on the hooks' secrets.
#[derive(Debug)]
pub(crate) struct Secrets {
    client: Client,
    prefix: String,
    clock: Clock,
    kept: Mutex<HashMap<String, Kept>>,
}

/// A hook's secrets, and when they were asked for.
#[derive(Debug, Clone)]
struct Kept {
    at: Timestamp,
    checkers: Arc<[Checker]>,
}

/// Why a message is not taken for its sender's.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotVerified {
    /// By its signature.
    #[error(transparent)]
    Unsigned(#[from] Unverified),
    /// What it is checked with can't be read.
    #[error("the secrets of a hook can't be read")]
    Service(#[from] ServiceError),
}

impl Secrets {
    /// The secrets whose names begin with `prefix` and a slash.
    pub(crate) fn new(sdk: &aws_types::SdkConfig, prefix: impl Into<String>, clock: Clock) -> Self {
        Self {
            client: Client::new(sdk),
            prefix: prefix.into(),
            clock,
            kept: Mutex::default(),
        }
    }

    /// Checks that a secret of `hook` signed this, the present one or the one before it. One that was
    /// made a moment ago is looked for once.
    pub(crate) async fn verify(
        &self,
        hook: &Hook,
        signed: &Signed,
        body: &[u8],
    ) -> Result<(), NotVerified> {
        let now = self.clock.now();
        let name = hook.secret();
        let checked = |kept: &Kept| verify(&kept.checkers, signed, body, now).map(|_| ());
        let kept = self.kept(&name);
        if let Some(kept) = kept.filter(|kept| now.duration_since(kept.at) < FRESH) {
            match checked(&kept) {
                Err(Unverified::NoMatch) if now.duration_since(kept.at) >= COOLDOWN => {}
                outcome => return Ok(outcome?),
            }
        }
        let kept = Kept {
            at: now,
            checkers: self.read(&name).await?,
        };
        let outcome = checked(&kept);
        let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(name, kept);
        Ok(outcome?)
    }

    fn kept(&self, name: &str) -> Option<Kept> {
        let all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(name).cloned()
    }

    /// The present secrets and those before, which serve until their senders have changed over.
    async fn read(&self, name: &str) -> Result<Arc<[Checker]>, ServiceError> {
        let stages = try_join(
            self.stage(name, "AWSCURRENT"),
            self.stage(name, "AWSPREVIOUS"),
        );
        let (current, previous) = stages.await?;
        Ok(current.into_iter().chain(previous).collect())
    }

    /// One or several keys, with white space between them. What is none is passed over.
    async fn stage(&self, name: &str, stage: &str) -> Result<Vec<Checker>, ServiceError> {
        let answer = self
            .client
            .get_secret_value()
            .secret_id(format!("{}/{name}", self.prefix))
            .version_stage(stage)
            .send()
            .await;
        let secret = match answer {
            Ok(answer) => answer.secret_string.unwrap_or_default(),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetSecretValueError::is_resource_not_found_exception) =>
            {
                return Ok(Vec::new());
            }
            Err(error) => {
                return Err(ServiceError::new("secretsmanager:GetSecretValue", &error));
            }
        };
        let keys = secret.split_whitespace().map(checker);
        Ok(keys.filter_map(logged).collect())
    }
}

/// A secret `whsec_…`, or a public key `whpk_…`.
fn checker(text: &str) -> Result<Checker, webhook::InvalidKey> {
    if text.starts_with("whpk_") {
        text.parse().map(Checker::Key)
    } else {
        text.parse().map(Checker::Secret)
    }
}

fn logged(checker: Result<Checker, webhook::InvalidKey>) -> Option<Checker> {
    checker
        .inspect_err(|error| tracing::error!(%error, "a secret of a hook can't be used"))
        .ok()
}
