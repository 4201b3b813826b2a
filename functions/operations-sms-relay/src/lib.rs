//! In come, from the queue that is subscribed to the topic `sms-inbound`, text messages that people sent; out
//! goes, to the topic `sms-messages`, what each says and nothing else, once.

mod topic;

use std::time::Duration;

use aws_types::SdkConfig;
use contact::{InboundSms, NotAnSms};
use lambda_kit::{
    Invocation,
    batch::{
        BatchResponse, UnreadableBatch,
        sqs::{self, Message},
    },
    clock::Clock,
    config::{ConfigError, Environment},
    ids::IdSource,
    ledger::{Claim, LedgerError, LedgerStore},
    log,
    metric::Metrics,
    planted,
    redact::Redacted,
};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::topic::{BodyPublisher, PublishError};

/// As long as the function may run: a lease that outlives it blocks nobody longer than it lived.
const LEASE: Duration = Duration::from_secs(30);

/// What the function works with.
#[derive(Debug)]
pub struct App {
    ledger: LedgerStore,
    publisher: BodyPublisher,
    metrics: Metrics,
    clock: Clock,
}

/// Why a message stays in the queue, and in the end is a dead letter.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// It is nothing that SNS published.
    #[error("the message is nothing that SNS published")]
    NotPublished,
    /// It is no text message.
    #[error(transparent)]
    NotAnSms(#[from] NotAnSms),
    /// The ledger can't be used.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// Another run is at it; it is looked at again when its lease has run out.
    #[error("another run is passing this message on")]
    Busy,
    /// SNS did not take it.
    #[error(transparent)]
    Publish(#[from] PublishError),
}

/// What SNS puts into a queue.
#[derive(Deserialize)]
struct Published {
    #[serde(rename = "Message")]
    message: Redacted<String>,
}

impl App {
    /// Reads `LEDGER_TABLE` and `SMS_MESSAGES_TOPIC_ARN`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let ledger = environment.required("LEDGER_TABLE")?;
        let topic = environment.required("SMS_MESSAGES_TOPIC_ARN")?;
        Ok(Self {
            ledger: LedgerStore::new(sdk, ledger, clock.clone(), ids),
            publisher: BodyPublisher::new(sdk, topic),
            metrics: Metrics::new(env!("CARGO_PKG_NAME"), clock.clone()),
            clock,
        })
    }
}

/// Passes on what each message says. What is no text message fails each time, and so ends where somebody
/// looks at it.
pub async fn handle(
    app: &App,
    event: &RawValue,
    invocation: Invocation,
) -> Result<BatchResponse, UnreadableBatch> {
    sqs::process(event, &invocation, &app.clock, async |message| {
        relay(app, message).await
    })
    .await
}

async fn relay(app: &App, message: &Message) -> Result<(), RelayError> {
    let published: Published =
        serde_json::from_str(&message.body).map_err(|_| RelayError::NotPublished)?;
    let sms = InboundSms::read(published.message.expose())?;
    log::correlate(&sms.id);
    // SNS takes no message without a word, and there is nothing to pass on.
    if sms.is_empty() {
        app.metrics.count("sms_empty", 1);
        return Ok(());
    }
    let key = format!("sms#{}", sms.id);
    let lease = match app.ledger.claim(&key, LEASE).await? {
        Claim::Acquired(lease) => lease,
        Claim::Done => return Ok(()),
        Claim::Busy => return Err(RelayError::Busy),
    };
    if planted::is_on("sms-noted-before-it-is-passed-on") {
        app.ledger.complete(lease.clone()).await?;
    }
    app.publisher.publish(&sms, &key).await?;
    app.ledger.complete(lease).await?;
    app.metrics.count("sms_relayed", 1);
    Ok(())
}
