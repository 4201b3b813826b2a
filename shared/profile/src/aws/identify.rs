//! Taking over what people and partners say about who somebody is.

mod change;
mod moving;

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::{Client, types::TransactWriteItem};
use event::{Cause, CloudEvent, outbox_put};
use futures_util::future::try_join_all;
use identity::{AnonymousId, Identifier, IdentifierKey, IdentifierKind, ProfileId};
use lambda_kit::{
    clock::{Clock, after},
    dynamodb::{put, transact, transact_put},
    ids::IdSource,
    planted,
};

use self::change::{Change, allowed, nobody};
use super::{
    Grounds, IdentifierReader, Owner, Pointed, ProfileError, ProfileReader, SegmentsReader,
    pointers::PointerWrites, replace_person,
};
use crate::{
    Assertion, IdentifierRules, Person, Profile, SegmentsWord, Speaker,
    identify::{Lead, Plan, Target, plan},
};

/// How often a lost race against another change is answered by looking again.
const ATTEMPTS: u32 = 4;

/// Takes over what is said about who somebody is. On both tables: `dynamodb:GetItem`, `PutItem`; on
/// the profiles also `UpdateItem` and `ConditionCheckItem`, and, for what tenants call people, `Query` and
/// `BatchGetItem`.
#[derive(Debug, Clone)]
pub struct IdentifyStore {
    client: Client,
    reader: ProfileReader,
    identifiers: IdentifierReader,
    segments: SegmentsReader,
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
    /// The device belongs to somebody else, who is known by a login or to a partner, or was erased.
    pub is_device_taken: bool,
    /// Something of it was somebody's who was erased, and nothing is made of any of it.
    pub is_of_the_erased: bool,
    /// The id that the device has from now on instead of the one that it was said by.
    pub next_device: Option<AnonymousId>,
}

/// What becomes of what a partner says by a device that is somebody else's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum IfTaken {
    /// The device is left out, and the rest is taken over.
    LeaveOut,
    /// Nothing is taken over: all of it is to be said again, by the next id of the device.
    SayAgain,
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

