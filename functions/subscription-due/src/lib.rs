//! In comes the minute; into the queue goes whatever is due to be sent and is not in it: what waits for
//! longer than a queue keeps back, and what somebody was cut off at. Of each subscription one goes in turn,
//! so that however much waits for one of them, the others' does not wait for it.

use std::{collections::VecDeque, time::Duration};

use aws_types::SdkConfig;
use lambda_kit::{
    Invocation,
    batch::RESERVE,
    clock::Clock,
    config::{ConfigError, Environment},
};
use serde::Serialize;
use subscription::{Delivery, DeliveryQueue, DueReader, Line, StoreError};

/// As many as a run queues: what the queue's function does in the minute until the next one.
const MOST: usize = 4_000;

/// How much of its time a run keeps for queueing when it looks whose turn it is.
const FOR_QUEUEING: Duration = Duration::from_secs(18);

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
    let has_time = |reserve| !invocation.is_running_out(&app.clock, reserve);
    let lines = app
        .due
        .lines(app.clock.now(), || has_time(FOR_QUEUEING))
        .await?;
    let mut lines = VecDeque::from(lines);
    let mut done = Done::default();
    while done.queued < MOST && has_time(RESERVE) {
        let next = take(app, &mut lines).await?;
        if next.is_empty() {
            break;
        }
        done.queued += app.queue.send_all(&next).await?;
    }
    Ok(done)
}

/// The next few: one of each line in turn.
async fn take(app: &App, lines: &mut VecDeque<Line>) -> Result<Vec<Delivery>, StoreError> {
    let mut taken = Vec::with_capacity(DeliveryQueue::MOST);
    while taken.len() < DeliveryQueue::MOST {
        let Some(mut line) = lines.pop_front() else {
            break;
        };
        if let Some(delivery) = app.due.next(&mut line).await? {
            taken.push(delivery);
            lines.push_back(line);
        }
    }
    Ok(taken)
}
