//! In comes, from the stream of the table `config`, what became of changes of configuration; out goes a file
//! of each, which a flow of AppFlow takes to Salesforce.

mod counting;

use aws_types::SdkConfig;
use configuration::{OUTCOME, OutcomeRow};
use futures_util::future::join_all;
use lambda_kit::{
    Invocation, Retry,
    batch::{
        BatchResponse, UnreadableBatch,
        stream::{self, Record},
    },
    clock::Clock,
    config::{ConfigError, Environment},
    error::ServiceError,
    metric::Metrics,
    objects::ObjectWriter,
    parking::{Parked, ParkingSender},
    planted,
};
use salesforce::OutcomeFile;
use serde_json::value::RawValue;

use crate::counting::OutcomeCounter;

/// As many files as are written at once, and counted together.
const CHUNK: usize = 10;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    files: ObjectWriter,
    counter: OutcomeCounter,
    parking: ParkingSender,
    metrics: Metrics,
    clock: Clock,
}

/// Why an outcome has to come again.
#[derive(Debug, thiserror::Error)]
pub enum OutcomeError {
    /// The bucket did not take its file.
    #[error("the file can't be written")]
    File(#[source] ServiceError),
    /// It can't be counted.
    #[error("the outcome can't be counted")]
    Count(#[source] ServiceError),
    /// The parking queue did not take it.
    #[error("the outcome can't be parked")]
    Parking(#[source] ServiceError),
}

impl App {
    /// Reads `CONFIG_TABLE`, `SALESFORCE_OUTCOMES_BUCKET` and `PARKING_QUEUE_URL`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
    ) -> Result<Self, ConfigError> {
        let bucket = environment.required("SALESFORCE_OUTCOMES_BUCKET")?;
        Ok(Self {
            files: ObjectWriter::new(sdk, bucket),
            counter: OutcomeCounter::new(sdk, environment.required("CONFIG_TABLE")?),
            parking: ParkingSender::new(sdk, environment.required("PARKING_QUEUE_URL")?),
            metrics: Metrics::new(env!("CARGO_PKG_NAME"), clock.clone()),
            clock,
        })
    }
}

/// Writes a file of each outcome that is new; stops at the first that has to wait.
pub async fn handle(
    app: &App,
    event: &RawValue,
    invocation: Invocation,
) -> Result<BatchResponse, UnreadableBatch> {
    stream::process(
        event,
        &invocation,
        &app.clock,
        CHUNK,
        is_outcome,
        async |chunk| write_all(app, chunk).await,
    )
    .await
}

/// Whether the change is a new outcome. One that is marked later is none.
fn is_outcome(record: &Record) -> bool {
    let kind = record.key("kind").unwrap_or_default();
    record.event_name == "INSERT" && kind.starts_with(OUTCOME)
}

/// Done twice, it is done once: the same outcome has a file of the same name and bytes, and is counted once.
async fn write_all(app: &App, chunk: &[Record]) -> Vec<Result<(), OutcomeError>> {
    let written = join_all(chunk.iter().map(|record| write(app, record))).await;
    let mut outcomes = Vec::with_capacity(chunk.len());
    let mut answers: Vec<Result<(), OutcomeError>> = written
        .into_iter()
        .map(|written| written.map(|outcome| outcomes.extend(outcome)))
        .collect();
    // What is counted together comes again together.
    if let (Err(error), Some(first)) = (count(app, &outcomes).await, answers.first_mut()) {
        *first = Err(error);
    }
    answers
}

/// The outcome that has a file by now; none of what has none.
async fn write(app: &App, record: &Record) -> Result<Option<OutcomeRow>, OutcomeError> {
    let Some(outcome) = record.new_image::<OutcomeRow>() else {
        return park(app, record, "the row holds no outcome").await;
    };
    // Of what names no record, Salesforce can be told nothing. The team is.
    let Some(file) = OutcomeFile::of(&outcome) else {
        return Ok(None);
    };
    if planted::is_on("outcome-counted-before-it-is-written")
        && count(app, std::slice::from_ref(&outcome)).await? == 0
    {
        return Ok(None);
    }
    let created = app.files.create(&file.key, "text/csv", file.body).await;
    match created {
        Ok(_) => Ok(Some(outcome)),
        Err(error) if error.retry == Retry::Never => {
            park(app, record, "the bucket refuses the file").await
        }
        Err(error) => Err(OutcomeError::File(error)),
    }
}

/// How many were not counted before. So it can be seen whether as many get to Salesforce.
async fn count(app: &App, outcomes: &[OutcomeRow]) -> Result<u64, OutcomeError> {
    let counted = app.counter.count(outcomes).await;
    let counted = counted.map_err(OutcomeError::Count)?;
    if counted > 0 {
        app.metrics.count("outcomes_written", counted);
    }
    Ok(counted)
}

async fn park(
    app: &App,
    record: &Record,
    cause: &'static str,
) -> Result<Option<OutcomeRow>, OutcomeError> {
    let key = record.key("record_id").unwrap_or(&record.sequence_number);
    tracing::error!(cause, outcome.key = key, "an outcome is parked");
    let parked = Parked {
        service: env!("CARGO_PKG_NAME"),
        key,
        cause,
        payload: record.raw(),
    };
    let sent = app.parking.park(parked).await;
    sent.map(|()| None).map_err(OutcomeError::Parking)
}
