//! Noting what a tenant's own code says of a person.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::Client;
use event::{Cause, CloudEvent, Data, TRAITS, outbox_put};
use identity::ProfileId;
use jiff::Timestamp;
use lambda_kit::{
    clock::Clock,
    dynamodb::{put, transact, transact_put},
    ids::IdSource,
    planted,
};
use tenancy::{ExtensionName, TenantId};

use super::{Part, PartitionReader, PartsReader, ProfileError, ProfileReader, replace_person};
use crate::{
    Person, TenantTrait,
    traits::{Noted, latest_of, trait_part},
};

/// How often a lost race against another change is answered by looking again.
const ATTEMPTS: u32 = 4;

/// Notes what tenants' own code says of people. On the profiles: `dynamodb:GetItem`, `BatchGetItem` and
/// `PutItem`.
#[derive(Debug, Clone)]
pub struct TraitStore {
    client: Client,
    table: String,
    reader: ProfileReader,
    parts: PartsReader,
    clock: Clock,
    ids: IdSource,
}

/// Whose word is to be noted.
#[derive(Debug, Clone, Copy)]
pub struct Word<'a> {
    /// The tenant.
    pub tenant: &'a TenantId,
    /// Its code.
    pub extension: &'a ExtensionName,
    /// When it was said.
    pub at: Timestamp,
    /// Through how many runs of which extensions it came about.
    pub chain: (u8, &'a str),
}

impl TraitStore {
    /// A store in `table`.
    #[must_use]
    pub fn new(
        sdk: &aws_types::SdkConfig,
        table: impl Into<String>,
        clock: Clock,
        ids: IdSource,
    ) -> Self {
        let table = table.into();
        Self {
            client: Client::new(sdk),
            reader: ProfileReader::new(sdk, table.clone()),
            parts: PartsReader::new(sdk, table.clone()),
            table,
            clock,
            ids,
        }
    }

    /// Notes of the person of `member` what is news of `noted`, with the event that tells of it, in one
    /// transaction; whether anything was. Said again, it changes nothing.
    ///
    /// # Errors
    /// [`ProfileError::Unknown`] if the person is gone, and [`ProfileError::Settling`] while they are being merged
    /// or split.
    pub async fn note(
        &self,
        member: ProfileId,
        word: Word<'_>,
        noted: &[Noted],
        cause: &Cause,
    ) -> Result<bool, ProfileError> {
        for _ in 0..ATTEMPTS {
            match self.try_note(member, word, noted, cause).await {
                Err(ProfileError::Stale) => {}
                outcome => return outcome,
            }
        }
        Err(ProfileError::Contended)
    }

    async fn try_note(
        &self,
        member: ProfileId,
        word: Word<'_>,
        noted: &[Noted],
        cause: &Cause,
    ) -> Result<bool, ProfileError> {
        let before = self.reader.person(member).await?;
        let news = self.news(&before, word, noted).await?;
        if news.is_empty() {
            return Ok(false);
        }
        let mut after = before.clone();
        after.advance(self.clock.now(), &cause.request_id);
        let data = Data::ProfileUpdated {
            profile_id: after.root.profile_id,
            version: after.root.version,
            tenant_id: Some(word.tenant.clone()),
            changed: [TRAITS.to_owned()].into(),
        };
        let (hops, by) = word.chain;
        let event = CloudEvent::new(data, cause, &self.clock, &self.ids);
        let event = if planted::is_on("extension-hop-uncounted") {
            event
        } else {
            event.caused_by(hops, by.to_owned())
        };
        let mut items = replace_person(&self.table, &after, &before)?;
        items.push(outbox_put(&self.table, &event)?);
        for row in &news {
            // The root's row is written too, on the version that was read before these.
            items.push(transact_put(put(&self.table, row)?)?);
        }
        transact(&self.client, items).await?;
        Ok(true)
    }

    /// What of `noted` is not known of the person's member, or was noted earlier.
    async fn news(
        &self,
        person: &Person,
        word: Word<'_>,
        noted: &[Noted],
    ) -> Result<Vec<TenantTrait>, ProfileError> {
        let member = person.member_id();
        let part = |(name, _): &Noted| trait_part(word.tenant, name);
        let parts: Vec<String> = noted.iter().map(part).collect();
        let named = parts.iter().map(|part| (member, part.as_str()));
        let mut known: BTreeMap<String, TenantTrait> = BTreeMap::new();
        for row in self.parts.rows(named).await? {
            let row: TenantTrait = Part::new(row).read()?;
            known.insert(row.name.clone(), row);
        }
        let news = noted.iter().filter_map(|noted| {
            let whose = (word.tenant.clone(), word.extension.clone());
            let row = TenantTrait::new(member, whose, noted.clone(), word.at);
            let is_news = row.is_news_after(known.get(&row.name))
                || planted::is_on("extension-trait-noted-anew");
            is_news.then_some(row)
        });
        Ok(news.collect())
    }
}

impl PartitionReader {
    /// What counts of that which code of `tenant` noted of the person of `members`, by name.
    pub async fn traits(
        &self,
        members: &[ProfileId],
        tenant: &TenantId,
    ) -> Result<Vec<TenantTrait>, ProfileError> {
        let mut noted = Vec::new();
        for member in members {
            noted.extend(self.all(*member, &trait_part(tenant, "")).await?);
        }
        Ok(latest_of(noted))
    }
}
