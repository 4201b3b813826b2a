//! `cargo xtask prove`: each prints a figure that the README names, as its last line.

mod binaries;

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
    /// Merges, splits and writes in every order of their calls, against a model
    Merge {
        /// More orders, and more histories
        #[arg(long)]
        nightly: bool,
    },
    /// Measures each function's release build: size, time to the first event, memory
    Binaries,
}

pub(crate) fn run(workshop: &Workshop, figure: &Figure) -> Result<()> {
    match figure {
        Figure::CrashPoints { nightly } => crash_points(workshop, *nightly),
        Figure::Merge { nightly } => merge(workshop, *nightly),
        Figure::Binaries => binaries::run(workshop),
    }
}

/// Runs the explorer with the planted bugs built in.
pub(crate) fn crash_points(workshop: &Workshop, nightly: bool) -> Result<()> {
    let package = "fairlead-crash-points";
    harness(workshop, "explore the crash points", package, nightly)
}

/// Runs the proof of merging with the planted bugs built in.
pub(crate) fn merge(workshop: &Workshop, nightly: bool) -> Result<()> {
    harness(workshop, "prove merging", "fairlead-merge-proof", nightly)
}

fn harness(workshop: &Workshop, name: &str, package: &str, nightly: bool) -> Result<()> {
    let task = workshop.console.begin(name);
    let mut harness = workshop.checkout.cargo();
    harness
        .args(["run", "--quiet", "--package", package])
        .args(["--features", "planted-bugs", "--"])
        .args(nightly.then_some("--nightly"));
    let finished = job::run(workshop, &task, package, &mut harness)?.expect_success()?;
    let figure = finished
        .lines
        .iter()
        .rev()
        .find(|line| !line.is_empty())
        .context("the harness prints a figure")?;
    task.done("done");
    workshop.console.say(figure);
    Ok(())
}
