//! In come, from a queue, edits that operators made in Salesforce, in any order and more than once, and
//! records that were read again; out go the records in the table `config`, what became of each edit, and what
//! the contact centre and the functions read.

mod settling;

use aws_types::SdkConfig;
use configuration::{Kinds, RecordStore, StoreError};
use lambda_kit::{
    Invocation,
    batch::{
        BatchResponse, RESERVE, UnreadableBatch,
        sqs::{self, Message},
    },
    clock::Clock,
    config::{ConfigError, Environment},
    error::ServiceError,
    metric::Metrics,
};
use salesforce::{
    Edit, Gap, Incoming, LargeEvent, LargeEventReader, LargeReadError, Refusal, RereadQueue,
    WholeState, read, read_large,
};
use serde_json::value::RawValue;
use tokio::sync::Mutex;

/// Why what nobody has a kind for fails.
const NO_KIND: &str = "there is no such kind of configuration";

/// What the function works with.
#[derive(Debug)]
pub struct App {
    kinds: Kinds,
    store: RecordStore,
    large: LargeEventReader,
    rereads: RereadQueue,
    /// Whose turn it is to write: all records of a kind go into one compiled row.
    turn: Mutex<()>,
    metrics: Metrics,
    clock: Clock,
}

/// Why a message stays in the queue.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The table can't be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The event lies in the bucket of large events and can't be read there.
    #[error(transparent)]
    Large(#[from] LargeReadError),
    /// A record can't be asked for.
    #[error("a record can't be asked for again")]
    Reread(#[source] ServiceError),
    /// Others wrote the same rows each time.
    #[error("others wrote before, more often than it is tried")]
    Overtaken,
    /// The event names more records than there is time for. Those that were written stay so.
    #[error("there is no time left for all records of the event")]
    OutOfTime,
}

impl App {
    /// Reads `CONFIG_TABLE`, `SALESFORCE_EVENTS_BUCKET` and `SALESFORCE_REREAD_QUEUE_URL`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
    ) -> Result<Self, ConfigError> {
        let bucket = environment.required("SALESFORCE_EVENTS_BUCKET")?;
        let rereads = environment.required("SALESFORCE_REREAD_QUEUE_URL")?;
        Ok(Self {
            kinds: Kinds::built_in()?,
            store: RecordStore::new(sdk, environment.required("CONFIG_TABLE")?),
            large: LargeEventReader::new(sdk, bucket),
            rereads: RereadQueue::new(sdk, rereads),
            turn: Mutex::default(),
            metrics: Metrics::new(env!("CARGO_PKG_NAME"), clock.clone()),
            clock,
        })
    }
}

/// Writes what each message tells. What fails stays in the queue; what is not understood does not fail, but
/// is an outcome.
pub async fn handle(
    app: &App,
    event: &RawValue,
    invocation: Invocation,
) -> Result<BatchResponse, UnreadableBatch> {
    sqs::process(event, &invocation, &app.clock, async |message| {
        let has_time = || !invocation.is_running_out(&app.clock, RESERVE);
        write(app, message, has_time).await
    })
    .await
}

async fn write(
    app: &App,
    message: &Message,
    has_time: impl Fn() -> bool,
) -> Result<(), WriteError> {
    let incoming = match read(&message.body, app.large.bucket()) {
        Ok(Incoming::Large(event)) => fetch(app, &event).await?,
        incoming => incoming,
    };
    match incoming {
        Ok(Incoming::Edit(edit)) => edited(app, &edit, has_time).await,
        Ok(Incoming::Gap(gap)) => lost(app, &gap, has_time).await,
        Ok(Incoming::Whole(state)) => found(app, &state).await,
        // A large event points nowhere itself.
        Ok(Incoming::Large(_)) => Ok(()),
        Err(refusal) => refuse(app, &refusal).await,
    }
}

/// What lies in the bucket. Of what is too large or no text nothing is understood.
async fn fetch(
    app: &App,
    event: &LargeEvent,
) -> Result<Result<Incoming, Box<Refusal>>, LargeReadError> {
    let text = match app.large.read(event).await {
        Err(LargeReadError::Unfit) => String::new(),
        text => text?,
    };
    Ok(read_large(&text, event))
}

async fn edited(app: &App, edit: &Edit, has_time: impl Fn() -> bool) -> Result<(), WriteError> {
    let operator = edit.operator.as_deref();
    let Some(kind) = edit.of.kind(&app.kinds) else {
        return settling::unknown(app, &edit.event(), NO_KIND, operator).await;
    };
    for (id, change) in edit.changes(kind.mapping()) {
        if !has_time() {
            return Err(WriteError::OutOfTime);
        }
        settling::change(app, kind, &id, &change).await?;
    }
    if edit.names_others {
        let reason = "the event names what is no record";
        settling::unknown(app, &edit.event(), reason, operator).await?;
    }
    Ok(())
}

/// Salesforce does not tell of it: the outcome is written once the record was read.
async fn lost(app: &App, gap: &Gap, has_time: impl Fn() -> bool) -> Result<(), WriteError> {
    if app.kinds.of_object(&gap.object).is_none() {
        let operator = gap.operator.as_deref();
        return settling::unknown(app, &gap.event(), NO_KIND, operator).await;
    }
    for request in gap.requests() {
        if !has_time() {
            return Err(WriteError::OutOfTime);
        }
        let asked = app.rereads.ask(&request).await;
        asked.map_err(WriteError::Reread)?;
        app.metrics.count("records_asked_for", 1);
    }
    Ok(())
}

async fn found(app: &App, state: &WholeState) -> Result<(), WriteError> {
    let Some(kind) = app.kinds.of_object(&state.object) else {
        let event = state.event();
        return settling::unknown(app, &event, NO_KIND, None).await;
    };
    let change = state.change(kind.mapping());
    settling::change(app, kind, &state.record_id, &change).await
}

/// Each record that the event names fails; if it names none, the event does.
async fn refuse(app: &App, refusal: &Refusal) -> Result<(), WriteError> {
    let kind = refusal.of.as_ref().and_then(|of| of.kind(&app.kinds));
    let operator = refusal.operator.as_deref();
    let Some(kind) = kind.filter(|_| !refusal.record_ids.is_empty()) else {
        let event = refusal.event(None);
        return settling::unknown(app, &event, refusal.reason, operator).await;
    };
    for id in &refusal.record_ids {
        settling::refusal(app, kind, id, refusal).await?;
    }
    Ok(())
}
