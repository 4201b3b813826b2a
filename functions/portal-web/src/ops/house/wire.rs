//! What the API says of the house.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;

/// `GET /v1/operations/house`.
#[derive(Deserialize)]
pub(super) struct HouseResponse {
    pub(super) as_of: Timestamp,
    pub(super) from: Timestamp,
    pub(super) step_seconds: u32,
    parts: Vec<PartResponse>,
}

/// A part, with the figures that there are.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct PartResponse {
    pub(super) part: String,
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) context: String,
    #[serde(default)]
    pub(super) feeds: Vec<String>,
    #[serde(default)]
    pub(super) dead_letters: Option<String>,
    #[serde(default)]
    pub(super) through: Option<u64>,
    #[serde(default)]
    pub(super) waiting: Option<u64>,
    #[serde(default)]
    pub(super) oldest_seconds: Option<u64>,
    #[serde(default)]
    pub(super) errors: Option<u64>,
    #[serde(default)]
    pub(super) throttles: Option<u64>,
    #[serde(default)]
    pub(super) series: SeriesResponse,
}

/// The same step by step.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct SeriesResponse {
    #[serde(default)]
    pub(super) through: Vec<Option<u64>>,
    #[serde(default)]
    pub(super) errors: Vec<Option<u64>>,
}

/// All parts, by what they are called.
pub(super) struct Parts(BTreeMap<String, PartResponse>);

impl HouseResponse {
    /// The parts, and what else is said.
    pub(super) fn parts(&mut self) -> Parts {
        let parts = std::mem::take(&mut self.parts).into_iter();
        Parts(parts.map(|part| (part.part.clone(), part)).collect())
    }
}

impl Parts {
    #[cfg(test)]
    pub(super) fn of(parts: Vec<PartResponse>) -> Self {
        let parts = parts.into_iter();
        Self(parts.map(|part| (part.part.clone(), part)).collect())
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &PartResponse> {
        self.0.values()
    }

    pub(super) fn named(&self, part: &str) -> Option<&PartResponse> {
        self.0.get(part)
    }

    /// Whatever feeds `part`.
    pub(super) fn feeding<'a>(&'a self, part: &'a str) -> impl Iterator<Item = &'a PartResponse> {
        self.all()
            .filter(move |other| other.feeds.iter().any(|fed| fed == part))
    }

    /// Where what fails at `part` ends.
    pub(super) fn dead_letters_of(&self, part: &PartResponse) -> Option<&PartResponse> {
        self.named(part.dead_letters.as_deref()?)
    }
}

impl PartResponse {
    pub(super) fn is(&self, kind: &str) -> bool {
        self.kind == kind
    }

    /// Runs or calls that came to nothing: what failed, and what was turned away.
    pub(super) fn failed(&self) -> Option<u64> {
        both(self.errors, self.throttles)
    }
}

/// Two figures together, of which either may not be there.
pub(super) fn both(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    let figures = [one, other].into_iter().flatten();
    figures.reduce(u64::saturating_add)
}
