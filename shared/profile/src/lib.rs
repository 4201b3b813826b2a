//! The one record of a person. In come facts from logins and patches from the person; out go
//! versioned profiles, written in one transaction with the events that tell of it.

mod aws;
mod claimant;
mod country;
mod field;
mod identify;
mod merge;
#[cfg(feature = "openapi")]
mod openapi;
mod patch;
mod person;
mod record;
mod rules;
mod rules_definition;
mod segments;
mod standing;
mod timeline;
mod traits;
mod view;

pub use aws::{
    Admission, Admitted, Ensured, Entered, Found, Grounds, Identified, IdentifierBatchReader,
    IdentifierListReader, IdentifierPage, IdentifierPlace, IdentifierReader, IdentifyStore,
    InvalidIdentifierPlace, InvalidLogPlace, Join, Joined, KnownIdentifier, KnownLogin, LogPage,
    LogPlace, LoginWatch, MergeError, MergeReader, MergeRecord, MergeStatus, Merger, Owner,
    PageStart, Part, PartPage, Parted, PartitionReader, PartsReader, Pointed, Preview,
    PreviewedChange, ProfileError, ProfileReader, ProfileStore, ProfileWriter, Record, RulesReader,
    SegmentsReader, SignInRecord, SignInStore, Stretch, TakenOffReader, TakenOffStore,
    TimelinePage, TimelineReader, TimelineWriter, TrailReader, TraitStore, WATCH_SHARDS,
    WatchedLogin, Word,
};
pub use claimant::{Claimant, InvalidClaimant};
pub use country::{Country, InvalidCountry};
pub use field::{FieldName, FieldText, InvalidField};
pub use identify::{Assertion, Speaker};
pub use merge::{Decision, Edge, Members, Owned, Refusal, Register, State, may_join};
pub use patch::{PatchError, ProfilePatch};
pub use person::{Changes, Person};
pub use record::{Closed, Field, PROFILE_PART, Profile, Removal, Source};
pub use rules::IdentifierRules;
pub use rules_definition::RulesDefinition;
pub use segments::{MOST_SEGMENTS, SegmentsWord};
pub use standing::Standing;
pub use timeline::{
    InvalidTimelinePlace, TIMELINE_PREFIX, TimelineEntry, TimelineItem, TimelinePlace,
    timeline_part,
};
pub use traits::{Noted, TenantTrait};
