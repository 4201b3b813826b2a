//! Devices of one person on one dataset, in any order of editing, pulling, pushing, losing answers
//! and sleeping: nothing that was accepted is lost unseen, and in the end all hold the same.
//!
//! The dataset is a model here that judges by the same rules as the table; the same devices meet the
//! table in profile-datasets' own tests.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use std::collections::{BTreeMap, BTreeSet};

use dataset::{
    Change, Push, RETENTION, RecordKey, RecordValue, Standing, Usage, Verdict, Version,
    is_full_sync_needed, verdict,
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

const KEYS: usize = 4;
const DEVICES: usize = 3;

/// The dataset, as it stands in the table.
#[derive(Default)]
struct Model {
    version: Version,
    floor: Version,
    usage: Usage,
    records: BTreeMap<RecordKey, (Option<RecordValue>, Standing)>,
    is_there: bool,
}

impl Model {
    fn push(&mut self, push: &Push, now: Timestamp) -> Result<(), Vec<RecordKey>> {
        let standing =
            |key: &RecordKey| self.records.get(key).map(|(_, standing)| standing.clone());
        match verdict(push, self.usage, standing).unwrap() {
            Verdict::Conflicts(keys) => return Err(keys.into_iter().cloned().collect()),
            Verdict::Nothing => {}
            Verdict::Applies(applied) => {
                self.is_there = true;
                self.usage = applied.usage;
                self.version = self.version.max(self.floor).next(now);
                for change in applied.changes {
                    let standing = Standing::after(change, self.version);
                    self.records
                        .insert(change.key.clone(), (change.value.clone(), standing));
                }
            }
        }
        Ok(())
    }

    fn delete(&mut self, now: Timestamp) {
        if self.is_there {
            *self = Self {
                floor: self.version.next(now),
                ..Self::default()
            };
        }
    }

    /// Removed keys are forgotten as soon as the table may forget them.
    fn forget(&mut self, now: Timestamp) {
        self.records.retain(|_, (value, standing)| {
            value.is_some() || standing.version.forgotten_at() > now.as_second()
        });
    }

    fn values(&self) -> BTreeMap<RecordKey, RecordValue> {
        let value = |(key, (value, _)): (&RecordKey, &(Option<RecordValue>, Standing))| {
            Some((key.clone(), value.clone()?))
        };
        self.records.iter().filter_map(value).collect()
    }
}

/// A device: what it last saw, and what it changed since then.
#[derive(Default)]
struct Device {
    since: Version,
    seen: BTreeMap<RecordKey, (Option<RecordValue>, Version)>,
    edits: BTreeMap<RecordKey, Option<RecordValue>>,
}

impl Device {
    fn pull(&mut self, model: &Model, now: Timestamp) {
        let bounds = model.is_there.then_some((model.floor, model.version));
        if is_full_sync_needed(self.since, bounds, now) {
            self.since = Version::NONE;
            self.seen.clear();
        }
        for (key, (value, standing)) in &model.records {
            if standing.version > self.since {
                self.seen
                    .insert(key.clone(), (value.clone(), standing.version));
            }
        }
        self.since = model.version;
    }

    /// Pushes all edits. `Err` with the keys that changed under its hands.
    fn push(
        &mut self,
        model: &mut Model,
        now: Timestamp,
        answer_is_lost: bool,
    ) -> Result<(), Vec<RecordKey>> {
        let change = |(key, value): (&RecordKey, &Option<RecordValue>)| Change {
            key: key.clone(),
            value: value.clone(),
            seen: self
                .seen
                .get(key)
                .map_or(Version::NONE, |(_, version)| *version),
        };
        let changes: Vec<Change> = self.edits.iter().map(change).collect();
        if changes.is_empty() {
            return Ok(());
        }
        model.push(
            &Push {
                device: None,
                changes,
            },
            now,
        )?;
        if !answer_is_lost {
            self.edits.clear();
        }
        Ok(())
    }

    /// Pulls, and pushes; in a conflict its own edit wins, knowingly. A second push gets through.
    fn sync(&mut self, model: &mut Model, now: Timestamp) {
        self.pull(model, now);
        if let Err(keys) = self.push(model, now, false) {
            for key in keys {
                let told = model.records.get(&key);
                let told = told.map(|(value, standing)| (value.clone(), standing.version));
                self.seen.insert(key, told.unwrap_or_default());
            }
            assert_eq!(self.push(model, now, false), Ok(()));
        }
        self.pull(model, now);
    }

    fn values(&self) -> BTreeMap<RecordKey, RecordValue> {
        let value = |(key, (value, _)): (&RecordKey, &(Option<RecordValue>, Version))| {
            Some((key.clone(), value.clone()?))
        };
        self.seen.iter().filter_map(value).collect()
    }
}

#[derive(Debug, Clone)]
enum Step {
    Edit(usize, usize, Option<u8>),
    Pull(usize),
    Push(usize, bool),
    Sync(usize),
    Delete,
    Sleep(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let device = || 0..DEVICES;
    prop_oneof![
        5 => (device(), 0..KEYS, prop::option::weighted(0.7, 0..5_u8)).prop_map(|(d, k, v)| Step::Edit(d, k, v)),
        2 => device().prop_map(Step::Pull),
        3 => (device(), any::<bool>()).prop_map(|(d, lost)| Step::Push(d, lost)),
        2 => device().prop_map(Step::Sync),
        1 => Just(Step::Delete),
        1 => (1..2 * RETENTION.as_secs()).prop_map(Step::Sleep),
    ]
}

fn key(n: usize) -> RecordKey {
    RecordKey::try_from(format!("key {n}")).unwrap()
}

proptest! {
    #[test]
    fn whatever_the_order_in_the_end_all_devices_hold_what_stands_there(steps in prop::collection::vec(step(), 1..60)) {
        let mut now = Timestamp::from_second(1_768_467_600).unwrap();
        let mut model = Model::default();
        let mut devices: [Device; DEVICES] = Default::default();
        for step in steps {
            let before = model.values();
            let version = model.version;
            match step {
                Step::Edit(device, n, value) => {
                    let value = value.map(|v| RecordValue::try_from(v.to_string()).unwrap());
                    devices[device].edits.insert(key(n), value);
                }
                Step::Pull(device) => devices[device].pull(&model, now),
                Step::Push(device, lost) => {
                    let edits = devices[device].edits.clone();
                    if let Err(keys) = devices[device].push(&mut model, now, lost) {
                        // Nothing of it is applied, and the keys that are told are its own.
                        prop_assert_eq!(&model.values(), &before);
                        prop_assert_eq!(model.version, version);
                        let edited: BTreeSet<_> = edits.keys().collect();
                        prop_assert!(!keys.is_empty() && keys.iter().all(|key| edited.contains(key)));
                    } else {
                        // All of it is applied, and nothing else.
                        let mut expected = before;
                        for (key, value) in edits {
                            match value {
                                Some(value) => expected.insert(key, value),
                                None => expected.remove(&key),
                            };
                        }
                        prop_assert_eq!(model.values(), expected);
                    }
                }
                Step::Sync(device) => devices[device].sync(&mut model, now),
                Step::Delete => model.delete(now),
                Step::Sleep(seconds) => {
                    now += SignedDuration::from_secs(seconds.try_into().unwrap());
                    model.forget(now);
                }
            }
            prop_assert!(model.version >= version || !model.is_there);
            now += SignedDuration::from_millis(3);
        }
        for device in &mut devices {
            device.sync(&mut model, now);
        }
        for device in &mut devices {
            device.pull(&model, now);
            prop_assert_eq!(device.values(), model.values());
            prop_assert!(device.edits.is_empty());
        }
        let bytes: usize = model.values().iter().map(|(k, v)| k.expose().len() + v.expose().len()).sum();
        prop_assert_eq!(model.usage, Usage { keys: model.values().len() as u64, bytes: bytes as u64 });
    }

    #[test]
    fn a_push_whose_answer_was_lost_changes_nothing_when_it_comes_again(edits in prop::collection::btree_map(0..KEYS, prop::option::of(0..5_u8), 1..KEYS)) {
        let now = Timestamp::from_second(1_768_467_600).unwrap();
        let (mut model, mut device) = (Model::default(), Device::default());
        for (n, value) in edits {
            device.edits.insert(key(n), value.map(|v| RecordValue::try_from(v.to_string()).unwrap()));
        }
        prop_assert_eq!(device.push(&mut model, now, true), Ok(()));
        let (version, values) = (model.version, model.values());
        prop_assert_eq!(device.push(&mut model, now, false), Ok(()));
        prop_assert_eq!((model.version, model.values()), (version, values));
    }
}
