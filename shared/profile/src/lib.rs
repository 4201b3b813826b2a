//! The one record of a person. In come facts from logins and patches from the person; out go
//! versioned profiles, written in one transaction with the events that tell of it.

mod aws;
mod field;
mod patch;
mod record;

pub use aws::{
    Admission, Admitted, Found, IdentifierBatchReader, IdentifierReader, Owner, Part, PartsReader,
    Pointed, ProfileError, ProfileReader, ProfileStore, ProfileWriter, Record,
};
pub use field::{FieldName, FieldText, InvalidField};
pub use patch::{PatchError, ProfilePatch};
pub use record::{Closed, Field, PROFILE_PART, Profile, Source};
