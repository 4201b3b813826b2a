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

/// A change of what points at a profile, in both tables. It is left out where the identifier is
/// proven to be someone else's.
#[derive(Debug, Clone)]
enum Pointer {
    Claim(Identifier),
    /// Claims what another has on somebody's word.
    Displace(Identifier, Owner),
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
    /// Only contacts that were proven become identifiers, and never one that another profile proved.
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
        self.commit(claims, (id, id), |kept| {
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
            Ok(vec![
                self.writes.claim_login(&login, id, facts.digest())?,
                transact_put(
                    put(&self.writes.profiles, &profile)?
                        .condition_expression("attribute_not_exists(part)"),
                )?,
                self.writes.own(&login, id)?,
                outbox_put(&self.writes.profiles, &event)?,
            ])
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
        self.commit(pointers(&before, facts), (id, login.member), |_| {
            let mut items = vec![self.note_digest(login, facts)?];
            if let Some(event) = &event {
                items.push(replace(&self.writes.profiles, &after, before.version)?);
                items.push(outbox_put(&self.writes.profiles, event)?);
            }
            Ok(items)
        })
        .await?;
        Ok(id)
    }

    /// Commits what `required` makes, and the writes of the pointers by which `member` leads to
    /// `root`. A pointer that is refused is left out; a refusal of anything else means that another
    /// run was faster.
    async fn commit(
        &self,
        mut pointers: Vec<Pointer>,
        (root, member): (ProfileId, ProfileId),
        required: impl Fn(&[Pointer]) -> Result<Vec<TransactWriteItem>, ServiceError>,
    ) -> Result<(), ProfileError> {
        loop {
            let mut items = required(&pointers)?;
            let first = items.len();
            let mut places = Vec::with_capacity(pointers.len());
            for pointer in &pointers {
                let begin = items.len();
                items.extend(self.pointer(pointer, root, member)?);
                places.push(begin..items.len());
            }
            let refused = match transact(&self.client, items).await {
                Err(TransactionFailure::Refused(refused))
                    if refused.iter().all(|place| *place >= first) =>
                {
                    refused
                }
                other => return Ok(other?),
            };
            let mut kept = Vec::with_capacity(pointers.len());
            for (pointer, places) in pointers.into_iter().zip(places) {
                if refused.iter().any(|place| places.contains(place)) {
                    kept.extend(self.instead_of(pointer).await?);
                } else {
                    kept.push(pointer);
                }
            }
            pointers = kept;
        }
    }

    /// What is to be done where `pointer` was refused: a proof displaces somebody's word.
    async fn instead_of(&self, pointer: Pointer) -> Result<Option<Pointer>, ProfileError> {
        let Pointer::Claim(contact) = pointer else {
            return Ok(None);
        };
        let displaced = match self.logins.find(&contact).await? {
            Some(Pointed::At(owner)) if !owner.verified => Some(owner),
            _ => None,
        };
        Ok(displaced.map(|owner| Pointer::Displace(contact, owner)))
    }

    fn pointer(
        &self,
        pointer: &Pointer,
        root: ProfileId,
        member: ProfileId,
    ) -> Result<Vec<TransactWriteItem>, ServiceError> {
        Ok(match pointer {
            Pointer::Claim(contact) => vec![
                self.writes.claim_proven(contact, root, member)?,
                self.writes.own(contact, member)?,
            ],
            Pointer::Displace(contact, owner) => {
                self.writes.displace(contact, owner, root, member)?
            }
            Pointer::Release(contact) => vec![
                self.writes.release(contact, member)?,
                self.writes.disown(contact, member)?,
            ],
        })
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
            Self::Claim(identifier) | Self::Displace(identifier, _) | Self::Release(identifier) => {
                identifier
            }
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
