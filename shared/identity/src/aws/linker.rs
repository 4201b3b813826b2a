//! Logins at other providers: linking them to users of the pool, and taking them off.

use aws_sdk_cognitoidentityprovider::{Client, types::ProviderUserIdentifierType};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use lambda_kit::{error::ServiceError, redact::Redacted};

use super::users::{UNKNOWN_USER, code_is};
use crate::FederatedLogin;

/// The name that Cognito gives to the id that a provider knows a person by.
const SUBJECT: &str = "Cognito_Subject";

/// Links logins at other providers to native users: `cognito-idp:AdminLinkProviderForUser`.
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
}

/// Takes logins at other providers off: `cognito-idp:AdminDisableProviderForUser`.
#[derive(Debug, Clone)]
pub struct UserUnlinker(Client);

impl UserUnlinker {
    /// An unlinker in the account's pools.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig) -> Self {
        Self(Client::new(sdk))
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
