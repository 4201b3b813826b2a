//! What a person agreed to. In comes a decision on (tenant, purpose); out goes what then holds, and
//! the evidence that it was made. Where nothing was decided, nothing is granted.

mod aws;
mod decision;
mod decision_id;
mod evidence;
mod gpc;
mod language;
#[cfg(feature = "openapi")]
mod openapi;
mod record;

pub use aws::{ConsentError, ConsentReader, ConsentWriter, HistoryPage};
pub use decision::{Decision, Refusal};
pub use decision_id::{DecisionId, InvalidDecisionId};
pub use evidence::{DecisionRecord, Recorded, SchemaVersion};
pub use gpc::{Gpc, GpcError};
pub use language::{InvalidLanguage, Language};
pub use record::{Consent, Ruling, State, part};
pub use tenancy::{InvalidTextVersion, TextDigest, TextVersion};
