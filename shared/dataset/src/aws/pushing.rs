//! Pushing changes.

use std::collections::HashMap;

use identity::ProfileId;
use lambda_kit::{
    clock::Clock,
    dynamodb::{TransactionFailure, transact},
};
use profile::PROFILE_PART;

use super::{
    Dataset, DatasetError, DatasetReader, Record,
    partition::Partitions,
    rows::{
        COUNT_PART, CountItem, DatasetItem, KeyItem, ValueItem, Written, dataset_part, key_part,
        value_part,
    },
};
use crate::{
    Applied, DatasetName, Digest, Push, RecordKey, RecordValue, Verdict, Version, verdict,
};

/// How often a push that met another one is tried.
const ATTEMPTS: u32 = 4;

/// Changes datasets: `dynamodb:PutItem`, `DeleteItem` and `ConditionCheckItem` on the profiles,
/// beside the reader's.
#[derive(Debug, Clone)]
pub struct DatasetWriter {
    pub(super) partitions: Partitions,
    pub(super) clock: Clock,
}

/// What a push came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    /// The dataset after it.
    pub dataset: Dataset,
    /// The version of each key that the push named.
    pub records: Vec<(RecordKey, Version)>,
}

/// What stands where a push is to be written.
struct Ground {
    dataset: Option<DatasetItem>,
    count: Option<CountItem>,
    keys: HashMap<RecordKey, KeyItem>,
}

impl Ground {
    fn version(&self) -> Version {
        self.dataset
            .as_ref()
            .map_or(Version::NONE, |dataset| dataset.version)
    }

    /// Whether the dataset's version was made by that push.
    fn is_made_by(&self, digest: &Digest) -> bool {
        let last = self.dataset.as_ref().map(|dataset| &dataset.last_push);
        last == Some(digest)
    }

    /// Whether a key was read after another push changed it, and the dataset before: a read of
    /// several rows is not one moment's.
    fn is_torn(&self) -> bool {
        let version = self.version();
        self.keys.values().any(|key| key.version > version)
    }

    /// The versions of a push's keys as they stand.
    fn pushed(self, name: &DatasetName, push: &Push) -> Pushed {
        let version_of =
            |key: &RecordKey| self.keys.get(key).map_or(Version::NONE, |key| key.version);
        let records = push.changes.iter();
        Pushed {
            records: records
                .map(|change| (change.key.clone(), version_of(&change.key)))
                .collect(),
            dataset: match self.dataset {
                Some(dataset) => dataset.into(),
                None => Dataset::absent(name.clone()),
            },
        }
    }
}

/// Whose dataset is changed, by what.
struct Pushing<'a> {
    member: ProfileId,
    name: &'a DatasetName,
    push: &'a Push,
    digest: Digest,
}

impl DatasetWriter {
    /// A writer to what `reader` reads.
    #[must_use]
    pub fn new(reader: &DatasetReader, clock: Clock) -> Self {
        Self {
            partitions: reader.partitions.clone(),
            clock,
        }
    }

    /// Makes all changes of a push or none; on the dataset's version `on` alone, if one is named.
    /// A push that comes again because its answer was lost is answered as the first time.
    ///
    /// # Errors
    /// [`DatasetError::Conflicts`] with what stands at the keys that changed since the device saw
    /// them, [`DatasetError::Stale`] if the dataset is at another version than `on`,
    /// [`DatasetError::Full`] and [`DatasetError::TooMany`] if there is no room.
    pub async fn push(
        &self,
        member: ProfileId,
        name: &DatasetName,
        push: &Push,
        on: Option<Version>,
    ) -> Result<Pushed, DatasetError> {
        let pushing = Pushing {
            member,
            name,
            push,
            digest: push.digest(on),
        };
        for _ in 0..ATTEMPTS {
            let ground = self.ground(&pushing).await?;
            if let Some(dataset) = ground.dataset.as_ref().filter(|dataset| dataset.deleting) {
                self.finish_deleting(dataset).await?;
                continue;
            }
            if ground.is_made_by(&pushing.digest) {
                if ground.is_torn() {
                    continue;
                }
                return Ok(ground.pushed(name, push));
            }
            if on.is_some_and(|on| on != ground.version()) {
                return Err(DatasetError::Stale);
            }
            if let Some(pushed) = self.judged(&pushing, ground).await? {
                return Ok(pushed);
            }
        }
        Err(DatasetError::Contended)
    }

    /// Applies the push to what was read; `None` if that is no longer so.
    async fn judged(
        &self,
        pushing: &Pushing<'_>,
        ground: Ground,
    ) -> Result<Option<Pushed>, DatasetError> {
        let usage = ground.dataset.as_ref().map(DatasetItem::usage);
        let standing = |key: &RecordKey| ground.keys.get(key).map(KeyItem::standing);
        match verdict(pushing.push, usage.unwrap_or_default(), standing)? {
            Verdict::Conflicts(keys) => match self.conflicts(pushing, &ground, &keys).await? {
                Some(records) => Err(DatasetError::Conflicts(records)),
                None => Ok(None),
            },
            Verdict::Nothing => Ok(Some(ground.pushed(pushing.name, pushing.push))),
            Verdict::Applies(applied) => self.apply(pushing, ground, &applied).await,
        }
    }

