//! `cargo xtask prove`: each prints a figure that the README names, as its last line.

mod binaries;

use std::process::Command;

use anyhow::{Context as _, Result};
use clap::Subcommand;

use crate::Workshop;
use crate::build;
use crate::job;

#[derive(Subcommand)]
pub(crate) enum Figure {
    /// Stops the world before and after every call of every handler, and counts what is lost
    CrashPoints {
        /// Every crash, and of all else a few places: what `cargo xtask test` looks at
        #[arg(long)]
        quick: bool,
        /// More seeds, and two crashes in one run
        #[arg(long)]
        nightly: bool,
    },
    /// Merges, splits, writes and signs in, in every order of the calls, against a model
    Merge {
        /// More orders, and more histories
        #[arg(long)]
        nightly: bool,
    },
    /// Puts generated questions to the access policies, calls every route as everyone, and forges tokens
    Access {
        /// Ten times as many questions
        #[arg(long)]
        nightly: bool,
    },
    /// Erases somebody of whom something is kept everywhere, and searches for what is left
    Erasure,
    /// Lists and follows an audience in every order of calls, against a model of who may be seen
    Audience {
        /// More orders, and more histories
        #[arg(long)]
        nightly: bool,
    },
    /// Runs tenants' own code on events with markers, and looks who sees what of them
    Isolation {
        /// Ten times as many histories
        #[arg(long)]
        nightly: bool,
    },
    /// Sends events of partners through faults and crashes, against a model of whose timelines they get into
    Delivery {
        /// A million events
        #[arg(long)]
        nightly: bool,
    },
    /// Edits configuration in Salesforce through faults and broken flows, and looks what became of each edit
    Salesforce {
        /// Ten times as many edits
        #[arg(long)]
        nightly: bool,
    },
    /// Runs code, packages and compiled code of somebody who means harm, and counts what is not stopped
    Sandbox,
    /// Kills the functions' processes at random calls while they take and deliver partners' events
    Chaos {
        /// 20,000 events, and at least 500 kills
        #[arg(long)]
        nightly: bool,
    },
    /// Tries every parser with inputs that nobody thought of
    Fuzz {
        /// For how many seconds in all; without it, a fixed number of inputs
        #[arg(long)]
        seconds: Option<u64>,
    },
    /// Measures each function's release build: size, time to the first event, memory
    Binaries,
}

pub(crate) fn run(workshop: &Workshop, figure: &Figure) -> Result<()> {
    match figure {
        Figure::CrashPoints { quick, nightly } => crash_points(workshop, *quick, *nightly),
        Figure::Merge { nightly } => merge(workshop, *nightly),
        Figure::Access { nightly } => {
            access(workshop, *nightly)?;
            routes(workshop)?;
            tokens(workshop)
        }
        Figure::Erasure => erasure(workshop),
        Figure::Audience { nightly } => audience(workshop, *nightly),
        Figure::Isolation { nightly } => isolation(workshop, *nightly),
        Figure::Delivery { nightly } => delivery(workshop, *nightly),
        Figure::Salesforce { nightly } => salesforce(workshop, *nightly),
        Figure::Sandbox => sandbox(workshop),
        Figure::Chaos { nightly } => chaos(workshop, *nightly),
        Figure::Fuzz { seconds } => fuzz(workshop, *seconds),
        Figure::Binaries => binaries::run(workshop),
    }
}

/// Runs the explorer.
pub(crate) fn crash_points(workshop: &Workshop, quick: bool, nightly: bool) -> Result<()> {
    let mut harness = build::proof(workshop, "prove-crash-points")?;
    harness.args(quick.then_some("--quick"));
    let name = ("explore the crash points", "crash-points");
    figure(workshop, name, harness, nightly)
}

/// Runs the proof of merging.
pub(crate) fn merge(workshop: &Workshop, nightly: bool) -> Result<()> {
    let harness = build::proof(workshop, "prove-merge")?;
    figure(workshop, ("prove merging", "merge"), harness, nightly)
}

