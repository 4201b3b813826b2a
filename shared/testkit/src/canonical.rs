//! The form in which two end states are compared, though their generated ids and their times
//! differ.
//!
//! An id (a UUID with or without hyphens, 26 characters of Crockford's base 32 after a prefix) is
//! replaced by a label that says where it occurs and together with what, found by colour
//! refinement: ids start alike, and are told apart round by round by the documents that they occur
//! in and the places there. Times become placeholders. So two states have the same form only if
//! one becomes the other by renaming ids and moving times. (The other way round it holds but for
//! states in which unlike ids have like surroundings throughout; then a difference is reported
//! where there is none.)

mod document;
mod refine;
mod scan;

use std::{collections::BTreeSet, fmt};

use serde_json::Value;

use self::document::{Document, Ids};

/// Documents, each in a named collection: rows in tables, events on a bus.
#[derive(Debug, Clone, Default)]
pub struct EndState {
    documents: Vec<(String, Value)>,
}

impl EndState {
    /// Adds a document.
    pub fn add(&mut self, collection: impl Into<String>, document: Value) {
        self.documents.push((collection.into(), document));
    }

    /// The ids that occur in it.
    #[must_use]
    pub fn ids(&self) -> BTreeSet<String> {
        let mut ids = Ids::default();
        for (collection, document) in &self.documents {
            Document::new(collection, document, &mut ids);
        }
        ids.into_names()
    }

    /// Its canonical form. The `known` ids are the same in every state that it is compared with,
    /// and stay as they are.
    #[must_use]
    pub fn canonical(&self, known: &BTreeSet<String>) -> Canonical {
        let mut ids = Ids::default();
        let documents: Vec<Document> = self
            .documents
            .iter()
            .map(|(collection, document)| Document::new(collection, document, &mut ids))
            .collect();
        let colours = refine::colours(&documents, &ids, known);
        let mut sorted: Vec<(Entry, &Document)> = documents
            .iter()
            .map(|document| {
                let outline =
                    document.render(&|id| ids.known_name(id, known).unwrap_or("id").to_owned());
                let text = document.render(&|id| format!("{:016x}", colours.of(id)));
                (Entry { outline, text }, document)
            })
            .collect();
        sorted.sort_by(|(a, _), (b, _)| a.cmp(b));
        let labels = refine::labels(
            sorted.iter().map(|(_, document)| *document),
            &colours,
            &ids,
            known,
        );
        let mut entries: Vec<Entry> = sorted
            .into_iter()
            .map(|(entry, document)| Entry {
                text: document.render(&|id| labels.of(id).to_owned()),
                ..entry
            })
            .collect();
        entries.sort();
        Canonical { entries }
    }
}

/// A document without its ids and times.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    /// All ids alike.
    outline: String,
    /// Each id with its label.
    text: String,
}

/// The canonical form of an end state. Equal forms: equal states, but for ids and times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canonical {
    entries: Vec<Entry>,
}

impl Canonical {
    /// How `other` differs from this one; `None` if it does not.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Option<Difference> {
        if self == other {
            return None;
        }
        let outlines = |form: &Self| {
            form.entries
                .iter()
                .map(|entry| entry.outline.clone())
                .collect::<Vec<_>>()
        };
        let (lost, extra) = unmatched(outlines(self), outlines(other));
        if !lost.is_empty() || !extra.is_empty() {
            return Some(Difference {
                lost,
                extra,
                crossed: Vec::new(),
            });
        }
        let texts = |form: &Self| {
            form.entries
                .iter()
                .map(|entry| entry.text.clone())
                .collect::<Vec<_>>()
        };
        let (here, there) = unmatched(texts(self), texts(other));
        Some(Difference {
            lost,
            extra,
            crossed: here.into_iter().zip(there).collect(),
        })
    }
}

impl fmt::Display for Canonical {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.entries
            .iter()
            .try_for_each(|entry| writeln!(f, "{}", entry.text))
    }
}

/// How one state differs from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Documents that only the first state has.
    pub lost: Vec<String>,
    /// Documents that only the second state has.
    pub extra: Vec<String>,
    /// Documents that both have, with references to different things.
    pub crossed: Vec<(String, String)>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lost = self.lost.iter().map(|text| format!("- {text}"));
        let extra = self.extra.iter().map(|text| format!("+ {text}"));
        let crossed = self
            .crossed
            .iter()
            .map(|(here, there)| format!("- {here}\n+ {there}"));
        f.write_str(
            &lost
                .chain(extra)
                .chain(crossed)
                .collect::<Vec<_>>()
                .join("\n"),
        )
    }
}

/// What of two sorted lists has no partner in the other.
fn unmatched(mut a: Vec<String>, mut b: Vec<String>) -> (Vec<String>, Vec<String>) {
    let kept = a.clone();
    for text in &b {
        if let Some(position) = a.iter().position(|other| other == text) {
            a.remove(position);
        }
    }
    for text in &kept {
        if let Some(position) = b.iter().position(|other| other == text) {
            b.remove(position);
        }
    }
    (a, b)
}

/// A value's text with placeholders for its times; its ids stay.
pub(crate) fn without_times(value: &Value) -> String {
    let mut ids = Ids::default();
    let document = Document::new("", value, &mut ids);
    document.render(&|id| ids.name(id).to_owned())
}

