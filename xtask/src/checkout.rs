//! Where things are in this checkout.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

/// This checkout.
pub(crate) struct Checkout {
    root: PathBuf,
    target: PathBuf,
}

impl Checkout {
    /// The checkout that this program was built from.
    pub(crate) fn here() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("xtask lies in a checkout")?
            .to_owned();
        let target = target_directory(&root)?;
        Ok(Self { root, target })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Cargo's target directory, wherever it was configured to be.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// Everything that is installed, logged or kept for running, apart from what the compilers make.
    pub(crate) fn state(&self) -> PathBuf {
        self.root.join(".fairlead")
    }

    pub(crate) fn cdk(&self) -> PathBuf {
        self.root.join("cdk")
    }

    /// The cargo that runs this program, in this checkout.
    pub(crate) fn cargo(&self) -> Command {
        cargo_in(&self.root)
    }

    /// The functions' names: those of the folders in `functions/`, in order.
    pub(crate) fn functions(&self) -> Result<Vec<String>> {
        let folder = self.root.join("functions");
        let mut names = Vec::new();
        for entry in fs::read_dir(&folder)
            .with_context(|| format!("{} cannot be listed", folder.display()))?
        {
            let entry = entry?;
            if entry.path().join("Cargo.toml").is_file() {
                names.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        names.sort_unstable();
        Ok(names)
    }
}

/// The cargo that runs this program, in `folder`.
fn cargo_in(folder: &Path) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    without_our_package(&mut cargo).current_dir(folder);
    cargo
}

/// Without what cargo tells this program of its own package. Build scripts read variables of these names, and what
/// they built would be built anew for whoever calls cargo by hand afterwards, and here again after that.
pub(crate) fn without_our_package(cargo: &mut Command) -> &mut Command {
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(&name);
        }
    }
    cargo
}

fn target_directory(root: &Path) -> Result<PathBuf> {
    let output = cargo_in(root)
        .args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
        ])
        .output()
        .context("cargo cannot be run")?;
    ensure!(
        output.status.success(),
        "cargo metadata failed: {}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    let metadata: Value =
        serde_json::from_slice(&output.stdout).context("cargo metadata prints JSON")?;
    let target = metadata.get("target_directory").and_then(Value::as_str);
    target
        .map(PathBuf::from)
        .context("cargo metadata names the target directory")
}