    async fn ground(&self, pushing: &Pushing<'_>) -> Result<Ground, DatasetError> {
        let Pushing {
            member, name, push, ..
        } = *pushing;
        let of_all = [
            PROFILE_PART.to_owned(),
            COUNT_PART.to_owned(),
            dataset_part(name),
        ];
        let of_keys = push
            .changes
            .iter()
            .map(|change| key_part(name, &change.key));
        let parts = of_all.into_iter().chain(of_keys);
        let mut rows = self.partitions.rows(member, parts).await?;
        rows.check_open()?;
        let mut keys = HashMap::new();
        for change in &push.changes {
            if let Some(item) = rows.take::<KeyItem>(&key_part(name, &change.key))? {
                keys.insert(change.key.clone(), item);
            }
        }
        Ok(Ground {
            dataset: rows.take(&dataset_part(name))?,
            count: rows.take(COUNT_PART)?,
            keys,
        })
    }

    /// What stands at `keys`; `None` if that changed while it was read.
    async fn conflicts(
        &self,
        pushing: &Pushing<'_>,
        ground: &Ground,
        keys: &[&RecordKey],
    ) -> Result<Option<Vec<Record>>, DatasetError> {
        let value_parts = |item: &KeyItem| -> Vec<String> {
            let chunks = if item.is_removed() { 0 } else { item.chunks };
            let part = |chunk| value_part(pushing.name, item.version, item.place, chunk);
            (0..chunks).map(part).collect()
        };
        let items = keys.iter().filter_map(|key| ground.keys.get(*key));
        let parts: Vec<String> = items.flat_map(value_parts).collect();
        let mut rows = self.partitions.rows(pushing.member, parts).await?;
        let mut records = Vec::with_capacity(keys.len());
        for key in keys {
            let Some(item) = ground.keys.get(*key) else {
                records.push(Record::unknown((*key).clone()));
                continue;
            };
            let mut value = (!item.is_removed()).then(String::new);
            for part in value_parts(item) {
                let row: Option<ValueItem> = rows.take(&part)?;
                let Some(text) = row.and_then(|row| row.text) else {
                    return Ok(None);
                };
                value.get_or_insert_default().push_str(text.expose());
            }
            let value = value.map(RecordValue::try_from).transpose();
            records.push(Record {
                key: item.key.clone(),
                value: value.map_err(|_| DatasetError::Malformed)?,
                version: item.version,
                modified_at: Some(item.modified_at),
                device: item.device.clone(),
            });
        }
        Ok(Some(records))
    }

    async fn apply(
        &self,
        pushing: &Pushing<'_>,
        mut ground: Ground,
        applied: &Applied<'_>,
    ) -> Result<Option<Pushed>, DatasetError> {
        let floor = ground
            .count
            .as_ref()
            .map_or(Version::NONE, |count| count.floor);
        let now = self.clock.now();
        let before = ground.version().max(match ground.dataset {
            Some(_) => Version::NONE,
            None => floor,
        });
        let after = DatasetItem {
            profile_id: pushing.member,
            part: dataset_part(pushing.name),
            name: pushing.name.clone(),
            version: before.next(now),
            floor: ground
                .dataset
                .as_ref()
                .map_or(floor, |dataset| dataset.floor),
            keys: applied.usage.keys,
            bytes: applied.usage.bytes,
            modified_at: now,
            last_push: pushing.digest.clone(),
            deleting: false,
        };
        let mut items = vec![self.partitions.is_open(pushing.member)?];
        if ground.dataset.is_none() {
            items.push(
                self.partitions
                    .one_more(pushing.member, ground.count.as_ref())?,
            );
        }
        items.push(
            self.partitions
                .replace_dataset(&after, ground.dataset.as_ref())?,
        );
        for (place, change) in applied.changes.iter().enumerate() {
            let written = Written {
                member: pushing.member,
                dataset: pushing.name,
                change,
                device: pushing.push.device.as_ref(),
                version: after.version,
                place,
                at: now,
            };
            let old = ground.keys.remove(&change.key);
            items.extend(self.partitions.replace_record(&written, old.as_ref())?);
            ground.keys.insert(change.key.clone(), written.key_item());
        }
        match transact(&self.partitions.client, items).await {
            Ok(()) => {
                ground.dataset = Some(after);
                Ok(Some(ground.pushed(pushing.name, pushing.push)))
            }
            Err(TransactionFailure::Refused(_)) => Ok(None),
            Err(TransactionFailure::Service(error)) => Err(error.into()),
        }
    }
}
