//! What partners tell of a person, in the order in which it happened.

use std::{fmt, str::FromStr};

use identity::ProfileId;
use jiff::Timestamp;
use lambda_kit::redact::Redacted;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tenancy::{PartnerId, TenantId};

/// How an entry of the timeline is told from a profile's other parts.
pub const TIMELINE_PREFIX: &str = "event#";

/// An event of a partner about a person: row `event#<tenant>#<time>#<digest>` of the member that it
/// came by. It stays with its member, whoever that is one with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineItem {
    /// The member.
    pub profile_id: ProfileId,
    /// The row's part.
    pub part: String,
    /// Whose event it is.
    pub tenant: TenantId,
    /// Who sent it.
    pub partner: PartnerId,
    /// The event's `source`.
    pub source: String,
    /// The event's `id`.
    pub id: String,
    /// The event's `type`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it happened.
    pub time: Timestamp,
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// All of it, in structured mode, if a row holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Redacted<String>>,
    /// Else the object with it, as long as that is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_key: Option<String>,
    /// And its size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_bytes: Option<u64>,
    /// When the row is removed, in seconds since 1970.
    pub purge_at: i64,
}

/// An entry as whoever may read it sees it.
#[derive(Debug, Serialize)]
pub struct TimelineEntry<'a> {
    partner: &'a PartnerId,
    id: &'a str,
    source: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    time: Timestamp,
    accepted_at: Timestamp,
    /// All of it, unless it is too large.
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<Redacted<Box<RawValue>>>,
}

/// Where a page of a timeline begins. Whoever is made of very many members is looked at in groups, one
/// after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelinePlace {
    group: u16,
    /// Behind that entry, or at the group's beginning.
    after: Option<EntryPlace>,
}

/// The place of an entry: those before it happened earlier.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct EntryPlace {
    time: Timestamp,
    digest: String,
    member: ProfileId,
}

/// A text that is no place in a timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a place in a timeline is what a page gave as its next")]
pub struct InvalidTimelinePlace;

/// The part of the event of `tenant` that happened at `time` and has the key `<tenant>#<digest>`: the
/// key of the event can be read from it.
#[must_use]
pub fn timeline_part(tenant: &TenantId, time: Timestamp, digest: &str) -> String {
    // As exact as an event can be, and all equally long: events of one moment stand in their order, too.
    format!("{TIMELINE_PREFIX}{tenant}#{time:.9}#{digest}")
}

impl TimelineItem {
    /// The entry as it is shown.
    #[must_use]
    pub fn entry(&self) -> TimelineEntry<'_> {
        let body = self.body.as_ref();
        let event = body.and_then(|body| RawValue::from_string(body.expose().clone()).ok());
        TimelineEntry {
            partner: &self.partner,
            id: &self.id,
            source: &self.source,
            kind: &self.kind,
            time: self.time,
            accepted_at: self.accepted_at,
            event: event.map(Redacted::new),
        }
    }

    /// Where it stands.
    pub(crate) fn place(&self) -> EntryPlace {
        let digest = self.part.rsplit('#').next().unwrap_or_default();
        EntryPlace {
            time: self.time,
            digest: digest.to_owned(),
            member: self.profile_id,
        }
    }
}

impl TimelinePlace {
    /// Behind the entry at `place`, which is one of the group's.
    pub(crate) const fn after(group: u16, place: EntryPlace) -> Self {
        Self {
            group,
            after: Some(place),
        }
    }

    /// The beginning of a group.
    pub(crate) const fn of_group(group: u16) -> Self {
        Self { group, after: None }
    }

    pub(crate) const fn group(&self) -> u16 {
        self.group
    }

    /// Behind which entry, if not at the group's beginning.
    pub(crate) const fn entry(&self) -> Option<&EntryPlace> {
        self.after.as_ref()
    }
}

impl EntryPlace {
    /// The part that an entry of `tenant` at this place has.
    pub(crate) fn part(&self, tenant: &TenantId) -> String {
        timeline_part(tenant, self.time, &self.digest)
    }
}

