//! Taking over what people and partners say about who somebody is.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::{Client, types::TransactWriteItem};
use event::{Cause, CloudEvent, Data, outbox_put};
use futures_util::future::try_join_all;
use identity::{AnonymousId, Identifier, IdentifierKey, IdentifierKind, ProfileId};
use lambda_kit::{
    clock::Clock,
    dynamodb::{put, transact, transact_put},
    ids::IdSource,
    planted,
};
use tenancy::TenantId;

use super::{
    IdentifierReader, Owner, Pointed, ProfileError, ProfileReader, pointers::PointerWrites, replace,
};
use crate::{
    Assertion, Claimant, IdentifierRules, Profile, ProfilePatch, Source, Speaker,
    identify::{Lead, Plan, Target, plan},
};

/// How often a lost race against another change is answered by looking again.
const ATTEMPTS: u32 = 4;

/// Takes over what is said about who somebody is. On both tables: `dynamodb:GetItem`, `PutItem`.
#[derive(Debug, Clone)]
pub struct IdentifyStore {
    client: Client,
    reader: ProfileReader,
    identifiers: IdentifierReader,
    writes: PointerWrites,
    clock: Clock,
    ids: IdSource,
}

/// What became of an assertion.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Identified {
    /// Whose it is; `None` if nothing of it could be taken.
    pub profile_id: Option<ProfileId>,
    /// Another profile that turned out to be the same person's. All else is written; the two are
    /// still to be made one.
    pub join: Option<Join>,
    /// The device belongs to somebody else, who logged in on it or was erased.
    pub is_device_taken: bool,
}

/// Two profiles that are one person's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Join {
    /// Whom the assertion is about.
    pub one: ProfileId,
    /// Where the identifier leads.
    pub other: ProfileId,
    /// The kind of the identifier by which it shows.
    pub kind: IdentifierKind,
    /// Its key in the table `identifiers`.
    pub key: String,
}

/// A change to write: the profile before, if there is one, and after, with what it gets.
struct Change<'a> {
    before: Option<&'a Profile>,
    after: Profile,
    claims: Vec<Identifier>,
    changed: BTreeSet<crate::FieldName>,
}

impl IdentifyStore {
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
            identifiers: IdentifierReader::new(sdk, identifiers.clone(), key.clone()),
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

    /// Takes over what `assertion` says: the fields, and the identifiers that nobody has, in one
    /// transaction with the event that tells of it. Said again, it changes nothing.
    ///
    /// It takes a read for each identifier and each profile that they lead to, however many
    /// identifiers those profiles have.
    ///
    /// # Errors
    /// [`ProfileError::Settling`] while a profile is being merged or split, and
    /// [`ProfileError::Unknown`] if the person who speaks was erased.
    pub async fn identify(
        &self,
        assertion: &Assertion,
        rules: &IdentifierRules,
        cause: &Cause,
    ) -> Result<Identified, ProfileError> {
        for _ in 0..ATTEMPTS {
            match self.try_identify(assertion, rules, cause).await {
                Err(ProfileError::Stale) => {}
                outcome => return outcome,
            }
        }
        Err(ProfileError::Contended)
    }

    /// Gives the device of a person the id that it has instead of `taken`.
    pub async fn reissue(
        &self,
        speaker: &Speaker,
        taken: &AnonymousId,
        rules: &IdentifierRules,
        cause: &Cause,
    ) -> Result<AnonymousId, ProfileError> {
        let Speaker::Person { member, .. } = speaker else {
            return Err(ProfileError::Unknown);
        };
        let reissued = taken.reissued(*member, &self.writes.key);
        let assertion = Assertion {
            speaker: speaker.clone(),
            identifiers: vec![Identifier::Anonymous(reissued.clone())],
            traits: ProfilePatch::default(),
        };
        Box::pin(self.identify(&assertion, rules, cause)).await?;
        Ok(reissued)
    }

    async fn try_identify(
        &self,
        assertion: &Assertion,
        rules: &IdentifierRules,
        cause: &Cause,
    ) -> Result<Identified, ProfileError> {
        let mut profiles = HashMap::new();
        let mut speaker = assertion.speaker.clone();
        if let Speaker::Person { profile_id, .. } = &mut speaker {
            let profile = self.reader.profile(*profile_id).await?;
            *profile_id = profile.profile_id;
            profiles.insert(profile.profile_id, profile);
        }
        let leads = self.leads(assertion, &speaker, &mut profiles).await?;
        let plan = plan(&speaker, &leads);
        let before = match plan.target {
            None => return Ok(Identified::default()),
            Some(Target::New) => None,
            Some(Target::Existing(id)) => Some(profiles.get(&id).ok_or(ProfileError::Stale)?),
        };
        let change = self.change(
            before,
            &plan,
            &speaker,
            assertion.traits.clone(),
            rules,
            cause,
        );
        let profile_id = change.after.profile_id;
        self.write(&change, &speaker, cause).await?;
        let join = plan.join.map(|(other, by)| Join {
            one: profile_id,
            other,
            kind: by.kind(),
            key: by.key(&self.writes.key),
        });
        Ok(Identified {
            profile_id: Some(profile_id),
            join,
            is_device_taken: plan.taken.is_some(),
        })
    }

