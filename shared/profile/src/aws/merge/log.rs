//! Reading which merges a person went through, and under which ids they went.

use std::{fmt, str::FromStr};

use identity::{MergeId, ProfileId};
use jiff::{SignedDuration, Timestamp};

use super::{
    MergeError, each,
    reading::PersonReader,
    rows::{MergeRecord, Stretch},
};

/// As many merges as a page has.
const PAGE: usize = 100;

/// Into as many members' logs a page looks.
const MEMBERS: usize = 200;

/// How long a decision that was made on what was read before a merge may take to be on record.
const LATE: SignedDuration = SignedDuration::from_mins(1);

/// Reads the log of merges: `dynamodb:GetItem` and `Query` on the profiles.
#[derive(Debug, Clone)]
pub struct MergeReader(PersonReader);

/// Some merges of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPage {
    /// The oldest first.
    pub merges: Vec<MergeRecord>,
    /// Where the rest of them begins.
    pub next: Option<LogPlace>,
}

/// A place in the log: a member, and the last merge of its that was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogPlace(ProfileId, Option<MergeId>);

/// A text that is no place in a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a place in the log is the text that came with the page before")]
pub struct InvalidLogPlace;

impl FromStr for LogPlace {
    type Err = InvalidLogPlace;

    fn from_str(text: &str) -> Result<Self, InvalidLogPlace> {
        let (member, merge) = match text.split_once('.') {
            Some((member, merge)) => (member, Some(merge)),
            None => (text, None),
        };
        let merge = merge.map(str::parse).transpose();
        Ok(Self(
            member.parse().map_err(|_| InvalidLogPlace)?,
            merge.map_err(|_| InvalidLogPlace)?,
        ))
    }
}

impl fmt::Display for LogPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self(member, None) => write!(f, "{member}"),
            Self(member, Some(merge)) => write!(f, "{member}.{merge}"),
        }
    }
}

impl MergeReader {
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        Self(PersonReader::new(sdk, table))
    }

    /// The merges of the person of `profile_id`, those that were undone too: the logs of their
    /// members one after the other, from `from` on, a hundred merges or two hundred members at once.
    pub async fn merges(
        &self,
        profile_id: ProfileId,
        from: Option<LogPlace>,
    ) -> Result<LogPage, MergeError> {
        let root = self.0.root(profile_id).await?;
        let members = self.0.members(root.profile_id).await?;
        let first = from.map_or(root.profile_id, |LogPlace(member, _)| member);
        let mut merges: Vec<MergeRecord> = Vec::new();
        let mut next = None;
        let later = members.ids().filter(|member| *member >= first);
        for (looked, member) in later.enumerate() {
            if looked == MEMBERS || merges.len() == PAGE {
                next = Some(LogPlace(member, None));
                break;
            }
            let after = from.filter(|LogPlace(place, _)| *place == member);
            let after = after.and_then(|LogPlace(_, merge)| merge);
            let vacant = PAGE - merges.len();
            // One more than there is room for, to see whether there are more.
            let mut found = self.0.merges(member, after, vacant + 1).await?;
            let is_cut = found.len() > vacant;
            found.truncate(vacant);
            let last = found.last().map(|merge| merge.merge_id).or(after);
            merges.extend(found);
            if is_cut {
                next = Some(LogPlace(member, last));
                break;
            }
        }
        merges.sort_by_key(|merge| (merge.at, merge.merge_id));
        Ok(LogPage { merges, next })
    }
}

/// Reads under which ids a person went: `dynamodb:GetItem` and `Query` on the profiles.
#[derive(Debug, Clone)]
pub struct TrailReader(PersonReader);

impl TrailReader {
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        Self(PersonReader::new(sdk, table))
    }

    /// Under which ids the person of `member` went, and when, the latest first: under those of all
    /// their members until each was absorbed, and under those of others who had absorbed them for a
    /// while. Whatever was recorded under such an id at such a time was about them, too.
    pub async fn of(&self, member: ProfileId) -> Result<Vec<Stretch>, MergeError> {
        let root = self.0.root(member).await?;
        let members = self.0.members(root.profile_id).await?;
        let ended = |id| members.edges().get(&id).map(|edge| edge.at);
        let own = members.ids().map(|id| Stretch {
            profile_id: id,
            from: Timestamp::MIN,
            until: ended(id).map_or(Timestamp::MAX, |at| {
                at.saturating_add(LATE).unwrap_or(Timestamp::MAX)
            }),
        });
        let mut stretches: Vec<Stretch> = own.collect();
        let partings = each(&members, async |id| {
            let edge = members.edges().get(&id);
            if edge.map_or(root.parent.is_some(), |edge| edge.was_parted) {
                self.0.partings(id).await
            } else {
                Ok(Vec::new())
            }
        });
        let partings = partings.await?.into_iter().flatten();
        stretches.extend(partings.flat_map(|parting| parting.went_under));
        stretches.sort_by_key(|stretch| std::cmp::Reverse(stretch.until));
        Ok(stretches)
    }
}
