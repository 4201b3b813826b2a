//! The figures of a context together, and what of all of them somebody should look at.

use std::collections::BTreeMap;

use super::wire::{PartResponse, Parts, both};

/// A message that waits for so long, in seconds, waits for something.
const LONG: u64 = 300;

/// What stands in one context, and its figures together.
pub(super) struct Group<'a> {
    pub(super) context: &'a str,
    /// Functions, queues and rules.
    pub(super) parts: Vec<&'a PartResponse>,
    /// Runs of its functions.
    pub(super) through: Option<u64>,
    pub(super) failed: Option<u64>,
    /// Messages in its queues, and the age of the oldest of them.
    pub(super) waiting: Option<u64>,
    pub(super) oldest: Option<u64>,
    /// Dead letters.
    pub(super) stuck: Option<u64>,
    /// Runs, step by step.
    pub(super) steps: Vec<Option<u64>>,
}

/// What is the matter with a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Matter {
    /// It failed as often.
    Failed(u64),
    /// It was turned away as often.
    Throttled(u64),
    /// The oldest of its messages waits for so long.
    Waits(u64),
    /// As many of its messages could not be processed.
    Stuck(u64),
}

/// The contexts in which something runs, by their names.
pub(super) fn groups(parts: &Parts) -> Vec<Group<'_>> {
    let mut groups: BTreeMap<&str, Vec<&PartResponse>> = BTreeMap::new();
    for part in parts.all() {
        groups.entry(&part.context).or_default().push(part);
    }
    groups.retain(|_, parts| {
        parts
            .iter()
            .any(|part| part.is("function") || part.is("queue"))
    });
    groups
        .into_iter()
        .map(|(context, parts)| group(context, parts))
        .collect()
}

fn group<'a>(context: &'a str, parts: Vec<&'a PartResponse>) -> Group<'a> {
    let of = |kind: &'static str| parts.iter().filter(move |part| part.is(kind));
    let sum = |figures: &mut dyn Iterator<Item = Option<u64>>| figures.fold(None, both);
    let rules = of("rule").chain(of("schedule"));
    let mut steps: Vec<Option<u64>> = Vec::new();
    for part in of("function") {
        add(&mut steps, &part.series.through);
    }
    Group {
        context,
        through: sum(&mut of("function").map(|part| part.through)),
        failed: sum(&mut of("function").chain(rules).map(|part| part.failed())),
        waiting: sum(&mut of("queue").map(|part| part.waiting)),
        oldest: of("queue").filter_map(|part| part.oldest_seconds).max(),
        stuck: sum(&mut of("dead-letters").map(|part| part.waiting)),
        steps,
        parts,
    }
}

/// All runs and all that failed, step by step.
pub(super) fn over_time(parts: &Parts) -> [Vec<Option<u64>>; 2] {
    let (mut through, mut failed) = (Vec::new(), Vec::new());
    for part in parts.all().filter(|part| part.is("function")) {
        add(&mut through, &part.series.through);
        add(&mut failed, &part.series.errors);
    }
    [through, failed]
}

fn add(sums: &mut Vec<Option<u64>>, steps: &[Option<u64>]) {
    sums.resize(sums.len().max(steps.len()), None);
    for (sum, step) in sums.iter_mut().zip(steps) {
        *sum = both(*sum, *step);
    }
}

/// What somebody should look at.
pub(super) fn matters(parts: &Parts) -> Vec<(&PartResponse, Matter)> {
    let mut found = Vec::new();
    for part in parts.all() {
        let is_queue = part.is("queue");
        let some = |figure: Option<u64>| figure.filter(|figure| *figure > 0);
        let waits = part.oldest_seconds.filter(|age| is_queue && *age >= LONG);
        let matters = [
            some(part.errors).map(Matter::Failed),
            some(part.throttles).map(Matter::Throttled),
            waits.map(Matter::Waits),
            some(part.waiting)
                .filter(|_| part.is("dead-letters"))
                .map(Matter::Stuck),
        ];
        found.extend(matters.into_iter().flatten().map(|matter| (part, matter)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(kind: &str, name: &str) -> PartResponse {
        PartResponse {
            part: format!("{kind}/{name}"),
            kind: kind.to_owned(),
            name: name.to_owned(),
            context: "intake".to_owned(),
            ..PartResponse::default()
        }
    }

    fn intake() -> Parts {
        let mut router = part("function", "router");
        router.through = Some(5);
        router.errors = Some(1);
        router.series.through = vec![Some(2), None, Some(3)];
        let mut sweep = part("function", "sweep");
        sweep.through = Some(1);
        sweep.throttles = Some(2);
        sweep.series.through = vec![None, None, Some(1)];
        let mut queue = part("queue", "in");
        queue.waiting = Some(4);
        queue.oldest_seconds = Some(301);
        let mut dead = part("dead-letters", "in-dead-letters");
        dead.waiting = Some(1);
        dead.oldest_seconds = Some(90_000);
        let mut table = part("table", "events");
        table.context = "data".to_owned();
        Parts::of(vec![router, sweep, queue, dead, table])
    }

    #[test]
    fn the_figures_of_a_context_are_added_up_and_what_is_not_there_is_not_nothing() {
        let parts = intake();
        let groups = groups(&parts);
        let [group] = groups.as_slice() else {
            panic!("nothing runs among the data")
        };
        assert_eq!((group.through, group.failed), (Some(6), Some(3)));
        assert_eq!(
            (group.waiting, group.oldest, group.stuck),
            (Some(4), Some(301), Some(1))
        );
        assert_eq!(group.steps, [Some(2), None, Some(4)]);
        let [through, failed] = over_time(&parts);
        assert_eq!((through.len(), failed.len()), (3, 0));
    }

    #[test]
    fn what_somebody_should_look_at_is_named() {
        let parts = intake();
        let found: Vec<_> = matters(&parts)
            .into_iter()
            .map(|(part, matter)| (part.name.as_str(), matter))
            .collect();
        assert_eq!(
            found,
            [
                ("in-dead-letters", Matter::Stuck(1)),
                ("router", Matter::Failed(1)),
                ("sweep", Matter::Throttled(2)),
                ("in", Matter::Waits(301)),
            ]
        );
    }
}
