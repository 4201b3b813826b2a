//! Finding many people at once, each with one part beside their profile.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::Client;
use identity::{Identifier, IdentifierKey, ProfileId};
use lambda_kit::dynamodb::{Row, batch_get, text};
use serde::Deserialize;
use tenancy::TenantId;

use super::{
    Part, PartsReader, ProfileError,
    editing::State,
    identifiers::{IdentifierItem, Pointed},
};
use crate::{PROFILE_PART, Profile};

/// A person, as whoever asks for them finds them.
#[derive(Debug, Clone)]
pub struct Found {
    /// Their root, or the id that was asked for if there is no root.
    pub profile_id: ProfileId,
    /// What there is of them.
    pub record: Record,
    /// With which tenants they deal, while there is anything of them.
    pub tenants: BTreeSet<TenantId>,
    /// The part that was asked for beside it, if the root has it.
    pub part: Option<Part>,
}

/// What there is of a person.
#[derive(Debug, Clone)]
pub enum Record {
    /// All of it.
    Live(Box<Profile>),
    /// It is being merged or split, which takes a second.
    Settling,
    /// They were erased, or are being erased.
    Erased,
    /// There never was anybody of that id.
    Unknown,
}

impl PartsReader {
    /// The people of `ids` as they are now, in that order, each with their part named `part`. A
    /// profile that was merged is found by its root. One call for each fifty of them, and one more
    /// for those that were merged.
    pub async fn people(&self, ids: &[ProfileId], part: &str) -> Result<Vec<Found>, ProfileError> {
        let mut rows = self.with_part(ids.iter().copied().collect(), part).await?;
        let roots: BTreeSet<ProfileId> = rows.values().filter_map(root_of).collect();
        let unread = roots.into_iter().filter(|root| !rows.contains_key(root));
        let unread = self.with_part(unread.collect(), part).await?;
        rows.extend(unread);
        ids.iter()
            .map(|id| {
                let root = rows.get(id).and_then(root_of).unwrap_or(*id);
                found(root, rows.get(&root))
            })
            .collect()
    }

    async fn with_part(
        &self,
        ids: BTreeSet<ProfileId>,
        part: &str,
    ) -> Result<HashMap<ProfileId, Rows>, ProfileError> {
        let named = ids.iter().flat_map(|id| [(*id, PROFILE_PART), (*id, part)]);
        let mut people: HashMap<ProfileId, Rows> = HashMap::new();
        for row in self.rows(named).await? {
            let id = row.get("profile_id").and_then(|id| id.as_s().ok());
            let id = id.and_then(|id| id.parse().ok());
            let rows = people
                .entry(id.ok_or(ProfileError::Malformed)?)
                .or_default();
            if row.get("part") == Some(&text(PROFILE_PART)) {
                rows.profile = Some(row);
            } else {
                rows.part = Some(row);
            }
        }
        Ok(people)
    }
}

/// What was read in one partition.
#[derive(Debug, Default)]
struct Rows {
    profile: Option<Row>,
    part: Option<Row>,
}

/// The root that a merged profile leads to.
fn root_of(rows: &Rows) -> Option<ProfileId> {
    let closed = rows
        .profile
        .as_ref()
        .filter(|row| row.contains_key("closed"))?;
    match State::of(closed.clone()) {
        Ok(State::Merged(root, _)) => Some(root),
        _ => None,
    }
}

fn found(profile_id: ProfileId, rows: Option<&Rows>) -> Result<Found, ProfileError> {
    let row = rows.and_then(|rows| rows.profile.clone());
    let settling = row.clone();
    let record = match row.map(State::of) {
        None => Record::Unknown,
        Some(Ok(State::Live(profile))) => Record::Live(profile),
        // Paths are as short as they get, but for the second in which they are shortened.
        Some(Ok(State::Merged(..)) | Err(ProfileError::Settling)) => Record::Settling,
        Some(Err(ProfileError::Unknown)) => Record::Erased,
        Some(Err(error)) => return Err(error),
    };
    let tenants = match &record {
        Record::Live(profile) => profile.standing.tenants.clone(),
        Record::Settling => settling.map(tenants).transpose()?.unwrap_or_default(),
        Record::Erased | Record::Unknown => BTreeSet::new(),
    };
    let part = rows.and_then(|rows| rows.part.clone()).map(Part::new);
    Ok(Found {
        profile_id,
        record,
        tenants,
        part,
    })
}

/// All that is looked at of a row while it is locked.
#[derive(Deserialize)]
struct Dealings {
    #[serde(default)]
    tenants: BTreeSet<TenantId>,
}

/// With which tenants the person of a profile's row deals.
fn tenants(row: Row) -> Result<BTreeSet<TenantId>, ProfileError> {
    let row: Dealings = serde_dynamo::from_item(row).map_err(|_| ProfileError::Malformed)?;
    Ok(row.tenants)
}

/// Finds whose many identifiers are: `dynamodb:BatchGetItem` on the identifiers.
#[derive(Debug, Clone)]
pub struct IdentifierBatchReader {
    client: Client,
    table: String,
    key: IdentifierKey,
}

impl IdentifierBatchReader {
    /// A reader of `table`, whose keys were made under `key`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>, key: IdentifierKey) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
            key,
        }
    }

    /// What stands behind each of `identifiers` now, in that order; `None` if nobody ever had it, or
    /// left it. One call for each hundred of them, and none for none.
    pub async fn find(
        &self,
        identifiers: &[&Identifier],
    ) -> Result<Vec<Option<Pointed>>, ProfileError> {
        let keys: Vec<String> = identifiers.iter().map(|each| each.key(&self.key)).collect();
        let pointed = self.pointed(&keys).await?;
        Ok(keys.iter().map(|key| pointed.get(key).cloned()).collect())
    }

    /// What stands behind each of `keys` now, as far as there is anything.
    pub async fn pointed(&self, keys: &[String]) -> Result<HashMap<String, Pointed>, ProfileError> {
        pointed(&self.client, &self.table, keys).await
    }
}

/// What stands behind each of `keys` in the identifiers `table` now, as far as there is anything.
pub(super) async fn pointed(
    client: &Client,
    table: &str,
    keys: &[String],
) -> Result<HashMap<String, Pointed>, ProfileError> {
    let distinct: BTreeSet<&String> = keys.iter().collect();
    let wanted = distinct
        .into_iter()
        .map(|key| Row::from([("identifier".to_owned(), text(key))]));
    let wanted: Vec<Row> = wanted.collect();
    let mut pointed: HashMap<String, Pointed> = HashMap::new();
    for row in batch_get(client, table, &wanted).await? {
        let row: IdentifierItem =
            serde_dynamo::from_item(row).map_err(|_| ProfileError::Malformed)?;
        pointed.insert(row.identifier.clone(), row.try_into()?);
    }
    Ok(pointed)
}
