//! The file that tells others what runs: `cargo xtask up` writes it, tests read it.

use std::env;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};

use crate::seed::World;
use crate::stack::Stack;

/// The environment variable that names the file.
pub const VARIABLE: &str = "FAIRLEAD_STACK";

/// A running stack and its inhabitants.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Running {
    /// What was deployed, and where.
    pub stack: Stack,
    /// Who was seeded.
    pub world: World,
    /// Where the Salesforce is that stands beside it, without a path.
    #[serde(default)]
    pub salesforce: Option<String>,
    /// Where browsers see the pages, without a path.
    #[serde(default)]
    pub pages: Option<String>,
}

impl Running {
    /// What [`VARIABLE`] names.
    pub fn from_environment() -> Result<Self> {
        let Some(path) = env::var_os(VARIABLE) else {
            bail!(
                "{VARIABLE} is not set: these tests need a running stack. `cargo xtask test` starts one for them; \
                 beside a running `cargo xtask up`, set {VARIABLE} to the path of .fairlead/up/stack.json"
            );
        };
        Self::read(Path::new(&path))
    }

    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read(path).with_context(|| {
            format!(
                "{} cannot be read: is the stack up? `cargo xtask up` starts it",
                path.display()
            )
        })?;
        serde_json::from_slice(&text)
            .with_context(|| format!("{} does not describe a stack", path.display()))
    }

    /// Writes a file.
    pub fn write(&self, path: &Path) -> Result<()> {
        let text = serde_json::to_vec_pretty(self)?;
        fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))
    }
}
