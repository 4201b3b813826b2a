//! In comes what CloudFormation wants of the connection to Salesforce; out go a connector profile and flows
//! of AppFlow that are made, changed, switched on or removed, and CloudFormation's answer.
//!
//! CloudFormation makes flows too. But it takes one that is there for a failure, leaves a changed one
//! switched off, and can't have a connection sign in anew when its secret changes.

mod answering;
mod connecting;
mod request;

use aws_types::SdkConfig;
use flow::{
    Cause, FlowDescriber, FlowMaker, FlowRemover, FlowStarter, FlowUpdater, ProfileKeeper,
    ProfileSigner, appflow_config,
};
use lambda_kit::{Chain, Invocation, config::Environment, error::ServiceError, outside::Outside};
use serde_json::value::RawValue;

pub use crate::answering::AnswerError;
use crate::request::{Request, RequestType, UnreadableProperties};

/// What the function works with.
#[derive(Debug)]
pub struct App {
    profiles: ProfileKeeper,
    signer: ProfileSigner,
    reader: FlowDescriber,
    maker: FlowMaker,
    updater: FlowUpdater,
    starter: FlowStarter,
    remover: FlowRemover,
    outside: Outside,
}

/// Why CloudFormation was not answered: it asks again.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionError {
    /// What was delivered is no request of CloudFormation's.
    #[error("the event is no request of CloudFormation's for a custom resource")]
    UnreadableRequest,
    /// The answer did not arrive.
    #[error("CloudFormation can't be answered")]
    Answer(#[from] AnswerError),
}

/// Why what was wanted is not done, as CloudFormation is told it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Properties(#[from] UnreadableProperties),
    #[error(transparent)]
    Service(#[from] ServiceError),
    #[error("AppFlow refused to {what}{}", because(.cause.as_ref()))]
    Refused {
        what: &'static str,
        cause: Option<Cause>,
    },
}

fn because(cause: Option<&Cause>) -> String {
    cause.map_or_else(String::new, |cause| format!(": {cause}"))
}

impl App {
    /// Reads `AWS_ENDPOINT_URL_APPFLOW`, if it is there: which flows there have to be stands in each request.
    /// The answer goes `outside`.
    #[must_use]
    pub fn new(environment: &Environment, sdk: &SdkConfig, outside: Outside) -> Self {
        let appflow = appflow_config(environment, sdk);
        Self {
            profiles: ProfileKeeper::new(sdk, &appflow),
            signer: ProfileSigner::new(sdk, &appflow),
            reader: FlowDescriber::new(&appflow),
            maker: FlowMaker::new(&appflow),
            updater: FlowUpdater::new(&appflow),
            starter: FlowStarter::new(&appflow),
            remover: FlowRemover::new(&appflow),
            outside,
        }
    }
}

/// Does what CloudFormation wants and answers it, also that it could not be done: without an answer a
/// deployment waits for an hour.
pub async fn handle(
    app: &App,
    event: &RawValue,
    _invocation: Invocation,
) -> Result<(), ConnectionError> {
    let request: Request =
        serde_json::from_str(event.get()).map_err(|_| ConnectionError::UnreadableRequest)?;
    let done = Box::pin(perform(app, &request)).await;
    if let Err(failure) = &done {
        tracing::error!(error = %Chain(failure), "what CloudFormation wants can't be done");
    }
    answering::answer(&app.outside, &request, done.as_ref().err()).await?;
    Ok(())
}

async fn perform(app: &App, request: &Request) -> Result<(), Failure> {
    match request.kind {
        RequestType::Create | RequestType::Update => {
            let wanted = request.properties.wanted()?;
            connecting::connect(app, request, &wanted).await
        }
        // What nobody can read was never made.
        RequestType::Delete => match request.properties.wanted() {
            Ok(wanted) => connecting::disconnect(app, &wanted.flows).await,
            Err(_) => Ok(()),
        },
    }
}
