//! Logins at other providers that a person takes off: what points at the person by them goes, and a
//! mark stays, by which they lead there no more.

use aws_sdk_dynamodb::{
    Client,
    types::{TransactWriteItem, Update},
};
use identity::{CognitoSub, FederatedLogin, Identifier, IdentifierKey, ProfileId, Social};
use jiff::Timestamp;
use lambda_kit::{
    clock::Clock,
    dynamodb::{put, text, transact, transact_put, transact_update},
    error::ServiceError,
    planted,
};
use serde::Serialize;

use super::{
    IdentifierReader, KnownLogin, Pointed, ProfileError, ProfileReader, pointers::PointerWrites,
};

/// How often a lost race against another change of the person is answered by looking again.
const ATTEMPTS: u32 = 4;

/// How a login that was taken off is told from a profile's other parts.
pub(super) const TAKEN_OFF_PREFIX: &str = "taken-off#";

/// A row `taken-off#…` of the table `profiles`: a login that led to the member, and does not again. It
/// names the login by its key as an identifier, and goes with the member.
#[derive(Debug, Serialize)]
struct TakenOffItem {
    profile_id: ProfileId,
    part: String,
    at: Timestamp,
}

/// Knows which logins were taken off: `dynamodb:GetItem` on the identifiers and on the profiles.
#[derive(Debug, Clone)]
pub struct TakenOffReader {
    client: Client,
    profiles: String,
    identifiers: IdentifierReader,
    key: IdentifierKey,
}

impl TakenOffReader {
    /// A reader of the two tables.
    #[must_use]
    pub fn new(
        sdk: &aws_types::SdkConfig,
        profiles: impl Into<String>,
        identifiers: impl Into<String>,
        key: IdentifierKey,
    ) -> Self {
        Self {
            client: Client::new(sdk),
            profiles: profiles.into(),
            identifiers: IdentifierReader::new(sdk, identifiers, key.clone()),
            key,
        }
    }

    /// Whether `login` led to the user `sub` and was taken off.
    pub async fn was_taken_off(
        &self,
        sub: &CognitoSub,
        login: &FederatedLogin,
    ) -> Result<bool, ProfileError> {
        let Some(social) = login.social() else {
            return Ok(false);
        };
        let sub = Identifier::CognitoSub(sub.clone());
        match self.identifiers.find(&sub).await? {
            Some(Pointed::At(owner)) => self.is_marked(owner.member, &social).await,
            Some(Pointed::Erased) | None => Ok(false),
        }
    }

    async fn is_marked(&self, member: ProfileId, social: &Social) -> Result<bool, ProfileError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.profiles)
            .key("profile_id", text(member))
            .key(
                "part",
                text(part(&Identifier::Social(social.clone()), &self.key)),
            )
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        Ok(answer.item.is_some())
    }
}

fn part(login: &Identifier, key: &IdentifierKey) -> String {
    format!("{TAKEN_OFF_PREFIX}{}", login.key(key))
}

/// The mark that `login` was taken off `member`.
pub(super) fn mark(
    writes: &PointerWrites,
    login: &Identifier,
    member: ProfileId,
) -> Result<TransactWriteItem, ServiceError> {
    let row = TakenOffItem {
        profile_id: member,
        part: part(login, &writes.key),
        at: writes.clock.now(),
    };
    let put = put(&writes.profiles, &row)?;
    transact_put(put.condition_expression("attribute_not_exists(part)"))
}

/// Takes logins off. On the profiles: `dynamodb:GetItem`, `PutItem`, `UpdateItem`, `DeleteItem` and
/// `ConditionCheckItem`; on the identifiers: `dynamodb:GetItem`, `UpdateItem` and `DeleteItem`.
#[derive(Debug, Clone)]
pub struct TakenOffStore {
    client: Client,
    reader: ProfileReader,
    marks: TakenOffReader,
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
            marks: TakenOffReader::new(sdk, profiles.clone(), identifiers.clone(), key.clone()),
            writes: PointerWrites {
                profiles,
                identifiers,
                key,
                clock,
            },
        }
    }

    /// Sees to it that `login`, which leads to the user of `known` and is about to be taken off, does
    /// not point at the person, and will not lead there again. Done before, it is done.
    ///
    /// # Errors
    /// As [`ProfileReader::person`] has them.
    pub async fn take_off(
        &self,
        known: &KnownLogin,
        login: &FederatedLogin,
    ) -> Result<(), ProfileError> {
        // What can't be an identifier never was one, and has no key to be remembered by.
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
        if !self.marks.is_marked(member, social).await? && !planted::is_on("taken-off-for-a-while")
        {
            items.push(mark(&self.writes, &identifier, member)?);
        }
        let identifiers = &self.marks.identifiers;
        if identifiers.owner(&identifier, member).await?.is_some() {
            items.push(self.writes.release(&identifier, member)?);
            items.push(self.writes.disown(&identifier, member)?);
        }
        if items.is_empty() {
            return Ok(());
        }
        let sub = Identifier::CognitoSub(known.sub.clone());
        let login = identifiers.owner(&sub, member).await?;
        if login.is_some_and(|login| login.login_digest.is_some()) {
            items.push(self.forget_digest(&sub, member)?);
        }
        items.extend(self.writes.hold(&person)?);
        Ok(transact(&self.client, items).await?)
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
