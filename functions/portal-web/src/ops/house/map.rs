//! Pictures of what feeds what: of the contexts with each other, and of the parts of one of them.

use std::collections::BTreeSet;

use chart::{Cell, Layers, Place};

use super::{
    sums::Group,
    wire::{PartResponse, Parts, both},
    words::Words,
};

/// Boxes in layers, each under the id by which others are connected with it.
#[derive(Default)]
struct Drawn<'a> {
    layers: Vec<Vec<(&'a str, Cell)>>,
    edges: Vec<(Place, Place)>,
}

impl<'a> Drawn<'a> {
    fn layer(&mut self, cells: impl IntoIterator<Item = (&'a str, Cell)>) {
        self.layers.push(cells.into_iter().collect());
    }

    fn place(&self, layer: usize, id: &str) -> Option<Place> {
        let mut cells = self.layers.get(layer)?.iter();
        Some((layer, cells.position(|(known, _)| *known == id)?))
    }

    /// A line from a box of one layer to a box of another, if both are there.
    fn connect(&mut self, (layer, from): (usize, &str), (other, to): (usize, &str)) {
        if let (Some(from), Some(to)) = (self.place(layer, from), self.place(other, to))
            && !self.edges.contains(&(from, to))
        {
            self.edges.push((from, to));
        }
    }

    fn picture(self, id: &str, title: String, description: String) -> Layers {
        let layers = self.layers.into_iter();
        let layers = layers.map(|cells| cells.into_iter().map(|(_, cell)| cell).collect());
        Layers {
            id: id.to_owned(),
            title,
            description,
            layers: layers.collect(),
            edges: self.edges,
        }
    }
}

/// Who is asked from outside and by the time, what they tell, and who hears of it.
pub(super) fn of_all(parts: &Parts, groups: &[Group<'_>], words: &Words<'_>) -> Layers {
    let of_kinds = |kinds: &'static [&'static str]| {
        parts
            .all()
            .filter(move |part| kinds.contains(&part.kind.as_str()))
    };
    let buses: Vec<&PartResponse> = of_kinds(&["bus"]).collect();
    let hears = |group: &Group<'_>, bus: &PartResponse| {
        let mut rules = group.parts.iter();
        rules.any(|rule| bus.feeds.contains(&rule.part))
    };
    let listening = groups
        .iter()
        .filter(|group| buses.iter().any(|bus| hears(group, bus)));
    let mut drawn = Drawn::default();
    let outside = ["api", "user-pool", "schedule"];
    drawn.layer(outside.map(|kind| (kind, words.outside(kind))));
    drawn.layer(
        groups
            .iter()
            .map(|group| (group.context, words.group(group))),
    );
    drawn.layer(buses.iter().map(|bus| (bus.part.as_str(), words.part(bus))));
    drawn.layer(listening.map(|group| (group.context, words.group(group))));
    for group in groups {
        let fed: BTreeSet<&str> = group.parts.iter().map(|part| part.part.as_str()).collect();
        for source in of_kinds(&["api", "user-pool", "schedule"]) {
            if source.feeds.iter().any(|to| fed.contains(to.as_str())) {
                drawn.connect((0, &source.kind), (1, group.context));
            }
        }
        for bus in &buses {
            if group
                .parts
                .iter()
                .any(|part| part.feeds.contains(&bus.part))
            {
                drawn.connect((1, group.context), (2, &bus.part));
            }
            if hears(group, bus) {
                drawn.connect((2, &bus.part), (3, group.context));
            }
        }
    }
    let sum = |figure: fn(&Group<'_>) -> Option<u64>| groups.iter().map(figure).fold(None, both);
    let description = words.described(sum(|group| group.through), sum(|group| group.failed));
    drawn.picture("house-map", words.title(), description)
}

/// What feeds the queues and functions of a context, these, and what the functions feed.
pub(super) fn of_group(parts: &Parts, group: &Group<'_>, words: &Words<'_>) -> Layers {
    let of = |kind: &'static str| {
        group
            .parts
            .iter()
            .copied()
            .filter(move |part| part.is(kind))
    };
    let functions: Vec<&PartResponse> = of("function").collect();
    let mut queues: Vec<&PartResponse> = of("queue").collect();
    for function in &functions {
        let foreign = parts
            .feeding(&function.part)
            .filter(|part| part.is("queue"));
        queues.extend(foreign.filter(|queue| queue.context != group.context));
    }
    let own: BTreeSet<&str> = functions.iter().map(|part| part.part.as_str()).collect();
    let fed = queues.iter().chain(&functions);
    let sources = fed.flat_map(|part| parts.feeding(&part.part));
    let sources = sources.filter(|part| !part.is("queue") && !own.contains(part.part.as_str()));
    let sinks = functions.iter().flat_map(|part| &part.feeds);
    let sinks = sinks.filter_map(|fed| parts.named(fed));
    let mut drawn = Drawn::default();
    for layer in [
        once(sources),
        queues.clone(),
        functions.clone(),
        once(sinks),
    ] {
        drawn.layer(
            layer
                .into_iter()
                .map(|part| (part.part.as_str(), words.part(part))),
        );
    }
    // From each layer to the ones after it, but from sources and queues to no sinks.
    for (layer, others) in [(0, [1, 2].as_slice()), (1, &[2]), (2, &[3])] {
        for part in parts.all() {
            for (fed, other) in part
                .feeds
                .iter()
                .flat_map(|fed| others.iter().map(move |other| (fed, *other)))
            {
                drawn.connect((layer, &part.part), (other, fed));
            }
        }
    }
    let description = words.described(group.through, group.failed);
    drawn.picture("group-map", words.context(group.context), description)
}

/// Each once, in the order of their kinds and names.
fn once<'a>(parts: impl Iterator<Item = &'a PartResponse>) -> Vec<&'a PartResponse> {
    let mut parts: Vec<&PartResponse> = parts.collect();
    parts.sort_by_key(|part| (part.kind.as_str(), part.name.as_str()));
    parts.dedup_by_key(|part| part.part.as_str());
    parts
}
