//! In comes, from the stream of the table `config`, what became of changes of configuration; out go e-mails
//! by a topic, to the team and to each operator about their own: one for a change that comes alone, one for
//! all of many that come together.

mod letter;
mod mails;
mod operators;
mod sender;
mod subscriptions;

use aws_types::SdkConfig;
use configuration::{OUTCOME, OutcomeRow, PublishedReader, StoreError};
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
    parking::{Parked, ParkingSender},
    planted,
};
use serde_json::value::{RawValue, to_raw_value};

use crate::{
    letter::Letter,
    mails::{Mail, MailError, MailStore},
    operators::Address,
    sender::MailSender,
    subscriptions::SubscriptionStore,
};

/// As many outcomes as one mail tells of: what one transaction of DynamoDB can mark, beside the mail itself.
const CHUNK: usize = 99;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    mails: MailStore,
    published: PublishedReader,
    subscriptions: SubscriptionStore,
    sender: MailSender,
    parking: ParkingSender,
    metrics: Metrics,
    clock: Clock,
}

/// Why outcomes have to come again.
#[derive(Debug, thiserror::Error)]
pub enum NotifierError {
    /// It can't be written or read which mail tells of them.
    #[error("the mail can't be put together")]
    Mail(#[from] MailError),
    /// Who is to get mail can't be read.
    #[error("the operators can't be read")]
    Operators(#[from] StoreError),
    /// It can't be told whether an operator was subscribed.
    #[error("it can't be noted who is subscribed")]
    Subscriptions(#[source] ServiceError),
    /// SNS did not take it.
    #[error("the mail was not sent")]
    Send(#[source] ServiceError),
    /// The parking queue did not take it.
    #[error("the mail can't be parked")]
    Parking(#[source] ServiceError),
}

impl App {
    /// Reads `CONFIG_TABLE`, `CONFIGURATION_CHANGES_TOPIC_ARN` and `PARKING_QUEUE_URL`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
    ) -> Result<Self, ConfigError> {
        let table = environment.required("CONFIG_TABLE")?;
        let topic = environment.required("CONFIGURATION_CHANGES_TOPIC_ARN")?;
        Ok(Self {
            mails: MailStore::new(sdk, table),
            published: PublishedReader::new(sdk, table),
            subscriptions: SubscriptionStore::new(sdk, table, clock.clone()),
            sender: MailSender::new(sdk, topic),
            parking: ParkingSender::new(sdk, environment.required("PARKING_QUEUE_URL")?),
            metrics: Metrics::new(env!("CARGO_PKG_NAME"), clock.clone()),
            clock,
        })
    }
}

/// Tells of the outcomes that are new. What fails comes again with all that came with it.
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
        async |chunk| tell(app, chunk).await,
    )
    .await
}

/// Whether the change is a new outcome. One that is marked later is none.
fn is_outcome(record: &Record) -> bool {
    let kind = record.key("kind").unwrap_or_default();
    record.event_name == "INSERT" && kind.starts_with(OUTCOME)
}

async fn tell(app: &App, chunk: &[Record]) -> Vec<Result<(), NotifierError>> {
    let mut answers = Vec::with_capacity(chunk.len());
    let mut outcomes: Vec<OutcomeRow> = Vec::with_capacity(chunk.len());
    for record in chunk {
        answers.push(match record.new_image() {
            Some(outcome) => {
                outcomes.push(outcome);
                Ok(())
            }
            None => park_record(app, record).await,
        });
    }
    // What goes together comes again together.
    if let (Err(error), Some(first)) = (tell_of(app, outcomes).await, answers.first_mut()) {
        *first = Err(error);
    }
    answers
}

async fn tell_of(app: &App, outcomes: Vec<OutcomeRow>) -> Result<(), NotifierError> {
    for mail in app.mails.compose(outcomes).await? {
        send(app, &mail).await?;
    }
    Ok(())
}

async fn send(app: &App, mail: &Mail) -> Result<(), NotifierError> {
    send_once(app, mail, &Letter::to_team(mail)).await?;
    for (address, theirs) in operators::of(&app.published, mail).await? {
        subscribe_once(app, &address).await?;
        send_once(app, mail, &Letter::to_operator(mail, &address, &theirs)).await?;
    }
    Ok(())
}

/// Sends a letter unless that was done before. If the process dies between the two, the letter is sent
/// again, with the same key.
async fn send_once(app: &App, mail: &Mail, letter: &Letter) -> Result<(), NotifierError> {
    let audience = letter.audience.key();
    if mail.was_told_to(audience) {
        return Ok(());
    }
    if planted::is_on("mail-noted-before-it-is-sent") {
        app.mails.note(mail, audience).await?;
    }
    match app.sender.publish(letter).await {
        Ok(()) => app.metrics.count("mails_sent", 1),
        Err(error) if error.retry == Retry::Never => park_mail(app, mail, letter).await?,
        Err(error) => return Err(NotifierError::Send(error)),
    }
    Ok(app.mails.note(mail, audience).await?)
}

/// Makes the operator's subscription, which SNS asks them to confirm. As long as it is remembered, it is not
/// made again: of somebody who has not confirmed it yet, SNS would ask it each time.
async fn subscribe_once(app: &App, address: &Address) -> Result<(), NotifierError> {
    let digest = address.digest();
    let known = app.subscriptions.is_known(&digest).await;
    if known.map_err(NotifierError::Subscriptions)? {
        return Ok(());
    }
    match app.sender.subscribe(address).await {
        Ok(()) => app.metrics.count("operators_subscribed", 1),
        // An address that is none, or that somebody subscribed otherwise: the team has its mail all the same.
        Err(error) if error.retry == Retry::Never => {
            tracing::warn!(%error, "an operator can't be subscribed");
            app.metrics.count("operators_unreachable", 1);
        }
        Err(error) => return Err(NotifierError::Send(error)),
    }
    let noted = app.subscriptions.note(&digest).await;
    noted.map_err(NotifierError::Subscriptions)
}

async fn park_record(app: &App, record: &Record) -> Result<(), NotifierError> {
    let key = record.key("record_id").unwrap_or(&record.sequence_number);
    park(app, key, "the row holds no outcome", record.raw()).await
}

/// Of a mail that SNS refuses it is kept of what it tells; the outcomes have their rows.
async fn park_mail(app: &App, mail: &Mail, letter: &Letter) -> Result<(), NotifierError> {
    let payload = to_raw_value(&mail.keys()).map_err(|_| MailError::Malformed)?;
    park(app, &letter.key, "SNS refuses the mail", &payload).await
}

async fn park(
    app: &App,
    key: &str,
    cause: &'static str,
    payload: &RawValue,
) -> Result<(), NotifierError> {
    tracing::error!(cause, "a mail about configuration is parked");
    let parked = Parked {
        service: env!("CARGO_PKG_NAME"),
        key,
        cause,
        payload,
    };
    let sent = app.parking.park(parked).await;
    sent.map_err(NotifierError::Parking)
}
