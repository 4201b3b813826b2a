//! Cargo's subcommands that Rust does not bring: whichever is at hand, else a pinned one.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::Workshop;
use crate::checkout::without_our_package;
use crate::job;
use crate::preflight::printed_version;

/// A subcommand of cargo, from crates.io.
pub(crate) struct CargoTool {
    /// What follows `cargo`.
    subcommand: &'static str,
    /// What is installed if none is found.
    version: &'static str,
    /// What a found one has to be at least.
    at_least: (u32, u32),
}

/// The test runner.
pub(crate) const NEXTEST: CargoTool = CargoTool {
    subcommand: "nextest",
    version: "0.9.151",
    at_least: (0, 9),
};

/// The check of dependencies.
pub(crate) const DENY: CargoTool = CargoTool {
    subcommand: "deny",
    version: "0.20.2",
    at_least: (0, 20),
};

impl CargoTool {
    /// A command of this tool, which is installed into the checkout if it is not at hand.
    pub(crate) fn command(&self, workshop: &Workshop) -> Result<Command> {
        let root = workshop.checkout.state().join("cargo");
        let own = root.join("bin").join(self.program());
        let program = if self.answers(&own) {
            own
        } else if self.answers(Path::new(&self.program())) {
            PathBuf::from(self.program())
        } else {
            self.install(workshop, &root)?;
            own
        };
        let mut command = Command::new(program);
        without_our_package(&mut command)
            .arg(self.subcommand)
            .current_dir(workshop.checkout.root());
        Ok(command)
    }

    fn program(&self) -> String {
        format!("cargo-{}", self.subcommand)
    }

    fn answers(&self, program: &Path) -> bool {
        printed_version(program, &[self.subcommand, "--version"])
            .is_some_and(|found| found >= self.at_least)
    }

    fn install(&self, workshop: &Workshop, root: &Path) -> Result<()> {
        let task = workshop
            .console
            .begin(format!("install {}", self.program()));
        let mut install = workshop.checkout.cargo();
        // Without optimisation: it takes minutes to compile, and seconds to do its work either way.
        install
            .args([
                "install",
                "--debug",
                "--locked",
                "--version",
                self.version,
                &self.program(),
                "--root",
            ])
            .arg(root);
        job::run(
            workshop,
            &task,
            &format!("install-{}", self.program()),
            &mut install,
        )?
        .expect_success()?;
        task.done(self.version);
        Ok(())
    }
}

/// The search path with `folder` before everything else.
pub(crate) fn path_with(folder: &Path) -> Result<OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder.to_owned()).chain(env::split_paths(&path));
    env::join_paths(folders).with_context(|| format!("{} cannot be on the PATH", folder.display()))
}
