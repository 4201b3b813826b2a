//! Which members a person is made of, and by which merges they came together.

use std::collections::{BTreeMap, BTreeSet};

use identity::{MergeId, ProfileId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What closed a member: it was a root, and was absorbed by another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edge {
    /// The root that absorbed it; older than it.
    pub parent: ProfileId,
    /// The merge that did it.
    pub merge_id: MergeId,
    /// When.
    pub at: Timestamp,
    /// Whether it had been absorbed before, by a merge that was undone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub was_parted: bool,
}

/// A person's members: their root, and every other one with what closed it. An edge leads to an
/// older member always, so that they are a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Members {
    root: ProfileId,
    edges: BTreeMap<ProfileId, Edge>,
}

impl Members {
    /// The members of which `root` is the oldest.
    #[must_use]
    pub const fn new(root: ProfileId, edges: BTreeMap<ProfileId, Edge>) -> Self {
        Self { root, edges }
    }

    /// The oldest, under whose id the person goes.
    #[must_use]
    pub const fn root(&self) -> ProfileId {
        self.root
    }

    /// All of them, the root first.
    pub fn ids(&self) -> impl Iterator<Item = ProfileId> {
        std::iter::once(self.root).chain(self.edges.keys().copied())
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        1 + self.edges.len()
    }

    /// Whether `id` is one of them.
    #[must_use]
    pub fn contains(&self, id: ProfileId) -> bool {
        id == self.root || self.edges.contains_key(&id)
    }

    /// All but the root, with what closed them.
    #[must_use]
    pub const fn edges(&self) -> &BTreeMap<ProfileId, Edge> {
        &self.edges
    }

    /// The members of both, after the younger root was absorbed by the older one.
    #[must_use]
    pub fn absorbing(mut self, other: Self, merge_id: MergeId, at: Timestamp) -> Self {
        let edge = Edge {
            parent: self.root,
            merge_id,
            at,
            was_parted: false,
        };
        self.edges.extend(other.edges);
        self.edges.insert(other.root, edge);
        self
    }

    /// The root that `merge_id` absorbed, if it is one of these members and nothing undid it.
    #[must_use]
    pub fn absorbed_by(&self, merge_id: MergeId) -> Option<(ProfileId, Edge)> {
        let mut edges = self.edges.iter();
        let found = edges.find(|(_, edge)| edge.merge_id == merge_id);
        found.map(|(member, edge)| (*member, *edge))
    }

