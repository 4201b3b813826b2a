//! Logins at other providers that a person takes off: what points at the person by them goes.

use aws_sdk_dynamodb::{
    Client,
    types::{TransactWriteItem, Update},
};
use identity::{FederatedLogin, Identifier, IdentifierKey, ProfileId, Social};
use lambda_kit::{
    clock::Clock,
    dynamodb::{text, transact, transact_update},
    error::ServiceError,
};

use super::{
    IdentifierReader, KnownLogin, Owner, Pointed, ProfileError, ProfileReader,
    pointers::PointerWrites,
};

/// How often a lost race against another change of the person is answered by looking again.
const ATTEMPTS: u32 = 4;

/// Takes logins off. On the profiles: `dynamodb:GetItem`, `UpdateItem`, `DeleteItem` and
/// `ConditionCheckItem`; on the identifiers: `dynamodb:GetItem`, `UpdateItem` and `DeleteItem`.
#[derive(Debug, Clone)]
pub struct TakenOffStore {
    client: Client,
    reader: ProfileReader,
    identifiers: IdentifierReader,
    writes: PointerWrites,
}

impl TakenOffStore {
    /// A store over the two tables.
    #[must_use]
    pub fn new(
        sdk: &aws_types::SdkConfig,
        profiles: impl Into<String>,
        identifiers: impl Into<String>,
        key: IdentifierKey,
        clock: Clock,
    ) -> Self {
        let (profiles, identifiers) = (profiles.into(), identifiers.into());
        Self {
            client: Client::new(sdk),
            reader: ProfileReader::new(sdk, profiles.clone()),
            identifiers: IdentifierReader::new(sdk, identifiers.clone(), key.clone()),
            writes: PointerWrites {
                profiles,
                identifiers,
                key,
                clock,
            },
        }
    }

    /// Sees to it that `login`, which leads to the user of `known` and is about to be taken off, does
    /// not point at the person. Done before, it is done.
    ///
    /// # Errors
    /// As [`ProfileReader::person`] has them.
    pub async fn take_off(
        &self,
        known: &KnownLogin,
        login: &FederatedLogin,
    ) -> Result<(), ProfileError> {
        // What can't be an identifier never was one.
        let Some(social) = login.social() else {
            return Ok(());
        };
        for _ in 0..ATTEMPTS {
            match self.try_take_off(known, &social).await {
                Err(ProfileError::Stale) => {}
                outcome => return outcome,
            }
        }
        Err(ProfileError::Contended)
    }

    async fn try_take_off(&self, known: &KnownLogin, social: &Social) -> Result<(), ProfileError> {
        let member = known.member;
        let person = self.reader.person(member).await?;
        let identifier = Identifier::Social(social.clone());
        let mut items = Vec::new();
        if self.owner(&identifier, member).await?.is_some() {
            items.push(self.writes.release(&identifier, member)?);
            items.push(self.writes.disown(&identifier, member)?);
        }
        if items.is_empty() {
            return Ok(());
        }
        let sub = Identifier::CognitoSub(known.sub.clone());
        let login = self.owner(&sub, member).await?;
        if login.is_some_and(|login| login.login_digest.is_some()) {
            items.push(self.forget_digest(&sub, member)?);
        }
        items.extend(self.writes.hold(&person)?);
        Ok(transact(&self.client, items).await?)
    }

    /// Whose `identifier` is, if it came with `member`.
    async fn owner(
        &self,
        identifier: &Identifier,
        member: ProfileId,
    ) -> Result<Option<Owner>, ProfileError> {
        Ok(match self.identifiers.find(identifier).await? {
            Some(Pointed::At(owner)) => Some(owner).filter(|owner| owner.member == member),
            Some(Pointed::Erased) | None => None,
        })
    }

    /// The login is looked into again, by the next sign-in or in the next hour: should the pool not
    /// take it off after all, what was released is claimed again.
    fn forget_digest(
        &self,
        sub: &Identifier,
        member: ProfileId,
    ) -> Result<TransactWriteItem, ServiceError> {
        transact_update(
            Update::builder()
                .table_name(&self.writes.identifiers)
                .key("identifier", text(sub.key(&self.writes.key)))
                .update_expression("REMOVE login_digest")
                .condition_expression("#member = :member")
                .expression_attribute_names("#member", "member")
                .expression_attribute_values(":member", text(member)),
        )
    }
}
