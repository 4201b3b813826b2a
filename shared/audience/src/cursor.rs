//! Where a reader is. A cursor's text is for us to understand: readers hand back what they were
//! given, and it serves for the question that it was given for.
//!
//! It holds nothing but a place, and a tag by which we know it for ours: by a place of their own making
//! readers would be told of whoever left before they came.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use identity::{IdentifierKey, Seal};
use jiff::{SignedDuration, Timestamp};
use lambda_kit::planted;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tenancy::PartnerId;

use crate::{Audience, Filter, SHARDS};

/// For how long a place in a feed leads on from where it is: 30 days.
pub const RESUMABLE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The longest text that is looked at.
const LONGEST: usize = 1024;

/// What the identifiers' key vouches for here.
const USE: &str = "audience-cursor";

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
#[derive(Debug, Clone)]
pub struct Binding(Seal);

impl Binding {
    /// That `partner` asks for those of `audience` whom `filter` means; what it gives out is known by
    /// `key`.
    #[must_use]
    pub fn new(
        key: &IdentifierKey,
        partner: &PartnerId,
        audience: &Audience,
        filter: &Filter,
    ) -> Self {
        let question = (partner, audience.to_string(), filter);
        // Serialising can only fail on maps with keys that are no text, of which there are none.
        Self(key.seal(USE, &serde_json::to_vec(&question).unwrap_or_default()))
    }

    /// The text that leads to `place`.
    #[must_use]
    pub fn seal(&self, place: &impl Serialize) -> String {
        let mut bytes = serde_json::to_vec(place).unwrap_or_default();
        let tag = self.0.tag(&bytes);
        bytes.extend(tag);
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
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
        let (place, tag) = bytes
            .split_last_chunk::<{ Seal::TAG_LENGTH }>()
            .ok_or(CursorError::Foreign)?;
        if !self.0.vouches_for(place, tag) && !planted::is_on("cursor-of-anybody") {
            return Err(CursorError::Foreign);
        }
        serde_json::from_slice(place).map_err(|_| CursorError::Foreign)
    }
}

#[cfg(test)]
mod tests {
    use lambda_kit::config::Environment;
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_768_467_600, 0);

    fn binding(partner: &str, audience: &str, filter: &Filter) -> Binding {
        under(&"k".repeat(32), partner, audience, filter)
    }

    fn under(secret: &str, partner: &str, audience: &str, filter: &Filter) -> Binding {
        let environment = Environment::from_pairs([("IDENTIFIER_KEY", secret)]);
        Binding::new(
            &IdentifierKey::from_environment(&environment).unwrap(),
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
        let [swiss, german] = ["CH", "DE"].map(|country| Filter {
            country: country.parse().ok(),
            ..Filter::default()
        });
        for other in [
            under(
                &"l".repeat(32),
                "chandlery",
                "harbour#newsletter",
                &everybody,
            ),
            binding("sailmaker", "harbour#newsletter", &everybody),
            binding("chandlery", "harbour#survey", &everybody),
            binding("chandlery", "port#newsletter", &everybody),
            binding("chandlery", "harbour#newsletter", &swiss),
            binding("chandlery", "harbour#newsletter", &german),
        ] {
            assert_eq!(other.place(&text, &everybody), Err(CursorError::Foreign));
        }
    }

    /// What a reader makes of the text that it was given.
    fn forged(text: &str, change: impl FnOnce(&mut Vec<u8>)) -> Result<Positions, CursorError> {
        let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(text).unwrap();
        change(&mut bytes);
        chandlery().positions(&BASE64_URL_SAFE_NO_PAD.encode(bytes), NOW)
    }

    #[test]
    fn a_place_of_ones_own_making_leads_nowhere() {
        let text = chandlery().seal(&positions(NOW));
        assert_eq!(forged(&text, |_| {}), Ok(positions(NOW)));
        let beginning = Positions {
            at: NOW,
            numbers: [0; SHARDS as usize],
        };
        let beginning = serde_json::to_vec(&beginning).unwrap();
        let other_place = |bytes: &mut Vec<u8>| {
            let tag = bytes.split_off(bytes.len() - Seal::TAG_LENGTH);
            bytes.clone_from(&beginning);
            bytes.extend(tag);
        };
        assert_eq!(forged(&text, other_place), Err(CursorError::Foreign));
        let untagged = |bytes: &mut Vec<u8>| bytes.clone_from(&beginning);
        assert_eq!(forged(&text, untagged), Err(CursorError::Foreign));
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
        fn a_text_with_one_bit_flipped_is_refused(place in any::<prop::sample::Index>(), bit in 0_u8..8) {
            let text = chandlery().seal(&positions(NOW));
            let flipped = forged(&text, |bytes| {
                let place = place.index(bytes.len());
                bytes[place] ^= 1 << bit;
            });
            prop_assert_eq!(flipped, Err(CursorError::Foreign));
        }

        #[test]
        fn a_text_that_nobody_was_given_is_refused(text in "\\PC{0,60}") {
            prop_assert_eq!(chandlery().positions(&text, NOW), Err(CursorError::Foreign));
            prop_assert_eq!(chandlery().place(&text, &Filter::default()), Err(CursorError::Foreign));
        }
    }
}
