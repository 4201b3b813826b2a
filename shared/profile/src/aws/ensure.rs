//! Making sure that whoever logs in has a profile, and that it knows what their login knows.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::{Client, types::TransactWriteItem};
use event::{Cause, CloudEvent, Data, outbox_put};
use identity::{Identifier, IdentifierKey, LoginFacts, ProfileId};
use lambda_kit::{
    Chain,
    clock::Clock,
    dynamodb::{TransactionFailure, put, transact, transact_put},
    error::ServiceError,
    ids::IdSource,
};
use tenancy::TenantId;

use super::{
    IdentifierReader, Merger, Owner, Pointed, ProfileError, ProfileReader, RulesReader,
    pointers::PointerWrites, replace_person,
};
use crate::{FieldName, Person, Profile};

/// How often a lost race against another run of the same operation is answered by looking again.
const ATTEMPTS: u32 = 4;

/// Makes sure of profiles. On both tables: `dynamodb:GetItem`, `PutItem`, `UpdateItem`,
/// `DeleteItem`; on the profiles also `ConditionCheckItem` and `Query`; the rules' reader's.
#[derive(Debug, Clone)]
pub struct ProfileStore {
    pub(super) client: Client,
    pub(super) reader: ProfileReader,
    pub(super) logins: IdentifierReader,
    pub(super) merger: Merger,
    pub(super) writes: PointerWrites,
    pub(super) rules: RulesReader,
    pub(super) clock: Clock,
    pub(super) ids: IdSource,
}

/// Who a login is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ensured {
    /// The id of the person: of their root.
    pub profile_id: ProfileId,
    /// The member that the login made.
    pub member: ProfileId,
}

impl From<&Owner> for Ensured {
    fn from(login: &Owner) -> Self {
        Self {
            profile_id: login.profile_id,
            member: login.member,
        }
    }
}

/// A change of what points at a profile, in both tables. It is left out where the identifier is
/// proven to be someone else's.
#[derive(Debug, Clone)]
enum Pointer {
    Claim(Identifier),
    /// Claim what this owner has on somebody's word, or has no more.
    Displace(Identifier, Owner),
    Release(Identifier),
}

impl ProfileStore {
    /// A store over the two tables, in which two become one as `rules` allow.
    #[must_use]
    pub fn new(
        sdk: &aws_types::SdkConfig,
        profiles: impl Into<String>,
        identifiers: impl Into<String>,
        key: IdentifierKey,
        rules: RulesReader,
        clock: Clock,
        ids: IdSource,
    ) -> Self {
        let (profiles, identifiers) = (profiles.into(), identifiers.into());
        let merger = Merger::new(
            sdk,
            profiles.clone(),
            identifiers.clone(),
            clock.clone(),
            ids.clone(),
        );
        Self {
            client: Client::new(sdk),
            reader: ProfileReader::new(sdk, profiles.clone()),
            logins: IdentifierReader::new(sdk, identifiers.clone(), key.clone()),
            merger,
            writes: PointerWrites {
                profiles,
                identifiers,
                key,
                clock: clock.clone(),
            },
            rules,
            clock,
            ids,
        }
    }

