//! `cargo xtask prove`: each prints a figure that the README names, as its last line.

mod binaries;

use std::process::Command;

use anyhow::{Context as _, Result};
use clap::Subcommand;

use crate::Workshop;
use crate::job;

#[derive(Subcommand)]
pub(crate) enum Figure {
    /// Stops the world before and after every call of every handler, and counts what is lost
    CrashPoints {
        /// More seeds, and two crashes in one run
        #[arg(long)]
        nightly: bool,
    },
    /// Puts generated questions to the access policies, and forged tokens to the verifier
    Access {
        /// Ten times as many questions
        #[arg(long)]
        nightly: bool,
    },
    /// Measures each function's release build: size, time to the first event, memory
    Binaries,
}

pub(crate) fn run(workshop: &Workshop, figure: &Figure) -> Result<()> {
    match figure {
        Figure::CrashPoints { nightly } => crash_points(workshop, *nightly),
        Figure::Access { nightly } => {
            access(workshop, *nightly)?;
            tokens(workshop)
        }
        Figure::Binaries => binaries::run(workshop),
    }
}

/// Runs the explorer with the planted bugs built in.
pub(crate) fn crash_points(workshop: &Workshop, nightly: bool) -> Result<()> {
    let task = workshop.console.begin("explore the crash points");
    let mut explorer = with_planted_bugs(workshop, "fairlead-crash-points");
    explorer.args(nightly.then_some("--nightly"));
    let figure = last_line(job::run(workshop, &task, "crash-points", &mut explorer)?)?;
    task.done("explored");
    workshop.console.say(&figure);
    Ok(())
}

/// Compares the access policies with a model of them.
fn access(workshop: &Workshop, nightly: bool) -> Result<()> {
    let task = workshop.console.begin("compare the access policies");
    let mut comparison = workshop.checkout.cargo();
    comparison.args(["run", "--quiet", "--package", "fairlead-access-proof", "--"]);
    comparison.args(nightly.then_some("--nightly"));
    let figure = last_line(job::run(workshop, &task, "access", &mut comparison)?)?;
    task.done("compared");
    workshop.console.say(&figure);
    Ok(())
}

/// Runs the forger with the planted bugs built in.
fn tokens(workshop: &Workshop) -> Result<()> {
    let task = workshop.console.begin("forge tokens");
    let mut forger = with_planted_bugs(workshop, "fairlead-token-attacks");
    let figure = last_line(job::run(workshop, &task, "tokens", &mut forger)?)?;
    task.done("forged");
    workshop.console.say(&figure);
    Ok(())
}

fn with_planted_bugs(workshop: &Workshop, package: &str) -> Command {
    let mut cargo = workshop.checkout.cargo();
    cargo.args(["run", "--quiet", "--package", package]);
    cargo.args(["--features", "planted-bugs", "--"]);
    cargo
}

/// The figure that a proof prints at its end.
fn last_line(finished: job::Finished) -> Result<String> {
    let finished = finished.expect_success()?;
    let line = finished
        .lines
        .into_iter()
        .rev()
        .find(|line| !line.is_empty());
    line.context("a proof prints a figure")
}
