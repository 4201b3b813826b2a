//! What merging should do, in plain maps and without a thought for cost: members, each with what was
//! written by it, and who was absorbed by whom. Everything else is worked out anew at each look.

use std::collections::{BTreeMap, BTreeSet};

use identity::{MergeId, ProfileId};

/// What was last written into a field: the time in nanoseconds, and the text, if it was not removed.
pub type Written = (i128, Option<String>);

/// A decision on the one purpose that there is: when, and whether it says no.
pub type Decided = (i128, bool);

/// All persons.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Model {
    /// What was written by each member, by field.
    pub written: BTreeMap<ProfileId, BTreeMap<String, Written>>,
    /// What was decided last by each member.
    pub decided: BTreeMap<ProfileId, Decided>,
    /// On how many devices each member was seen.
    pub devices: BTreeMap<ProfileId, u64>,
    /// Who was absorbed by whom, and by which merge.
    pub absorbed: BTreeMap<ProfileId, (ProfileId, MergeId)>,
}

impl Model {
    /// Someone new.
    pub fn appears(&mut self, member: ProfileId) {
        self.written.insert(member, BTreeMap::new());
    }

    /// The root of `member`'s person.
    #[must_use]
    pub fn root(&self, member: ProfileId) -> ProfileId {
        match self.absorbed.get(&member) {
            Some((parent, _)) => self.root(*parent),
            None => member,
        }
    }

    /// All who are one with `member`.
    #[must_use]
    pub fn person(&self, member: ProfileId) -> BTreeSet<ProfileId> {
        let root = self.root(member);
        let everyone = self.written.keys().copied();
        everyone.filter(|each| self.root(*each) == root).collect()
    }

    /// What `member`'s person looks like: in each field the latest text of all members; of two of
    /// the same time that of the younger member.
    #[must_use]
    pub fn looks(&self, member: ProfileId) -> BTreeMap<String, String> {
        let mut latest: BTreeMap<&String, (i128, ProfileId, &Option<String>)> = BTreeMap::new();
        for member in self.person(member) {
            for (field, (at, text)) in &self.written[&member] {
                let candidate = (*at, member, text);
                let held = latest.entry(field).or_insert(candidate);
                if (held.0, held.1) < (candidate.0, candidate.1) {
                    *held = candidate;
                }
            }
        }
        let texts = latest.into_iter();
        texts
            .filter_map(|(field, (_, _, text))| Some((field.clone(), text.clone()?)))
            .collect()
    }

    /// The decision that holds for `member`'s person, and whose it is: the latest of all members',
    /// at the same time the one that says no, then that of the younger member.
    #[must_use]
    pub fn holds(&self, member: ProfileId) -> Option<(bool, ProfileId)> {
        let decided = |member| Some((*self.decided.get(&member)?, member));
        let latest = self.person(member).into_iter().filter_map(decided).max();
        latest.map(|((_, is_withdrawn), member)| (is_withdrawn, member))
    }

    /// When the decision that holds was made.
    #[must_use]
    pub fn held_since(&self, member: ProfileId) -> Option<i128> {
        let (_, member) = self.holds(member)?;
        self.decided.get(&member).map(|(at, _)| *at)
    }

    /// On how many devices `member`'s person was seen.
    #[must_use]
    pub fn seen_on(&self, member: ProfileId) -> u64 {
        let person = self.person(member).into_iter();
        person.filter_map(|member| self.devices.get(&member)).sum()
    }

    /// When what shows in a field was written.
    #[must_use]
    pub fn seen(&self, member: ProfileId, field: &str) -> Option<i128> {
        let person = self.person(member).into_iter();
        let times = person.filter_map(|member| Some(self.written[&member].get(field)?.0));
        times.max()
    }

    /// `member` writes.
    pub fn writes(&mut self, member: ProfileId, field: &str, at: i128, text: Option<&str>) {
        let fields = self.written.entry(member).or_default();
        fields.insert(field.to_owned(), (at, text.map(str::to_owned)));
    }

    /// Two become one by `merge_id`, if they are two.
    pub fn join(&mut self, one: ProfileId, other: ProfileId, merge_id: MergeId) {
        let (one, other) = (self.root(one), self.root(other));
        if one != other {
            self.absorbed
                .insert(one.max(other), (one.min(other), merge_id));
        }
    }

    /// The merge is undone, if it holds.
    pub fn split(&mut self, merge_id: MergeId) {
        self.absorbed.retain(|_, (_, merge)| *merge != merge_id);
    }
}
