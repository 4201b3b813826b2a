//! Users of the pool: looking them up, making them, and their logins at other providers.

use aws_sdk_cognitoidentityprovider::{
    Client,
    error::SdkError,
    types::{
        AttributeType, MessageActionType, ProviderUserIdentifierType, UserStatusType, UserType,
    },
};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use lambda_kit::{Retry, error::ServiceError, redact::Redacted};

use super::PasswordSource;
use crate::{CognitoSub, Email, FederatedLogin, PoolUser, UserStatus, cognito::Attributes};

/// The name that Cognito gives to the id that a provider knows a person by.
const SUBJECT: &str = "Cognito_Subject";

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
        Ok(UserPage {
            users: pool_users(answer.users),
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
        self.whose(pool, "email", address.as_str()).await
    }

    /// The users, of which there is one at most, that are known by `sub` in tokens.
    pub async fn with_sub(
        &self,
        pool: &str,
        sub: &CognitoSub,
    ) -> Result<Vec<PoolUser>, ServiceError> {
        self.whose(pool, "sub", sub.as_str()).await
    }

    /// The users whose attribute `name` is `value`.
    async fn whose(
        &self,
        pool: &str,
        name: &str,
        value: &str,
    ) -> Result<Vec<PoolUser>, ServiceError> {
        let answer = self
            .0
            .list_users()
            .user_pool_id(pool)
            .filter(format!("{name} = {}", quoted(value)))
            .send()
            .await
            .map_err(|error| ServiceError::new("cognito-idp:ListUsers", &error))?;
        Ok(pool_users(answer.users))
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

/// Links logins at other providers to native users, and takes them off again:
/// `cognito-idp:AdminLinkProviderForUser` and `cognito-idp:AdminDisableProviderForUser`.
#[derive(Debug, Clone)]
pub struct UserLinker(Client);

/// Why a login was not linked.
pub(super) enum Unlinked {
    /// Cognito takes it for a user that there is; it may have been linked before.
    Known,
    /// The user has as many logins as a user can have.
    Full,
    /// Cognito did not do it.
    Service(ServiceError),
}

impl UserLinker {
    /// A linker in the account's pools.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig) -> Self {
        Self(Client::new(sdk))
    }

    pub(super) async fn link(
        &self,
        pool: &str,
        username: &Redacted<String>,
        login: &FederatedLogin,
    ) -> Result<(), Unlinked> {
        let native = ProviderUserIdentifierType::builder()
            .provider_name("Cognito")
            .provider_attribute_value(username.expose())
            .build();
        let linked = self
            .0
            .admin_link_provider_for_user()
            .user_pool_id(pool)
            .destination_user(native)
            .source_user(identifier(login))
            .send()
            .await;
        let Err(error) = linked else { return Ok(()) };
        let code = error
            .as_service_error()
            .and_then(ProvideErrorMetadata::code);
        Err(match code {
            Some("InvalidParameterException" | "AliasExistsException") => Unlinked::Known,
            Some("LimitExceededException") => Unlinked::Full,
            _ => Unlinked::Service(ServiceError::new(
                "cognito-idp:AdminLinkProviderForUser",
                &error,
            )),
        })
    }

    /// Takes a login off the user that it is linked to; nothing to do if it is linked to nobody.
    pub(super) async fn unlink(
        &self,
        pool: &str,
        login: &FederatedLogin,
    ) -> Result<(), ServiceError> {
        let unlinked = self
            .0
            .admin_disable_provider_for_user()
            .user_pool_id(pool)
            .user(identifier(login))
            .send()
            .await;
        match unlinked {
            Ok(_) => Ok(()),
            Err(error) if code_is(&error, UNKNOWN_USER) => Ok(()),
            Err(error) => Err(ServiceError::new(
                "cognito-idp:AdminDisableProviderForUser",
                &error,
            )),
        }
    }
}

fn identifier(login: &FederatedLogin) -> ProviderUserIdentifierType {
    ProviderUserIdentifierType::builder()
        .provider_name(&login.provider)
        .provider_attribute_name(SUBJECT)
        .provider_attribute_value(login.subject.expose())
        .build()
}

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

fn pool_users(users: Option<Vec<UserType>>) -> Vec<PoolUser> {
    let read = |user: UserType| {
        pool_user(
            user.username,
            user.user_status,
            user.enabled,
            user.attributes,
        )
    };
    users
        .unwrap_or_default()
        .into_iter()
        .filter_map(read)
        .collect()
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
}
