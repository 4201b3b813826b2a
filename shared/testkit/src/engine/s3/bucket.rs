//! What a bucket holds.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read as _},
};

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use zip::ZipArchive;

use super::entity_tag;

/// An object that S3 has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredObject {
    /// Its name.
    pub key: String,
    /// What it says that it is.
    pub content_type: String,
    /// What it is.
    pub body: Bytes,
    /// Its entity tag, in quotes.
    pub etag: String,
    /// When it was written.
    pub last_modified: Timestamp,
    /// The checksum of all of it, if the writer's requests told one.
    pub(super) checksum: Option<String>,
    /// Another one, likewise.
    pub(super) sha256: Option<String>,
}

impl StoredObject {
    pub(super) fn new(key: &str, content_type: &str, body: Bytes, now: Timestamp) -> Self {
        Self {
            key: key.to_owned(),
            content_type: content_type.to_owned(),
            etag: entity_tag(&body),
            body,
            last_modified: now,
            checksum: None,
            sha256: None,
        }
    }

    pub(super) fn with_checksum(self, checksum: Option<String>) -> Self {
        Self { checksum, ..self }
    }

    pub(super) fn with_sha256(self, sha256: Option<String>) -> Self {
        Self { sha256, ..self }
    }

    /// The members of a zip archive by their names; `None` if it is none, or not whole.
    #[must_use]
    pub fn unzipped(&self) -> Option<BTreeMap<String, Vec<u8>>> {
        let mut archive = ZipArchive::new(Cursor::new(&self.body)).ok()?;
        let mut members = BTreeMap::new();
        for n in 0..archive.len() {
            let mut member = archive.by_index(n).ok()?;
            let mut content = Vec::new();
            member.read_to_end(&mut content).ok()?;
            members.insert(member.name().ok()?.into_owned(), content);
        }
        Some(members)
    }

    /// What two runs are compared by: name, type and content, an archive by what is in it.
    pub(crate) fn described(&self) -> Value {
        let content = match self.unzipped() {
            Some(members) => members
                .iter()
                .map(|(name, content)| (name.clone(), legible(content)))
                .collect::<Map<String, Value>>()
                .into(),
            None => legible(&self.body),
        };
        json!({ "key": self.key, "content_type": self.content_type, "content": content })
    }
}

fn legible(content: &[u8]) -> Value {
    serde_json::from_slice(content)
        .unwrap_or_else(|_| String::from_utf8_lossy(content).into_owned().into())
}

/// Objects by their keys, in the order of these keys' bytes, as S3 lists them.
#[derive(Default)]
pub(super) struct Bucket(BTreeMap<String, StoredObject>);

impl Bucket {
    pub(super) fn get(&self, key: &str) -> Option<&StoredObject> {
        self.0.get(key)
    }

    pub(super) fn put(&mut self, key: &str, object: StoredObject) {
        self.0.insert(key.to_owned(), object);
    }

    pub(super) fn remove(&mut self, key: &str) {
        self.0.remove(key);
    }

    pub(super) fn objects(&self) -> impl Iterator<Item = &StoredObject> {
        self.0.values()
    }

    /// Those whose keys begin with `prefix` and come after `after`.
    pub(super) fn after(&self, prefix: &str, after: &str) -> impl Iterator<Item = &StoredObject> {
        self.objects()
            .filter(move |object| object.key.starts_with(prefix) && object.key.as_str() > after)
    }
}

/// An object whose parts come one by one.
pub(super) struct Upload {
    pub(super) bucket: String,
    pub(super) key: String,
    pub(super) content_type: String,
    /// Whether the object is to have a checksum of all of it, instead of one of its parts'.
    pub(super) full_object: bool,
    pub(super) parts: BTreeMap<u32, Bytes>,
}
