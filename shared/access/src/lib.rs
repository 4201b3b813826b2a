//! Who may read what of a person. In comes a partner's question; out goes a ruling by the policies
//! of `policies/`, a receipt of it, and, once that is on record, the fields that may be read.

mod archive;
mod aws;
mod facts;
#[cfg(feature = "openapi")]
mod openapi;
mod policies;
mod projection;
mod question;
mod reason;
mod reason_text;
mod receipt;
mod ruling;

pub use archive::ArchivedReceipt;
pub use aws::{
    BackwardsSpan, Budget, Counted, Counts, Cursor, InvalidCursor, Page, ReceiptError,
    ReceiptReader, ReceiptWriter, Recorded, Span, SummaryCursor,
};
pub use policies::{POLICIES, Policies, PoliciesError, SCHEMA};
pub use projection::{Projection, fields_of, group_of};
pub use question::{ConsentState, Decision, Person, Question};
pub use reason::Reason;
pub use reason_text::{InvalidReasonText, ReasonText};
pub use receipt::{InvalidReceiptId, Outcome, Receipt, ReceiptId, Subject};
pub use ruling::{Ruling, decide};
