//! The tables `profiles` and `identifiers`.

mod admission;
mod contest;
mod editing;
mod ensure;
mod identifiers;
mod identify;
mod logins;
mod merge;
mod partitions;
mod parts;
mod people;
mod pointers;
mod rules;
mod segments;
mod sign_in;
mod taking_off;
mod timeline;
mod traits;
mod watch;

pub use admission::{Admission, Admitted};
use aws_sdk_dynamodb::types::TransactWriteItem;
pub use editing::{ProfileReader, ProfileWriter};
pub use ensure::{Ensured, ProfileStore};
pub use identifiers::{IdentifierReader, Owner, Pointed};
pub use identify::{Identified, IdentifyStore, Join};
use lambda_kit::{
    dynamodb::{TransactionFailure, number, put, text, transact_put},
    error::ServiceError,
    planted,
};
pub use logins::KnownLogin;
pub use merge::{
    Grounds, IdentifierListReader, IdentifierPage, IdentifierPlace, InvalidIdentifierPlace,
    InvalidLogPlace, Joined, KnownIdentifier, LogPage, LogPlace, MergeError, MergeReader,
    MergeRecord, MergeStatus, Merger, Parted, Preview, PreviewedChange, Stretch, TrailReader,
};
pub use partitions::{PageStart, PartPage, PartitionReader};
pub use parts::{Part, PartsReader};
pub use people::{Found, IdentifierBatchReader, Record};
pub use rules::RulesReader;
pub use segments::SegmentsReader;
pub use sign_in::{SignInRecord, SignInStore};
pub use taking_off::{TakenOffReader, TakenOffStore};
pub use timeline::{Entered, TimelinePage, TimelineReader, TimelineWriter};
pub use traits::{TraitStore, Word};
pub use watch::{LoginWatch, WATCH_SHARDS, WatchedLogin};

use crate::{Person, Profile};

/// Why a profile could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// DynamoDB did not do it.
    #[error("the profile can't be read or written")]
    Service(#[from] ServiceError),
    /// There is no such profile, or there is none any more.
    #[error("there is no such profile")]
    Unknown,
    /// It is being merged or split, which takes a second.
    #[error("the profile is being merged or split")]
    Settling,
    /// It is no longer at the version that the change was made on.
    #[error("the profile changed in the meantime")]
    Stale,
    /// Others kept changing it.
    #[error("the profile kept changing while it was written")]
    Contended,
    /// A row that is not of the agreed shape.
    #[error("a row of a profile can't be read")]
    Malformed,
}

impl From<TransactionFailure> for ProfileError {
    fn from(failure: TransactionFailure) -> Self {
        match failure {
            TransactionFailure::Refused(_) => Self::Stale,
            TransactionFailure::Service(error) => Self::Service(error),
        }
    }
}

/// Replaces the profile's fields if it lives and still is at `version`. Parts that came meanwhile
/// are counted from what was read: together with the grown version the count is new all the same.
fn replace(
    table: &str,
    profile: &Profile,
    version: u64,
) -> Result<TransactWriteItem, ServiceError> {
    let put = put(table, profile)?;
    if planted::is_on("profile-written-at-any-version") {
        return transact_put(put);
    }
    transact_put(
        put.condition_expression("#version = :expected AND attribute_not_exists(closed)")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":expected", number(version)),
    )
}

/// Replaces a person's rows if they still are as `before`: the root's, and that of the login's own
/// member, if it still is one of that root's.
fn replace_person(
    table: &str,
    after: &Person,
    before: &Person,
) -> Result<Vec<TransactWriteItem>, ServiceError> {
    let mut items = vec![replace(table, &after.root, before.root.version)?];
    if let (Some(member), Some(was)) = (&after.member, &before.member) {
        let put = put(table, member)?
            .condition_expression(
                "#version = :expected AND closed = :merged AND merged_into = :root",
            )
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":expected", number(was.version))
            .expression_attribute_values(":merged", text("merged"))
            .expression_attribute_values(":root", text(before.root.profile_id));
        items.push(transact_put(put)?);
    }
    Ok(items)
}
