//! In come what AppFlow says of a flow, the time, and the moment for another try; out goes whatever mends
//! the flow, or a message to the support team that says why it can't be mended from here.

mod asked;
mod looking;
mod mending;
mod reconciling;
mod redriving;
mod telling;

use aws_types::SdkConfig;
use flow::{
    BreakerStore, Cause, CountStore, Expected, FlowReader, FlowStarter, FlowUpdater, Flows,
    OutcomeStore, ProfileSigner, RECONCILIATION, RetryScheduler, SupportSender, appflow_config,
};
use lambda_kit::{
    Chain, Invocation,
    batch::RESERVE,
    clock::Clock,
    config::{ConfigError, Environment},
    error::ServiceError,
    ids::IdSource,
    metric::Metrics,
};
use salesforce::RereadQueue;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::asked::Asked;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    flows: Flows,
    reader: FlowReader,
    starter: FlowStarter,
    updater: FlowUpdater,
    signer: ProfileSigner,
    breakers: BreakerStore,
    counts: CountStore,
    outcomes: OutcomeStore,
    reread: RereadQueue,
    retries: RetryScheduler,
    support: SupportSender,
    metrics: Metrics,
    clock: Clock,
    ids: IdSource,
}

/// What a run did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Done {
    /// Flows that were looked at.
    pub looked_at: u64,
    /// Tries that were made.
    pub tried: u64,
    /// Flows that are well again.
    pub mended: u64,
    /// Flows that were given up.
    pub given_up: u64,
}

/// Why a run has to come again.
#[derive(Debug, thiserror::Error)]
pub enum RepairError {
    /// What mending takes can't be reached.
    #[error("a flow can't be looked after now")]
    Service(#[from] ServiceError),
    /// There was no time for all flows.
    #[error("there is no time left for all flows")]
    OutOfTime,
}

impl App {
    /// Reads `SALESFORCE_FLOWS`, `CONFIG_TABLE`, `SALESFORCE_OUTCOMES_BUCKET`, `SALESFORCE_REREAD_QUEUE_URL`,
    /// `SUPPORT_TOPIC_ARN`, `RETRY_SCHEDULE_GROUP`, `RETRY_FUNCTION_ARN` and `RETRY_ROLE_ARN`; and
    /// `AWS_ENDPOINT_URL_APPFLOW`, if it is there.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let flows = Flows::read(environment.required("SALESFORCE_FLOWS")?);
        let flows = flows.map_err(|_| ConfigError::Invalid {
            name: "SALESFORCE_FLOWS",
            expected: "a description of flows",
        })?;
        let appflow = appflow_config(environment, sdk);
        let table = environment.required("CONFIG_TABLE")?;
        let bucket = environment.required("SALESFORCE_OUTCOMES_BUCKET")?;
        let queue = environment.required("SALESFORCE_REREAD_QUEUE_URL")?;
        let retries = RetryScheduler::new(
            sdk,
            environment.required("RETRY_SCHEDULE_GROUP")?,
            environment.required("RETRY_FUNCTION_ARN")?,
            environment.required("RETRY_ROLE_ARN")?,
        );
        Ok(Self {
            flows,
            reader: FlowReader::new(&appflow),
            starter: FlowStarter::new(&appflow),
            updater: FlowUpdater::new(&appflow),
            signer: ProfileSigner::new(sdk, &appflow),
            breakers: BreakerStore::new(sdk, table),
            counts: CountStore::new(sdk, table),
            outcomes: OutcomeStore::new(sdk, bucket),
            reread: RereadQueue::new(sdk, queue),
            retries,
            support: SupportSender::new(sdk, environment.required("SUPPORT_TOPIC_ARN")?),
            metrics: Metrics::new(env!("CARGO_PKG_NAME"), clock.clone()),
            clock,
            ids,
        })
    }

    /// A number by chance.
    fn chance(&self) -> u64 {
        let (_, random) = self.ids.uuid().as_u64_pair();
        random
    }
}

/// Looks after the flow that the event is about, or after all of them.
pub async fn handle(
    app: &App,
    event: &RawValue,
    invocation: Invocation,
) -> Result<Done, RepairError> {
    let mut done = Done::default();
    match Asked::read(event) {
        Asked::Nothing => {}
        Asked::Flow { name, cause } if name == RECONCILIATION => {
            tracing::debug!(?cause, "the counts are looked at again");
            Box::pin(reconciling::reconcile(app, &invocation, &mut done)).await?;
        }
        // Other flows of the account are nobody's business here.
        Asked::Flow { name, cause } => {
            if let Some(flow) = app.flows.named(&name) {
                Box::pin(look_after(app, &flow, cause, &invocation, &mut done)).await?;
            }
        }
        Asked::All => all(app, &invocation, &mut done).await?,
    }
    count(app, done);
    Ok(done)
}

/// Each flow by itself: where one can't be looked after, the others still are, and the run fails in the end.
async fn all(app: &App, invocation: &Invocation, done: &mut Done) -> Result<(), RepairError> {
    let mut failure = None;
    for flow in app.flows.each() {
        if invocation.is_running_out(&app.clock, RESERVE) {
            return Err(RepairError::OutOfTime);
        }
        let looked = Box::pin(look_after(app, &flow, None, invocation, done)).await;
        if let Err(error) = looked {
            tracing::error!(error = %Chain(&error), flow = flow.name, "a flow can't be looked after");
            failure = Some(error);
        }
    }
    Box::pin(reconciling::reconcile(app, invocation, done)).await?;
    failure.map_or(Ok(()), Err)
}

async fn look_after(
    app: &App,
    flow: &Expected,
    told: Option<Cause>,
    invocation: &Invocation,
    done: &mut Done,
) -> Result<(), RepairError> {
    done.looked_at += 1;
    mending::mend(app, flow, told, invocation, done).await?;
    Ok(())
}

/// The names are the alarms': see cdk/lib/stacks/salesforce.ts.
fn count(app: &App, done: Done) {
    for (name, value) in [
        ("flow_tries", done.tried),
        ("flows_mended", done.mended),
        ("flows_given_up", done.given_up),
    ] {
        if value > 0 {
            app.metrics.count(name, value);
        }
    }
}
