//! In come merges and splits that took more than one transaction and may have been cut off, from a
//! queue; out go persons that are whole again.

use aws_types::SdkConfig;
use event::{CloudEvent, Data};
use lambda_kit::{
    Invocation,
    batch::{
        BatchResponse, UnreadableBatch,
        sqs::{self, Message},
    },
    clock::Clock,
    config::{ConfigError, Environment},
    ids::IdSource,
};
use profile::{MergeError, Merger, ProfileError};
use serde_json::value::RawValue;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    merger: Merger,
    clock: Clock,
}

impl App {
    /// Reads `PROFILES_TABLE` and `IDENTIFIERS_TABLE`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let profiles = environment.required("PROFILES_TABLE")?;
        let identifiers = environment.required("IDENTIFIERS_TABLE")?;
        let merger = Merger::new(sdk, profiles, identifiers, clock.clone(), ids);
        Ok(Self {
            // However many members there are: a queue waits.
            merger: merger.reading_at_most(usize::MAX),
            clock,
        })
    }

    /// The same with transactions of at most `limit` writes, for tests.
    #[must_use]
    pub fn with_transactions_of(self, limit: usize) -> Self {
        Self {
            merger: self.merger.with_transactions_of(limit),
            ..self
        }
    }
}

/// Why a message stays in the queue.
#[derive(Debug, thiserror::Error)]
pub enum SettleError {
    /// It holds no event of ours.
    #[error("the message holds no event that something is being settled")]
    NoEvent,
    /// It was not brought to its end.
    #[error("the merge or split is not settled yet")]
    Unsettled(#[from] MergeError),
}

/// Brings what each message tells of to its end. What fails stays in the queue.
pub async fn handle(
    app: &App,
    event: &RawValue,
    invocation: Invocation,
) -> Result<BatchResponse, UnreadableBatch> {
    sqs::process(event, &invocation, &app.clock, async |message| {
        settle(app, message).await
    })
    .await
}

async fn settle(app: &App, message: &Message) -> Result<(), SettleError> {
    let events = CloudEvent::delivered(&message.body);
    for event in events.ok_or(SettleError::NoEvent)? {
        let Data::ProfileSettling {
            profile_id,
            merge_id,
        } = event.data
        else {
            return Err(SettleError::NoEvent);
        };
        match app.merger.settle(profile_id, merge_id).await {
            // Who was erased since has nothing left to settle.
            Err(MergeError::Profile(ProfileError::Unknown)) => {}
            outcome => outcome?,
        }
    }
    Ok(())
}
