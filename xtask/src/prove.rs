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
    /// Puts generated questions to the access policies, and compares the answers with a model's
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
        Figure::Access { nightly } => access(workshop, *nightly),
        Figure::Binaries => binaries::run(workshop),
    }
}

/// Runs the explorer with the planted bugs built in.
pub(crate) fn crash_points(workshop: &Workshop, nightly: bool) -> Result<()> {
    let task = workshop.console.begin("explore the crash points");
    let mut explorer = workshop.checkout.cargo();
    explorer
        .args([
            "run",
            "--quiet",
            "--package",
            "fairlead-crash-points",
            "--features",
            "planted-bugs",
            "--",
        ])
        .args(nightly.then_some("--nightly"));
    let finished = job::run(workshop, &task, "crash-points", &mut explorer)?.expect_success()?;
    task.done("explored");
    say_figure(workshop, &finished)
}

/// Runs the comparison of the access policies with their model.
fn access(workshop: &Workshop, nightly: bool) -> Result<()> {
    let task = workshop.console.begin("compare the access policies");
    let mut comparison = workshop.checkout.cargo();
    comparison
        .args(["run", "--quiet", "--package", "fairlead-access-proof", "--"])
        .args(nightly.then_some("--nightly"));
    let finished = job::run(workshop, &task, "access", &mut comparison)?.expect_success()?;
    task.done("compared");
    say_figure(workshop, &finished)
}

/// A proof's figure is its last line.
fn say_figure(workshop: &Workshop, finished: &job::Finished) -> Result<()> {
    let mut lines = finished.lines.iter().rev();
    let figure = lines.find(|line| !line.is_empty());
    workshop
        .console
        .say(figure.context("a proof prints a figure")?);
    Ok(())
}
