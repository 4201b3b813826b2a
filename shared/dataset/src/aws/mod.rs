//! Datasets in the table `profiles`.

mod deleting;
mod partition;
mod pushing;
mod reading;
mod rows;
mod writing;

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use lambda_kit::error::ServiceError;

pub use pushing::{DatasetWriter, Pushed};
pub use reading::{DatasetReader, Pulled};

use self::rows::DatasetItem;
use crate::{DatasetName, DeviceName, OverLimit, RecordKey, RecordValue, Version};

/// How many datasets a member has at most.
const MAX_DATASETS: u32 = 20;

/// A dataset as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dataset {
    /// Its name.
    pub name: DatasetName,
    /// When it last changed; [`Version::NONE`] if there is none of that name.
    pub version: Version,
    /// How many keys it has.
    pub keys: u64,
    /// How many bytes they and their values have.
    pub bytes: u64,
    /// When it last changed, by the clock.
    pub modified_at: Option<Timestamp>,
}

impl Dataset {
    fn absent(name: DatasetName) -> Self {
        Self {
            name,
            version: Version::NONE,
            keys: 0,
            bytes: 0,
            modified_at: None,
        }
    }
}

impl From<DatasetItem> for Dataset {
    fn from(item: DatasetItem) -> Self {
        Self {
            name: item.name,
            version: item.version,
            keys: item.keys,
            bytes: item.bytes,
            modified_at: Some(item.modified_at),
        }
    }
}

/// A key as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The key.
    pub key: RecordKey,
    /// Its value; `None` if it was removed.
    pub value: Option<RecordValue>,
    /// When it last changed; [`Version::NONE`] if it is not known that it was ever there.
    pub version: Version,
    /// When it last changed, by the clock.
    pub modified_at: Option<Timestamp>,
    /// Which device changed it.
    pub device: Option<DeviceName>,
}

impl Record {
    fn unknown(key: RecordKey) -> Self {
        Self {
            key,
            value: None,
            version: Version::NONE,
            modified_at: None,
            device: None,
        }
    }
}

/// How far a pull of several pages has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    version: Version,
    place: usize,
}

/// A text that is no cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a cursor is what the page before gave as next_cursor")]
pub struct InvalidCursor;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.version, self.place)
    }
}

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let (version, place) = text.split_once('.').ok_or(InvalidCursor)?;
        let cursor = Self {
            version: version.parse().map_err(|_| InvalidCursor)?,
            place: place.parse().map_err(|_| InvalidCursor)?,
        };
        // One spelling only, and no place that no push has.
        if cursor.to_string() == text && cursor.place < crate::MAX_CHANGES {
            Ok(cursor)
        } else {
            Err(InvalidCursor)
        }
    }
}

/// Why a dataset was not read or written.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    /// DynamoDB did not do it.
    #[error("the dataset can't be read or written")]
    Service(#[from] ServiceError),
    /// There is no such person.
    #[error("there is no such profile")]
    UnknownProfile,
    /// The person's record is being merged or split, which takes a second.
    #[error("the profile is being merged or split")]
    Settling,
    /// Others kept changing it.
    #[error("the dataset kept changing while it was read or written")]
    Contended,
    /// A row that is not of the agreed shape.
    #[error("a row of a dataset can't be read")]
    Malformed,
    /// The dataset is no longer at the version that the push was for.
    #[error("the dataset changed in the meantime")]
    Stale,
    /// These keys changed since the device saw them; so they stand now.
    #[error("keys changed in the meantime")]
    Conflicts(Vec<Record>),
    /// The dataset has no room for it.
    #[error(transparent)]
    Full(#[from] OverLimit),
    /// The person has as many datasets as they can have.
    #[error("a person has at most 20 datasets")]
    TooMany,
}
