//! Signing users out.

use aws_sdk_cognitoidentityprovider::Client;
use lambda_kit::{error::ServiceError, redact::Redacted};

use super::users::{UNKNOWN_USER, code_is};

/// Signs users out everywhere: `cognito-idp:AdminUserGlobalSignOut`.
#[derive(Debug, Clone)]
pub struct UserSignOut(Client);

impl UserSignOut {
    /// For the account's pools.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig) -> Self {
        Self(Client::new(sdk))
    }

    /// Revokes all refresh tokens of a user, whichever login they were got by; nothing to do if there
    /// is no such user. Access tokens are good until they expire.
    pub async fn sign_out(
        &self,
        pool: &str,
        username: &Redacted<String>,
    ) -> Result<(), ServiceError> {
        let signed_out = self
            .0
            .admin_user_global_sign_out()
            .user_pool_id(pool)
            .username(username.expose())
            .send()
            .await;
        match signed_out {
            Ok(_) => Ok(()),
            Err(error) if code_is(&error, UNKNOWN_USER) => Ok(()),
            Err(error) => Err(ServiceError::new(
                "cognito-idp:AdminUserGlobalSignOut",
                &error,
            )),
        }
    }
}