impl Join {
    /// Why the two may be one: by the identifier that leads to both.
    #[must_use]
    pub fn grounds(&self, rules: &IdentifierRules) -> Grounds {
        Grounds::Identifier {
            kind: self.kind,
            key: self.key.clone(),
            is_verified: true,
            // What is blocked is no part of an assertion.
            is_blocked: false,
            limits: rules.limits.clone(),
        }
    }
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
            segments: SegmentsReader::new(sdk, profiles.clone()),
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
    /// transaction with the event that tells of it. Said again, it changes nothing. A device that is
    /// somebody else's is left out.
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
        self.identify_as(assertion, IfTaken::LeaveOut, rules, cause)
            .await
    }

    async fn identify_as(
        &self,
        assertion: &Assertion,
        if_taken: IfTaken,
        rules: &IdentifierRules,
        cause: &Cause,
    ) -> Result<Identified, ProfileError> {
        for _ in 0..ATTEMPTS {
            match self.try_identify(assertion, if_taken, rules, cause).await {
                Err(ProfileError::Stale) => {}
                outcome => return outcome,
            }
        }
        Err(ProfileError::Contended)
    }

    async fn try_identify(
        &self,
        assertion: &Assertion,
        if_taken: IfTaken,
        rules: &IdentifierRules,
        cause: &Cause,
    ) -> Result<Identified, ProfileError> {
        let mut people = HashMap::new();
        let mut speaker = assertion.speaker.clone();
        if let Speaker::Person {
            profile_id, member, ..
        } = &mut speaker
        {
            let person = self.reader.person(*member).await?;
            *profile_id = person.root.profile_id;
            people.insert(*profile_id, person);
        }
        let leads = self.leads(assertion, &speaker, &mut people).await?;
        let plan = plan(&speaker, &leads);
        let unwritten = Identified {
            is_device_taken: plan.taken.is_some(),
            is_of_the_erased: plan.is_of_the_erased,
            ..Identified::default()
        };
        let is_said_again = unwritten.is_device_taken && !unwritten.is_of_the_erased;
        if is_said_again && if_taken == IfTaken::SayAgain {
            return Ok(unwritten);
        }
        let before = match plan.target {
            None => {
                self.even_out(&speaker).await?;
                return Ok(unwritten);
            }
            Some(Target::New) => None,
            Some(Target::Existing(id)) => Some(people.remove(&id).ok_or(ProfileError::Stale)?),
        };
        let word = self.word(before.as_ref(), assertion).await?;
        let mut change = self.change(before, &plan, &speaker, assertion, rules, cause);
        let member = change.after.member_id();
        change.segments = word.map(|word| word(member));
        let profile_id = change.after.root.profile_id;
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
            ..unwritten
        })
    }

    /// Where each identifier of `assertion` leads. Only the profiles that may be written to or
    /// joined are read.
    async fn leads(
        &self,
        assertion: &Assertion,
        speaker: &Speaker,
        people: &mut HashMap<ProfileId, Person>,
    ) -> Result<Vec<(Identifier, Lead)>, ProfileError> {
        let identifiers = &assertion.identifiers;
        let found = try_join_all(identifiers.iter().map(|each| self.identifiers.find(each)));
        let mut leads = Vec::with_capacity(identifiers.len());
        for (identifier, pointed) in identifiers.iter().zip(found.await?) {
            let lead = match pointed {
                None => Lead::Free,
                Some(Pointed::Erased) => Lead::Erased,
                Some(Pointed::At(_)) if planted::is_on("word-displaces-proof") => Lead::Free,
                Some(Pointed::At(owner)) => self.lead(identifier, owner, speaker, people).await?,
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
        people: &mut HashMap<ProfileId, Person>,
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
        let person = match people.get(&owner.profile_id) {
            Some(person) => person.clone(),
            // What is said by an identifier becomes the own of the member that it came with.
            None => match self.reader.person(owner.member).await {
                Ok(person) => person,
                // Erasure is under way, and has not come to the identifiers yet.
                Err(ProfileError::Unknown) => return Ok(Lead::Erased),
                Err(error) => return Err(error),
            },
        };
        let root = person.root.profile_id;
        let lead = Lead::To {
            root,
            known_by: person.root.standing.known_by.clone(),
            asserted_by: owner.asserted_by,
        };
        people.entry(root).or_insert(person);
        Ok(lead)
    }

    /// What the partner's tenant calls the person from now on, whichever of their members it comes by;
    /// `None` if that is no news.
    async fn word(
        &self,
        before: Option<&Person>,
        assertion: &Assertion,
    ) -> Result<Option<impl FnOnce(ProfileId) -> SegmentsWord + use<>>, ProfileError> {
        let (Some(segments), Speaker::Partner { tenant, partner }) =
            (&assertion.segments, &assertion.speaker)
        else {
            return Ok(None);
        };
        let latest = match before {
            None => None,
            Some(person) => {
                let tenants = BTreeSet::from([tenant.clone()]);
                let words = self.segments.latest(person.root.profile_id, &tenants);
                words.await?.remove(tenant)
            }
        };
        let known = latest.as_ref().map(|word| &word.segments);
        if known.unwrap_or(&BTreeSet::new()) == segments {
            return Ok(None);
        }
        let at = after(latest.map(|word| word.at), self.clock.now());
        let (by, segments) = ((tenant.clone(), partner.clone()), segments.clone());
        Ok(Some(move |member| {
            SegmentsWord::new(member, by, segments, at)
        }))
    }

    fn change(
        &self,
        before: Option<Person>,
        plan: &Plan,
        speaker: &Speaker,
        assertion: &Assertion,
        rules: &IdentifierRules,
        cause: &Cause,
    ) -> Change {
        let now = self.clock.now();
        let mut after = before.clone().unwrap_or_else(|| {
            let id = ProfileId::new(self.ids.uuid());
            let root = Profile::unknown(id, now, cause.request_id.clone());
            Person { root, member: None }
        });
        let claims = allowed(plan, rules, &after.root);
        let (source, claimant) = (speaker.source(), speaker.claimant());
        let said_at = assertion
            .said_at
            .filter(|_| !planted::is_on("word-of-any-time"));
        let at = said_at.map_or(now, |at| at.min(now));
        let traits = assertion.traits.clone();
        let changed = after.take(traits, source, &claims, claimant.as_ref(), at);
        if before.is_some() {
            after.advance(now, &cause.request_id);
        }
        Change {
            before,
            after,
            claims,
            changed,
            segments: None,
        }
    }

    /// Where nothing is to be written, a machine waits for a transaction all the same, which finds
    /// that a new id is nobody's: from the time that its answer takes it could tell otherwise which
    /// addresses are known.
    async fn even_out(&self, speaker: &Speaker) -> Result<(), ProfileError> {
        if matches!(speaker, Speaker::Person { .. }) {
            return Ok(());
        }
        let check = nobody(&self.writes.profiles, ProfileId::new(self.ids.uuid()))?;
        Ok(transact(&self.client, vec![check]).await?)
    }

    async fn write(
        &self,
        change: &Change,
        speaker: &Speaker,
        cause: &Cause,
    ) -> Result<(), ProfileError> {
        let Change {
            before,
            after,
            claims,
            segments,
            ..
        } = change;
        if !change.is_any() {
            return self.even_out(speaker).await;
        }
        let event = CloudEvent::new(change.event(speaker), cause, &self.clock, &self.ids);
        let table = &self.writes.profiles;
        let mut items: Vec<TransactWriteItem> = if let Some(before) = before {
            replace_person(table, after, before)?
        } else {
            let put = put(table, &after.root)?;
            vec![transact_put(
                put.condition_expression("attribute_not_exists(part)"),
            )?]
        };
        items.push(outbox_put(table, &event)?);
        if let Some(word) = segments {
            // The root's row is written too, on the version that was read before the latest word.
            items.push(transact_put(put(table, word)?)?);
        }
        let (root, member) = (after.root.profile_id, after.member_id());
        for claim in claims {
            let by = speaker.claimant();
            items.push(self.writes.claim_on_word(claim, root, member, by)?);
            items.push(self.writes.own(claim, member)?);
        }
        Ok(transact(&self.client, items).await?)
    }
}
