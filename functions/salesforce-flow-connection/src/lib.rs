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
    Cause, FlowMaker, FlowReader, FlowRemover, FlowStarter, FlowUpdater, ProfileKeeper,
    ProfileSigner,
};
use lambda_kit::{Chain, Invocation, error::ServiceError, outside::Outside};
use serde_json::value::RawValue;

pub use crate::answering::AnswerError;
use crate::request::{Request, RequestType, UnreadableProperties};

/// What the function works with.
#[derive(Debug)]
pub struct App {
    profiles: ProfileKeeper,
    signer: ProfileSigner,
    reader: FlowReader,
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
    /// Reads nothing of the environment: which flows there have to be stands in each request. The answer
    /// goes `outside`.
    #[must_use]
    pub fn new(sdk: &SdkConfig, outside: Outside) -> Self {
        Self {
            profiles: ProfileKeeper::new(sdk),
            signer: ProfileSigner::new(sdk),
            reader: FlowReader::new(sdk),
            maker: FlowMaker::new(sdk),
            updater: FlowUpdater::new(sdk),
            starter: FlowStarter::new(sdk),
            remover: FlowRemover::new(sdk),
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
    match request.request_type {
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
