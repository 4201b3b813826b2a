//! In come, from the queue of one tenant, events for its own code; out goes, on the bus, what came of each run:
//! once on record, and then told. Code that fails is tried again, later each time, and what fails for good is a
//! dead letter with its cause. Code that keeps failing is left in peace for a while, and its events wait.

mod code;
mod dead_letters;
mod finishing;
mod ledger;
mod pausing;
mod registered;
mod running;

use std::time::Duration;

use aws_types::SdkConfig;
use event::{EventPublisher, PublishError};
use extension::RegistryError;
use jiff::Timestamp;
use lambda_kit::{
    Invocation,
    batch::{BatchResponse, RESERVE, UnreadableBatch, sqs},
    clock::Clock,
    config::{ConfigError, Environment},
    error::ServiceError,
    ids::IdSource,
    metric::Metrics,
};
use serde_json::value::RawValue;
use tenancy::TenantId;

pub use crate::ledger::LedgerError;
use crate::{
    code::{Code, CodeError},
    dead_letters::DeadLetters,
    ledger::RunLedger,
    pausing::Visibility,
    registered::Registered,
};

/// As long as the function may run: a lease that outlives it blocks nobody longer than it lived.
const LEASE: Duration = Duration::from_secs(90);

/// What the function works with.
#[derive(Debug)]
pub struct App {
    tenant: TenantId,
    registered: Registered,
    ledger: RunLedger,
    code: Code,
    visibility: Visibility,
    dead_letters: DeadLetters,
    publisher: EventPublisher,
    metrics: Metrics,
    clock: Clock,
    ids: IdSource,
}

/// Why a message stays in the queue.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// It is no message of ours, or one for another tenant: no code sees it.
    #[error("the message is for none of the tenant's code")]
    NotOurs,
    /// The extension is not run now.
    #[error("the extension is not run before {0}")]
    Paused(Timestamp),
    /// Another run is at it; it is looked at again when its lease has run out.
    #[error("another run is at it")]
    Busy,
    /// The run failed, and is tried again.
    #[error("the run failed, and is tried again")]
    Failed,
    /// It is not known what is registered.
    #[error("what is registered can't be read")]
    Registry(#[from] RegistryError),
    /// The ledger can't be used.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The code or its event is out of reach.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// What came of it can't be told.
    #[error("what came of it can't be told")]
    Telling(#[from] PublishError),
    /// It can't be put where dead letters lie.
    #[error("it can't be put where dead letters lie")]
    DeadLetter(#[from] ServiceError),
}

impl App {
    /// Reads `TENANT`, `TENANT_QUEUE_URL`, `TENANT_FIFO_URL`, `TENANT_DEAD_LETTERS_URL`, `TENANT_ISOLATION`,
    /// `DIRECTORY_TABLE`, `LEDGER_TABLE`, `EXTENSIONS_BUCKET`, `EVENTS_BUCKET`, `MAC_KEY_ARN` and
    /// `EVENT_BUS_NAME`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let tenant = environment.required("TENANT")?;
        let tenant: TenantId = tenant.parse().map_err(|_| ConfigError::Invalid {
            name: "TENANT",
            expected: "the name of a tenant",
        })?;
        let directory = environment.required("DIRECTORY_TABLE")?;
        let ledger = environment.required("LEDGER_TABLE")?;
        Ok(Self {
            registered: Registered::new(sdk, directory, tenant.clone(), clock.clone()),
            ledger: RunLedger::new(sdk, ledger, clock.clone()),
            code: Code::new(environment, sdk, tenant.clone(), clock.clone())?,
            visibility: Visibility::new(environment, sdk)?,
            dead_letters: DeadLetters::new(environment, sdk)?,
            publisher: EventPublisher::new(sdk, environment.required("EVENT_BUS_NAME")?),
            metrics: Metrics::new(env!("CARGO_PKG_NAME"), clock.clone()),
            tenant,
            clock,
            ids,
        })
    }
}

/// Runs the tenant's code on each message, one after the other: running it keeps the processor busy. What fails
/// stays in the queue.
pub async fn handle(
    app: &App,
    event: &RawValue,
    invocation: Invocation,
) -> Result<BatchResponse, UnreadableBatch> {
    let reserve = RESERVE + code::LONGEST_IN_PROCESS;
    sqs::process_in_turn(event, &invocation, (&app.clock, reserve), async |message| {
        let left = invocation.left(&app.clock).saturating_sub(RESERVE);
        running::run(app, message, left).await
    })
    .await
}
