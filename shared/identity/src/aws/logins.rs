//! The logins by which a user gets in, and taking one of them off.

use jiff::Timestamp;
use lambda_kit::{error::ServiceError, planted, redact::Redacted};

use super::{UserReader, UserSignOut, UserUnlinker};
use crate::{CognitoSub, FederatedLogin, IdentifierKey, LoginId};

/// Knows the logins of users and takes them off: `cognito-idp:ListUsers`,
/// `cognito-idp:AdminDisableProviderForUser` and `cognito-idp:AdminUserGlobalSignOut`.
#[derive(Debug, Clone)]
pub struct Logins {
    users: UserReader,
    unlinker: UserUnlinker,
    sessions: UserSignOut,
    key: IdentifierKey,
    pool: String,
}

/// A way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// By what the person names it.
    pub id: LoginId,
    /// Of which kind it is.
    pub kind: LoginKind,
    /// The name of the user that it leads to.
    pub username: Redacted<String>,
    /// Since when it leads to the user, if the pool says so.
    pub since: Option<Timestamp>,
}

/// The kinds of login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoginKind {
    /// By address and password. Without it the user and all that leads to it would be gone.
    Native,
    /// At another provider, leading to a native user, so that there is another way in.
    Linked(FederatedLogin),
    /// At another provider, with a user of its own: the only way into it.
    Alone(FederatedLogin),
}

impl Logins {
    /// Over one pool.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, pool: impl Into<String>, key: IdentifierKey) -> Self {
        Self {
            users: UserReader::new(sdk),
            unlinker: UserUnlinker::new(sdk),
            sessions: UserSignOut::new(sdk),
            key,
            pool: pool.into(),
        }
    }

    /// The logins that lead to the user `sub`; none if the pool knows it no more.
    pub async fn of(&self, sub: &CognitoSub) -> Result<Vec<Login>, ServiceError> {
        let Some(user) = self.users.with_sub(&self.pool, sub).await? else {
            return Ok(Vec::new());
        };
        let native = user.is_native().then(|| Login {
            id: LoginId::native(&self.key, sub),
            kind: LoginKind::Native,
            username: user.username.clone(),
            since: None,
        });
        let at_provider = user.linked().into_iter().map(|linked| Login {
            id: LoginId::at_provider(&self.key, sub, &linked.login),
            since: linked.since,
            username: user.username.clone(),
            kind: if user.is_native() {
                LoginKind::Linked(linked.login)
            } else {
                LoginKind::Alone(linked.login)
            },
        });
        Ok(native.into_iter().chain(at_provider).collect())
    }

    /// Takes `login` off the user of that name, whom it leads to, and signs them out everywhere: no
    /// token tells by which login it was got. Done before, it is done.
    pub async fn take_off(
        &self,
        username: &Redacted<String>,
        login: &FederatedLogin,
    ) -> Result<(), ServiceError> {
        if planted::is_on("login-left-there") {
            return Ok(());
        }
        // Before as well: whoever comes again after this was cut off finds no login to take off.
        if !planted::is_on("tokens-left-there") {
            self.sessions.sign_out(&self.pool, username).await?;
        }
        self.unlinker.unlink(&self.pool, login).await?;
        // And after, for whoever signed in by it in between.
        self.sessions.sign_out(&self.pool, username).await
    }
}