impl fmt::Display for EntryPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanoseconds = self.time.as_nanosecond();
        write!(f, "{nanoseconds}.{}.{}", self.digest, self.member)
    }
}

/// The first group is not named: most people have no other.
impl fmt::Display for TimelinePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.after, self.group) {
            (Some(place), 0) => write!(f, "{place}"),
            (Some(place), group) => write!(f, "{place}.{group}"),
            (None, group) => write!(f, "{group}"),
        }
    }
}

impl FromStr for TimelinePlace {
    type Err = InvalidTimelinePlace;

    fn from_str(text: &str) -> Result<Self, InvalidTimelinePlace> {
        let texts: Vec<&str> = text.splitn(4, '.').collect();
        match *texts.as_slice() {
            [named] => Ok(Self::of_group(group(named)?)),
            [time, digest, member] => Ok(Self::after(0, entry([time, digest, member])?)),
            [time, digest, member, named] => {
                let place = entry([time, digest, member])?;
                Ok(Self::after(group(named)?, place))
            }
            _ => Err(InvalidTimelinePlace),
        }
    }
}

/// The number of a group that is named, in its one spelling.
fn group(text: &str) -> Result<u16, InvalidTimelinePlace> {
    let group: u16 = text.parse().map_err(|_| InvalidTimelinePlace)?;
    if group > 0 && group.to_string() == text {
        Ok(group)
    } else {
        Err(InvalidTimelinePlace)
    }
}

fn entry([nanoseconds, digest, member]: [&str; 3]) -> Result<EntryPlace, InvalidTimelinePlace> {
    let is_digest = (1..=64).contains(&digest.len())
        && digest
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let nanoseconds = nanoseconds.parse().map_err(|_| InvalidTimelinePlace)?;
    let time = Timestamp::from_nanosecond(nanoseconds).map_err(|_| InvalidTimelinePlace)?;
    let member = member.parse().map_err(|_| InvalidTimelinePlace)?;
    if is_digest {
        Ok(EntryPlace {
            time,
            digest: digest.to_owned(),
            member,
        })
    } else {
        Err(InvalidTimelinePlace)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn place(nanoseconds: i128, digest: &str, member: u128) -> EntryPlace {
        EntryPlace {
            time: Timestamp::from_nanosecond(nanoseconds).unwrap(),
            digest: digest.to_owned(),
            member: ProfileId::new(Uuid::from_u128(member)),
        }
    }

    proptest! {
        #[test]
        fn a_place_reads_back_from_its_text(
            nanoseconds in -60_000_000_000_000_000_000_i128..200_000_000_000_000_000_000,
            digest in "[A-Za-z0-9_-]{43}", member: u128, group: u16,
        ) {
            let place = TimelinePlace::after(group, place(nanoseconds, &digest, member));
            prop_assert_eq!(place.to_string().parse(), Ok(place));
        }

        #[test]
        fn the_beginning_of_a_group_reads_back_from_its_text(group in 1_u16..) {
            let place = TimelinePlace::of_group(group);
            prop_assert_eq!(place.to_string().parse(), Ok(place));
        }

        #[test]
        fn parts_are_in_the_order_of_places(
            one in 0_i128..4_000_000_000_000_000_000, apart in -2_000_000_i128..2_000_000,
            digests in ["[A-Za-z0-9_-]{43}", "[A-Za-z0-9_-]{43}"],
        ) {
            let tenant = "harbour".parse().unwrap();
            let other = (one + apart).max(0);
            let [one, other] = [place(one, &digests[0], 1), place(other, &digests[1], 1)];
            prop_assert_eq!(one.part(&tenant).cmp(&other.part(&tenant)), one.cmp(&other));
        }

        #[test]
        fn whatever_is_asked_for_is_a_place_or_none(text in ".{0,80}") {
            let _ = text.parse::<TimelinePlace>();
        }
    }
}
