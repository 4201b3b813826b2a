//! What is known of a person, as a join of what is known of each of their members.

use std::collections::BTreeMap;

use identity::ProfileId;
use jiff::Timestamp;
use lambda_kit::{clock::after, redact::Redacted};
use serde::{Deserialize, Serialize};

use crate::{FieldName, Source};

/// What was last written into a field: a text, or that there is none any more. A removal has a
/// time too, else an older text of another member would come back by a merge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Register {
    /// The text; absent once removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Redacted<String>>,
    /// Whether its ownership was proven; for contacts only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub verified: bool,
    /// Since when.
    pub at: Timestamp,
    /// From where.
    pub source: Source,
}

impl Register {
    /// What a login says at `now`, on top of what it said before.
    pub(crate) fn by_login(
        value: Option<Redacted<String>>,
        verified: bool,
        before: Option<&Self>,
        now: Timestamp,
    ) -> Self {
        Self {
            value,
            verified,
            at: after(before.map(|before| before.at), now),
            source: Source::Login,
        }
    }
}

/// A decision on one (tenant, purpose), as far as merging goes by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision<E> {
    /// When.
    pub at: Timestamp,
    /// Whether it says no.
    pub is_withdrawn: bool,
    /// All that was recorded of it.
    pub evidence: E,
}

/// Something, and by which member it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owned<T> {
    /// Whose.
    pub member: ProfileId,
    /// What.
    pub what: T,
}

/// The state of one member or of several: one entry for each field and for each part that holds a
/// consent, with the member that it came by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State<E> {
    /// By field.
    pub fields: BTreeMap<FieldName, Owned<Register>>,
    /// By part, `consent#<tenant>#<purpose>`.
    pub consents: BTreeMap<String, Owned<Decision<E>>>,
}

impl<E> Default for State<E> {
    fn default() -> Self {
        Self {
            fields: BTreeMap::new(),
            consents: BTreeMap::new(),
        }
    }
}

impl<E> State<E> {
    /// Nothing but `fields`.
    pub(crate) fn of(fields: BTreeMap<FieldName, Owned<Register>>) -> Self {
        Self {
            fields,
            ..Self::default()
        }
    }

    /// This state and `other` in one. Commutative, associative and idempotent: each entry is the
    /// greater one of a total order. In a field the last writer wins, by (time, rank of the source,
    /// member); of two decisions the later one, at the same time the one that says no, then by
    /// member. A member has one entry for each key, so that no two entries are equal in this order.
    #[must_use]
    pub fn fold(mut self, other: Self) -> Self {
        take_greater(&mut self.fields, other.fields, |field| {
            (field.what.at, field.what.source.rank(), field.member)
        });
        take_greater(&mut self.consents, other.consents, |consent| {
            (consent.what.at, consent.what.is_withdrawn, consent.member)
        });
        self
    }
}

impl<E> FromIterator<Self> for State<E> {
    /// The fold of all.
    fn from_iter<I: IntoIterator<Item = Self>>(states: I) -> Self {
        states.into_iter().fold(Self::default(), Self::fold)
    }
}

