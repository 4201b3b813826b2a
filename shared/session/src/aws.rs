//! The keys out of Secrets Manager.

use std::sync::{Mutex, PoisonError};

use aws_sdk_secretsmanager::{Client, operation::get_secret_value::GetSecretValueError};
use aws_types::SdkConfig;
use futures_util::future::try_join;
use jiff::{SignedDuration, Timestamp};
use lambda_kit::{
    clock::Clock,
    error::{Retry, ServiceError},
};

use crate::{Key, Keys};

const OPERATION: &str = "secretsmanager:GetSecretValue";

/// For how long keys serve without asking again: after a rotation every instance seals under the new
/// key well before the one before it is gone.
const FRESH: SignedDuration = SignedDuration::from_mins(5);

/// Reads the keys that sessions are sealed with: `secretsmanager:GetSecretValue` on their secret.
#[derive(Debug)]
pub struct SessionKeys {
    client: Client,
    secret: String,
    clock: Clock,
    kept: Mutex<Option<(Timestamp, Keys)>>,
}

impl SessionKeys {
    /// The keys in `secret`, whose versions hold one each.
    pub fn new(sdk: &SdkConfig, secret: impl Into<String>, clock: Clock) -> Self {
        Self {
            client: Client::new(sdk),
            secret: secret.into(),
            clock,
            kept: Mutex::default(),
        }
    }

    /// The keys as they are now. If they can't be read, those that were read last still serve.
    pub async fn current(&self) -> Result<Keys, ServiceError> {
        let now = self.clock.now();
        let kept = self.kept();
        if let Some((at, keys)) = &kept
            && now.duration_since(*at) < FRESH
        {
            return Ok(keys.clone());
        }
        match (self.read().await, kept) {
            (Ok(keys), _) => {
                let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
                *kept = Some((now, keys.clone()));
                Ok(keys)
            }
            (Err(error), Some((_, keys))) => {
                tracing::warn!(%error, "the keys of sessions can't be read again");
                Ok(keys)
            }
            (Err(error), None) => Err(error),
        }
    }

    fn kept(&self) -> Option<(Timestamp, Keys)> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.clone()
    }

    async fn read(&self) -> Result<Keys, ServiceError> {
        let stages = try_join(self.stage("AWSCURRENT"), self.stage("AWSPREVIOUS"));
        let (current, previous) = stages.await?;
        let current = current.ok_or_else(|| unusable("NoKey"))?;
        Ok(Keys::new(current, previous))
    }

    /// The key of one version, if there is such a version.
    async fn stage(&self, stage: &str) -> Result<Option<Key>, ServiceError> {
        let asked = self.client.get_secret_value().secret_id(&self.secret);
        let answer = match asked.version_stage(stage).send().await {
            Ok(answer) => answer,
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetSecretValueError::is_resource_not_found_exception) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(ServiceError::new(OPERATION, &error)),
        };
        let text = answer.secret_string.unwrap_or_default();
        let key = text.trim().parse().map_err(|_| unusable("InvalidKey"))?;
        Ok(Some(key))
    }
}

/// What the secret holds is no key: whoever looks after the stage has to put one there.
fn unusable(code: &str) -> ServiceError {
    ServiceError {
        operation: OPERATION,
        code: code.to_owned(),
        retry: Retry::Never,
    }
}
