//! Whom of an audience a list is about.

use jiff::Timestamp;
use profile::Country;
use serde::Serialize;
use tenancy::Segment;

use crate::Standing;

/// What those who are listed have in common. Nothing set means everybody.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Filter {
    /// The tenant calls them so.
    pub segment: Option<Segment>,
    /// They live there.
    pub country: Option<Country>,
    /// Their profile or their decision changed at that time or later.
    pub updated_since: Option<Timestamp>,
}

impl Filter {
    /// Whether somebody who stands so is meant.
    #[must_use]
    pub fn admits(&self, standing: &Standing) -> bool {
        let has = |segment: &Segment| standing.segments.contains(segment);
        self.segment.as_ref().is_none_or(has)
            && (self.country.is_none() || self.country == standing.country)
            && self
                .updated_since
                .is_none_or(|since| since <= standing.updated_at)
    }

    /// Whether one index does not answer it alone.
    pub(crate) fn is_manifold(&self) -> bool {
        let parts = [
            self.segment.is_some(),
            self.country.is_some(),
            self.updated_since.is_some(),
        ];
        parts.into_iter().filter(|is_set| *is_set).count() > 1
    }

    /// The keys between which those lie who may be meant: by the narrowest index.
    pub(crate) fn range(&self) -> (String, String) {
        if let Some(segment) = &self.segment {
            between(&format!("segment#{segment}#"))
        } else if let Some(since) = self.updated_since {
            (
                format!("updated#{}", event::relay_at(since)),
                "updated#~".to_owned(),
            )
        } else if let Some(country) = self.country {
            between(&format!("country#{country}#"))
        } else {
            between("member#")
        }
    }
}

fn between(prefix: &str) -> (String, String) {
    (prefix.to_owned(), format!("{prefix}~"))
}

/// The keys under which an audience has somebody who stands so, beside `member#<profile id>`.
pub(crate) fn indexed(id: identity::ProfileId, standing: &Standing) -> Vec<String> {
    let segments = standing.segments.iter();
    let mut keys: Vec<String> = segments
        .map(|segment| format!("segment#{segment}#{id}"))
        .collect();
    keys.extend(
        standing
            .country
            .map(|country| format!("country#{country}#{id}")),
    );
    keys.push(format!(
        "updated#{}#{id}",
        event::relay_at(standing.updated_at)
    ));
    keys.push(format!("member#{id}"));
    keys
}
