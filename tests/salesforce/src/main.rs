//! A Salesforce on a port of this machine, beside a stack that `cargo xtask up` or something like it has
//! started: `local-salesforce --stack .fairlead/up/stack.json`. `up` has one of its own already.

use std::io::Read as _;
use std::path::PathBuf;

use anyhow::Result;
use clap::Parser;
use fairlead_end_to_end::running::Running;
use fairlead_end_to_end::salesforce::CLIENT;
use fairlead_salesforce_local::local::{LocalSalesforce, PORT, Settings};

/// A Salesforce for development.
#[derive(Parser)]
struct Arguments {
    /// The port of 127.0.0.1 that it is reached at; with 0 the system chooses
    #[arg(long, default_value_t = PORT)]
    port: u16,
    /// What describes the running stack
    #[arg(long, value_name = "FILE")]
    stack: PathBuf,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let running = Running::read(&arguments.stack)?;
    let settings = Settings {
        port: arguments.port,
        account: running.stack.account.clone(),
        region: running.stack.region.clone(),
        client: CLIENT,
    };
    let salesforce = LocalSalesforce::start(&settings)?;
    salesforce.attach(running.stack)?;
    println!("{}", salesforce.url());
    // Until whoever started it closes its input.
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
