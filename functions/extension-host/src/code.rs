//! Running code: WebAssembly in this process, anything else in a function of its own.

mod lambda;
mod wasm;

use std::time::Duration;

use aws_types::SdkConfig;
use extension::{
    Carried,
    registry::{CodeAt, ExtensionVersion},
};
use lambda_kit::{
    clock::Clock,
    config::{ConfigError, Environment},
    error::ServiceError,
    planted,
};
use payload::{Buckets, Claim, PayloadReader, Pointer, ReadError, Remedy};
use sandbox::{OpenError, SandboxError};
use tenancy::TenantId;

use self::{lambda::Functions, wasm::Modules};

/// As long as code runs in this process.
pub(crate) const LONGEST_IN_PROCESS: Duration = Duration::from_secs(10);

/// The largest event that code is given, in bytes.
const LARGEST_EVENT: u64 = 6 * 1024 * 1024;

/// Runs the tenant's code. What it needs of AWS stands with each way of running it.
#[derive(Debug)]
pub(crate) struct Code {
    modules: Modules,
    functions: Functions,
    bodies: PayloadReader,
    bucket: String,
    /// How the keys of the tenant's own events begin.
    own: String,
}

/// What is run on what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run<'a> {
    pub(crate) version: &'a ExtensionVersion,
    pub(crate) event_id: &'a str,
    /// When the event happened, if it says so.
    pub(crate) event: &'a str,
}

/// An event, where it was carried.
#[derive(Debug)]
pub(crate) enum Fetched {
    /// As a text.
    Event(String),
    /// Nothing is left of it, since whom it was about was erased.
    Gone,
    /// It is gone, or can't be read: which, the host is not told.
    OutOfReach,
}

/// How a run went.
#[derive(Debug, Clone)]
pub(crate) struct Went {
    /// What it answered, or why it did not.
    pub(crate) answered: Result<Vec<u8>, &'static str>,
    /// The end of its log.
    pub(crate) log: String,
    pub(crate) taken: Taken,
}

/// What a run took.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Taken {
    pub(crate) duration: Duration,
    pub(crate) fuel: Option<u64>,
    pub(crate) memory: Option<u64>,
}

/// Why nothing was run, which is no fault of the code's.
#[derive(Debug, thiserror::Error)]
pub enum CodeError {
    /// A service did not do it.
    #[error("the code or its event can't be read")]
    Service(#[from] ServiceError),
    /// It can't be taken out of its seal.
    #[error(transparent)]
    Seal(#[from] OpenError),
    /// It can't be loaded or run.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// It is not where it should be.
    #[error("there is no code under its key")]
    Nowhere,
    /// The event can't be read.
    #[error("the event can't be read")]
    Event(#[from] ReadError),
    /// The message points where this tenant's events do not lie.
    #[error("the event does not lie where the tenant's do")]
    Elsewhere,
    /// The system has no randomness to give.
    #[error("there is no randomness")]
    Entropy,
    /// There is too little time to run it.
    #[error("there is no time left to run it")]
    OutOfTime,
}

impl Code {
    pub(crate) fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        tenant: TenantId,
        clock: Clock,
    ) -> Result<Self, ConfigError> {
        Ok(Self {
            functions: Functions::new(environment, sdk, &tenant)?,
            bodies: PayloadReader::new(aws_sdk_s3::Client::new(sdk)),
            bucket: environment.required("EVENTS_BUCKET")?.to_owned(),
            own: format!("events/{tenant}/"),
            modules: Modules::new(environment, sdk, tenant, clock)?,
        })
    }

    /// The event as code is given it.
    pub(crate) async fn event(&self, carried: &Carried) -> Result<Fetched, CodeError> {
        let (pointer, bytes) = match carried {
            Carried::Whole(json) => return Ok(Fetched::Event(json.get().to_owned())),
            Carried::Claim { pointer, bytes } => (pointer, *bytes),
        };
        let pointer = Pointer::read(pointer, &Buckets::only([self.bucket.as_str()]));
        let pointer = pointer.map_err(|_| CodeError::Elsewhere)?;
        let is_own = pointer.key().starts_with(&self.own);
        if !is_own && !planted::is_on("extension-event-from-anywhere") {
            return Err(CodeError::Elsewhere);
        }
        let claim = Claim { pointer, bytes };
        match Box::pin(self.bodies.text(&claim, LARGEST_EVENT)).await {
            Ok(event) => Ok(Fetched::Event(event)),
            Err(ReadError::Missing) => Ok(Fetched::Gone),
            // S3 tells nobody that an object is gone who may not list the bucket, which no host may.
            Err(error) if error.remedy() == Remedy::Quarantine => Ok(Fetched::OutOfReach),
            Err(error) => Err(error.into()),
        }
    }

    /// Runs the code at `at`, if it can be done within `left`.
    pub(crate) async fn run(
        &self,
        at: &CodeAt,
        run: Run<'_>,
        left: Duration,
    ) -> Result<Went, CodeError> {
        let timeout = Duration::from_millis(run.version.manifest.timeout_ms().into());
        if left < timeout {
            return Err(CodeError::OutOfTime);
        }
        match at {
            CodeAt::Wasm {
                module_sha256,
                compiled_key,
                ..
            } => {
                let module = (module_sha256.as_str(), compiled_key.as_str());
                self.modules.run(module, run).await
            }
            CodeAt::Lambda { function_arn, .. } => self.functions.run(function_arn, run).await,
        }
    }
}
