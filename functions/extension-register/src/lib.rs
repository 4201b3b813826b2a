//! In come packages of tenants' own code that were uploaded, and what else is to be done about extensions; out
//! go versions that can be run, the hosts and functions that run them, and why a package is not taken. It is the
//! one function that makes and removes what is a tenant's: each step finds what is done of it, so that whatever
//! was cut off goes on where it was.

mod hosts;
mod keys;
mod registering;
mod removing;
mod work;

use aws_types::SdkConfig;
use extension::{
    ExtensionKeeper, ExtensionReader, ExtensionTeller, HostKeeper, HostValues, HostingError,
    ModuleCompiler, PackageReader, RegistryError, Task, Untold, UploadKeeper,
    registry::{Change, Names, Upload, UploadKey},
};
use lambda_kit::{
    Invocation, Retry,
    batch::{BatchResponse, UnreadableBatch, sqs},
    clock::Clock,
    config::{ConfigError, Environment},
    error::ServiceError,
    metric::Metrics,
    objects::{ObjectRemover, ObjectWriter},
};
use serde_json::value::RawValue;
use tenancy::{DirectoryError, PurposeReader};

use crate::work::Work;

/// Who changes what is registered, where nobody signed in does.
const PLATFORM: &str = env!("CARGO_PKG_NAME");

/// How often something is read again that changed meanwhile.
const ATTEMPTS: u32 = 5;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    reader: ExtensionReader,
    keeper: ExtensionKeeper,
    uploads: UploadKeeper,
    purposes: PurposeReader,
    packages: PackageReader,
    objects: ObjectWriter,
    remover: ObjectRemover,
    compiler: ModuleCompiler,
    hosts: HostKeeper,
    teller: ExtensionTeller,
    bucket: String,
    metrics: Metrics,
    clock: Clock,
}

/// Why something is not done yet: the message comes again.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// The message is no upload and no task.
    #[error("the message is neither an upload nor a task")]
    Unreadable,
    /// The rows can't be read or written now.
    #[error("what is registered can't be read or written now")]
    Registry(#[from] RegistryError),
    /// The directory can't be read now.
    #[error("the directory can't be read now")]
    Directory(#[from] DirectoryError),
    /// A host or a function can't be made or removed now.
    #[error("what runs extensions can't be made or removed now")]
    Hosting(#[from] HostingError),
    /// AWS did not do something else.
    #[error("the package can't be kept or compiled now")]
    Service(#[from] ServiceError),
    /// The bus can't be told.
    #[error(transparent)]
    Untold(#[from] Untold),
    /// Somebody else is at it.
    #[error("what is registered changes meanwhile")]
    Overtaken,
}

impl App {
    /// Reads `DIRECTORY_TABLE`, `LEDGER_TABLE`, `EXTENSIONS_BUCKET`, `EXTENSION_COMPILE_FUNCTION`,
    /// `EXTENSION_HOSTS`, `EXTENSION_PREFIX`, `EXTENSION_LOGS` and `EVENT_BUS_NAME`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
    ) -> Result<Self, ConfigError> {
        let directory = environment.required("DIRECTORY_TABLE")?;
        let bucket = environment.required("EXTENSIONS_BUCKET")?;
        let names = Names::from_environment(environment)?;
        let values = HostValues::from_environment(environment)?;
        Ok(Self {
            reader: ExtensionReader::new(sdk, directory),
            keeper: ExtensionKeeper::new(sdk, directory),
            uploads: UploadKeeper::new(sdk, environment.required("LEDGER_TABLE")?, clock.clone()),
            purposes: PurposeReader::new(sdk, directory, clock.clone()),
            packages: PackageReader::new(sdk, bucket),
            objects: ObjectWriter::new(sdk, bucket),
            remover: ObjectRemover::new(sdk, bucket),
            compiler: ModuleCompiler::new(sdk, environment.required("EXTENSION_COMPILE_FUNCTION")?),
            hosts: HostKeeper::new(sdk, names, values)?,
            teller: ExtensionTeller::new(sdk, environment.required("EVENT_BUS_NAME")?, directory),
            bucket: bucket.to_owned(),
            metrics: Metrics::new(env!("CARGO_PKG_NAME"), clock.clone()),
            clock,
        })
    }

    /// A change by whoever pushed.
    fn change<'a>(&self, upload: &'a Upload, key: &'a UploadKey) -> Change<'a> {
        Change {
            by: &upload.by,
            request: key.id.as_str(),
            at: self.clock.now(),
        }
    }
}

/// Does what each message asks for; what is not done comes again.
pub async fn handle(
    app: &App,
    event: &RawValue,
    invocation: Invocation,
) -> Result<BatchResponse, UnreadableBatch> {
    sqs::process(event, &invocation, &app.clock, async |message| {
        Box::pin(perform(app, &message.body)).await
    })
    .await
}

async fn perform(app: &App, body: &str) -> Result<(), RegisterError> {
    match Work::read(body).ok_or(RegisterError::Unreadable)? {
        Work::Uploads(keys) => {
            for key in keys {
                Box::pin(upload(app, &key)).await?;
            }
            Ok(())
        }
        Work::Task(Task::Remove { tenant, extension }) => {
            removing::remove(app, &tenant, &extension).await
        }
        Work::Task(Task::Mend { tenant }) => Box::pin(hosts::mend(app, &tenant)).await,
        Work::Task(Task::Sweep { tenant, extension }) => {
            removing::sweep(app, &tenant, &extension).await
        }
    }
}

/// Registers what was uploaded. What can't be done, now or later, is told to whoever pushed it, so that nobody
/// waits for it.
async fn upload(app: &App, key: &UploadKey) -> Result<(), RegisterError> {
    match Box::pin(registering::register(app, key)).await {
        Err(error) if error.is_final() => registering::give_up(app, key, &error).await,
        registered => registered,
    }
}

impl RegisterError {
    /// Whether doing it again would end the same way.
    const fn is_final(&self) -> bool {
        let retry = match self {
            Self::Hosting(error) => error.retry(),
            Self::Service(error) => error.retry,
            Self::Unreadable
            | Self::Registry(_)
            | Self::Directory(_)
            | Self::Untold(_)
            | Self::Overtaken => Retry::MayHelp,
        };
        matches!(retry, Retry::Never)
    }
}
