//! Whom a partner may see, in plain maps: worked out anew from all that was ever decided and written.

use std::collections::{BTreeMap, BTreeSet};

use fairlead_merge_proof::model::Model as Persons;
use identity::ProfileId;
use jiff::Timestamp;

/// What is known of people, by id: the fields that the partner may see.
pub type Known = BTreeMap<String, BTreeMap<String, String>>;

/// The fields of the group that the agreement covers.
const NAMES: [&str; 3] = ["given_name", "family_name", "display_name"];

/// A decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decided {
    /// When.
    pub at: Timestamp,
    /// Whether it was a no.
    pub is_no: bool,
    /// Until when a yes stands.
    pub until: Option<Timestamp>,
}

/// All persons, and what their members decided last.
#[derive(Debug, Clone, Default)]
pub struct Model {
    /// Who is one with whom, and what was written.
    pub persons: Persons,
    /// By member.
    pub decided: BTreeMap<ProfileId, Decided>,
    /// The members of those who were erased.
    pub gone: BTreeSet<ProfileId>,
}

impl Model {
    /// The person of `member` is erased.
    pub fn leaves(&mut self, member: ProfileId) {
        self.gone.extend(self.persons.person(member));
    }

    /// Whom the partner may see at `now`, and as what.
    #[must_use]
    pub fn visible(&self, now: Timestamp) -> Known {
        let everyone = self.persons.written.keys().copied();
        let roots = everyone.filter(|id| self.persons.root(*id) == *id);
        roots
            .filter(|root| !self.gone.contains(root) && self.agrees(*root, now))
            .map(|root| {
                let mut looks = self.persons.looks(root);
                looks.retain(|field, _| NAMES.contains(&field.as_str()));
                (root.to_string(), looks)
            })
            .collect()
    }

    /// Of all members' decisions the latest counts; of two of the same time the no.
    fn agrees(&self, root: ProfileId, now: Timestamp) -> bool {
        let members = self.persons.person(root).into_iter();
        let decisions = members.filter_map(|member| {
            let decided = self.decided.get(&member)?;
            Some((decided.at, decided.is_no, member, decided.until))
        });
        let latest = decisions.max_by_key(|(at, is_no, member, _)| (*at, *is_no, *member));
        latest.is_some_and(|(_, is_no, _, until)| !is_no && until.is_none_or(|until| until > now))
    }
}
