//! Making sure that whoever logs in has a profile, and that it knows what their login knows.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::{
    Client,
    types::{Delete, TransactWriteItem, Update},
};
use event::{Cause, CloudEvent, Data, outbox_put};
use identity::{CognitoSub, Identifier, LoginFacts, ProfileId};
use jiff::Timestamp;
use lambda_kit::{
    clock::Clock,
    dynamodb::{TransactionFailure, put, text, transact, transact_put, unmakeable},
    error::ServiceError,
    ids::IdSource,
    planted,
};
use serde::{Deserialize, Serialize};
use tenancy::TenantId;

use super::{ProfileError, ProfileReader, replace};
use crate::{FieldName, Profile};

/// How often a lost race against another run of the same operation is answered by looking again.
const ATTEMPTS: u32 = 4;

/// Makes sure of profiles. On both tables: `dynamodb:GetItem`, `PutItem`, `UpdateItem`, `DeleteItem`.
#[derive(Debug, Clone)]
pub struct ProfileStore {
    client: Client,
    reader: ProfileReader,
    profiles: String,
    identifiers: String,
    clock: Clock,
    ids: IdSource,
}

/// A row of the table `identifiers`.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct IdentifierItem {
    identifier: String,
    profile_id: ProfileId,
    verified: bool,
    at: Timestamp,
    /// Of a login: the digest of what it said when it was last taken over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    login_digest: Option<String>,
}

/// A row `identifier#…` of the table `profiles`.
#[derive(Debug, Serialize)]
struct OwnedItem {
    profile_id: ProfileId,
    part: String,
    at: Timestamp,
}

/// A change of what points at a profile. It is made of two writes, one in each table, and left out
/// where the identifier belongs to someone else.
#[derive(Debug, Clone)]
enum Pointer {
    Claim(Identifier),
    Release(Identifier),
}

impl ProfileStore {
    /// A store over the two tables.
    #[must_use]
    pub fn new(
        sdk: &aws_types::SdkConfig,
        profiles: impl Into<String>,
        identifiers: impl Into<String>,
        clock: Clock,
        ids: IdSource,
    ) -> Self {
        let profiles = profiles.into();
        let reader = ProfileReader::new(sdk, profiles.clone());
        Self {
            client: Client::new(sdk),
            reader,
            profiles,
            identifiers: identifiers.into(),
            clock,
            ids,
        }
    }

    /// The id of the profile of whoever `facts` speaks of: made on first sight, brought up to date
    /// when the login has news. Run twice, at once or again, it does it once. One read if there is
    /// nothing to do.
    ///
    /// Only contacts that were proven become identifiers, and never one that another profile has.
    ///
    /// # Errors
    /// When there is no profile yet and none could be made. News that can't be written now wait
    /// for the next sign-in.
    pub async fn ensure(
        &self,
        facts: &LoginFacts,
        tenant: Option<&TenantId>,
        cause: &Cause,
    ) -> Result<ProfileId, ProfileError> {
        for _ in 0..ATTEMPTS {
            let known = self.login(&facts.sub).await?;
            let outcome = match &known {
                None => self.create(facts, tenant, cause).await,
                Some(login) if login.login_digest.as_deref() == Some(&facts.digest()) => {
                    return Ok(login.profile_id);
                }
                Some(login) => self.learn(login, facts, tenant, cause).await,
            };
            match (outcome, known) {
                (Err(ProfileError::Stale), _) => {}
                (Err(error), Some(login)) => {
                    tracing::warn!(error = %lambda_kit::Chain(&error), "the login's news wait for the next sign-in");
                    return Ok(login.profile_id);
                }
                (outcome, _) => return outcome,
            }
        }
        Err(ProfileError::Contended)
    }

    async fn login(&self, sub: &CognitoSub) -> Result<Option<IdentifierItem>, ProfileError> {
        let key = Identifier::CognitoSub(sub.clone()).key();
        let answer = self
            .client
            .get_item()
            .table_name(&self.identifiers)
            .key("identifier", text(key.into_inner()))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        let row = answer.item.map(serde_dynamo::from_item).transpose();
        row.map_err(|_| ProfileError::Malformed)
    }

