//! What is said of parts and their figures.

use chart::Cell;

use super::{
    sums::{Group, Matter},
    wire::PartResponse,
};
use crate::visit::Visit;

/// The words of whoever looks.
pub(super) struct Words<'a>(pub(super) &'a Visit);

impl Words<'_> {
    pub(super) fn title(&self) -> String {
        self.0.t("house-title")
    }

    pub(super) fn context(&self, context: &str) -> String {
        self.0.name("context", context)
    }

    /// A picture in a sentence: how much went through, and how much of it failed.
    pub(super) fn described(&self, through: Option<u64>, failed: Option<u64>) -> String {
        let Some(runs) = through else {
            return self.0.t("house-unknown");
        };
        let failed = failed.unwrap_or_default();
        self.0.t2("house-described", "runs", runs, "failed", failed)
    }

    /// Where something comes from that is no context's.
    pub(super) fn outside(&self, kind: &str) -> Cell {
        Cell {
            label: self.0.name("source", kind),
            figures: String::new(),
            class: "node idle",
        }
    }

    pub(super) fn group(&self, group: &Group<'_>) -> Cell {
        let figures = [
            group.through.map(|count| self.count("house-runs", count)),
            some(group.failed).map(|count| self.count("house-failed", count)),
            some(group.stuck).map(|count| self.count("house-stuck", count)),
        ];
        let is_bad = some(group.failed).is_some() || some(group.stuck).is_some();
        Cell {
            label: self.context(group.context),
            figures: listed(figures),
            class: class(is_bad, group.through),
        }
    }

    pub(super) fn part(&self, part: &PartResponse) -> Cell {
        let through = if part.is("function") {
            "house-runs"
        } else {
            "house-calls"
        };
        let figures = if part.is("queue") || part.is("dead-letters") {
            [
                part.waiting.map(|count| self.count("house-waiting", count)),
                some(part.oldest_seconds).map(|seconds| self.age(seconds)),
            ]
        } else {
            [
                part.through.map(|count| self.count(through, count)),
                some(part.failed()).map(|count| self.count("house-failed", count)),
            ]
        };
        let is_bad = some(part.failed()).is_some();
        Cell {
            label: match part.kind.as_str() {
                "api" | "user-pool" => self.0.name("source", &part.kind),
                "function" | "queue" => part.name.clone(),
                kind => format!("{} {}", self.0.name("kind", kind), part.name),
            },
            figures: listed(figures),
            class: class(is_bad, part.through.or(part.waiting)),
        }
    }

    pub(super) fn matter(&self, matter: Matter) -> String {
        match matter {
            Matter::Failed(count) => self.count("house-failed", count),
            Matter::Throttled(count) => self.count("house-throttled", count),
            Matter::Waits(seconds) => self.0.t1("house-waits", "age", self.age(seconds)),
            Matter::Stuck(count) => self.count("house-stuck", count),
        }
    }

    /// How long something is, in the largest unit that there is one of.
    pub(super) fn age(&self, seconds: u64) -> String {
        let units = [
            ("age-days", 86_400),
            ("age-hours", 3_600),
            ("age-minutes", 60),
        ];
        let unit = units.into_iter().find(|(_, unit)| seconds >= *unit);
        let (id, unit) = unit.unwrap_or(("age-seconds", 1));
        self.0.t1(id, "count", seconds / unit)
    }

    fn count(&self, id: &str, count: u64) -> String {
        self.0
            .count(id, usize::try_from(count).unwrap_or(usize::MAX))
    }
}

/// A figure that is something.
fn some(figure: Option<u64>) -> Option<u64> {
    figure.filter(|figure| *figure > 0)
}

fn listed<const N: usize>(figures: [Option<String>; N]) -> String {
    figures.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// What failed stands out, and so does what is at work.
fn class(is_bad: bool, figure: Option<u64>) -> &'static str {
    match (is_bad, some(figure)) {
        (true, _) => "node bad",
        (false, Some(_)) => "node",
        (false, None) => "node idle",
    }
}
