//! In come erasures that people asked for, from a queue; out goes the start of the state machine that
//! does them, once for each.

use aws_types::SdkConfig;
use erasure::SagaStarter;
use event::{CloudEvent, Data};
use lambda_kit::{
    Invocation,
    batch::{
        BatchResponse, UnreadableBatch,
        sqs::{self, Message},
    },
    clock::Clock,
    config::{ConfigError, Environment},
    error::ServiceError,
};
use serde_json::value::RawValue;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    saga: SagaStarter,
    clock: Clock,
}

impl App {
    /// Reads `ERASURE_MACHINE_ARN`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
    ) -> Result<Self, ConfigError> {
        let machine = environment.required("ERASURE_MACHINE_ARN")?;
        Ok(Self {
            saga: SagaStarter::new(sdk, machine),
            clock,
        })
    }
}

/// Why a message stays in the queue.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// It holds no event of ours.
    #[error("the message holds no event that an erasure was requested")]
    NoEvent,
    /// Step Functions did not do it.
    #[error("the erasure is not started yet")]
    NotStarted(#[from] ServiceError),
}

/// Starts what each message asks for. What fails stays in the queue.
pub async fn handle(
    app: &App,
    event: &RawValue,
    invocation: Invocation,
) -> Result<BatchResponse, UnreadableBatch> {
    sqs::process(event, &invocation, &app.clock, async |message| {
        start(app, message).await
    })
    .await
}

async fn start(app: &App, message: &Message) -> Result<(), StartError> {
    let events = CloudEvent::delivered(&message.body);
    for event in events.ok_or(StartError::NoEvent)? {
        let Data::ErasureRequested { erasure_id, .. } = event.data else {
            return Err(StartError::NoEvent);
        };
        app.saga.start(&erasure_id).await?;
    }
    Ok(())
}
