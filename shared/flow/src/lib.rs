//! The flows of Amazon AppFlow between Salesforce and Fairlead. In comes what AppFlow tells of them; out
//! go what is wrong with one, what to do about it, whether that worked, and what people are told.
//!
//! - [`Flows`] says which flows there have to be, and [`Shape`] how each is made;
//! - [`StatusEvent`] is what AppFlow says on the bus, [`Seen`] what a look at the flow finds;
//! - [`diagnose`] makes a [`Health`] of it, with a [`Cause`];
//! - [`Breaker`] keeps how far mending is and when it is given up, [`plan`] says what a try does;
//! - [`message`] words what the support team is told, once.

mod aws;
mod breaker;
mod cause;
mod counts;
mod expected;
mod health;
pub mod message;
mod outcome_files;
mod plan;
mod seen;
mod status;

pub use aws::{
    Act, BreakerReader, BreakerStore, CountStore, FlowDescriber, FlowMaker, FlowReader,
    FlowRemover, FlowStarter, FlowUpdater, Made, OutcomeStore, ProfileKeeper, ProfileSigner,
    RetryScheduler, Saved, SupportSender, appflow_config,
};
pub use breaker::{Breaker, Next, Notice, RECONCILIATION, Repair, State};
pub use cause::Cause;
pub use counts::{DayCounts, gap};
pub use expected::{Direction, Expected, Flows, Outcomes, UnreadableFlows};
pub use health::{Health, diagnose};
pub use outcome_files::{OutcomeFile, newest_of_each, not_taken, perhaps_not_taken, waiting};
pub use plan::{Action, plan};
pub use seen::{Part, Run, RunState, Seen, Shape, Status, Trigger};
pub use status::{StatusEvent, Told};
