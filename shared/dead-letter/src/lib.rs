//! What could not be processed, whatever it was and wherever it ended. In comes a message of a
//! dead-letter queue; out goes why it is there, which function's work it was, what it is about
//! without what it says, and by which way it gets back to where it came from.

mod aws;
mod catalogue;
mod letter;
mod told;

pub use aws::{Letters, QueueFinder, SourceSender};
pub use catalogue::{Catalogue, DeadLetterQueue, FilledBy, Table};
pub use letter::{Attribute, AttributeValue, Letter};
pub use told::{About, Cause, Told, Way};
