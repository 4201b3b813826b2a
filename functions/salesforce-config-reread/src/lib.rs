//! In come, from a queue, records of Salesforce of which nobody told all, and the time, each night; out go,
//! to the queue of changes, those records as Salesforce holds them, and at night whatever changed since the
//! night before: events that were dropped are made up for.

mod reading;
mod watermarks;

use std::time::Duration;

use aws_types::SdkConfig;
use configuration::Kinds;
use lambda_kit::{
    Invocation,
    batch::{
        BatchResponse, UnreadableBatch,
        sqs::{self, Message},
    },
    clock::Clock,
    config::{ConfigError, Environment},
    error::ServiceError,
    metric::Metrics,
};
use salesforce::{CATCH_UP, ConfigQueue, RecordReader, RereadRequest, RestError};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::value::RawValue;

use crate::watermarks::Watermarks;

/// Left at the end of an invocation: as long as a page of records may take.
const RESERVE: Duration = Duration::from_secs(15);

/// What the function works with.
#[derive(Debug)]
pub struct App {
    kinds: Kinds,
    records: RecordReader,
    watermarks: Watermarks,
    queue: ConfigQueue,
    metrics: Metrics,
    clock: Clock,
}

/// Why records are not read, or not all.
#[derive(Debug, thiserror::Error)]
pub enum RereadError {
    /// What was delivered is neither a batch of a queue nor a schedule's event.
    #[error(transparent)]
    Batch(#[from] UnreadableBatch),
    /// It says of no record that it is to be read.
    #[error("the message asks for nothing that can be read")]
    NoRequest,
    /// Records of that object are no configuration.
    #[error("no kind of configuration is of that object")]
    NoKind,
    /// Salesforce does not tell.
    #[error("the records can't be read")]
    Records(#[from] RestError),
    /// What was read can't be handed over.
    #[error("what was read can't be handed over")]
    HandOver(#[source] ServiceError),
    /// Up to where everything was read can't be read or written.
    #[error("it can't be noted up to where everything was read")]
    Watermark(#[source] ServiceError),
    /// More changed than there is time for. What was handed over is noted.
    #[error("there is no time left for all that changed")]
    OutOfTime,
}

/// What was delivered, as far as it says by what.
#[derive(Deserialize)]
struct Delivered {
    #[serde(rename = "Records")]
    records: Option<IgnoredAny>,
}

impl App {
    /// Reads `CONFIG_TABLE`, `SALESFORCE_CONFIG_QUEUE_URL`, `SALESFORCE_URL` and `SALESFORCE_SECRET`. Calls to
    /// Salesforce go by `outside`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        outside: &SdkConfig,
        clock: Clock,
    ) -> Result<Self, ConfigError> {
        let queue = environment.required("SALESFORCE_CONFIG_QUEUE_URL")?;
        Ok(Self {
            kinds: Kinds::built_in()?,
            records: RecordReader::new(environment, sdk, outside, clock.clone())?,
            watermarks: Watermarks::new(sdk, environment.required("CONFIG_TABLE")?),
            queue: ConfigQueue::new(sdk, queue),
            metrics: Metrics::new(env!("CARGO_PKG_NAME"), clock.clone()),
            clock,
        })
    }
}

/// Reads what messages of the queue ask for; what fails stays there. Anything else that starts the function
/// is the schedule, and what changed is read.
pub async fn handle(
    app: &App,
    event: &RawValue,
    invocation: Invocation,
) -> Result<BatchResponse, RereadError> {
    let delivered = serde_json::from_str::<Delivered>(event.get()).map_err(|_| UnreadableBatch)?;
    let has_time = || !invocation.is_running_out(&app.clock, RESERVE);
    if delivered.records.is_none() {
        Box::pin(reading::catch_up(app, &has_time)).await?;
        return Ok(BatchResponse::default());
    }
    let answer = sqs::process(event, &invocation, &app.clock, async |message| {
        read(app, message, &has_time).await
    })
    .await?;
    Ok(answer)
}

/// Done twice, it is done once: what is the same again changes nothing.
async fn read(
    app: &App,
    message: &Message,
    has_time: &impl Fn() -> bool,
) -> Result<(), RereadError> {
    if message.body == CATCH_UP {
        return reading::catch_up(app, has_time).await;
    }
    let request = RereadRequest::read(&message.body).ok_or(RereadError::NoRequest)?;
    let kind = app.kinds.of_object(&request.object);
    let kind = kind.ok_or(RereadError::NoKind)?;
    match &request.record_id {
        Some(id) => reading::one(app, kind, id, request.asked).await,
        None => reading::everything(app, kind, has_time).await,
    }
}
