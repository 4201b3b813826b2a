//! Arguments about tenants' own code.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What to do about tenants' own code.
#[derive(Debug, Subcommand)]
pub enum Extensions {
    /// Run a package here on an event, as the platform would: the same sandbox and limits, and no AWS
    Test(TestExtension),
    /// Register a version and have it run; prints what is wrong with it otherwise
    Push(PushedExtension),
    /// Show which extensions the tenant has
    List,
    /// Show an extension with its versions, and how it is doing
    Show {
        /// Which
        name: String,
    },
    /// Have another version run
    Activate {
        /// Of which extension
        name: String,
        /// Which version
        version: String,
    },
    /// Have the version run that ran before
    Rollback {
        /// Of which extension
        name: String,
    },
    /// Have nothing of an extension run
    Disable {
        /// Which
        name: String,
    },
    /// Have an extension run again
    Enable {
        /// Which
        name: String,
    },
    /// Remove an extension with all that there is of it
    Remove {
        /// Which
        name: String,
    },
    /// Show what an extension wrote last
    Logs {
        /// Which
        name: String,
        /// Since when, such as 2026-01-15T09:00:00Z; an hour ago, if it is not said
        #[arg(long, value_name = "MOMENT")]
        since: Option<String>,
        /// How many lines at most, up to 1,000
        #[arg(long, value_name = "NUMBER", default_value_t = 100)]
        limit: u16,
    },
    /// Show what an extension used, day by day
    Usage {
        /// Which
        name: String,
        /// The first day, such as 2026-01-09
        #[arg(long, value_name = "DAY")]
        from: Option<String>,
        /// The last day; today, if it is not said
        #[arg(long, value_name = "DAY")]
        to: Option<String>,
    },
}

/// What is pushed.
#[derive(Debug, Args)]
pub struct PushedExtension {
    /// The folder with extension.toml and the code
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// On which types of events it runs, in place of those in extension.toml; the platform's own without dev.fairlead.
    #[arg(long, value_name = "TYPE")]
    pub on: Vec<String>,
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
