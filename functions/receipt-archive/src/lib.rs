//! In come receipts that their table let go of by their age; out goes each as an object of the
//! archive, without what its partner wrote as a reason.

use access::Receipt;
use aws_types::SdkConfig;
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
use serde_json::{
    Value,
    value::{RawValue, to_raw_value},
};

/// As many objects as are written at once.
const CHUNK: usize = 10;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    archive: ObjectWriter,
    parking: ParkingSender,
    metrics: Metrics,
    clock: Clock,
}

impl App {
    /// Reads `RECEIPTS_BUCKET` and `PARKING_QUEUE_URL`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
    ) -> Result<Self, ConfigError> {
        Ok(Self {
            archive: ObjectWriter::new(sdk, environment.required("RECEIPTS_BUCKET")?),
            parking: ParkingSender::new(sdk, environment.required("PARKING_QUEUE_URL")?),
            metrics: Metrics::new(env!("CARGO_PKG_NAME"), clock.clone()),
            clock,
        })
    }
}

/// Why a receipt has to come again.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The archive did not take it.
    #[error("the receipt can't be archived")]
    Archive(#[source] ServiceError),
    /// The parking queue did not take it.
    #[error("the receipt can't be parked")]
    Parking(#[source] ServiceError),
    /// It nests deeper than a row of DynamoDB can, so that the reason can't be taken out of it.
    #[error("the record can't be read")]
    Unreadable,
}

/// Archives what expired, and nothing that was deleted by somebody; stops at the first that has to
/// wait.
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
        Record::has_expired,
        async |chunk| join_all(chunk.iter().map(|record| archive(app, record))).await,
    )
    .await
}

async fn archive(app: &App, record: &Record) -> Result<(), ArchiveError> {
    let Some(receipt) = record.old_image::<Receipt>() else {
        return park(app, record, "the row holds no receipt").await;
    };
    let archived = receipt.archived();
    let created = app
        .archive
        .create(&archived.key(), "application/json", archived.to_bytes())
        .await;
    match created {
        // One that is there is the same: what a receipt says never changes.
        Ok(_) => {
            app.metrics.count("receipts_archived", 1);
            Ok(())
        }
        Err(error) if error.retry == Retry::Never => {
            park(app, record, "the archive refuses the receipt").await
        }
        Err(error) => Err(ArchiveError::Archive(error)),
    }
}

/// The payload lies on the parking queue before the stream goes on: the table has it no more. Its
/// reason stays behind here, too: no erasure reaches a queue.
async fn park(app: &App, record: &Record, cause: &'static str) -> Result<(), ArchiveError> {
    let key = record.key("receipt_id").unwrap_or(&record.sequence_number);
    tracing::error!(cause, receipt.id = key, "a receipt is parked");
    if planted::is_on("unreadable-receipt-dropped") {
        return Ok(());
    }
    let payload = without_reason(record.raw()).map_err(|_| ArchiveError::Unreadable)?;
    let parked = Parked {
        service: env!("CARGO_PKG_NAME"),
        key,
        cause,
        payload: &payload,
    };
    let sent = app.parking.park(parked).await;
    sent.map_err(ArchiveError::Parking)
}

/// The record without what the partner wrote.
fn without_reason(record: &RawValue) -> serde_json::Result<Box<RawValue>> {
    let mut record: Value = serde_json::from_str(record.get())?;
    let row = record.pointer_mut("/dynamodb/OldImage");
    if let Some(row) = row.and_then(Value::as_object_mut) {
        row.remove("reason");
    }
    to_raw_value(&record)
}
