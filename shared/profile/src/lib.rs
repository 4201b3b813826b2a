//! The one record of a person. In come facts from logins and patches from the person; out go
//! versioned profiles, written in one transaction with the events that tell of it.

mod aws;
mod claimant;
mod field;
mod identify;
mod merge;
mod patch;
mod record;
mod rules;

pub use aws::{
    Admission, Admitted, Identified, IdentifierReader, IdentifyStore, Join, Owner, Part,
    PartsReader, Pointed, ProfileError, ProfileReader, ProfileStore, ProfileWriter, RulesReader,
    SignInRecord, SignInStore,
};
pub use claimant::{Claimant, InvalidClaimant};
pub use field::{FieldName, FieldText, InvalidField};
pub use merge::{
    Decision, Edge, InvalidMergeId, Members, MergeId, Owned, Refusal, Register, Side, State,
    may_join,
};
pub use identify::{Assertion, Speaker};
pub use patch::{PatchError, ProfilePatch};
pub use record::{Closed, Field, PROFILE_PART, Profile, Source};
pub use rules::IdentifierRules;
