//! The rows of extensions, and what AWS keeps and runs of tenants' own code.

#[cfg(feature = "provisioning")]
mod compiler;
#[cfg(feature = "provisioning")]
mod functions;
#[cfg(feature = "provisioning")]
mod hosting;
mod keeper;
#[cfg(feature = "logs")]
mod logs;
#[cfg(feature = "provisioning")]
mod packages;
#[cfg(feature = "provisioning")]
mod queues;
mod reader;
#[cfg(feature = "provisioning")]
mod roles;
#[cfg(feature = "tasks")]
mod tasks;
#[cfg(feature = "telling")]
mod telling;
#[cfg(feature = "provisioning")]
mod template;
mod uploads;
mod usage;

use lambda_kit::{Retry, dynamodb::Row, error::ServiceError};
use serde::de::DeserializeOwned;

#[cfg(feature = "logs")]
pub use self::logs::{LogLine, LogReader};
#[cfg(feature = "tasks")]
pub use self::tasks::{Task, TaskSender};
#[cfg(feature = "telling")]
pub use self::telling::{ExtensionTeller, Untold};
#[cfg(feature = "provisioning")]
pub use self::{
    compiler::{Compiled, ModuleCompiler, ToCompile},
    functions::{FunctionLister, FunctionPage, Owned, WantedCode},
    hosting::{Drift, HostKeeper, HostLooker, HostingError},
    packages::{Fetched, PackageReader},
    template::{HostValues, Unfilled},
};
pub use self::{
    keeper::{ExtensionKeeper, Saved},
    reader::{ExtensionReader, Hosted, HostedTenants},
    uploads::UploadKeeper,
    usage::{DayUsage, Pause, UsageReader},
};

/// Why the rows of extensions have no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegistryError {
    /// AWS did not answer.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// A row that is not of the agreed shape.
    #[error("a row of an extension can't be read")]
    Malformed,
}

impl RegistryError {
    /// Whether doing the same again may help.
    #[must_use]
    pub const fn retry(&self) -> Retry {
        match self {
            Self::Service(error) => error.retry,
            Self::Malformed => Retry::Never,
        }
    }
}

fn read<T: DeserializeOwned>(row: Row) -> Result<T, RegistryError> {
    serde_dynamo::from_item(row).map_err(|_| RegistryError::Malformed)
}