fn take_greater<K: Ord, V, O: Ord>(
    into: &mut BTreeMap<K, V>,
    from: BTreeMap<K, V>,
    order: impl Fn(&V) -> O,
) {
    for (key, value) in from {
        let is_greater = into
            .get(&key)
            .is_none_or(|held| order(held) < order(&value));
        if is_greater {
            into.insert(key, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    type Known = State<u64>;

    fn member(n: u8) -> ProfileId {
        ProfileId::new(Uuid::from_u128(u128::from(n)))
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_768_467_600 + second).unwrap()
    }

    /// Few times, sources and keys, so that they meet.
    fn register() -> impl Strategy<Value = Register> {
        (
            prop::option::of("[a-c]"),
            any::<bool>(),
            0..3_i64,
            any::<bool>(),
        )
            .prop_map(|(value, verified, second, by_login)| Register {
                value: value.map(Redacted::new),
                verified,
                at: at(second),
                source: if by_login {
                    Source::Login
                } else {
                    Source::Person
                },
            })
    }

    fn own_state(n: u8) -> impl Strategy<Value = Known> {
        let fields = prop::collection::btree_map(
            prop::sample::select(FieldName::EDITABLE.to_vec()),
            register(),
            0..4,
        );
        let decision =
            (0..3_i64, any::<bool>(), any::<u64>()).prop_map(|(second, no, evidence)| Decision {
                at: at(second),
                is_withdrawn: no,
                evidence,
            });
        let consents = prop::collection::btree_map("consent#[a-b]#[x-y]", decision, 0..3);
        (fields, consents).prop_map(move |(fields, consents)| State {
            fields: owned(n, fields),
            consents: owned(n, consents),
        })
    }

    fn owned<K: Ord, T>(n: u8, entries: BTreeMap<K, T>) -> BTreeMap<K, Owned<T>> {
        let whose = |what| Owned {
            member: member(n),
            what,
        };
        entries.into_iter().map(|(k, v)| (k, whose(v))).collect()
    }

    /// The states of members 0 to 5, and two groups of them that may overlap.
    fn members() -> impl Strategy<Value = Vec<Known>> {
        (0..6_u8).map(own_state).collect::<Vec<_>>()
    }

    fn group(members: &[Known], mask: u8) -> Known {
        let is_in = |n: &usize| mask >> n & 1 == 1;
        (0..members.len())
            .filter(is_in)
            .map(|n| members[n].clone())
            .collect()
    }

    proptest! {
        #[test]
        fn merging_is_commutative(members in members(), a in any::<u8>(), b in any::<u8>()) {
            let (a, b) = (group(&members, a), group(&members, b));
            prop_assert_eq!(a.clone().fold(b.clone()), b.fold(a));
        }

        #[test]
        fn merging_is_associative(members in members(), a in any::<u8>(), b in any::<u8>(), c in any::<u8>()) {
            let (a, b, c) = (group(&members, a), group(&members, b), group(&members, c));
            prop_assert_eq!(a.clone().fold(b.clone()).fold(c.clone()), a.fold(b.fold(c)));
        }

        #[test]
        fn merging_is_idempotent(members in members(), a in any::<u8>(), b in any::<u8>()) {
            let (a, b) = (group(&members, a), group(&members, b));
            let once = a.clone().fold(b.clone());
            prop_assert_eq!(a.clone().fold(a.clone()), a);
            prop_assert_eq!(once.clone().fold(b), once);
        }

        #[test]
        fn the_fold_of_folds_is_the_fold_of_the_members(members in members(), a in any::<u8>(), b in any::<u8>()) {
            let together = group(&members, a | b);
            prop_assert_eq!(group(&members, a).fold(group(&members, b)), together);
        }

        #[test]
        fn what_a_person_writes_wins_over_what_they_saw(old in own_state(1), new in register(), skew in -2..3_i64) {
            let name = FieldName::GivenName;
            let seen = old.fields.get(&name).map(|field| field.what.at);
            let what = Register { at: after(seen, at(skew)), ..new };
            let written = Owned { member: member(0), what };
            let write = State { fields: BTreeMap::from([(name, written.clone())]), ..State::default() };
            let view = old.fold(write);
            prop_assert_eq!(view.fields.get(&name), Some(&written));
        }
    }

    #[test]
    fn at_the_same_time_a_withdrawal_wins() {
        let decided = |n, is_withdrawn| {
            let what = Decision {
                at: at(0),
                is_withdrawn,
                evidence: 0,
            };
            let consents = BTreeMap::from([(
                "consent#harbour#newsletter".to_owned(),
                Owned {
                    member: member(n),
                    what,
                },
            )]);
            Known {
                consents,
                ..State::default()
            }
        };
        let no = decided(1, true);
        assert_eq!(no.clone().fold(decided(2, false)), no);
    }

    #[test]
    fn a_removal_stands_against_an_older_text() {
        let wrote = |n, value: Option<&str>, second| {
            let what = Register {
                value: value.map(|text| Redacted::new(text.to_owned())),
                verified: false,
                at: at(second),
                source: Source::Person,
            };
            Known {
                fields: BTreeMap::from([(
                    FieldName::Birthdate,
                    Owned {
                        member: member(n),
                        what,
                    },
                )]),
                ..State::default()
            }
        };
        let removal = wrote(1, None, 2);
        assert_eq!(
            wrote(2, Some("1990-12-31"), 1).fold(removal.clone()),
            removal
        );
    }
}
