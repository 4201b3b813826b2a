//! What a person agreed to. In comes a decision on (tenant, purpose); out goes the latest one, its
//! history on the event bus. Where nothing was decided, nothing is granted.

mod aws;
mod record;

pub use aws::{ConsentError, ConsentWriter};
pub use record::{Consent, Decision, Ruling, part};
pub use tenancy::{InvalidTextVersion, TextVersion};
