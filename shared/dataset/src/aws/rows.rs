//! The rows of datasets in the table `profiles`, in the partition of the member whose they are.
//!
//! | part | what |
//! | --- | --- |
//! | `datasets` | how many datasets there are, and the last version of one that was deleted |
//! | `dataset#<name>` | a dataset's version and how much of it is used |
//! | `dataset-key#<name>#<key>` | at which version a key last changed |
//! | `dataset-value#<name>#<version>#<place>#<chunk>` | what it holds since then: the rows of a dataset in the order of its changes |

use identity::ProfileId;
use jiff::Timestamp;
use lambda_kit::redact::Redacted;
use serde::{Deserialize, Serialize};

use crate::{Change, DatasetName, DeviceName, Digest, RecordKey, Standing, Usage, Version};

/// The part that counts the datasets.
pub(super) const COUNT_PART: &str = "datasets";

/// What begins the parts of datasets.
pub(super) const DATASETS: &str = "dataset#";

/// How many bytes of a value lie in one row. An item has at most 400 KB with all its attributes.
pub(super) const CHUNK: usize = 350 * 1_024;

/// How many datasets a member has, and which versions were theirs before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CountItem {
    profile_id: ProfileId,
    part: String,
    pub(super) count: u32,
    /// No dataset that is made from now on has a version up to this one.
    pub(super) floor: Version,
}

impl CountItem {
    pub(super) fn new(member: ProfileId, count: u32, floor: Version) -> Self {
        Self {
            profile_id: member,
            part: COUNT_PART.to_owned(),
            count,
            floor,
        }
    }
}

/// A dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct DatasetItem {
    pub(super) profile_id: ProfileId,
    pub(super) part: String,
    pub(super) name: DatasetName,
    pub(super) version: Version,
    /// The greatest version that a dataset had before this one was made.
    pub(super) floor: Version,
    pub(super) keys: u64,
    pub(super) bytes: u64,
    pub(super) modified_at: Timestamp,
    /// The push that made this version: when it comes again, it is recognised by it.
    pub(super) last_push: Digest,
    /// It is being deleted: nothing of it is shown any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) deleting: bool,
}

impl DatasetItem {
    pub(super) fn usage(&self) -> Usage {
        Usage {
            keys: self.keys,
            bytes: self.bytes,
        }
    }
}

/// When a key last changed, and where its value lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeyItem {
    profile_id: ProfileId,
    part: String,
    pub(super) key: RecordKey,
    pub(super) version: Version,
    /// The change's place in its push.
    pub(super) place: usize,
    /// In how many rows the value lies; a key that was removed has one.
    pub(super) chunks: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<Digest>,
    bytes: u64,
    pub(super) modified_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) device: Option<DeviceName>,
    /// When the table forgets that the key was removed, in seconds since the epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    purge_at: Option<i64>,
}

impl KeyItem {
    pub(super) fn is_removed(&self) -> bool {
        self.digest.is_none()
    }

    pub(super) fn standing(&self) -> Standing {
        Standing {
            version: self.version,
            digest: self.digest.clone(),
            bytes: self.bytes,
        }
    }
}

/// A record's value, or a chunk of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ValueItem {
    profile_id: ProfileId,
    pub(super) part: String,
    /// Absent if the key was removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<Redacted<String>>,
    /// In a record's first row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) head: Option<Head>,
    /// When the table forgets that the key was removed, in seconds since the epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    purge_at: Option<i64>,
}

/// What is known of a record beside its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) key: RecordKey,
    pub(super) version: Version,
    pub(super) place: usize,
    pub(super) chunks: usize,
    pub(super) modified_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) device: Option<DeviceName>,
}

/// A change as it is written.
pub(super) struct Written<'a> {
    pub(super) member: ProfileId,
    pub(super) dataset: &'a DatasetName,
    pub(super) change: &'a Change,
    pub(super) device: Option<&'a DeviceName>,
    pub(super) version: Version,
    pub(super) place: usize,
    pub(super) at: Timestamp,
}

impl Written<'_> {
    /// The row of the key.
    pub(super) fn key_item(&self) -> KeyItem {
        let Standing { digest, bytes, .. } = Standing::after(self.change, self.version);
        KeyItem {
            profile_id: self.member,
            part: key_part(self.dataset, &self.change.key),
            key: self.change.key.clone(),
            version: self.version,
            place: self.place,
            chunks: self.chunks().len(),
            purge_at: self.purge_at(),
            digest,
            bytes,
            modified_at: self.at,
            device: self.device.cloned(),
        }
    }

    /// The rows of the value, one at least.
    pub(super) fn value_items(&self) -> Vec<ValueItem> {
        let chunks = self.chunks();
        let count = chunks.len();
        let head = |chunk: usize| {
            (chunk == 0).then(|| Head {
                key: self.change.key.clone(),
                version: self.version,
                place: self.place,
                chunks: count,
                modified_at: self.at,
                device: self.device.cloned(),
            })
        };
        let row = |(chunk, text): (usize, Option<&str>)| ValueItem {
            profile_id: self.member,
            part: value_part(self.dataset, self.version, self.place, chunk),
            text: text.map(|text| Redacted::new(text.to_owned())),
            head: head(chunk),
            purge_at: self.purge_at(),
        };
        chunks.into_iter().enumerate().map(row).collect()
    }

    fn chunks(&self) -> Vec<Option<&str>> {
        match &self.change.value {
            None => vec![None],
            Some(value) => chunks(value.expose()).into_iter().map(Some).collect(),
        }
    }

    fn purge_at(&self) -> Option<i64> {
        let is_removed = self.change.value.is_none();
        is_removed.then(|| self.version.forgotten_at())
    }
}

/// A text in pieces that each fit into a row; one at least.
fn chunks(mut text: &str) -> Vec<&str> {
    let mut chunks = Vec::new();
    while text.len() > CHUNK {
        let (chunk, rest) = text.split_at(text.floor_char_boundary(CHUNK));
        chunks.push(chunk);
        text = rest;
    }
    chunks.push(text);
    chunks
}

pub(super) fn dataset_part(name: &DatasetName) -> String {
    format!("{DATASETS}{name}")
}

/// What begins the parts of a dataset's keys.
pub(super) fn keys_of(name: &DatasetName) -> String {
    format!("dataset-key#{name}#")
}

pub(super) fn key_part(name: &DatasetName, key: &RecordKey) -> String {
    format!("{}{}", keys_of(name), key.expose())
}

/// What begins the parts of a dataset's values.
pub(super) fn values_of(name: &DatasetName) -> String {
    format!("dataset-value#{name}#")
}

pub(super) fn value_part(
    name: &DatasetName,
    version: Version,
    place: usize,
    chunk: usize,
) -> String {
    format!("{}#{place:02}#{chunk:02}", values_at(name, version))
}

/// What begins the parts of the values that were written at a version. Milliseconds have thirteen
/// digits until the year 2286, so that these parts go by version.
pub(super) fn values_at(name: &DatasetName, version: Version) -> String {
    format!("{}{version:013}", values_of(name))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_text_in_pieces_is_the_same_text(text in "[aä€😀]{0,40}", times in 1..20_000_usize) {
            let text = text.repeat(times);
            let pieces = chunks(&text);
            prop_assert!(pieces.iter().all(|piece| piece.len() <= CHUNK));
            prop_assert_eq!(pieces.concat(), text);
        }
    }

    #[test]
    fn the_greatest_value_lies_in_three_rows() {
        assert_eq!(chunks(&"x".repeat(1_024 * 1_024)).len(), 3);
        assert_eq!(chunks("").len(), 1);
    }
}
