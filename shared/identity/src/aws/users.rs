//! Users of the pool: looking them up, and making them.

use std::{
    fmt::{self, Write},
    sync::Arc,
};

use aws_sdk_cognitoidentityprovider::{
    Client,
    error::SdkError,
    types::{AttributeType, MessageActionType, UserStatusType},
};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use lambda_kit::{Retry, error::ServiceError, redact::Redacted};

use crate::{CognitoSub, Email, PoolUser, UserStatus, cognito::Attributes};

/// What Cognito answers where there is no user of that name.
pub(super) const UNKNOWN_USER: &str = "UserNotFoundException";

/// Looks users up: `cognito-idp:ListUsers` and `cognito-idp:AdminGetUser`.
#[derive(Debug, Clone)]
pub struct UserReader(Client);

/// Some users, and where the rest of them begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserPage {
    /// The users.
    pub users: Vec<PoolUser>,
    /// Where to go on; `None` after the last of them.
    pub next: Option<Redacted<String>>,
}

impl UserReader {
    /// A reader of the account's pools.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig) -> Self {
        Self(Client::new(sdk))
    }

    /// Some of all users of `pool`, from where `from` says or from the beginning.
    pub async fn page(
        &self,
        pool: &str,
        from: Option<Redacted<String>>,
    ) -> Result<UserPage, ServiceError> {
        let answer = self
            .0
            .list_users()
            .user_pool_id(pool)
            .set_pagination_token(from.map(Redacted::into_inner))
            .send()
            .await
            .map_err(|error| ServiceError::new("cognito-idp:ListUsers", &error))?;
        let users = answer.users.unwrap_or_default().into_iter();
        Ok(UserPage {
            users: users
                .filter_map(|user| {
                    pool_user(
                        user.username,
                        user.user_status,
                        user.enabled,
                        user.attributes,
                    )
                })
                .collect(),
            next: answer.pagination_token.map(Redacted::new),
        })
    }

    /// The users whose address is written like `address`. Cognito may not tell yet of one that was
    /// made a moment ago.
    pub async fn with_address(
        &self,
        pool: &str,
        address: &Email,
    ) -> Result<Vec<PoolUser>, ServiceError> {
        self.found(pool, "email", address.as_str()).await
    }

    /// The user whose `sub` that is. Cognito may not tell yet of one that was made a moment ago.
    pub async fn with_sub(
        &self,
        pool: &str,
        sub: &CognitoSub,
    ) -> Result<Option<PoolUser>, ServiceError> {
        let found = self.found(pool, "sub", sub.as_str()).await?;
        Ok(found.into_iter().next())
    }

    /// The users whose attribute of that name is `value`.
    async fn found(
        &self,
        pool: &str,
        attribute: &str,
        value: &str,
    ) -> Result<Vec<PoolUser>, ServiceError> {
        let answer = self
            .0
            .list_users()
            .user_pool_id(pool)
            .filter(format!("{attribute} = {}", quoted(value)))
            .send()
            .await
            .map_err(|error| ServiceError::new("cognito-idp:ListUsers", &error))?;
        let users = answer.users.unwrap_or_default().into_iter();
        let read = users.filter_map(|user| {
            pool_user(
                user.username,
                user.user_status,
                user.enabled,
                user.attributes,
            )
        });
        Ok(read.collect())
    }

    /// The user of that name, or the native one of that address, however it is spelled there.
    pub async fn named(&self, pool: &str, name: &str) -> Result<Option<PoolUser>, ServiceError> {
        let answer = self
            .0
            .admin_get_user()
            .user_pool_id(pool)
            .username(name)
            .send()
            .await;
        match answer {
            Ok(user) => Ok(pool_user(
                Some(user.username),
                user.user_status,
                user.enabled,
                user.user_attributes,
            )),
            Err(error) if code_is(&error, UNKNOWN_USER) => Ok(None),
            Err(error) => Err(ServiceError::new("cognito-idp:AdminGetUser", &error)),
        }
    }
}

/// Makes native users and lets nobody into them: `cognito-idp:AdminCreateUser`,
/// `cognito-idp:AdminSetUserPassword` and `cognito-idp:AdminUpdateUserAttributes`.
#[derive(Debug, Clone)]
pub struct UserMaker {
    client: Client,
    passwords: PasswordSource,
}

