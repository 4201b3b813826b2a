//! Arguments about tenants' own code.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What to do about tenants' own code.
#[derive(Debug, Subcommand)]
pub enum Extensions {
    /// Run a package here on an event, as the platform would: the same sandbox and limits, and no AWS
    Test(TestExtension),
}

/// What is run on what.
#[derive(Debug, Args)]
pub struct TestExtension {
    /// The folder with extension.toml and the code
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// The event: a CloudEvent as JSON
    #[arg(long, value_name = "FILE")]
    pub event: PathBuf,
}
