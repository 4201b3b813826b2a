//! In comes the time; of every grant whose time is over it is put on record that it ended, with its
//! evidence and the event that tells of it. Whoever acts on a consent sees at once that it ran out:
//! nobody waits for this.

use audience::{AudienceError, Expiring, ExpiringReader, Reached};
use aws_types::SdkConfig;
use consent::{ConsentError, ConsentReader, ConsentWriter};
use event::Cause;
use lambda_kit::{
    Chain, Invocation,
    batch::RESERVE,
    clock::Clock,
    config::{ConfigError, Environment},
    ids::IdSource,
};
use serde::Serialize;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    expiring: ExpiringReader,
    consents: ConsentWriter,
    clock: Clock,
}

/// What a run did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Done {
    /// How many grants it recorded the end of.
    pub ended: usize,
}

/// Why a run left something to the next one.
#[derive(Debug, thiserror::Error)]
pub enum ExpiryError {
    /// Whose grants have run out can't be found.
    #[error("the grants that ran out can't be found")]
    Finding(#[from] AudienceError),
    /// The end of a grant is not on record.
    #[error("the end of a grant can't be recorded")]
    Recording(#[from] ConsentError),
}

impl App {
    /// Reads `PROFILES_TABLE` and `AUDIENCES_TABLE`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let reader = ConsentReader::new(sdk, environment.required("PROFILES_TABLE")?);
        Ok(Self {
            expiring: ExpiringReader::new(sdk, environment.required("AUDIENCES_TABLE")?),
            consents: ConsentWriter::new(reader, clock.clone(), ids),
            clock,
        })
    }
}

/// Records the end of every grant whose time is over, for as long as there is time. One that can't be
/// recorded does not keep the others waiting, and is found again by the next run.
pub async fn handle(app: &App, invocation: Invocation) -> Result<Done, ExpiryError> {
    let mut done = Done::default();
    let mut failure = None;
    let mut reached = Some(Reached::default());
    let cause = Cause {
        request_id: invocation.request_id.clone(),
    };
    while let Some(from) = reached.take() {
        if invocation.is_running_out(&app.clock, RESERVE) {
            break;
        }
        let Expiring { due, next } = app.expiring.expired(app.clock.now(), from).await?;
        for grant in due {
            let (id, audience) = (grant.profile_id, grant.audience);
            let ended = app
                .consents
                .end(id, &audience.tenant, &audience.purpose, &cause);
            match ended.await {
                Ok(ended) => done.ended += usize::from(ended),
                Err(error) => {
                    tracing::error!(profile.id = %id, error = %Chain(&error), "a grant is left to the next run");
                    failure = Some(error);
                }
            }
        }
        reached = next;
    }
    failure.map_or(Ok(done), |error| Err(error.into()))
}
