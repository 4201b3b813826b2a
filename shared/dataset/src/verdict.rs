//! What becomes of a push, given what stands there.

use crate::{Change, Digest, Push, RecordKey, Version};

/// The most keys of a dataset, as Cognito Sync had it
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/limits.html>).
pub const MAX_KEYS: u64 = 1_024;

/// The most bytes of a dataset: those of its keys and values in UTF-8.
pub const MAX_BYTES: u64 = 1_024 * 1_024;

/// What is known of a key without its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// When it last changed.
    pub version: Version,
    /// What it holds; `None` if it was removed.
    pub digest: Option<Digest>,
    /// What it counts for: the bytes of its key and its value; 0 if it was removed.
    pub bytes: u64,
}

impl Standing {
    /// What stands there once `change` was made at `version`.
    #[must_use]
    pub fn after(change: &Change, version: Version) -> Self {
        let value = change.value.as_ref().map(crate::RecordValue::expose);
        Self {
            version,
            digest: value.map(Digest::of),
            bytes: value.map_or(0, |value| (change.key.expose().len() + value.len()) as u64),
        }
    }
}

/// How much of a dataset is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Keys that have a value.
    pub keys: u64,
    /// Bytes of these keys and their values.
    pub bytes: u64,
}

/// The dataset has no room for a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OverLimit {
    /// For its keys.
    #[error("a dataset has at most 1,024 keys")]
    Keys,
    /// For its bytes.
    #[error("a dataset has at most 1,048,576 bytes, counting its keys and values in UTF-8")]
    Bytes,
}

/// What becomes of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict<'a> {
    /// These keys changed since the device saw them: nothing is applied.
    Conflicts(Vec<&'a RecordKey>),
    /// All that it says stands there already.
    Nothing,
    /// It is applied.
    Applies(Applied<'a>),
}

/// What a push changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied<'a> {
    /// The changes that make a difference.
    pub changes: Vec<&'a Change>,
    /// How much of the dataset is used after them.
    pub usage: Usage,
}

/// Judges a push by what stands at its keys. A change that says what stands there already is no
/// conflict, whichever version its device saw: so a push whose answer was lost can be repeated, and
/// two devices that come to the same value agree.
pub fn verdict(
    push: &Push,
    usage: Usage,
    standing: impl Fn(&RecordKey) -> Option<Standing>,
) -> Result<Verdict<'_>, OverLimit> {
    let mut conflicts = Vec::new();
    let mut applied = Applied {
        changes: Vec::new(),
        usage,
    };
    for change in &push.changes {
        let before = standing(&change.key);
        let after = Standing::after(change, Version::NONE);
        let held = before.as_ref().and_then(|before| before.digest.as_ref());
        if held == after.digest.as_ref() {
            continue;
        }
        let version = before
            .as_ref()
            .map_or(Version::NONE, |before| before.version);
        if version != change.seen && !lambda_kit::planted::is_on("dataset-pushed-at-any-version") {
            conflicts.push(&change.key);
            continue;
        }
        applied.usage = applied.usage.with(before.as_ref(), &after);
        applied.changes.push(change);
    }
    if !conflicts.is_empty() {
        return Ok(Verdict::Conflicts(conflicts));
    }
    if applied.changes.is_empty() {
        return Ok(Verdict::Nothing);
    }
    match applied.usage {
        Usage { keys, .. } if keys > MAX_KEYS => Err(OverLimit::Keys),
        Usage { bytes, .. } if bytes > MAX_BYTES => Err(OverLimit::Bytes),
        _ => Ok(Verdict::Applies(applied)),
    }
}

impl Usage {
    fn with(self, before: Option<&Standing>, after: &Standing) -> Self {
        let held = |standing: &Standing| u64::from(standing.digest.is_some());
        Self {
            keys: (self.keys + held(after)).saturating_sub(before.map_or(0, held)),
            bytes: (self.bytes + after.bytes)
                .saturating_sub(before.map_or(0, |before| before.bytes)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::RecordValue;

    fn change(key: &str, value: impl Into<Option<String>>, seen: u64) -> Change {
        Change {
            key: RecordKey::try_from(key.to_owned()).unwrap(),
            value: value
                .into()
                .map(|value| RecordValue::try_from(value).unwrap()),
            seen: seen.try_into().unwrap(),
        }
    }

    fn push(changes: Vec<Change>) -> Push {
        Push {
            device: None,
            changes,
        }
    }

    fn standing(changes: &[Change]) -> BTreeMap<RecordKey, Standing> {
        let of = |change: &Change| (change.key.clone(), Standing::after(change, change.seen));
        changes.iter().map(of).collect()
    }

    fn text(length: u64) -> String {
        "x".repeat(length.try_into().unwrap())
    }

    #[test]
    fn one_conflict_keeps_the_whole_push_out() {
        let known = standing(&[change("a", text(1), 7)]);
        let push = push(vec![change("b", text(1), 0), change("a", text(2), 6)]);
        let judged = verdict(&push, Usage::default(), |key| known.get(key).cloned()).unwrap();
        assert_eq!(judged, Verdict::Conflicts(vec![&push.changes[1].key]));
    }

    #[test]
    fn what_stands_there_is_no_conflict_at_any_version() {
        let known = standing(&[change("a", text(1), 7), change("b", None, 8)]);
        let push = push(vec![
            change("a", text(1), 3),
            change("b", None, 0),
            change("c", None, 5),
        ]);
        let judged = verdict(&push, Usage::default(), |key| known.get(key).cloned()).unwrap();
        assert_eq!(judged, Verdict::Nothing);
    }

    #[test]
    fn a_key_whose_removal_is_forgotten_is_a_conflict_for_who_still_knows_it() {
        let push = push(vec![change("a", text(1), 3)]);
        let judged = verdict(&push, Usage::default(), |_| None).unwrap();
        assert_eq!(judged, Verdict::Conflicts(vec![&push.changes[0].key]));
    }

    #[test]
    fn a_dataset_is_full_to_the_byte_and_to_the_key() {
        let room = Usage {
            keys: MAX_KEYS - 1,
            bytes: MAX_BYTES - 10,
        };
        let judge = |changes| {
            let push = push(changes);
            verdict(&push, room, |_| None).map(|judged| matches!(judged, Verdict::Applies(_)))
        };
        assert_eq!(judge(vec![change("a", text(9), 0)]), Ok(true));
        assert_eq!(judge(vec![change("a", text(10), 0)]), Err(OverLimit::Bytes));
        let two = vec![change("a", text(1), 0), change("b", text(1), 0)];
        assert_eq!(judge(two), Err(OverLimit::Keys));
    }

    #[test]
    fn a_full_dataset_can_be_emptied() {
        let big = change("a", text(MAX_BYTES - 1), 7);
        let known = standing(std::slice::from_ref(&big));
        let full = Usage {
            keys: 1,
            bytes: MAX_BYTES,
        };
        let push = push(vec![change("a", None, 7)]);
        let judged = verdict(&push, full, |key| known.get(key).cloned()).unwrap();
        let Verdict::Applies(applied) = judged else {
            panic!("{judged:?}");
        };
        assert_eq!(applied.usage, Usage::default());
    }
}
