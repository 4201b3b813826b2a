//! Making sure that whoever logs in has a profile, and that it knows what their login knows.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::{
    Client,
    types::{TransactWriteItem, Update},
};
use event::{Cause, CloudEvent, Data, outbox_put};
use identity::{Identifier, IdentifierKey, LoginFacts, ProfileId};
use lambda_kit::{
    clock::Clock,
    dynamodb::{TransactionFailure, put, text, transact, transact_put, unmakeable},
    error::ServiceError,
    ids::IdSource,
};
use tenancy::TenantId;

use super::{
    IdentifierReader, Owner, Pointed, ProfileError, ProfileReader, pointers::PointerWrites, replace,
};
use crate::{FieldName, Profile};

/// How often a lost race against another run of the same operation is answered by looking again.
const ATTEMPTS: u32 = 4;

/// Makes sure of profiles. On both tables: `dynamodb:GetItem`, `PutItem`, `UpdateItem`, `DeleteItem`.
#[derive(Debug, Clone)]
pub struct ProfileStore {
    client: Client,
    reader: ProfileReader,
    logins: IdentifierReader,
    writes: PointerWrites,
    clock: Clock,
    ids: IdSource,
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
        key: IdentifierKey,
        clock: Clock,
        ids: IdSource,
    ) -> Self {
        let (profiles, identifiers) = (profiles.into(), identifiers.into());
        Self {
            client: Client::new(sdk),
            reader: ProfileReader::new(sdk, profiles.clone()),
            logins: IdentifierReader::new(sdk, identifiers.clone(), key.clone()),
            writes: PointerWrites {
                profiles,
                identifiers,
                key,
                clock: clock.clone(),
            },
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
    /// [`ProfileError::Unknown`] if the login was erased: whoever it was starts anew by signing up
    /// again. Otherwise when there is no profile yet and none could be made. News that can't be
    /// written now wait for the next sign-in.
    pub async fn ensure(
        &self,
        facts: &LoginFacts,
        tenant: Option<&TenantId>,
        cause: &Cause,
    ) -> Result<ProfileId, ProfileError> {
        for _ in 0..ATTEMPTS {
            let sub = Identifier::CognitoSub(facts.sub.clone());
            let known = match self.logins.find(&sub).await? {
                None => None,
                Some(Pointed::At(login)) => Some(login),
                Some(Pointed::Erased) => return Err(ProfileError::Unknown),
            };
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
                self.writes.claim_login(&login, id, facts.digest())?,
                transact_put(
                    put(&self.writes.profiles, &profile)?
                        .condition_expression("attribute_not_exists(part)"),
                )?,
                self.writes.own(&login, id)?,
                outbox_put(&self.writes.profiles, &event)?,
            ];
            self.extend(&mut items, kept, id, id)?;
            Ok(items)
        })
        .await?;
        Ok(id)
    }

    /// Takes over the news of a login that has a profile.
    async fn learn(
        &self,
        login: &Owner,
        facts: &LoginFacts,
        tenant: Option<&TenantId>,
        cause: &Cause,
    ) -> Result<ProfileId, ProfileError> {
        let before = self.reader.profile(login.profile_id).await?;
        let id = before.profile_id;
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
            let mut items = vec![self.note_digest(login, facts)?];
            if let Some(event) = &event {
                items.push(replace(&self.writes.profiles, &after, before.version)?);
                items.push(outbox_put(&self.writes.profiles, event)?);
            }
            self.extend(&mut items, kept, id, login.member)?;
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

    /// Adds the writes of `pointers`, by which `member` leads to `root`, to a transaction.
    fn extend(
        &self,
        items: &mut Vec<TransactWriteItem>,
        pointers: &[Pointer],
        root: ProfileId,
        member: ProfileId,
    ) -> Result<(), ServiceError> {
        for pointer in pointers {
            match pointer {
                Pointer::Claim(identifier) => {
                    items.push(self.writes.claim_proven(identifier, root, member)?);
                    items.push(self.writes.own(identifier, member)?);
                }
                Pointer::Release(identifier) => {
                    items.push(self.writes.release(identifier, member)?);
                    items.push(self.writes.disown(identifier, member)?);
                }
            }
        }
        Ok(())
    }

    fn note_digest(
        &self,
        login: &Owner,
        facts: &LoginFacts,
    ) -> Result<TransactWriteItem, ServiceError> {
        let sub = Identifier::CognitoSub(facts.sub.clone());
        let old = login.login_digest.clone().unwrap_or_default();
        // By member and not by root, which a merge may change meanwhile.
        let update = Update::builder()
            .table_name(&self.writes.identifiers)
            .key("identifier", text(sub.key(&self.writes.key)))
            .update_expression("SET login_digest = :new")
            .condition_expression("#member = :member AND login_digest = :old")
            .expression_attribute_names("#member", "member")
            .expression_attribute_values(":new", text(facts.digest()))
            .expression_attribute_values(":old", text(old))
            .expression_attribute_values(":member", text(login.member));
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
