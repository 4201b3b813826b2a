//! Where a running Fairlead keeps its files.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// The folder of one running Fairlead.
pub(crate) struct Instance {
    folder: PathBuf,
}

impl Instance {
    /// The instance in `folder`, which is made if need be.
    pub(crate) fn at(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)
            .with_context(|| format!("{} cannot be made", folder.display()))?;
        let folder = folder
            .canonicalize()
            .with_context(|| format!("{} cannot be found", folder.display()))?;
        Ok(Self { folder })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// What this instance's processes carry as their mark.
    pub(crate) fn mark(&self) -> String {
        self.folder.to_string_lossy().into_owned()
    }

    /// Held by the `up` that runs.
    pub(crate) fn lock(&self) -> PathBuf {
        self.folder.join("up.lock")
    }

    /// Held by the local stack.
    pub(crate) fn local_stack_lock(&self) -> PathBuf {
        self.folder.join("local-stack.lock")
    }

    /// What the local stack prints.
    pub(crate) fn local_stack_log(&self) -> PathBuf {
        self.folder.join("local-stack.log")
    }

    /// What the local stack keeps; removed when it ends.
    pub(crate) fn scratch(&self) -> PathBuf {
        self.folder.join("scratch")
    }

    /// A token of the small world's operator; it goes with the rest of what the local stack keeps.
    pub(crate) fn operator_token(&self) -> PathBuf {
        self.scratch().join("operator.token")
    }

    /// What the CDK app synthesised.
    pub(crate) fn assembly(&self) -> PathBuf {
        self.folder.join("cdk.out")
    }

    /// What was deployed, as the CDK writes it.
    pub(crate) fn outputs(&self) -> PathBuf {
        self.folder.join("outputs.json")
    }

    /// What runs, for others to read.
    pub(crate) fn description(&self) -> PathBuf {
        self.folder.join("stack.json")
    }
}
