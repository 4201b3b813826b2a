//! In comes the minute; into the queue goes whatever is due to be sent and is not in it: what waits for
//! longer than a queue keeps back, and what somebody was cut off at.

use aws_types::SdkConfig;
use lambda_kit::{
    Invocation,
    batch::RESERVE,
    clock::Clock,
    config::{ConfigError, Environment},
};
use serde::Serialize;
use subscription::{DeliveryQueue, DueReader, StoreError};

/// What the function works with.
#[derive(Debug)]
pub struct App {
    due: DueReader,
    queue: DeliveryQueue,
    clock: Clock,
}

/// What a run did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Done {
    /// How many deliveries were put into the queue.
    pub queued: usize,
}

impl App {
    /// Reads `DELIVERIES_TABLE` and `WEBHOOKS_QUEUE_URL`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
    ) -> Result<Self, ConfigError> {
        let deliveries = environment.required("DELIVERIES_TABLE")?;
        let queue = environment.required("WEBHOOKS_QUEUE_URL")?;
        Ok(Self {
            due: DueReader::new(sdk, deliveries),
            queue: DeliveryQueue::new(sdk, queue),
            clock,
        })
    }
}

/// Queues what is due, as long as there is time. Whatever is found again before it was sent is queued
/// again: who takes it from the queue sees what became of it.
pub async fn handle(app: &App, invocation: Invocation) -> Result<Done, StoreError> {
    let mut done = Done::default();
    for delivery in app.due.due(app.clock.now()).await? {
        if invocation.is_running_out(&app.clock, RESERVE) {
            break;
        }
        app.queue.send(&delivery, 0).await?;
        done.queued += 1;
    }
    Ok(done)
}
