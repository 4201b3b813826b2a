//! A Salesforce on a port of this machine, beside a stack that `cargo xtask up` or something like it has
//! started: `local-salesforce --stack .fairlead/up/stack.json`. `up` has one of its own already.

use std::io::Read as _;
use std::path::PathBuf;

use anyhow::Result;
use clap::Parser;
use fairlead_end_to_end::running::Running;
use fairlead_salesforce_local::local::{LocalSalesforce, PORT, Settings};
use jiff::Timestamp;

/// A Salesforce for development.
#[derive(Parser)]
struct Arguments {
    /// The port of 127.0.0.1 that it is reached at; with 0 the system chooses
    #[arg(long, default_value_t = PORT)]
    port: u16,
    /// What describes the running stack
    #[arg(long, value_name = "FILE")]
    stack: PathBuf,
    /// The client id that records are read by
    #[arg(long, default_value = "fairlead")]
    client_id: String,
    /// The environment variable that has its secret
    #[arg(
        long,
        value_name = "NAME",
        default_value = "FAIRLEAD_SALESFORCE_CLIENT_SECRET"
    )]
    client_secret: String,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let running = Running::read(&arguments.stack)?;
    let secret = std::env::var(&arguments.client_secret).unwrap_or_else(|_| "local".to_owned());
    let settings = Settings {
        port: arguments.port,
        account: running.stack.account.clone(),
        region: running.stack.region.clone(),
        client: (arguments.client_id, secret),
    };
    let salesforce = LocalSalesforce::start(settings, now)?;
    salesforce.attach(running.stack)?;
    println!("{}", salesforce.url());
    // Until whoever started it closes its input.
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "edits are made at the true time")]
fn now() -> Timestamp {
    Timestamp::now()
}
