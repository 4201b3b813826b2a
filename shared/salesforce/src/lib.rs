//! Salesforce, as we meet it. In come events of its records by the partner event bus, by AppFlow or by its
//! own Event Relay, and states that were read from it; out go changes of configuration, requests to read
//! records again, and files that tell what became of edits.

mod aws;
mod event;
mod large;
mod outcome_file;
mod reread;
mod rest;

pub use aws::{
    ConfigQueue, CredentialReader, Credentials, LargeEventReader, LargeReadError, RereadQueue,
};
pub use event::{Edit, Gap, Incoming, Of, Refusal, read, read_large};
pub use large::LargeEvent;
pub use outcome_file::{HEADER, OutcomeFile};
pub use reread::{Asked, CATCH_UP, RereadRequest, State, WholeState};
pub use rest::{
    BUDGET, InvalidQuery, MOST_IDS, NextPage, Page, RecordReader, RestError, Selection, StoredRecord,
};