    /// The profile of whoever `facts` speaks of: made on first sight, brought up to date when the
    /// login has news. Run twice, at once or again, it does it once. One read if there is nothing
    /// to do.
    ///
    /// Only contacts that were proven become identifiers. One that leads to another person, who
    /// proved it too, makes the two one. A login at another provider is one user's at a time, and
    /// leads to whose it is now.
    ///
    /// # Errors
    /// [`ProfileError::Unknown`] if the login was erased: whoever it was starts anew by signing up
    /// again. Otherwise when there is no profile yet and none could be made. News that can't be
    /// written now, and a merge that can't be made now, wait for the next sign-in or the next hour.
    pub async fn ensure(
        &self,
        facts: &LoginFacts,
        tenant: Option<&TenantId>,
        cause: &Cause,
    ) -> Result<Ensured, ProfileError> {
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
                    return Ok(login.into());
                }
                Some(login) => self.learn(login, facts, tenant, cause).await,
            };
            match (outcome, known) {
                (Err(ProfileError::Stale), _) => {}
                (Err(error), Some(login)) => {
                    tracing::warn!(error = %Chain(&error), "the login's news wait for the next sign-in");
                    return Ok((&login).into());
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
    ) -> Result<Ensured, ProfileError> {
        let now = self.clock.now();
        let id = ProfileId::new(self.ids.uuid());
        let mut profile = Profile::new(id, facts, now, &cause.request_id);
        profile.standing.tenants.extend(tenant.cloned());
        let login = Identifier::CognitoSub(facts.sub.clone());
        let claims: Vec<Pointer> = facts.proven().into_iter().map(Pointer::Claim).collect();
        let proven = claims.len();
        let contested = self
            .commit(claims, (id, id), |kept| {
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
                // What is contested is not done with: the digest comes when it is.
                let digest = (kept.len() == proven).then(|| facts.digest());
                Ok(vec![
                    self.writes.claim_login(&login, id, digest)?,
                    transact_put(
                        put(&self.writes.profiles, &profile)?
                            .condition_expression("attribute_not_exists(part)"),
                    )?,
                    self.writes.own(&login, id)?,
                    outbox_put(&self.writes.profiles, &event)?,
                ])
            })
            .await?;
        let made = Owner {
            profile_id: id,
            member: id,
            verified: true,
            login_digest: None,
            asserted_by: None,
        };
        self.contest(&made, contested, facts, cause).await
    }

    /// Takes over the news of a login that has a profile.
    async fn learn(
        &self,
        login: &Owner,
        facts: &LoginFacts,
        tenant: Option<&TenantId>,
        cause: &Cause,
    ) -> Result<Ensured, ProfileError> {
        let before = self.reader.person(login.member).await?;
        let mut after = before.clone();
        let changes = after.learn(facts, self.clock.now(), &cause.request_id);
        let event = (!changes.shown.is_empty()).then(|| {
            let data = Data::ProfileUpdated {
                profile_id: after.root.profile_id,
                version: after.root.version,
                tenant_id: tenant.cloned(),
                changed: changes.shown.iter().map(ToString::to_string).collect(),
            };
            CloudEvent::new(data, cause, &self.clock, &self.ids)
        });
        let (pointers, mut contested) = self.pointers(&before, facts).await?;
        let wanted = pointers.len();
        let is_contested = !contested.is_empty();
        let whose = (before.root.profile_id, login.member);
        let refused = self
            .commit(pointers, whose, |kept| {
                let mut items = if changes.is_any {
                    replace_person(&self.writes.profiles, &after, &before)?
                } else if kept.is_empty() {
                    Vec::new()
                } else {
                    self.writes.hold(&before)?
                };
                if let Some(event) = &event {
                    items.push(outbox_put(&self.writes.profiles, event)?);
                }
                if kept.len() == wanted && !is_contested {
                    items.push(self.note_digest(login, facts)?);
                }
                Ok(items)
            })
            .await?;
        contested.extend(refused);
        let login = Owner {
            profile_id: before.root.profile_id,
            ..login.clone()
        };
        self.contest(&login, contested, facts, cause).await
    }

    /// What is to be claimed and released so that what `facts` proves leads to the person, and what
    /// leads to somebody else.
    async fn pointers(
        &self,
        person: &Person,
        facts: &LoginFacts,
    ) -> Result<(Vec<Pointer>, Vec<Identifier>), ProfileError> {
        let own = person.own();
        let proven = |name| {
            let field = own.get(&name).map(|field| &field.what)?;
            field.value.as_ref().filter(|_| field.verified)
        };
        let email = proven(FieldName::Email)
            .and_then(|text| text.expose().parse().ok())
            .map(Identifier::Email);
        let phone = proven(FieldName::PhoneNumber)
            .and_then(|text| text.expose().parse().ok())
            .map(Identifier::Phone);
        let new = facts.proven();
        let member = person.member_id();
        let socials = self.merger.socials(member).await?;
        let old = email.into_iter().chain(phone).chain(socials);
        let mut pointers: Vec<Pointer> = old
            .filter(|identifier| !new.contains(identifier))
            .map(Pointer::Release)
            .collect();
        let mut contested = Vec::new();
        for identifier in new {
            let is_social = is_social(&identifier);
            match self.logins.find(&identifier).await? {
                Some(Pointed::Erased) if is_social => {}
                Some(Pointed::At(owner)) if is_social && owner.member == member => {}
                None | Some(Pointed::Erased) => pointers.push(Pointer::Claim(identifier)),
                Some(Pointed::At(owner)) if !owner.verified || is_social => {
                    pointers.push(Pointer::Displace(identifier, owner));
                }
                Some(Pointed::At(owner)) if owner.profile_id == person.root.profile_id => {}
                Some(Pointed::At(_)) => contested.push(identifier),
            }
        }
        Ok((pointers, contested))
    }

    /// Commits what `required` makes, and the writes of the pointers by which `member` leads to
    /// `root`. Pointers that are refused are left out, and those that should have been claimed from
    /// somebody who proved them too are returned; a refusal of anything else means that another run
    /// was faster.
    async fn commit(
        &self,
        mut pointers: Vec<Pointer>,
        (root, member): (ProfileId, ProfileId),
        required: impl Fn(&[Pointer]) -> Result<Vec<TransactWriteItem>, ServiceError>,
    ) -> Result<Vec<Identifier>, ProfileError> {
        let mut contested = Vec::new();
        loop {
            let mut items = required(&pointers)?;
            let first = items.len();
            let mut places = Vec::with_capacity(pointers.len());
            for pointer in &pointers {
                let begin = items.len();
                items.extend(self.pointer(pointer, root, member)?);
                places.push(begin..items.len());
            }
            if items.is_empty() {
                return Ok(contested);
            }
            let refused = match transact(&self.client, items).await {
                Err(TransactionFailure::Refused(refused))
                    if refused.iter().all(|place| *place >= first) =>
                {
                    refused
                }
                other => return Ok(other.map(|()| contested)?),
            };
            for (pointer, places) in std::mem::take(&mut pointers).into_iter().zip(places) {
                if refused.iter().any(|place| places.contains(place)) {
                    self.instead_of(pointer, &mut pointers, &mut contested)
                        .await?;
                } else {
                    pointers.push(pointer);
                }
            }
        }
    }

    /// What is to be done where `pointer` was refused: a proof displaces somebody's word, and meets
    /// another proof.
    async fn instead_of(
        &self,
        pointer: Pointer,
        pointers: &mut Vec<Pointer>,
        contested: &mut Vec<Identifier>,
    ) -> Result<(), ProfileError> {
        match pointer {
            Pointer::Claim(proven) => match self.logins.find(&proven).await? {
                Some(Pointed::At(owner)) if !owner.verified || is_social(&proven) => {
                    pointers.push(Pointer::Displace(proven, owner));
                }
                _ => contested.push(proven),
            },
            // Two logins never have the same login at another provider: it is left to the next
            // sign-in.
            Pointer::Displace(proven, _) if is_social(&proven) => {}
            Pointer::Displace(proven, _) => contested.push(proven),
            Pointer::Release(_) => {}
        }
        Ok(())
    }

    /// The writes of a pointer by which `member` leads to `root`.
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
}

const fn is_social(identifier: &Identifier) -> bool {
    matches!(identifier, Identifier::Social(_))
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
