//! Building the functions for this machine.

use std::fs;
use std::path::Path;

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
