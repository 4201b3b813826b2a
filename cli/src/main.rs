//! The program `fairlead`.

use std::{io, process::ExitCode};

use clap::Parser;
use fairlead_cli::{args::Cli, run};

fn main() -> ExitCode {
    let done = run(Cli::parse(), &mut io::stdout().lock());
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("fairlead: {failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}
