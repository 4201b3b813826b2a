//! Configuration that operators edit in Salesforce. In come changes of records, in any order and more than
//! once; out go the row of each record in the table `config`, what became of each edit, and what the contact
//! centre and the functions read.
//!
//! A kind of configuration is a folder of `events/salesforce`: how the fields of Salesforce are called here,
//! and a schema of what a record may be.

mod aws;
mod decision;
mod flags;
mod kind;
mod mapping;
mod outcome;
mod position;
mod published;
mod record;
mod record_id;
mod value;

pub use aws::{Flags, PublishedReader, Put, RecordStore, Seen, StoreError, Writing};
pub use decision::{Decision, decide, refuse};
pub use flags::FlagSet;
pub use kind::{InvalidKind, Kind, Kinds};
pub use mapping::{Mapping, Unfit};
pub use outcome::{
    Action, Count, OUTCOME, OutcomeRow, Reason, UNKNOWN, Verdict, outcome_of, unknown_outcome,
};
pub use position::{EventKey, Position};
pub use published::{Malformed, Published, PublishedItem, TooLarge};
pub use record::{Change, Life, LifeState, Record, Register, What};
pub use record_id::{InvalidRecordId, RecordId};

/// The compiled row that the contact centre reads.
pub const CONTACT: &str = "contact";
/// The compiled row that functions read for what is switched on.
pub const FLAGS: &str = "flags";
/// The compiled row of the operators whom mail reaches.
pub const OPERATORS: &str = "operators";
