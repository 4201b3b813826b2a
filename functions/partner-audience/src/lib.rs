//! In come events about people's profiles and consents, from a queue; out go audiences that have
//! whoever consented, as their records say now. An event only says whom to look at, so that one that
//! comes late, twice or out of order does no harm.

use audience::{AudienceError, Projection};
use aws_types::SdkConfig;
use event::Correlated;
use identity::ProfileId;
use lambda_kit::{
    Invocation,
    batch::{
        BatchResponse, UnreadableBatch,
        sqs::{self, Message},
    },
    clock::Clock,
    config::{ConfigError, Environment},
};
use serde::Deserialize;
use serde_json::value::RawValue;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    projection: Projection,
    clock: Clock,
}

impl App {
    /// Reads `PROFILES_TABLE` and `AUDIENCES_TABLE`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
    ) -> Result<Self, ConfigError> {
        let profiles = environment.required("PROFILES_TABLE")?;
        let audiences = environment.required("AUDIENCES_TABLE")?;
        Ok(Self {
            projection: Projection::new(sdk, profiles, audiences, clock.clone()),
            clock,
        })
    }
}

/// Why a message stays in the queue.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// It holds no event of ours.
    #[error("the message holds no event about a profile")]
    NoEvent,
    /// Not all audiences have the person as they are.
    #[error("the audiences are not kept yet")]
    Unkept(#[from] AudienceError),
}

/// Whom an event is about, of whatever type it is.
#[derive(Deserialize)]
struct About {
    subject: ProfileId,
    #[serde(default)]
    correlationid: Option<String>,
    #[serde(default)]
    data: Others,
}

impl Correlated for About {
    fn correlation_id(&self) -> Option<&str> {
        self.correlationid.as_deref()
    }
}

/// Who else it is about: who was absorbed by a merge, or is a person again by a split.
#[derive(Default, Deserialize)]
struct Others {
    #[serde(default)]
    absorbed_id: Option<ProfileId>,
    #[serde(default)]
    restored_id: Option<ProfileId>,
}

/// Brings the audiences of all whom the messages are about up to date. What fails stays in the queue.
pub async fn handle(
    app: &App,
    event: &RawValue,
    invocation: Invocation,
) -> Result<BatchResponse, UnreadableBatch> {
    sqs::process(event, &invocation, &app.clock, async |message| {
        keep(app, message).await
    })
    .await
}

async fn keep(app: &App, message: &Message) -> Result<(), KeepError> {
    let all: Option<Vec<About>> = event::delivered(&message.body);
    for About { subject, data, .. } in all.ok_or(KeepError::NoEvent)? {
        for id in [data.absorbed_id, data.restored_id, Some(subject)]
            .into_iter()
            .flatten()
        {
            app.projection.keep(id).await?;
        }
    }
    Ok(())
}