impl UserMaker {
    /// A maker of users in the account's pools.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, passwords: PasswordSource) -> Self {
        Self {
            client: Client::new(sdk),
            passwords,
        }
    }

    /// Makes a native user of `address`, which is verified, and sends no message; `None` if there
    /// is one, however the address is spelled there.
    pub async fn create(
        &self,
        pool: &str,
        address: &Email,
    ) -> Result<Option<PoolUser>, ServiceError> {
        let made = self
            .client
            .admin_create_user()
            .user_pool_id(pool)
            .username(address.as_str())
            .user_attributes(attribute("email", address.as_str())?)
            .user_attributes(attribute("email_verified", "true")?)
            .message_action(MessageActionType::Suppress)
            .send()
            .await;
        match made {
            Ok(answer) => Ok(answer.user.and_then(|user| {
                pool_user(
                    user.username,
                    user.user_status,
                    user.enabled,
                    user.attributes,
                )
            })),
            Err(error) if code_is(&error, "UsernameExistsException") => Ok(None),
            Err(error) => Err(ServiceError::new("cognito-idp:AdminCreateUser", &error)),
        }
    }

    /// Gives a user a password that nobody knows, and confirms the account by it: the owner of its
    /// address can choose another one by "forgot password".
    pub async fn lock(&self, pool: &str, username: &Redacted<String>) -> Result<(), ServiceError> {
        self.client
            .admin_set_user_password()
            .user_pool_id(pool)
            .username(username.expose())
            .password(self.passwords.password()?.into_inner())
            .permanent(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("cognito-idp:AdminSetUserPassword", &error))?;
        Ok(())
    }

    /// Marks a user's address as verified.
    pub async fn verify_address(
        &self,
        pool: &str,
        username: &Redacted<String>,
    ) -> Result<(), ServiceError> {
        self.client
            .admin_update_user_attributes()
            .user_pool_id(pool)
            .username(username.expose())
            .user_attributes(attribute("email_verified", "true")?)
            .send()
            .await
            .map_err(|error| ServiceError::new("cognito-idp:AdminUpdateUserAttributes", &error))?;
        Ok(())
    }
}

/// Passwords that nobody knows, passed in.
#[derive(Clone)]
pub struct PasswordSource(Arc<dyn Fn() -> Option<[u8; 32]> + Send + Sync>);

impl PasswordSource {
    /// Passwords of the operating system's randomness.
    #[must_use]
    pub fn system() -> Self {
        Self::from_fn(|| {
            let mut bytes = [0; 32];
            getrandom::fill(&mut bytes).ok()?;
            Some(bytes)
        })
    }

    /// Passwords of 32 bytes that `random` makes, if it can.
    pub fn from_fn(random: impl Fn() -> Option<[u8; 32]> + Send + Sync + 'static) -> Self {
        Self(Arc::new(random))
    }

    /// The next password; it satisfies each of Cognito's policies.
    fn password(&self) -> Result<Redacted<String>, ServiceError> {
        let random = (self.0)().ok_or_else(|| ServiceError {
            operation: "getrandom",
            code: "NoRandomness".to_owned(),
            retry: Retry::MayHelp,
        })?;
        // One of each kind of character that a policy can ask for.
        let begin = "Aa1!".to_owned();
        Ok(Redacted::new(random.iter().fold(begin, |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })))
    }
}

impl fmt::Debug for PasswordSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordSource")
    }
}

/// Whether the pool refused with this code.
pub(super) fn code_is<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>, code: &str) -> bool {
    error
        .as_service_error()
        .and_then(ProvideErrorMetadata::code)
        == Some(code)
}

fn attribute(name: &str, value: &str) -> Result<AttributeType, ServiceError> {
    let attribute = AttributeType::builder().name(name).value(value).build();
    attribute.map_err(|_| ServiceError {
        operation: "cognito-idp",
        code: "RequestCouldNotBeMade".to_owned(),
        retry: Retry::Never,
    })
}

/// `None` without a name, which Cognito does not let happen.
fn pool_user(
    username: Option<String>,
    status: Option<UserStatusType>,
    enabled: bool,
    attributes: Option<Vec<AttributeType>>,
) -> Option<PoolUser> {
    let attributes = attributes.unwrap_or_default().into_iter();
    Some(PoolUser {
        username: Redacted::new(username?),
        status: status.map_or(UserStatus::Other, |status| status.as_str().into()),
        enabled,
        attributes: attributes
            .filter_map(|attribute| Some((attribute.name, attribute.value?)))
            .collect::<Attributes>(),
    })
}

/// A text as the filter of `ListUsers` takes it.
fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_does_not_end_a_filter() {
        assert_eq!(quoted(r#"a"b\c"#), r#""a\"b\\c""#);
    }

    #[test]
    fn a_password_is_new_each_time_and_never_printed() {
        let passwords = PasswordSource::from_fn(|| Some([7; 32]));
        let password = passwords.password().unwrap();
        assert_eq!(password.expose(), &format!("Aa1!{}", "07".repeat(32)));
        assert_eq!(
            format!("{passwords:?} {password:?}"),
            "PasswordSource [redacted]"
        );
    }
}
