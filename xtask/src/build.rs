//! Building for this machine: the functions, and what tests and proves them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::Workshop;
use crate::console::Task;
use crate::job::{self, Finished};

/// Which of cargo's profiles to build with.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Profile {
    /// Quick to build; the tests' own.
    Dev,
    /// As on AWS.
    Release,
}

/// The operators' program.
const COMMAND_LINE: &str = "fairlead";

/// Builds every function, and for this machine the operators' program as well; gives the functions' names.
pub(crate) fn functions(workshop: &Workshop, profile: Profile) -> Result<Vec<String>> {
    let names = workshop.checkout.functions()?;
    let task = workshop.console.begin("build the functions");
    let builds = match profile {
        Profile::Release => apart(&names),
        Profile::Dev => vec![names.iter().collect()],
    };
    for together in builds {
        let mut command = workshop.checkout.cargo();
        command.arg("build");
        match profile {
            Profile::Release => command.arg("--release"),
            Profile::Dev => {
                linted(&mut command).args(["--package", "one-build", "--package", COMMAND_LINE])
            }
        };
        for name in together {
            command.args(["--package", name]);
        }
        job::run(workshop, &task, "build", &mut command)?.expect_success()?;
    }
    task.done(&format!("{} of them", names.len()));
    Ok(names)
}

/// The functions as they are built for AWS: what compiles WebAssembly by itself, or cargo would give its compiler to
/// what only runs such code as well.
pub(crate) fn apart(names: &[String]) -> Vec<Vec<&String>> {
    let compiles = |name: &&String| *name == "extension-compile";
    let (compiling, others) = names.iter().partition(compiles);
    vec![others, compiling]
}

/// What the tests and the proofs are built with. One set for all of them, so that they are one build,
/// in which no library is compiled twice. The functions that run are built apart, without planted bugs.
pub(crate) const TESTED: [&str; 2] = ["--workspace", "--all-features"];

/// Lets clippy compile what is ours, so that its lints cost no second pass over everything. A build with it and one
/// without are two builds: all that compile in the profile of the tests go this way.
pub(crate) fn linted(command: &mut Command) -> &mut Command {
    command.env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver")
}

/// Builds all that there is to test.
pub(crate) fn tests(workshop: &Workshop, task: &Task) -> Result<Finished> {
    let mut command = workshop.checkout.cargo();
    linted(&mut command)
        .args(["build", "--all-targets"])
        .args(TESTED);
    job::run(workshop, task, "build-tests", &mut command)
}

/// Where the operators' program is, once the functions are built.
pub(crate) fn command_line(workshop: &Workshop) -> PathBuf {
    workshop.checkout.target().join("debug").join(COMMAND_LINE)
}

/// A program of the workspace that only tests and proofs need, built with all others of its kind.
pub(crate) fn proof(workshop: &Workshop, program: &str) -> Result<Command> {
    let task = workshop.console.begin("build the tests and the proofs");
    tests(workshop, &task)?.expect_success()?;
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
        link(&built.join(name), &artefacts.join(name).join("bootstrap"))?;
    }
    Ok(())
}

/// A second name for the file, since all functions together are gigabytes; a copy where the file system has no such
/// names, or the two lie on different ones.
fn link(from: &Path, to: &Path) -> Result<()> {
    let folder = to.parent().context("an artefact lies in a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    if to.exists() {
        fs::remove_file(to).with_context(|| format!("{} cannot be removed", to.display()))?;
    }
    fs::hard_link(from, to)
        .or_else(|_| fs::copy(from, to).map(drop))
        .with_context(|| format!("{} cannot be copied to {}", from.display(), to.display()))
}
