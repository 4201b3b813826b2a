//! The developer's commands: `cargo xtask <command>`.

mod browser;
mod build;
mod cdk;
mod checkout;
mod console;
mod down;
mod extensions;
mod install;
mod instance;
mod job;
mod local_stack;
mod local_world;
mod lock;
mod openapi;
mod pages;
mod preflight;
mod processes;
mod prove;
mod release;
mod salesforce;
mod stop;
mod test;
mod tools;
mod up;

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};

use crate::checkout::Checkout;
use crate::console::{Console, Output};
use crate::stop::{Failed, Stop, Stopped};

/// What every command works with.
struct Workshop {
    checkout: Checkout,
    console: Console,
    stop: Stop,
    /// This program. Asked for at the start: a build of the workspace may put a newer one in its
    /// place, after which the system no longer tells where it was.
    program: PathBuf,
}

/// The developer's commands of Fairlead.
#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    disable_help_subcommand = true
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Builds Fairlead, starts it on this machine and walks its flows once
    Up(up::Options),
    /// Ends what `up` started
    Down(down::Options),
    /// Runs everything that CI runs
    Test(test::Options),
    /// Writes docs/openapi.json anew, from what the functions say of their routes
    Openapi,
    /// Edits in the Salesforce beside a running `up`, and breaks its flows
    Salesforce(salesforce::Options),
    /// Puts Fairlead on AWS
    Deploy(release::Options),
    /// Prints a figure that the README names
    #[command(subcommand)]
    Prove(prove::Figure),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let output = match &cli.command {
        Command::Up(options) => options.output,
        _ => Output::Text,
    };
    let console = Console::new(output);
    match run(cli.command, &console) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<Stopped>() => {
            console.say("\nStopped. Nothing was left running.");
            // What a shell reports for a program that an interrupt ended.
            ExitCode::from(130)
        }
        Err(error) if error.is::<Failed>() => ExitCode::FAILURE,
        Err(error) => {
            console.fail(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command, console: &Console) -> Result<()> {
    let workshop = Workshop {
        checkout: Checkout::here()?,
        console: console.clone(),
        stop: Stop::on_signals()?,
        program: env::current_exe().context("this program cannot be found")?,
    };
    match command {
        Command::Up(options) => up::run(&workshop, &options),
        Command::Down(options) => down::run(&workshop, &options),
        Command::Test(options) => test::run(&workshop, &options),
        Command::Openapi => openapi::run(&workshop),
        Command::Salesforce(options) => salesforce::run(&workshop, &options),
        Command::Deploy(options) => release::run(&workshop, &options),
        Command::Prove(figure) => prove::run(&workshop, &figure),
    }
}
