//! Triggers, handed to a handler as their services do it, and again after a crash or a failure.
//!
//! A handler is an async closure over what `lambda_kit::run` calls a handler with: the event as it
//! came, and the invocation. It is called once per delivery and makes its clients and ids anew each
//! time, as a new process would:
//!
//! ```no_run
//! # use lambda_kit::{Invocation, aws::CallBudget, config::Environment};
//! # use serde_json::{json, value::RawValue};
//! # struct App; impl App { fn new<A, B, C, D>(_: A, _: B, _: C, _: D) -> Self { Self } }
//! # async fn handle(_: &App, _: &RawValue, _: Invocation) -> Result<(), std::fmt::Error> { Ok(()) }
//! # let world = testkit::World::new(1);
//! let event = json!({ "triggerSource": "PostConfirmation_ConfirmSignUp" });
//! let answer = world.block_on(testkit::delivery::cognito(&world, &event, async |event, invocation| {
//!     let sdk = world.sdk_config(&CallBudget::COGNITO);
//!     let app = App::new(world.environment(), sdk, world.clock(), world.ids());
//!     handle(&app, event, invocation).await
//! }));
//! ```
//!
//! What a service does with batches and their answers stands apart from the simulated time, for those
//! who deliver to real processes: [`failed_places`], [`QueuedMessage::record`], [`StreamBatch`].

mod attempt;
mod batch;
mod sqs;
mod state_machine;
mod stream;
mod trigger;

pub use batch::failed_places;
pub use sqs::{MAX_RECEIVE_COUNT, QUEUE_BATCH, QueueOutcome, QueuedMessage, sqs};
pub use state_machine::{Ended, state_machine};
pub use stream::{StreamBatch, StreamOutcome, stream};
pub use trigger::{GaveUp, cognito, connect, http_client, schedule};

/// How a batch comes again after a crash or a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Redelivery {
    /// As it was.
    Same,
    /// In two halves.
    Split,
}
