//! One person, one native user: linking logins at other providers to it.

use lambda_kit::{BoxError, clock::Clock, error::ServiceError, planted, redact::Redacted};

use super::{PasswordSource, ProviderReader, UserLinker, UserMaker, UserReader, linker::Unlinked};
use crate::{
    CognitoSub, Email, FederatedLogin, LinkDecision, PoolUser, Preparation, Reason,
    cognito::Attributes, link_decision, verified_address,
};

/// How often a user that came or went in between is answered by looking again.
const ATTEMPTS: u32 = 3;

/// Sees to it that a person has one native user, to which all their logins lead.
#[derive(Debug, Clone)]
pub struct Accounts {
    users: UserReader,
    maker: UserMaker,
    linker: UserLinker,
    providers: ProviderReader,
}

/// What became of a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Linked {
    /// It leads to a native user.
    ToNativeUser,
    /// It has a user of its own.
    Alone(Reason),
    /// The pool has no such provider, or not any more.
    UnknownProvider,
}

/// Why a login could not be linked.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// Cognito did not do it.
    #[error("the login can't be linked")]
    Service(#[from] ServiceError),
    /// Whether its person took it off can't be found out now.
    #[error("whether the login was taken off can't be found out")]
    TakenOff(#[source] BoxError),
    /// The user has as many logins as a user can have.
    #[error("the account has as many logins as it can have")]
    Full,
    /// Cognito refused, and the login leads to nobody.
    #[error("Cognito takes the login for a user that there is, and it is linked to nobody")]
    Refused,
}

impl Accounts {
    /// Over the account's user pools.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, clock: Clock, passwords: PasswordSource) -> Self {
        Self {
            users: UserReader::new(sdk),
            maker: UserMaker::new(sdk, passwords),
            linker: UserLinker::new(sdk),
            providers: ProviderReader::new(sdk, clock),
        }
    }

    /// Links the login `user_name`, which Cognito sees for the first time and says `attributes` of,
    /// to the native user that has its proven address, and makes that user if there is none. Run
    /// again after it died anywhere, it ends the same. A login that was taken off that user, as
    /// `was_taken_off` knows, stands alone.
    ///
    /// # Errors
    /// When the login may be somebody's whom it could not be linked to: it must not get a user of
    /// its own then, since Cognito never links one that has.
    pub async fn link(
        &self,
        pool: &str,
        user_name: &str,
        attributes: &Attributes,
        was_taken_off: impl AsyncFn(&CognitoSub, &FederatedLogin) -> Result<bool, BoxError>,
    ) -> Result<Linked, LinkError> {
        let Some(address) = verified_address(attributes) else {
            return Ok(Linked::Alone(Reason::UnprovenAddress));
        };
        let names = self.providers.names(pool).await?;
        let Some(login) = FederatedLogin::parse(user_name, names.iter().map(String::as_str)) else {
            return Ok(Linked::UnknownProvider);
        };
        let provider = self.providers.provider(pool, &login.provider).await?;
        let trusted = provider.vouches_for_email || planted::is_on("linked-by-unverified-address");
        let mut found = self.users.with_address(pool, &address).await?;
        for _ in 0..ATTEMPTS {
            match link_decision(&login, trusted.then_some(&address), &found) {
                LinkDecision::StandAlone(reason) => return Ok(Linked::Alone(reason)),
                LinkDecision::AlreadyLinked if planted::is_on("already-linked-is-a-failure") => {
                    return Err(LinkError::Refused);
                }
                LinkDecision::AlreadyLinked => return Ok(Linked::ToNativeUser),
                LinkDecision::Link { username, first } => {
                    let owner = found.iter().find(|user| user.username == username);
                    if let Some(sub) = owner.and_then(PoolUser::sub) {
                        let taken_off = was_taken_off(&sub, &login).await;
                        if taken_off.map_err(LinkError::TakenOff)? {
                            return Ok(Linked::Alone(Reason::TakenOff));
                        }
                    }
                    self.prepare(pool, &username, first).await?;
                    self.link_to(pool, &username, &login).await?;
                    return Ok(Linked::ToNativeUser);
                }
                LinkDecision::CreateAndLink => found = self.create(pool, &address).await?,
            }
        }
        Err(LinkError::Refused)
    }

    /// Makes the native user, and tells who has the address now: it may be another one, made in
    /// between or spelled otherwise.
    async fn create(&self, pool: &str, address: &Email) -> Result<Vec<PoolUser>, ServiceError> {
        let owner = match self.maker.create(pool, address).await? {
            Some(made) => Some(made),
            None => self.users.named(pool, address.as_str()).await?,
        };
        Ok(owner.into_iter().collect())
    }

    async fn prepare(
        &self,
        pool: &str,
        username: &Redacted<String>,
        first: Preparation,
    ) -> Result<(), ServiceError> {
        // The password last: it is what ends the state by which another run knows what is to do.
        if first == Preparation::AddressAndPassword {
            self.maker.verify_address(pool, username).await?;
        }
        if first != Preparation::Nothing {
            self.maker.lock(pool, username).await?;
        }
        Ok(())
    }

    /// Links, and takes it for success that it was linked before: by a run that Cognito repeats,
    /// or by an attempt whose answer was lost.
    async fn link_to(
        &self,
        pool: &str,
        username: &Redacted<String>,
        login: &FederatedLogin,
    ) -> Result<(), LinkError> {
        match self.linker.link(pool, username, login).await {
            Ok(()) => Ok(()),
            Err(Unlinked::Full) => Err(LinkError::Full),
            Err(Unlinked::Service(error)) => Err(error.into()),
            Err(Unlinked::Known) if planted::is_on("already-linked-is-a-failure") => {
                Err(LinkError::Refused)
            }
            Err(Unlinked::Known) => {
                let user = self.users.named(pool, username.expose()).await?;
                let linked = user.is_some_and(|user| user.logins().contains(login));
                linked.then_some(()).ok_or(LinkError::Refused)
            }
        }
    }
}