    async fn create(
        &self,
        facts: &LoginFacts,
        tenant: Option<&TenantId>,
        cause: &Cause,
    ) -> Result<ProfileId, ProfileError> {
        let now = self.clock.now();
        let id = ProfileId::new(self.ids.uuid());
        let profile = Profile::new(id, facts, now, &cause.request_id);
        let login = Identifier::CognitoSub(facts.sub.clone());
        let claims = facts.proven().into_iter().map(Pointer::Claim).collect();
        self.commit(claims, 4, |kept| {
            let kinds = kept
                .iter()
                .map(Pointer::identifier)
                .chain([&login])
                .map(Identifier::kind);
            let data = Data::ProfileCreated {
                profile_id: id,
                version: profile.version,
                tenant_id: tenant.cloned(),
                identifiers: kinds.collect::<BTreeSet<_>>(),
            };
            let event = CloudEvent::new(data, cause, &self.clock, &self.ids);
            let mut items = vec![
                self.claim(&login, id, Some(facts.digest()))?,
                transact_put(
                    put(&self.profiles, &profile)?
                        .condition_expression("attribute_not_exists(part)"),
                )?,
                self.own(&login, id)?,
                outbox_put(&self.profiles, &event)?,
            ];
            self.extend(&mut items, kept, id)?;
            Ok(items)
        })
        .await?;
        Ok(id)
    }

    /// Takes over the news of a login that has a profile.
    async fn learn(
        &self,
        login: &IdentifierItem,
        facts: &LoginFacts,
        tenant: Option<&TenantId>,
        cause: &Cause,
    ) -> Result<ProfileId, ProfileError> {
        let id = login.profile_id;
        let before = self.reader.profile(id).await?;
        let mut after = before.clone();
        let now = self.clock.now();
        let changed = after.learn(facts, now);
        after.advance(now, &cause.request_id);
        let event = (!changed.is_empty()).then(|| {
            let data = Data::ProfileUpdated {
                profile_id: id,
                version: after.version,
                tenant_id: tenant.cloned(),
                changed: changed.iter().map(ToString::to_string).collect(),
            };
            CloudEvent::new(data, cause, &self.clock, &self.ids)
        });
        let required = if event.is_some() { 3 } else { 1 };
        self.commit(pointers(&before, facts), required, |kept| {
            let mut items = vec![self.note_digest(login, facts.digest())?];
            if let Some(event) = &event {
                items.push(replace(&self.profiles, &after, before.version)?);
                items.push(outbox_put(&self.profiles, event)?);
            }
            self.extend(&mut items, kept, id)?;
            Ok(items)
        })
        .await?;
        Ok(id)
    }

    /// Commits what `build` makes: `required` writes, then two for each pointer. Pointers that are
    /// refused are left out; a refusal of anything else means that another run was faster.
    async fn commit(
        &self,
        mut pointers: Vec<Pointer>,
        required: usize,
        build: impl Fn(&[Pointer]) -> Result<Vec<TransactWriteItem>, ServiceError>,
    ) -> Result<(), ProfileError> {
        loop {
            let refused = match transact(&self.client, build(&pointers)?).await {
                Err(TransactionFailure::Refused(places))
                    if places.iter().all(|place| *place >= required) =>
                {
                    places
                }
                other => return Ok(other?),
            };
            let mut place = required;
            pointers.retain(|_| {
                place += 2;
                !refused.contains(&(place - 2)) && !refused.contains(&(place - 1))
            });
        }
    }

    fn extend(
        &self,
        items: &mut Vec<TransactWriteItem>,
        pointers: &[Pointer],
        id: ProfileId,
    ) -> Result<(), ServiceError> {
        for pointer in pointers {
            match pointer {
                Pointer::Claim(identifier) => {
                    items.push(self.claim(identifier, id, None)?);
                    items.push(self.own(identifier, id)?);
                }
                Pointer::Release(identifier) => {
                    items.push(self.release(identifier, id)?);
                    items.push(self.disown(identifier, id)?);
                }
            }
        }
        Ok(())
    }

