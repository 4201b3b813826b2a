//! The queue from which people are told, and the tests that they ask for.

mod queue;
mod tests_asked;

pub use queue::{NoticeQueue, QueueError};
pub use tests_asked::{Asked, NoticeTest, NoticeTestStore};