/// Runs the proof of erasure.
pub(crate) fn erasure(workshop: &Workshop) -> Result<()> {
    let harness = build::proof(workshop, "prove-erasure")?;
    figure(workshop, ("prove erasure", "erasure"), harness, false)
}

/// Runs the proof of audiences.
pub(crate) fn audience(workshop: &Workshop, nightly: bool) -> Result<()> {
    let harness = build::proof(workshop, "prove-audience")?;
    figure(workshop, ("prove audiences", "audience"), harness, nightly)
}

/// Runs the proof that tenants are kept apart.
pub(crate) fn isolation(workshop: &Workshop, nightly: bool) -> Result<()> {
    let harness = build::proof(workshop, "prove-isolation")?;
    let name = ("prove that tenants are kept apart", "isolation");
    figure(workshop, name, harness, nightly)
}

/// Runs the proof of delivery.
pub(crate) fn delivery(workshop: &Workshop, nightly: bool) -> Result<()> {
    let harness = build::proof(workshop, "prove-delivery")?;
    figure(workshop, ("prove delivery", "delivery"), harness, nightly)
}

/// Runs the proof of configuration.
pub(crate) fn salesforce(workshop: &Workshop, nightly: bool) -> Result<()> {
    let harness = build::proof(workshop, "prove-salesforce")?;
    figure(
        workshop,
        ("prove configuration from Salesforce", "salesforce"),
        harness,
        nightly,
    )
}

/// Runs the proof of the sandbox.
pub(crate) fn sandbox(workshop: &Workshop) -> Result<()> {
    let harness = build::proof(workshop, "prove-sandbox")?;
    figure(workshop, ("prove the sandbox", "sandbox"), harness, false)
}

/// Kills the functions' processes.
pub(crate) fn chaos(workshop: &Workshop, nightly: bool) -> Result<()> {
    let mut harness = build::proof(workshop, "prove-chaos")?;
    // After the proofs, which build functions too, with bugs to plant: these are those that are deployed.
    build::functions(workshop, build::Profile::Dev)?;
    let functions = workshop.checkout.target().join("debug");
    harness.arg("--functions").arg(functions);
    figure(workshop, ("kill processes", "chaos"), harness, nightly)
}

/// Runs the fuzzer.
pub(crate) fn fuzz(workshop: &Workshop, seconds: Option<u64>) -> Result<()> {
    let mut harness = build::proof(workshop, "prove-fuzz")?;
    if let Some(seconds) = seconds {
        harness.args(["--seconds", &seconds.to_string()]);
    }
    figure(workshop, ("try every parser", "fuzz"), harness, false)
}

/// Compares the access policies with a model of them.
pub(crate) fn access(workshop: &Workshop, nightly: bool) -> Result<()> {
    let comparison = build::proof(workshop, "prove-access")?;
    figure(
        workshop,
        ("compare the access policies", "access"),
        comparison,
        nightly,
    )
}

/// Calls every route as everyone, about everyone.
pub(crate) fn routes(workshop: &Workshop) -> Result<()> {
    let proof = build::proof(workshop, "prove-routes")?;
    figure(
        workshop,
        ("call every route as everyone", "routes"),
        proof,
        false,
    )
}

/// Runs the forger.
fn tokens(workshop: &Workshop) -> Result<()> {
    let forger = build::proof(workshop, "prove-tokens")?;
    figure(workshop, ("forge tokens", "tokens"), forger, false)
}

/// Runs a proof and says its figure, which is its last line.
fn figure(
    workshop: &Workshop,
    (name, log): (&str, &str),
    mut proof: Command,
    nightly: bool,
) -> Result<()> {
    let task = workshop.console.begin(name);
    proof.args(nightly.then_some("--nightly"));
    let finished = job::run(workshop, &task, log, &mut proof)?.expect_success()?;
    let figure = finished.lines.iter().rev().find(|line| !line.is_empty());
    let figure = figure.context("a proof prints a figure")?;
    task.done("done");
    workshop.console.say(figure);
    Ok(())
}
