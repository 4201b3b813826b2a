//! In comes the time; out of the audiences go those whose grant has run out. No event tells of that,
//! and whoever reads sees it at once; a feed's readers are told by this.

use audience::{AudienceError, Expiring, ExpiringReader, Projection};
use aws_types::SdkConfig;
use lambda_kit::{
    Chain, Invocation,
    batch::RESERVE,
    clock::Clock,
    config::{ConfigError, Environment},
};
use serde::Serialize;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    expiring: ExpiringReader,
    projection: Projection,
    clock: Clock,
}

/// What a run did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Done {
    /// How many left an audience.
    pub gone: usize,
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
            expiring: ExpiringReader::new(sdk, audiences),
            projection: Projection::new(sdk, profiles, audiences, clock.clone()),
            clock,
        })
    }
}

/// Brings up to date whoever's grant has run out, for as long as there is time. One who can't be
/// does not keep the others waiting, and is looked at again by the next run.
pub async fn handle(app: &App, invocation: Invocation) -> Result<Done, AudienceError> {
    let mut done = Done::default();
    let mut failure = None;
    while !invocation.is_running_out(&app.clock, RESERVE) {
        let Expiring { people, are_more } = app.expiring.expired(app.clock.now()).await?;
        let gone_before = done.gone;
        for id in people {
            match app.projection.keep(id).await {
                Ok(kept) => done.gone += kept,
                Err(error) => {
                    tracing::error!(profile.id = %id, error = %Chain(&error), "somebody is left to the next run");
                    failure = Some(error);
                }
            }
        }
        // The index follows the table by a moment: what is found again was dealt with.
        if !are_more || done.gone == gone_before {
            break;
        }
    }
    failure.map_or(Ok(done), Err)
}
