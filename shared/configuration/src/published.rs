//! The compiled rows: all records that somebody reads together, packed.

use std::{
    collections::BTreeMap,
    fmt,
    io::{Read as _, Write as _},
};

use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};
use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::RecordId;

/// The partition of compiled rows.
pub(crate) const PUBLISHED: &str = "published";

/// The most bytes of a packed row: DynamoDB takes 400 KB with all of its names.
const MOST_PACKED: usize = 380 * 1024;

/// The most bytes of what is packed: whoever reads it holds it in memory, and has two seconds.
const MOST_UNPACKED: usize = 4 * 1024 * 1024;

/// All records of a compiled row, by `<kind>#<record id>`.
#[derive(Clone, PartialEq, Default)]
pub struct Published(BTreeMap<String, Value>);

/// The records together are more than a row holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("all records together are more than a row holds")]
pub struct TooLarge;

/// Bytes that are no packed records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the published records can't be read")]
pub struct Malformed;

/// Row `published`, `<name>` of the table `config`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedItem {
    /// `published`.
    pub kind: String,
    /// Which of them: `contact`.
    pub record_id: String,
    /// The records, packed by raw DEFLATE (RFC 1951).
    #[serde(with = "bytes")]
    pub records: Vec<u8>,
    /// How often it was written.
    pub version: u64,
    /// When it was written last.
    pub changed_at: Timestamp,
    /// By which event.
    pub last_request: String,
}

/// Bytes, as DynamoDB has them.
mod bytes {
    use serde::{Deserializer, Serializer, de::Visitor};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<u8>, D::Error> {
        struct Bytes;

        impl Visitor<'_> for Bytes {
            type Value = Vec<u8>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
                Ok(bytes.to_vec())
            }

            fn visit_byte_buf<E>(self, bytes: Vec<u8>) -> Result<Vec<u8>, E> {
                Ok(bytes)
            }
        }

        deserializer.deserialize_byte_buf(Bytes)
    }
}

impl Published {
    /// Unpacks what [`pack`](Self::pack) made.
    pub fn unpack(packed: &[u8]) -> Result<Self, Malformed> {
        let mut json = Vec::new();
        let most = u64::try_from(MOST_UNPACKED).unwrap_or(u64::MAX);
        let unpacked = DeflateDecoder::new(packed)
            .take(most)
            .read_to_end(&mut json);
        unpacked.map_err(|_| Malformed)?;
        let records = serde_json::from_slice(&json).map_err(|_| Malformed)?;
        Ok(Self(records))
    }

    /// Packs the records: the same records always make the same bytes.
    pub fn pack(&self) -> Result<Vec<u8>, TooLarge> {
        let json = serde_json::to_vec(&self.0).map_err(|_| TooLarge)?;
        if json.len() > MOST_UNPACKED {
            return Err(TooLarge);
        }
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&json).map_err(|_| TooLarge)?;
        let packed = encoder.finish().map_err(|_| TooLarge)?;
        let is_small = packed.len() <= MOST_PACKED;
        is_small.then_some(packed).ok_or(TooLarge)
    }

    /// Puts `record` in place of what stands there, or takes that away; whether anything changed.
    pub fn apply(&mut self, kind: &str, id: &RecordId, record: Option<&Value>) -> bool {
        let key = format!("{kind}#{id}");
        match record {
            Some(record) => {
                let before = self.0.insert(key, record.clone());
                before.as_ref() != Some(record)
            }
            None => self.0.remove(&key).is_some(),
        }
    }

    /// The records of a kind with their ids, in the order of these.
    pub fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        self.0.iter().filter_map(move |(key, record)| {
            let (of, id) = key.split_once('#')?;
            (of == kind).then_some((id, record))
        })
    }

    /// The records of a kind as rows of type `T`, with their ids. What has another shape is left out: it
    /// was allowed by a schema that is another one now.
    #[must_use]
    pub fn read<T: DeserializeOwned>(&self, kind: &str) -> Vec<(String, T)> {
        let read = |record: &Value| T::deserialize(record).ok();
        self.of_kind(kind)
            .filter_map(|(id, record)| Some((id.to_owned(), read(record)?)))
            .collect()
    }
}

impl PublishedItem {
    /// The records in it.
    pub fn open(&self) -> Result<Published, Malformed> {
        Published::unpack(&self.records)
    }
}

impl fmt::Debug for Published {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Published({} records)", self.0.len())
    }
}

impl fmt::Debug for PublishedItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublishedItem({}, {})", self.record_id, self.version)
    }
}

#[cfg(test)]
mod tests;
