//! Who may be listed for a purpose. In comes the state of a person's record; out go the audiences
//! that they belong to, and a feed of who came, changed and left, in an order that a reader can
//! hold its place in.
//!
//! An audience proposes and never decides: whoever is found in one is looked up and decided on anew
//! before anything of them is told.

mod audience;
mod aws;
mod cursor;
mod filter;
mod standing;

pub use audience::{Audience, SHARDS};
pub use aws::{
    AudienceError, AudienceReader, Change, Changes, Due, Expiring, ExpiringReader, Kept, Listed,
    MembershipReader, Projection, Reached,
};
pub use cursor::{Binding, CursorError, Place, Positions, RESUMABLE};
pub use filter::Filter;
pub use standing::Standing;
