//! Where a reader is. A cursor's text is for us to understand: readers hand back what they were
//! given, and it serves for the question that it was given for.
//!
//! It holds nothing but a place. Who writes one themselves finds no more than by asking honestly:
//! whoever is told of is decided on anew.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use tenancy::PartnerId;

use crate::{Audience, Filter, SHARDS};

/// For how long a place in a feed leads on from where it is: 30 days.
pub const RESUMABLE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The longest text that is looked at.
const LONGEST: usize = 1024;

/// A place in a list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Place {
    /// Which shard is being gone through.
    pub(crate) shard: u8,
    /// The last key that was looked at there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) after: Option<String>,
}

/// A place in a feed: how far each shard was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Positions {
    /// All that is still to be read is younger than this, but for what clocks differ by.
    pub(crate) at: Timestamp,
    /// The last change that was read, by shard.
    pub(crate) numbers: [u64; SHARDS as usize],
}

/// Why a cursor is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CursorError {
    /// A text that we gave to nobody, or for another question.
    #[error("a cursor is the text that came with the page before, to the same question")]
    Foreign,
    /// What was left since may be forgotten.
    #[error("the place is older than 30 days")]
    Expired,
}

/// The question that a cursor belongs to: who asks for which audience, and for whom of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding(String);

#[derive(Serialize, Deserialize)]
struct Bound<T> {
    #[serde(rename = "for")]
    binding: String,
    #[serde(flatten)]
    place: T,
}

impl Binding {
    /// That `partner` asks for those of `audience` whom `filter` means.
    #[must_use]
    pub fn new(partner: &PartnerId, audience: &Audience, filter: &Filter) -> Self {
        let question = (partner, audience.to_string(), filter);
        // Serialising can only fail on maps with keys that are no text, of which there are none.
        let digest = Sha256::digest(serde_json::to_vec(&question).unwrap_or_default());
        Self(BASE64_URL_SAFE_NO_PAD.encode(digest.get(..9).unwrap_or(&digest)))
    }

    /// The text that leads to `place`.
    #[must_use]
    pub fn seal(&self, place: &impl Serialize) -> String {
        let bound = Bound {
            binding: self.0.clone(),
            place,
        };
        BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(&bound).unwrap_or_default())
    }

    /// The place in a list of those whom `filter` means to which `text` leads.
    pub fn place(&self, text: &str, filter: &Filter) -> Result<Place, CursorError> {
        let place: Place = self.open(text)?;
        let (first, last) = filter.range();
        let is_in_range = |after: &String| *after >= first && *after <= last;
        let is_one = place.shard < SHARDS && place.after.as_ref().is_none_or(is_in_range);
        is_one.then_some(place).ok_or(CursorError::Foreign)
    }

    /// The place in the feed to which `text` leads at `now`.
    pub fn positions(&self, text: &str, now: Timestamp) -> Result<Positions, CursorError> {
        let positions: Positions = self.open(text)?;
        if now.duration_since(positions.at) > RESUMABLE {
            return Err(CursorError::Expired);
        }
        Ok(positions)
    }

    fn open<T: DeserializeOwned>(&self, text: &str) -> Result<T, CursorError> {
        if text.len() > LONGEST {
            return Err(CursorError::Foreign);
        }
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text);
        let bytes = bytes.map_err(|_| CursorError::Foreign)?;
        let bound: Bound<T> = serde_json::from_slice(&bytes).map_err(|_| CursorError::Foreign)?;
        (bound.binding == self.0)
            .then_some(bound.place)
            .ok_or(CursorError::Foreign)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_768_467_600, 0);

    fn binding(partner: &str, audience: &str, filter: &Filter) -> Binding {
        Binding::new(
            &partner.parse().unwrap(),
            &audience.parse().unwrap(),
            filter,
        )
    }

    fn chandlery() -> Binding {
        binding("chandlery", "harbour#newsletter", &Filter::default())
    }

    fn positions(at: Timestamp) -> Positions {
        Positions {
            at,
            numbers: [7; SHARDS as usize],
        }
    }

    #[test]
    fn a_place_reads_back_from_its_text_to_the_same_question_alone() {
        let place = Place {
            shard: 3,
            after: Some("member#prf_1".to_owned()),
        };
        let text = chandlery().seal(&place);
        let everybody = Filter::default();
        assert_eq!(chandlery().place(&text, &everybody), Ok(place));
        let swiss = Filter {
            country: "CH".parse().ok(),
            ..Filter::default()
        };
        let german = Filter {
            country: "DE".parse().ok(),
            ..Filter::default()
        };
        assert_ne!(
            binding("chandlery", "harbour#newsletter", &swiss),
            binding("chandlery", "harbour#newsletter", &german)
        );
        for other in [
            binding("sailmaker", "harbour#newsletter", &everybody),
            binding("chandlery", "harbour#survey", &everybody),
            binding("chandlery", "port#newsletter", &everybody),
            binding("chandlery", "harbour#newsletter", &swiss),
        ] {
            assert_eq!(other.place(&text, &everybody), Err(CursorError::Foreign));
        }
    }

    #[test]
    fn a_place_outside_of_its_index_is_nobodys() {
        for (shard, after) in [(SHARDS, None), (0, Some("head")), (0, Some("updated#2026"))] {
            let place = Place {
                shard,
                after: after.map(str::to_owned),
            };
            let text = chandlery().seal(&place);
            let opened = chandlery().place(&text, &Filter::default());
            assert_eq!(opened, Err(CursorError::Foreign), "{place:?}");
        }
    }

    #[test]
    fn a_feed_leads_on_for_thirty_days() {
        let read = positions(NOW);
        let text = chandlery().seal(&read);
        assert_eq!(chandlery().positions(&text, NOW + RESUMABLE), Ok(read));
        let later = NOW + RESUMABLE + SignedDuration::from_millis(1);
        assert_eq!(
            chandlery().positions(&text, later),
            Err(CursorError::Expired)
        );
        let of_a_list = chandlery().seal(&Place::default());
        assert_eq!(
            chandlery().positions(&of_a_list, NOW),
            Err(CursorError::Foreign)
        );
    }

    proptest! {
        #[test]
        fn a_text_that_nobody_was_given_is_refused(text in "\\PC{0,60}") {
            prop_assert_eq!(chandlery().positions(&text, NOW), Err(CursorError::Foreign));
            prop_assert_eq!(chandlery().place(&text, &Filter::default()), Err(CursorError::Foreign));
        }
    }
}