    fn claim(
        &self,
        identifier: &Identifier,
        profile_id: ProfileId,
        login_digest: Option<String>,
    ) -> Result<TransactWriteItem, ServiceError> {
        let identifier = identifier.key().into_inner();
        let row = IdentifierItem {
            identifier,
            profile_id,
            verified: true,
            at: self.clock.now(),
            login_digest,
        };
        let put = put(&self.identifiers, &row)?;
        if planted::is_on("identifier-claimed-unconditionally") {
            return transact_put(put);
        }
        transact_put(put.condition_expression("attribute_not_exists(identifier)"))
    }

    fn own(
        &self,
        identifier: &Identifier,
        profile_id: ProfileId,
    ) -> Result<TransactWriteItem, ServiceError> {
        let row = OwnedItem {
            profile_id,
            part: identifier.part().into_inner(),
            at: self.clock.now(),
        };
        transact_put(put(&self.profiles, &row)?.condition_expression("attribute_not_exists(part)"))
    }

    fn release(
        &self,
        identifier: &Identifier,
        profile_id: ProfileId,
    ) -> Result<TransactWriteItem, ServiceError> {
        let delete = Delete::builder()
            .table_name(&self.identifiers)
            .key("identifier", text(identifier.key().into_inner()))
            .condition_expression("profile_id = :owner")
            .expression_attribute_values(":owner", text(profile_id));
        Ok(TransactWriteItem::builder()
            .delete(delete.build().map_err(|_| unmakeable())?)
            .build())
    }

    fn disown(
        &self,
        identifier: &Identifier,
        profile_id: ProfileId,
    ) -> Result<TransactWriteItem, ServiceError> {
        let delete = Delete::builder()
            .table_name(&self.profiles)
            .key("profile_id", text(profile_id))
            .key("part", text(identifier.part().into_inner()))
            .condition_expression("attribute_exists(part)");
        Ok(TransactWriteItem::builder()
            .delete(delete.build().map_err(|_| unmakeable())?)
            .build())
    }

    fn note_digest(
        &self,
        login: &IdentifierItem,
        digest: String,
    ) -> Result<TransactWriteItem, ServiceError> {
        let update = Update::builder()
            .table_name(&self.identifiers)
            .key("identifier", text(&login.identifier))
            .update_expression("SET login_digest = :new")
            .condition_expression("profile_id = :owner AND login_digest = :old")
            .expression_attribute_values(":new", text(digest))
            .expression_attribute_values(
                ":old",
                text(login.login_digest.clone().unwrap_or_default()),
            )
            .expression_attribute_values(":owner", text(login.profile_id));
        Ok(TransactWriteItem::builder()
            .update(update.build().map_err(|_| unmakeable())?)
            .build())
    }
}

impl Pointer {
    const fn identifier(&self) -> &Identifier {
        match self {
            Self::Claim(identifier) | Self::Release(identifier) => identifier,
        }
    }
}

/// What pointed at the profile `before` by its login's word, against what does by `facts`.
fn pointers(before: &Profile, facts: &LoginFacts) -> Vec<Pointer> {
    let email = before
        .proven(FieldName::Email)
        .and_then(|text| text.parse().ok())
        .map(Identifier::Email);
    let phone = before
        .proven(FieldName::PhoneNumber)
        .and_then(|text| text.parse().ok())
        .map(Identifier::Phone);
    let old: BTreeSet<Identifier> = email.into_iter().chain(phone).collect();
    let new: BTreeSet<Identifier> = facts.proven().into_iter().collect();
    let released = old.difference(&new).cloned().map(Pointer::Release);
    released
        .chain(new.difference(&old).cloned().map(Pointer::Claim))
        .collect()
}
