//! Users of the pool: letting nobody in any more.

use aws_sdk_cognitoidentityprovider::Client;
use lambda_kit::{error::ServiceError, redact::Redacted};

use super::{
    UserSignOut,
    users::{UNKNOWN_USER, code_is},
};

/// Removes users with all their logins: `cognito-idp:AdminUserGlobalSignOut` and
/// `cognito-idp:AdminDeleteUser`.
#[derive(Debug, Clone)]
pub struct UserRemover {
    client: Client,
    sessions: UserSignOut,
}

impl UserRemover {
    /// A remover from the account's pools.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig) -> Self {
        Self {
            client: Client::new(sdk),
            sessions: UserSignOut::new(sdk),
        }
    }

    /// Signs a user out everywhere and removes them; nothing to do if there is no such user. The
    /// logins at other providers that lead to them go with them.
    pub async fn remove(
        &self,
        pool: &str,
        username: &Redacted<String>,
    ) -> Result<(), ServiceError> {
        self.sessions.sign_out(pool, username).await?;
        let removed = self
            .client
            .admin_delete_user()
            .user_pool_id(pool)
            .username(username.expose())
            .send()
            .await;
        match removed {
            Ok(_) => Ok(()),
            Err(error) if code_is(&error, UNKNOWN_USER) => Ok(()),
            Err(error) => Err(ServiceError::new("cognito-idp:AdminDeleteUser", &error)),
        }
    }
}
