//! Colour refinement: ids are told apart by where they occur.

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{DefaultHasher, Hash, Hasher},
};

use super::document::{Document, Id, Ids};

/// A colour per id.
pub(super) struct Colours(Vec<u64>);

impl Colours {
    pub(super) fn of(&self, id: Id) -> u64 {
        self.0.get(id).copied().unwrap_or_default()
    }

    fn count(&self) -> usize {
        self.0.iter().collect::<BTreeSet<_>>().len()
    }

    /// An id of the first colour that several ids share.
    fn first_tie(&self) -> Option<Id> {
        let mut by_colour: BTreeMap<u64, Vec<Id>> = BTreeMap::new();
        for (id, colour) in self.0.iter().enumerate() {
            by_colour.entry(*colour).or_default().push(id);
        }
        by_colour
            .into_values()
            .find(|ids| ids.len() > 1)
            .and_then(|ids| ids.first().copied())
    }
}

/// Colours that tell all ids apart. Where refinement alone does not, one of the alike is singled
/// out and refinement goes on from there.
pub(super) fn colours(documents: &[Document], ids: &Ids, known: &BTreeSet<String>) -> Colours {
    let occurrences: Vec<Vec<(Id, String)>> = documents.iter().map(Document::occurrences).collect();
    let mut colours = Colours(
        ids.all()
            .map(|id| hash(&ids.known_name(id, known)))
            .collect(),
    );
    loop {
        colours = refined(colours, documents, &occurrences);
        match colours.first_tie() {
            None => return colours,
            Some(id) => {
                let singled_out = hash(&("singled out", colours.of(id)));
                colours
                    .0
                    .get_mut(id)
                    .into_iter()
                    .for_each(|colour| *colour = singled_out);
            }
        }
    }
}

/// Names for the ids in the order in which they first occur; known ids keep their own.
pub(super) struct Labels(BTreeMap<Id, String>);

impl Labels {
    pub(super) fn of(&self, id: Id) -> &str {
        self.0.get(&id).map_or("", String::as_str)
    }
}

/// Labels in the order of `documents`.
pub(super) fn labels<'a>(
    documents: impl Iterator<Item = &'a Document>,
    colours: &Colours,
    ids: &Ids,
    known: &BTreeSet<String>,
) -> Labels {
    let mut labels = BTreeMap::new();
    for document in documents {
        let mut occurrences = document.occurrences();
        // An object's members come in an order of chance if ids are in their names.
        occurrences.sort_by(|(a, a_place), (b, b_place)| {
            (a_place, colours.of(*a)).cmp(&(b_place, colours.of(*b)))
        });
        for (id, _) in occurrences {
            let next = labels.len() + 1;
            labels.entry(id).or_insert_with(|| {
                ids.known_name(id, known)
                    .map_or_else(|| format!("#{next}"), str::to_owned)
            });
        }
    }
    Labels(labels)
}

/// Refines until no further ids are told apart.
fn refined(
    mut colours: Colours,
    documents: &[Document],
    occurrences: &[Vec<(Id, String)>],
) -> Colours {
    loop {
        let next = round(&colours, documents, occurrences);
        if next.count() == colours.count() {
            return next;
        }
        colours = next;
    }
}

fn round(colours: &Colours, documents: &[Document], occurrences: &[Vec<(Id, String)>]) -> Colours {
    let mut surroundings: Vec<Vec<u64>> = vec![Vec::new(); colours.0.len()];
    for (document, occurrences) in documents.iter().zip(occurrences) {
        let seen = hash(&document.render(&|id| colours.of(id).to_string()));
        for (id, place) in occurrences {
            surroundings
                .get_mut(*id)
                .into_iter()
                .for_each(|around| around.push(hash(&(seen, place))));
        }
    }
    let next = colours
        .0
        .iter()
        .zip(surroundings)
        .map(|(colour, mut around)| {
            around.sort_unstable();
            hash(&(colour, around))
        });
    Colours(next.collect())
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
