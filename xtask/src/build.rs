//! Building for this machine: the functions, and what tests and proves them.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::Workshop;
use crate::job;

/// Which of cargo's profiles to build with.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Profile {
    /// Quick to build; the tests' own.
    Dev,
    /// As on AWS.
    Release,
}

/// Builds every function; gives their names.
pub(crate) fn functions(workshop: &Workshop, profile: Profile) -> Result<Vec<String>> {
    let names = workshop.checkout.functions()?;
    let task = workshop.console.begin("build the functions");
    let mut command = workshop.checkout.cargo();
    command.arg("build");
    if profile == Profile::Release {
        command.arg("--release");
    }
    for name in &names {
        command.args(["--package", name]);
    }
    job::run(workshop, &task, "build", &mut command)?.expect_success()?;
    task.done(&format!("{} of them", names.len()));
    Ok(names)
}

/// What the tests and the proofs are built with. One list for all of them, so that they are one build,
/// in which no dependency is compiled twice. The functions that run are built apart, by name.
pub(crate) const TEST_FEATURES: &str = "fairlead-api-description/openapi,\
fairlead-audience-proof/planted-bugs,fairlead-chaos/planted-bugs,fairlead-crash-points/planted-bugs,\
fairlead-delivery-proof/planted-bugs,fairlead-end-to-end/local-stack,\
fairlead-erasure-proof/planted-bugs,fairlead-isolation-proof/planted-bugs,\
fairlead-merge-proof/planted-bugs,fairlead-route-proof/planted-bugs,\
fairlead-salesforce-proof/planted-bugs,fairlead-sandbox-proof/planted-bugs,fairlead-token-attacks/planted-bugs";

/// A program of the workspace that only tests and proofs need, built with all others of its kind.
pub(crate) fn proof(workshop: &Workshop, program: &str) -> Result<Command> {
    let task = workshop.console.begin("build the tests and the proofs");
    let mut command = workshop.checkout.cargo();
    command.args(["build", "--workspace", "--bins", "--tests"]);
    command.args(["--features", TEST_FEATURES]);
    job::run(workshop, &task, "build-proofs", &mut command)?.expect_success()?;
    task.done("built");
    let mut proof = Command::new(workshop.checkout.target().join("debug").join(program));
    proof.current_dir(workshop.checkout.root());
    Ok(proof)
}

/// Puts each function where the CDK app's stage `local` looks for it.
pub(crate) fn lay_out(workshop: &Workshop, names: &[String]) -> Result<()> {
    let built = workshop.checkout.target().join("debug");
    let artefacts = workshop
        .checkout
        .root()
        .join("target")
        .join("fairlead")
        .join("local");
    for name in names {
        copy(&built.join(name), &artefacts.join(name).join("bootstrap"))?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    let folder = to.parent().context("an artefact lies in a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    fs::copy(from, to)
        .with_context(|| format!("{} cannot be copied to {}", from.display(), to.display()))?;
    Ok(())
}