    /// These members, and those of `other`, which left them a moment ago.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        self.edges.extend(other.edges);
        self
    }

    /// Undoes the merge that absorbed `absorbed`: those who stay, and `absorbed` with all that it
    /// had absorbed before.
    #[must_use]
    pub fn without(self, absorbed: ProfileId) -> (Self, Self) {
        let root = self.root;
        let leaving: BTreeSet<ProfileId> = self
            .ids()
            .filter(|member| self.path(*member).any(|(id, _)| id == absorbed))
            .collect();
        let (mut theirs, ours): (BTreeMap<_, _>, BTreeMap<_, _>) = self
            .edges
            .into_iter()
            .partition(|(member, _)| leaving.contains(member));
        theirs.remove(&absorbed);
        (Self::new(root, ours), Self::new(absorbed, theirs))
    }

    /// The merge by which `one` and `other` became one; `None` if they are the same member, or not
    /// both of this person.
    #[must_use]
    pub fn joined_by(&self, one: ProfileId, other: ProfileId) -> Option<MergeId> {
        let ups = |member| self.path(member).collect::<BTreeMap<_, _>>();
        let (left, right) = (ups(one), ups(other));
        if !self.contains(one) || !self.contains(other) {
            return None;
        }
        // What is on the way from only one of them to the root is on the way to where they meet.
        let only_left = left.iter().filter(|(id, _)| !right.contains_key(id));
        let only_right = right.iter().filter(|(id, _)| !left.contains_key(id));
        let last = only_left
            .chain(only_right)
            .max_by_key(|(_, edge)| (edge.at, edge.merge_id));
        last.map(|(_, edge)| edge.merge_id)
    }

    /// The edges from `member` up to the root, each with the member that it closed.
    pub(crate) fn path(&self, member: ProfileId) -> impl Iterator<Item = (ProfileId, Edge)> {
        let step = |id: ProfileId| self.edges.get(&id).map(|edge| (id, *edge));
        std::iter::successors(step(member), move |(id, edge)| {
            // An edge that does not lead to an older one would be another's fault; it ends the way.
            (edge.parent < *id).then(|| step(edge.parent)).flatten()
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn id(n: usize) -> ProfileId {
        ProfileId::new(Uuid::from_u128(n as u128))
    }

    fn merge(n: usize) -> MergeId {
        MergeId::new(Uuid::from_u128(n as u128))
    }

    fn alone(n: usize) -> Members {
        Members::new(id(n), BTreeMap::new())
    }

    /// Merges the persons of the given pairs in turn; returns who is whose, and the merges.
    fn world(pairs: &[(usize, usize)]) -> (Vec<Members>, Vec<(usize, usize)>) {
        let mut persons: Vec<Members> = (0..8).map(alone).collect();
        let mut merged = Vec::new();
        for (n, (a, b)) in pairs.iter().enumerate() {
            let of = |persons: &[Members], m| {
                persons
                    .iter()
                    .position(|p| p.ids().any(|i| i == id(m)))
                    .unwrap()
            };
            let (one, other) = (of(&persons, *a), of(&persons, *b));
            if one == other {
                continue;
            }
            let (older, younger) = (one.min(other), one.max(other));
            let absorbed = persons.remove(younger);
            let time = Timestamp::from_second(i64::try_from(n).unwrap()).unwrap();
            persons[older] = persons[older].clone().absorbing(absorbed, merge(n), time);
            merged.push((*a, n));
        }
        (persons, merged)
    }

    fn pairs() -> impl Strategy<Value = Vec<(usize, usize)>> {
        prop::collection::vec((0..8_usize, 0..8_usize), 1..12)
    }

    proptest! {
        #[test]
        fn edges_lead_to_the_root_by_older_and_older_members(pairs in pairs()) {
            for person in world(&pairs).0 {
                for member in person.ids() {
                    let way: Vec<_> = person.path(member).collect();
                    prop_assert!(way.iter().all(|(from, edge)| edge.parent < *from));
                    prop_assert!(way.last().is_none_or(|(_, edge)| edge.parent == person.root()));
                }
            }
        }

        #[test]
        fn undoing_the_last_merge_restores_both(pairs in pairs()) {
            let (before, _) = world(&pairs[..pairs.len() - 1]);
            let (after, merged) = world(&pairs);
            let last = merge(pairs.len() - 1);
            if let Some((member, _)) = merged.iter().find(|(_, n)| merge(*n) == last) {
                let person = after.into_iter().find(|p| p.ids().any(|i| i == id(*member))).unwrap();
                let (absorbed, _) = person.absorbed_by(last).unwrap();
                let (stay, leave) = person.without(absorbed);
                prop_assert!(before.contains(&stay) && before.contains(&leave));
            }
        }

        #[test]
        fn undoing_any_merge_parts_the_members_in_two(pairs in pairs()) {
            for person in world(&pairs).0 {
                for (absorbed, edge) in person.edges().clone() {
                    let (stay, leave) = person.clone().without(absorbed);
                    prop_assert_eq!(stay.absorbed_by(edge.merge_id), None);
                    prop_assert_eq!(leave.root(), absorbed);
                    prop_assert!(leave.ids().all(|member| member >= absorbed));
                    let mut both: Vec<_> = stay.ids().chain(leave.ids()).collect();
                    both.sort();
                    prop_assert_eq!(both, person.ids().collect::<Vec<_>>());
                }
            }
        }

        #[test]
        fn two_members_were_joined_by_the_merge_before_which_they_were_two(pairs in pairs(), a in 0..8_usize, b in 0..8_usize) {
            let together = |persons: &[Members]| persons.iter().any(|p| p.ids().any(|i| i == id(a)) && p.ids().any(|i| i == id(b)));
            let expected = (1..=pairs.len()).find(|n| together(&world(&pairs[..*n]).0)).map(|n| merge(n - 1));
            let found = world(&pairs).0.iter().find_map(|person| person.joined_by(id(a), id(b)));
            prop_assert_eq!(found, if a == b { None } else { expected });
        }
    }
}
