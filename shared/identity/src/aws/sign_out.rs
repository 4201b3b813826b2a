//! Ending what a user's logins opened.

use aws_sdk_cognitoidentityprovider::Client;
use lambda_kit::{error::ServiceError, redact::Redacted};

use super::users::code_is;

/// What Cognito answers where there is no user of that name.
pub(super) const UNKNOWN_USER: &str = "UserNotFoundException";

/// Signs a user out everywhere: no refresh token of theirs is good any more. Nothing to do if there is
/// no such user.
pub(super) async fn sign_out(
    client: &Client,
    pool: &str,
    username: &Redacted<String>,
) -> Result<(), ServiceError> {
    let signed_out = client
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
