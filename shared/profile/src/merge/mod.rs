//! Merging as an algebra. In come the states of the profiles that one person is made of; out go
//! the state of that person, and, for a split, what was whose before.
//!
//! Every profile ever created stays a *member* with a state of its own. A person is a set of
//! members, their root the oldest of them, and what is known of the person the [`State::fold`] of
//! the members' own states: a join of a semilattice, so that neither order nor grouping nor
//! repetition makes a difference. Because no member's state is ever overwritten by another's, taking
//! members out again is folding the rest.

mod rules;
mod state;
mod tree;

pub(crate) use rules::may_have;
pub use rules::{Refusal, may_join};
pub use state::{Decision, Owned, Register, State};
pub use tree::{Edge, Members};
