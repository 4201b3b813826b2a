//! Where the receipts about a person lie: in their own partitions, and, for the times in which they
//! were one with somebody else, in those of others.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::Client;
use identity::{ErasureId, ProfileId};
use jiff::Timestamp;
use lambda_kit::planted;
use profile::Stretch;
use serde::Deserialize;

use super::{
    ErasureError, ErasureReader,
    reading::{Partition, Rows, parts},
    writes::{Writes, put_once},
};
use crate::record::{DISCLOSED_PREFIX, Disclosed, Member, TRAIL_PREFIX, Trail};

/// Before the merge that a row of a profile that was split off tells of: the same in the table
/// `profiles`.
const PARTINGS: &str = "parting#";

/// A row `parting#<merge id>` of the table `profiles`, as far as an erasure goes by it.
#[derive(Deserialize)]
struct Parting {
    part: String,
    went_under: Vec<Stretch>,
}

/// Writes down with the erasure under which ids of others `member` went, before the rows that tell of
/// it are removed. Run again, it finds those that are left, and what is on record stands.
pub(super) async fn note(
    client: &Client,
    writes: &Writes,
    id: &ErasureId,
    member: ProfileId,
) -> Result<(), ErasureError> {
    let profile = member.to_string();
    let partings = parts(&writes.profiles, &profile, Some(PARTINGS));
    for row in partings.all(client).await? {
        let parting: Parting = serde_dynamo::from_item(row).map_err(|_| ErasureError::Malformed)?;
        let merge_id = parting.part.trim_start_matches(PARTINGS);
        let trail = Trail::new(id.clone(), member, merge_id, parting.went_under);
        put_once(client, &writes.erasures, &trail).await?;
    }
    Ok(())
}

/// Where receipts about a person lie.
pub(super) struct Place {
    /// In the partition of that profile,
    pub(super) profile_id: ProfileId,
    /// by this key,
    pub(super) key: String,
    /// and, if the profile is another's, in this time alone.
    pub(super) shared: Option<Stretch>,
}

impl Place {
    fn new(profile_id: ProfileId, shared: Option<Stretch>) -> Self {
        Self {
            profile_id,
            key: profile_id.to_string(),
            shared,
        }
    }

    /// Where it stands with the erasure that the receipts there are gone through.
    pub(super) fn part(&self) -> String {
        let part = format!("{DISCLOSED_PREFIX}{}", self.key);
        self.shared.map_or_else(
            || part.clone(),
            |Stretch { from, until, .. }| format!("{part}#{from}#{until}"),
        )
    }

    /// That the receipts there are gone through, by which these partners were given something.
    pub(super) fn disclosed(&self, erasure_id: ErasureId, to: BTreeSet<String>) -> Disclosed {
        Disclosed {
            erasure_id,
            part: self.part(),
            profile_id: self.profile_id,
            shared: self.shared,
            to,
        }
    }

    /// The receipts in `table`.
    pub(super) fn receipts<'a>(&'a self, table: &'a str) -> Partition<'a> {
        let rows = self
            .shared
            .map_or(Rows::All, |Stretch { from, until, .. }| {
                Rows::Between("receipt_id", [first_of(from), first_of(until)])
            });
        Partition {
            table,
            key: ("profile_id", &self.key),
            rows,
        }
    }
}

/// What sorts before every receipt of the millisecond that `time` is in, and after all before it:
/// their ids are `rcp_` and a `UUIDv7`, whose rest is never zero.
fn first_of(time: Timestamp) -> String {
    let millis = u128::try_from(time.as_millisecond()).unwrap_or_default();
    format!("rcp_{:032x}", millis << 80)
}

impl ErasureReader {
    /// Where receipts about the person lie whose profiles are `members`.
    pub(super) async fn places(
        &self,
        id: &ErasureId,
        members: &[Member],
    ) -> Result<Vec<Place>, ErasureError> {
        let own: BTreeSet<ProfileId> = members.iter().map(|member| member.profile_id).collect();
        let trails: Vec<Trail> = self.rows(id, TRAIL_PREFIX).await?;
        let mut shared: BTreeSet<Stretch> = BTreeSet::new();
        let stretches = trails.into_iter().flat_map(|trail| trail.went_under);
        // Clocks differ: one that ends before it begins has no receipts, and can't be asked for.
        for stretch in stretches.filter(|stretch| stretch.from < stretch.until) {
            // What lies in a partition of their own is theirs, whenever it was.
            if !own.contains(&stretch.profile_id) && !planted::is_on("erasure-ignores-the-trail") {
                shared.insert(stretch);
            }
        }
        let own = own.into_iter().map(|profile| Place::new(profile, None));
        let shared = shared.into_iter();
        let shared = shared.map(|stretch| Place::new(stretch.profile_id, Some(stretch)));
        Ok(own.chain(shared).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_sorts_by_its_millisecond() {
        let time: Timestamp = "2026-01-15T09:00:00.0005Z".parse().unwrap();
        let receipt = "rcp_019bc0e212807000800000000000000a";
        assert_eq!(first_of(time), "rcp_019bc0e2128000000000000000000000");
        assert!(first_of(time).as_str() < receipt);
        let later: Timestamp = "2026-01-15T09:00:00.001Z".parse().unwrap();
        assert!(receipt < first_of(later).as_str());
        assert!(first_of(later) < first_of(Timestamp::MAX));
    }
}
