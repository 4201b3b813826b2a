//! What a device pushes.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize};

use crate::{DeviceName, Digest, InvalidText, InvalidVersion, RecordKey, RecordValue, Version};

/// How many changes a push may have. Each takes a row for its key, one for its old value and one
/// for its new one; large values take two more of each in all, and the dataset three at most. That
/// stays below the 100 items of a transaction.
pub const MAX_CHANGES: usize = 30;

/// A change of one key, and what its device saw there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which key.
    pub key: RecordKey,
    /// Its new value; `None` removes the key.
    pub value: Option<RecordValue>,
    /// The version at which the device saw the key; [`Version::NONE`] if it did not see it.
    pub seen: Version,
}

/// Changes that are made together or not at all. No key is there twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Push {
    /// What the device calls itself.
    pub device: Option<DeviceName>,
    /// The changes.
    pub changes: Vec<Change>,
}

/// Why a push is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPush {
    /// Not of the agreed shape.
    #[error("the body is no push")]
    Malformed,
    /// Too many changes, or none.
    #[error("a push has 1 to 30 changes")]
    Count,
    /// The device's name is none.
    #[error(transparent)]
    Device(InvalidText),
    /// The text of the change at this place does not fit.
    #[error("{1}")]
    Text(usize, InvalidText),
    /// The version of the change at this place is none.
    #[error("{1}")]
    Version(usize, InvalidVersion),
    /// The key of the change at this place was there before.
    #[error("a push names each key once")]
    Repeated(usize),
}

impl InvalidPush {
    /// The member to blame, as a path.
    #[must_use]
    pub fn field(&self) -> Option<String> {
        match self {
            Self::Malformed => None,
            Self::Count => Some("changes".to_owned()),
            Self::Device(_) => Some("device".to_owned()),
            Self::Text(place, InvalidText::RecordValue) => Some(format!("changes[{place}].value")),
            Self::Text(place, _) | Self::Repeated(place) => Some(format!("changes[{place}].key")),
            Self::Version(place, _) => Some(format!("changes[{place}].version")),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PushRequest {
    #[serde(default)]
    device: Option<String>,
    changes: Vec<ChangeRequest>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeRequest {
    key: String,
    /// Has to be there, be it null: who forgets it does not mean to remove the key.
    #[serde(deserialize_with = "text_or_null")]
    value: Option<String>,
    version: u64,
}

fn text_or_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(deserializer)
}

impl Push {
    /// Reads a push from a body's bytes. The first thing that is wrong is named.
    pub fn parse(body: &[u8]) -> Result<Self, InvalidPush> {
        let request: PushRequest =
            serde_json::from_slice(body).map_err(|_| InvalidPush::Malformed)?;
        if !(1..=MAX_CHANGES).contains(&request.changes.len()) {
            return Err(InvalidPush::Count);
        }
        let device = request.device.map(DeviceName::try_from).transpose();
        let mut keys = BTreeSet::new();
        let mut changes = Vec::with_capacity(request.changes.len());
        for (place, change) in request.changes.into_iter().enumerate() {
            let key = RecordKey::try_from(change.key);
            let value = change.value.map(RecordValue::try_from).transpose();
            let change = Change {
                key: key.map_err(|error| InvalidPush::Text(place, error))?,
                value: value.map_err(|error| InvalidPush::Text(place, error))?,
                seen: Version::try_from(change.version)
                    .map_err(|error| InvalidPush::Version(place, error))?,
            };
            if !keys.insert(change.key.clone()) {
                return Err(InvalidPush::Repeated(place));
            }
            changes.push(change);
        }
        Ok(Self {
            device: device.map_err(InvalidPush::Device)?,
            changes,
        })
    }

    /// By what a push on the dataset's version `on` is recognised when it comes again.
    #[must_use]
    pub fn digest(&self, on: Option<Version>) -> Digest {
        #[derive(Serialize)]
        struct Content<'a> {
            on: Option<Version>,
            device: Option<&'a DeviceName>,
            changes: Vec<(&'a RecordKey, Option<&'a RecordValue>, Version)>,
        }
        let content = Content {
            on,
            device: self.device.as_ref(),
            changes: self
                .changes
                .iter()
                .map(|change| (&change.key, change.value.as_ref(), change.seen))
                .collect(),
        };
        Digest::of(serde_json::to_vec(&content).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[test]
    fn null_removes_and_text_sets() {
        let push = Push::parse(br#"{"device":"phone","changes":[{"key":"a","value":"1","version":0},{"key":"b","value":null,"version":7}]}"#).unwrap();
        assert_eq!(push.device.as_ref().unwrap().expose(), "phone");
        assert_eq!(push.changes[0].value.as_ref().unwrap().expose(), "1");
        assert_eq!(push.changes[1].value, None);
        assert_eq!(push.changes[1].seen.to_string(), "7");
    }

    #[rstest]
    #[case("", None)]
    #[case("[]", None)]
    #[case(r#"{"changes":[{"key":"a","version":0}]}"#, None)]
    #[case(r#"{"changes":[{"key":"a","value":1,"version":0}]}"#, None)]
    #[case(r#"{"changes":[{"key":"a","value":"1"}]}"#, None)]
    #[case(r#"{"changes":[{"key":"a","value":"1","version":-1}]}"#, None)]
    #[case(r#"{"changes":[{"key":"a","value":"1","version":0,"more":1}]}"#, None)]
    #[case(
        r#"{"changes":[{"key":"a","value":"1","value":"2","version":0}]}"#,
        None
    )]
    #[case(r#"{"changes":[]}"#, Some("changes"))]
    #[case(
        r#"{"device":"","changes":[{"key":"a","value":"1","version":0}]}"#,
        Some("device")
    )]
    #[case(
        r#"{"changes":[{"key":"","value":"1","version":0}]}"#,
        Some("changes[0].key")
    )]
    #[case(
        r#"{"changes":[{"key":"a","value":"\u0000","version":0}]}"#,
        Some("changes[0].value")
    )]
    #[case(
        r#"{"changes":[{"key":"a","value":"1","version":9007199254740992}]}"#,
        Some("changes[0].version")
    )]
    #[case(
        r#"{"changes":[{"key":"a","value":"1","version":0},{"key":"a","value":null,"version":0}]}"#,
        Some("changes[1].key")
    )]
    fn what_is_wrong_is_refused_and_named(#[case] body: &str, #[case] field: Option<&str>) {
        let error = Push::parse(body.as_bytes()).unwrap_err();
        assert_eq!(error.field().as_deref(), field, "{error}");
    }

    #[test]
    fn a_push_has_thirty_changes_at_most() {
        let of = |count: usize| {
            let changes: Vec<_> = (0..count)
                .map(|n| json!({ "key": format!("{n}"), "value": "", "version": 0 }))
                .collect();
            Push::parse(json!({ "changes": changes }).to_string().as_bytes())
        };
        assert!(of(MAX_CHANGES).is_ok());
        assert_eq!(of(MAX_CHANGES + 1), Err(InvalidPush::Count));
    }

    #[test]
    fn another_push_has_another_digest() {
        let push = |text: &str| Push::parse(text.as_bytes()).unwrap();
        let one = push(r#"{"changes":[{"key":"a","value":"1","version":0}]}"#);
        let other = push(r#"{"changes":[{"key":"a","value":"1","version":1}]}"#);
        assert_eq!(one.digest(None), one.clone().digest(None));
        assert_ne!(one.digest(None), other.digest(None));
        assert_ne!(one.digest(None), one.digest(Some(Version::NONE)));
    }

    proptest! {
        #[test]
        fn parsing_never_panics(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Push::parse(&body);
        }
    }
}
