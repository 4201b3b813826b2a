//! Triggers, handed to a handler as their services do it, and again after a crash or a failure.
//!
//! A handler is an async closure. It is called once per delivery and makes its clients and ids
//! anew each time, as a new process would:
//!
//! ```no_run
//! # use lambda_kit::aws::CallBudget;
//! # async fn handle(_: aws_types::SdkConfig, _: String) -> Result<String, std::fmt::Error> { todo!() }
//! # let world = testkit::World::new(1);
//! let answer = world.block_on(testkit::delivery::cognito(&world, String::new(), async |event| {
//!     handle(world.sdk_config(&CallBudget::COGNITO), event).await
//! }));
//! ```

mod attempt;
mod batch;
mod sqs;
mod stream;
mod trigger;

pub use sqs::{QueueOutcome, QueuedMessage, sqs};
pub use stream::{StreamOutcome, stream};
pub use trigger::{GaveUp, cognito, http_client, schedule};

/// How a batch comes again after a crash or a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Redelivery {
    /// As it was.
    Same,
    /// In two halves.
    Split,
}