    /// Where each identifier of `assertion` leads. Only the profiles that may be written to or
    /// joined are read.
    async fn leads(
        &self,
        assertion: &Assertion,
        speaker: &Speaker,
        profiles: &mut HashMap<ProfileId, Profile>,
    ) -> Result<Vec<(Identifier, Lead)>, ProfileError> {
        let identifiers = &assertion.identifiers;
        let found = try_join_all(identifiers.iter().map(|each| self.identifiers.find(each)));
        let mut leads = Vec::with_capacity(identifiers.len());
        for (identifier, pointed) in identifiers.iter().zip(found.await?) {
            let lead = match pointed {
                None => Lead::Free,
                Some(Pointed::Erased) => Lead::Erased,
                Some(Pointed::At(_)) if planted::is_on("word-displaces-proof") => Lead::Free,
                Some(Pointed::At(owner)) => self.lead(identifier, owner, speaker, profiles).await?,
            };
            leads.push((identifier.clone(), lead));
        }
        Ok(leads)
    }

    async fn lead(
        &self,
        identifier: &Identifier,
        owner: Owner,
        speaker: &Speaker,
        profiles: &mut HashMap<ProfileId, Profile>,
    ) -> Result<Lead, ProfileError> {
        let is_contact = matches!(
            identifier.kind(),
            IdentifierKind::Email | IdentifierKind::Phone
        );
        if is_contact && owner.asserted_by != speaker.claimant() {
            return Ok(Lead::To {
                root: owner.profile_id,
                known_by: BTreeSet::new(),
                asserted_by: owner.asserted_by,
            });
        }
        let profile = match profiles.get(&owner.profile_id) {
            Some(profile) => profile.clone(),
            None => match self.reader.profile(owner.profile_id).await {
                Ok(profile) => profile,
                // Erasure is under way, and has not come to the identifiers yet.
                Err(ProfileError::Unknown) => return Ok(Lead::Erased),
                Err(error) => return Err(error),
            },
        };
        let lead = Lead::To {
            root: profile.profile_id,
            known_by: profile.known_by.clone(),
            asserted_by: owner.asserted_by,
        };
        profiles.insert(profile.profile_id, profile);
        Ok(lead)
    }

    fn change<'a>(
        &self,
        before: Option<&'a Profile>,
        plan: &Plan,
        speaker: &Speaker,
        traits: ProfilePatch,
        rules: &IdentifierRules,
        cause: &Cause,
    ) -> Change<'a> {
        let now = self.clock.now();
        let mut after = before.cloned().unwrap_or_else(|| {
            let id = ProfileId::new(self.ids.uuid());
            Profile::unknown(id, now, cause.request_id.clone())
        });
        let mut changed = after.apply(traits, speaker.source(), now);
        let mut claims = Vec::with_capacity(plan.claims.len());
        for identifier in &plan.claims {
            let kind = identifier.kind();
            let taken = after.taken.get(&kind).copied().unwrap_or_default();
            if !rules.allows(kind, taken) {
                tracing::warn!(identifier.kind = %kind, profile.id = %after.profile_id, "a profile has all identifiers of a kind that it takes");
                continue;
            }
            changed.extend(after.take(identifier, now));
            if kind == IdentifierKind::External {
                after.known_by.extend(speaker.claimant());
            }
            claims.push(identifier.clone());
        }
        if before.is_some() {
            after.advance(now, &cause.request_id);
        }
        Change {
            before,
            after,
            claims,
            changed,
        }
    }

    async fn write(
        &self,
        change: &Change<'_>,
        speaker: &Speaker,
        cause: &Cause,
    ) -> Result<(), ProfileError> {
        let Change {
            before,
            after,
            claims,
            changed,
        } = change;
        if claims.is_empty() && (changed.is_empty() || before.is_none()) {
            return Ok(());
        }
        let event = CloudEvent::new(change.event(speaker), cause, &self.clock, &self.ids);
        let table = &self.writes.profiles;
        let profile = match before {
            Some(before) => replace(table, after, before.version)?,
            None => {
                transact_put(put(table, after)?.condition_expression("attribute_not_exists(part)"))?
            }
        };
        let mut items: Vec<TransactWriteItem> = vec![profile, outbox_put(table, &event)?];
        let root = after.profile_id;
        let member = speaker.member().unwrap_or(root);
        for claim in claims {
            let by = speaker.claimant();
            items.push(self.writes.claim_on_word(claim, root, member, by)?);
            items.push(self.writes.own(claim, member)?);
        }
        Ok(transact(&self.client, items).await?)
    }
}

impl Change<'_> {
    fn event(&self, speaker: &Speaker) -> Data {
        let (profile_id, version) = (self.after.profile_id, self.after.version);
        let tenant_id = speaker.tenant().cloned();
        let identifiers: BTreeSet<_> = self.claims.iter().map(Identifier::kind).collect();
        let changed = self.changed.iter().map(ToString::to_string).collect();
        match self.before {
            None => Data::ProfileCreated {
                profile_id,
                version,
                tenant_id,
                identifiers,
            },
            Some(_) if identifiers.is_empty() => Data::ProfileUpdated {
                profile_id,
                version,
                tenant_id,
                changed,
            },
            Some(_) => Data::ProfileIdentified {
                profile_id,
                version,
                tenant_id,
                identifiers,
                changed,
            },
        }
    }
}

impl Speaker {
    const fn source(&self) -> Source {
        match self {
            Self::Person { .. } => Source::Person,
            Self::Partner { .. } => Source::Partner,
        }
    }

    const fn tenant(&self) -> Option<&TenantId> {
        match self {
            Self::Person { tenant, .. } => tenant.as_ref(),
            Self::Partner { tenant, .. } => Some(tenant),
        }
    }

    /// Under which name a partner is known; a person is known by their token.
    fn claimant(&self) -> Option<Claimant> {
        match self {
            Self::Person { .. } => None,
            Self::Partner { tenant, partner } => {
                Some(Claimant::Partner(tenant.clone(), partner.clone()))
            }
        }
    }

    const fn member(&self) -> Option<ProfileId> {
        match self {
            Self::Person { member, .. } => Some(*member),
            Self::Partner { .. } => None,
        }
    }
}
