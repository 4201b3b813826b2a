//! In come, from a queue, events about profiles, tests that people ask for, and notices of partners' events
//! for which a tenant has a rule; out go notices to the people they are about, if they agreed to get them.

mod notice;
mod recipient;
mod sender;

use std::time::Duration;

use aws_types::SdkConfig;
use event::CloudEvent;
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
    metric::Metrics,
    planted,
};
use notification::{Address, EventNotice};
use profile::{PartsReader, ProfileError};
use serde_json::value::RawValue;
use tenancy::{DirectoryError, NotificationRuleReader};

use crate::{
    notice::Notice,
    recipient::Recipient,
    sender::{NoticeSender, SendError},
};

/// As long as the function may run: a lease that outlives it blocks nobody longer than it lived.
const LEASE: Duration = Duration::from_secs(30);

/// What the function works with.
#[derive(Debug)]
pub struct App {
    parts: PartsReader,
    rules: NotificationRuleReader,
    ledger: LedgerStore,
    sender: NoticeSender,
    clock: Clock,
    metrics: Metrics,
}

impl App {
    /// Reads `PROFILES_TABLE`, `DIRECTORY_TABLE`, `LEDGER_TABLE` and `NOTIFICATIONS_TOPIC_ARN`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let ledger = environment.required("LEDGER_TABLE")?;
        let directory = environment.required("DIRECTORY_TABLE")?;
        Ok(Self {
            parts: PartsReader::new(sdk, environment.required("PROFILES_TABLE")?),
            rules: NotificationRuleReader::new(sdk, directory, clock.clone()),
            ledger: LedgerStore::new(sdk, ledger, clock.clone(), ids),
            sender: NoticeSender::new(sdk, environment.required("NOTIFICATIONS_TOPIC_ARN")?),
            metrics: Metrics::new(env!("CARGO_PKG_NAME"), clock.clone()),
            clock,
        })
    }
}

/// Why a message stays in the queue.
#[derive(Debug, thiserror::Error)]
pub enum DispatchError {
    /// It holds no event of ours, and no notice.
    #[error("the message holds neither an event of the catalogue nor a notice")]
    NoEvent,
    /// The person's profile can't be read.
    #[error("the recipient can't be read")]
    Recipient(#[from] ProfileError),
    /// It can't be told what people are told of such events.
    #[error("the rule for such events can't be read")]
    Rule(#[from] DirectoryError),
    /// The ledger can't be used.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// Another run is at it; it is looked at again when its lease has run out.
    #[error("another run is sending this notice")]
    Busy,
    /// SNS did not take it.
    #[error(transparent)]
    Send(#[from] SendError),
}

/// Sends what each message calls for. What fails stays in the queue.
pub async fn handle(
    app: &App,
    event: &RawValue,
    invocation: Invocation,
) -> Result<BatchResponse, UnreadableBatch> {
    sqs::process(event, &invocation, &app.clock, async |message| {
        dispatch(app, message).await
    })
    .await
}

async fn dispatch(app: &App, message: &Message) -> Result<(), DispatchError> {
    for notice in called_for(app, message).await? {
        tell(app, &notice).await?;
    }
    Ok(())
}

async fn tell(app: &App, notice: &Notice) -> Result<(), DispatchError> {
    // Consent is read at each delivery, right before sending: a decision that was made while the
    // message waited counts.
    let recipient = recipient::of(&app.parts, notice, app.clock.now()).await?;
    if recipient.addresses.is_empty() {
        app.metrics.count("notices_withheld", 1);
    }
    for address in &recipient.addresses {
        send_once(app, notice, &recipient, address).await?;
    }
    Ok(())
}

/// The notices that a message calls for.
async fn called_for(app: &App, message: &Message) -> Result<Vec<Notice>, DispatchError> {
    let Some(told) = EventNotice::read(&message.body) else {
        let events = CloudEvent::delivered(&message.body).ok_or(DispatchError::NoEvent)?;
        return Ok(events.iter().filter_map(Notice::for_event).collect());
    };
    if !told.is_news(app.clock.now()) {
        app.metrics.count("notices_stale", 1);
        return Ok(Vec::new());
    }
    // As it is now: purpose and words may have changed while the message waited.
    let kind = told.event_type.as_str();
    let rule = app.rules.find(&told.tenant, kind).await?;
    let notice = (*rule)
        .as_ref()
        .and_then(|rule| Notice::by_rule(told, rule));
    Ok(notice.into_iter().collect())
}

/// Sends a notice to an address unless that was done before.
async fn send_once(
    app: &App,
    notice: &Notice,
    recipient: &Recipient,
    address: &Address,
) -> Result<(), DispatchError> {
    let key = notice.idempotency_key(address.way());
    let lease = match app.ledger.claim(&key, LEASE).await? {
        Claim::Acquired(lease) => lease,
        Claim::Done => return Ok(()),
        Claim::Busy => return Err(DispatchError::Busy),
    };
    if planted::is_on("ledger-completed-before-sending") {
        app.ledger.complete(lease.clone()).await?;
    }
    let text = notice.text(&recipient.language);
    app.sender.send(notice, text, address, &key).await?;
    app.ledger.complete(lease).await?;
    app.metrics.count("notices_sent", 1);
    Ok(())
}
