//! Operators' own program, run as they run it.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::fairlead::Fairlead;
use crate::seed;

/// `fairlead`, and what it is tried with.
#[derive(Clone, Debug)]
pub struct CommandLine {
    program: PathBuf,
    examples: PathBuf,
}

impl CommandLine {
    /// The program at `program`; the examples of extensions lie in `examples`.
    #[must_use]
    pub const fn of(program: PathBuf, examples: PathBuf) -> Self {
        Self { program, examples }
    }

    /// What it prints for programs when the operator has it do what `arguments` say.
    pub fn run(&self, fairlead: &Fairlead, arguments: &[&str]) -> Result<Value> {
        let token = fairlead.sign_in_operator(&seed::operator())?.access;
        let output = Command::new(&self.program)
            .args(["--output", "json"])
            .args(arguments)
            // Packages are named by where they lie among the examples.
            .current_dir(&self.examples)
            .env("FAIRLEAD_URL", fairlead.stack.api_url()?)
            .env("FAIRLEAD_TOKEN", token)
            .output()
            .with_context(|| format!("{} can't be run", self.program.display()))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!("`fairlead {}` says: {}", arguments.join(" "), said.trim());
        }
        serde_json::from_slice(&output.stdout)
            .with_context(|| format!("`fairlead {}` prints no JSON", arguments.join(" ")))
    }
}