/// The JSON text of a value with each object's members by name, whatever order the map keeps.
pub(crate) fn sorted_text(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            let members = members.into_iter().map(|(name, value)| {
                format!("{}:{}", Value::from(name.as_str()), sorted_text(value))
            });
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        Value::Array(values) => {
            format!(
                "[{}]",
                values.iter().map(sorted_text).collect::<Vec<_>>().join(",")
            )
        }
        scalar => scalar.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::Index};
    use serde_json::json;

    use super::*;

    /// People with an e-mail address each and events about them; `id` makes the ids.
    fn state(people: usize, events: &[usize], id: impl Fn(usize) -> String) -> EndState {
        let mut state = EndState::default();
        for person in 0..people {
            let profile = format!("prf_{}", id(person));
            let email = format!("email#{person}@example.org");
            state.add(
                "profiles",
                json!({ "profile_id": profile, "created_at": "2026-01-15T09:00:00Z" }),
            );
            state.add(
                "identifiers",
                json!({ "identifier": email, "profile_id": profile }),
            );
        }
        for (n, person) in events.iter().enumerate() {
            let (event, subject) = (
                format!("evt_{}", id(1_000 + n)),
                format!("prf_{}", id(*person)),
            );
            let detail = json!({ "id": event, "subject": subject }).to_string();
            state.add(
                "bus",
                json!({ "detail": detail, "time": 1_768_467_600 + n }),
            );
        }
        state
    }

    fn uuid(salt: u64) -> impl Fn(usize) -> String {
        move |n| {
            let random =
                fastrand::Rng::with_seed(salt.wrapping_mul(31).wrapping_add(n as u64)).u128(..);
            uuid::Uuid::from_u128(random).simple().to_string()
        }
    }

    fn canonical(state: &EndState) -> Canonical {
        state.canonical(&BTreeSet::new())
    }

    fn shape() -> impl Strategy<Value = (usize, Vec<usize>)> {
        (1..6_usize).prop_flat_map(|people| (Just(people), prop::collection::vec(0..people, 0..8)))
    }

    /// Links that run in rings of these lengths: every id occurs once as `from` and once as `to`.
    fn rings(lengths: [usize; 2], id: impl Fn(usize) -> String) -> Canonical {
        let mut state = EndState::default();
        for (ring, length) in lengths.into_iter().enumerate() {
            let id = |n: usize| id(ring * 100 + n % length);
            for n in 0..length {
                state.add("links", json!({ "from": id(n), "to": id(n + 1) }));
            }
        }
        canonical(&state)
    }

    proptest! {
        #[test]
        fn other_ids_in_another_order_are_the_same_state(
            (people, events) in shape(),
            salt in 1..u64::MAX,
        ) {
            let one = state(people, &events, uuid(0));
            let mut other = state(people, &events, uuid(salt));
            other.documents.reverse();
            prop_assert_eq!(canonical(&one), canonical(&other));
        }

        #[test]
        fn a_dropped_document_is_missed(
            (people, events) in shape(),
            salt in 1..u64::MAX,
            place in any::<Index>(),
        ) {
            let one = state(people, &events, uuid(0));
            let mut other = state(people, &events, uuid(salt));
            other.documents.remove(place.index(other.documents.len()));
            let difference = canonical(&one).difference(&canonical(&other)).unwrap();
            prop_assert_eq!((difference.lost.len(), difference.extra.len()), (1, 0));
            let difference = canonical(&other).difference(&canonical(&one)).unwrap();
            prop_assert_eq!((difference.lost.len(), difference.extra.len()), (0, 1));
        }

        #[test]
        fn an_event_about_another_person_is_noticed(
            (people, mut events) in shape(),
            salt in 1..u64::MAX,
            place in any::<Index>(),
        ) {
            prop_assume!(people > 1 && !events.is_empty());
            let one = state(people, &events, uuid(0));
            let place = place.index(events.len());
            events[place] = (events[place] + 1) % people;
            let other = state(people, &events, uuid(salt));
            let difference = canonical(&one).difference(&canonical(&other)).unwrap();
            prop_assert!(!difference.crossed.is_empty(), "{}", difference);
        }

        #[test]
        fn rings_of_ids_that_look_alike_everywhere_are_told_apart(salt in 1..u64::MAX) {
            prop_assert_eq!(rings([4, 4], uuid(0)), rings([4, 4], uuid(salt)));
            prop_assert_ne!(rings([4, 4], uuid(0)), rings([3, 5], uuid(salt)));
        }
    }

    #[test]
    fn known_ids_stay_what_they_are() {
        let (anna, berta) = (uuid(1)(1), uuid(1)(2));
        let about = |id: &str| {
            let mut state = EndState::default();
            state.add("bus", json!({ "subject": id }));
            state
        };
        let known = about(&anna)
            .ids()
            .into_iter()
            .chain(about(&berta).ids())
            .collect();
        assert_eq!(canonical(&about(&anna)), canonical(&about(&berta)));
        assert_ne!(
            about(&anna).canonical(&known),
            about(&berta).canonical(&known)
        );
    }

    #[test]
    fn ids_in_sets_and_in_names_have_no_order() {
        let with = |ids: [usize; 3], salt: u64| {
            let name = uuid(salt);
            let by = json!({ (name(ids[0])): 1, (name(ids[1])): 2 });
            let mut state = EndState::default();
            state.add(
                "rows",
                json!({ "seen": { "SS": ids.map(&name) }, "by": by }),
            );
            canonical(&state)
        };
        assert_eq!(with([1, 2, 3], 0), with([9, 8, 7], 1));
    }

    #[test]
    fn a_difference_reads_well() {
        let row = |version: u32| {
            let mut state = EndState::default();
            state.add(
                "profiles",
                json!({ "profile_id": format!("prf_{}", uuid(0)(0)), "version": version }),
            );
            canonical(&state)
        };
        assert_eq!(
            row(1).difference(&row(2)).unwrap().to_string(),
            "- profiles: {profile_id:\"prf_<id>\",version:1}\n+ profiles: {profile_id:\"prf_<id>\",version:2}",
        );
    }
}
