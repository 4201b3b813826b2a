//! Installing into the checkout what the commands need: pinned Python and npm packages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::Workshop;
use crate::{job, preflight};

/// A set of pinned Python packages with an environment of its own.
pub(crate) struct PythonPackages {
    /// Names the file in `tools/` and the environment.
    name: &'static str,
    /// What they are, for people.
    what: &'static str,
}

/// The local stack.
pub(crate) const LOCAL_STACK: PythonPackages = PythonPackages {
    name: "local-stack",
    what: "the local stack",
};

/// The clients that others wrote.
pub(crate) const INTEROP: PythonPackages = PythonPackages {
    name: "interop",
    what: "the clients that others wrote",
};

/// What reads the API's description.
pub(crate) const OPENAPI: PythonPackages = PythonPackages {
    name: "openapi",
    what: "schemathesis and the validator of OpenAPI",
};

/// What builds the functions for Lambda.
pub(crate) const RELEASE: PythonPackages = PythonPackages {
    name: "release",
    what: "cargo-lambda",
};

/// What checks the templates of a release.
pub(crate) const SAM: PythonPackages = PythonPackages {
    name: "sam",
    what: "the SAM CLI",
};

/// What examples of tenants' own code are built with.
pub(crate) const EXTENSIONS: PythonPackages = PythonPackages {
    name: "extensions",
    what: "Zig, and Lambda's client for Python",
};

/// An environment with its packages installed.
pub(crate) struct PythonEnvironment {
    folder: PathBuf,
}

impl PythonEnvironment {
    /// A program that the packages brought.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.programs().join(name)
    }

    /// Where the programs are.
    pub(crate) fn programs(&self) -> PathBuf {
        self.folder.join("bin")
    }
}

impl PythonPackages {
    /// Installs the packages, unless just these are there already.
    pub(crate) fn install(&self, workshop: &Workshop) -> Result<PythonEnvironment> {
        let requirements = workshop
            .checkout
            .root()
            .join("tools")
            .join(format!("{}.txt", self.name));
        let folder = workshop.checkout.state().join("python").join(self.name);
        let environment = PythonEnvironment { folder };
        let stamp = Stamp {
            of: &requirements,
            at: environment.folder.join("installed.txt"),
        };
        if stamp.is_current() {
            return Ok(environment);
        }
        let python = preflight::python()?;
        let task = workshop.console.begin(format!("install {}", self.what));
        let mut create = Command::new(python);
        create
            .args(["-m", "venv", "--clear"])
            .arg(&environment.folder);
        job::run(workshop, &task, &format!("{}-venv", self.name), &mut create)?.expect_success()?;
        let mut install = Command::new(environment.program("python"));
        install
            .args([
                "-m",
                "pip",
                "install",
                "--disable-pip-version-check",
                "--no-input",
            ])
            // The file is complete: nothing is resolved, and nothing is run to be installed.
            .args([
                "--no-deps",
                "--require-hashes",
                "--only-binary",
                ":all:",
                "--requirement",
            ])
            .arg(&requirements);
        job::run(workshop, &task, &format!("{}-pip", self.name), &mut install)?.expect_success()?;
        stamp.set()?;
        task.done(&format!("as pinned in tools/{}.txt", self.name));
        Ok(environment)
    }
}

/// A set of pinned npm packages, which lie where they are used.
pub(crate) struct NpmPackages {
    /// Names the log.
    name: &'static str,
    /// What they are, for people.
    what: &'static str,
    /// Where they are used, from the top of the checkout.
    folder: &'static str,
}

/// The CDK, and what its app is tested with.
pub(crate) const CDK: NpmPackages = NpmPackages {
    name: "npm-ci",
    what: "the CDK",
    folder: "cdk",
};

/// The clients for Node.js that others wrote.
pub(crate) const INTEROP_FOR_NODE: NpmPackages = NpmPackages {
    name: "npm-ci-interop",
    what: "the clients for Node.js that others wrote",
    folder: "tests/end-to-end/interop",
};

/// What one of these examples is built with.
pub(crate) const ASSEMBLYSCRIPT: NpmPackages = NpmPackages {
    name: "npm-ci-assemblyscript",
    what: "AssemblyScript",
    folder: "examples/extensions/assemblyscript",
};

/// What drives a browser through the pages, and what holds each to the rules of accessibility.
pub(crate) const BROWSER: NpmPackages = NpmPackages {
    name: "npm-ci-browser",
    what: "what drives a browser",
    folder: "tests/portal/browser",
};

impl NpmPackages {
    /// Installs the packages, unless just these are there already.
    pub(crate) fn install(&self, workshop: &Workshop) -> Result<()> {
        let folder = workshop.checkout.root().join(self.folder);
        let lock = folder.join("package-lock.json");
        let stamp = Stamp {
            of: &lock,
            at: folder.join("node_modules").join(".fairlead-installed.json"),
        };
        if stamp.is_current() {
            return Ok(());
        }
        preflight::node()?;
        let task = workshop.console.begin(format!("install {}", self.what));
        let mut install = Command::new("npm");
        install
            .args(["ci", "--no-audit", "--no-fund"])
            .current_dir(&folder);
        job::run(workshop, &task, self.name, &mut install)?.expect_success()?;
        stamp.set()?;
        task.done(&format!("as pinned in {}/package-lock.json", self.folder));
        Ok(())
    }
}

/// A copy of what was asked for, beside what was installed for it.
struct Stamp<'a> {
    of: &'a Path,
    at: PathBuf,
}

impl Stamp<'_> {
    fn is_current(&self) -> bool {
        match (fs::read(self.of), fs::read(&self.at)) {
            (Ok(wanted), Ok(installed)) => wanted == installed,
            _ => false,
        }
    }

    fn set(&self) -> Result<()> {
        fs::copy(self.of, &self.at)
            .with_context(|| format!("{} cannot be written", self.at.display()))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_current_until_what_it_stands_for_changes() {
        let folder = tempfile::tempdir().unwrap();
        let wanted = folder.path().join("wanted");
        let stamp = Stamp {
            of: &wanted,
            at: folder.path().join("installed"),
        };
        fs::write(&wanted, "a==1").unwrap();
        assert!(!stamp.is_current());
        stamp.set().unwrap();
        assert!(stamp.is_current());
        fs::write(&wanted, "a==2").unwrap();
        assert!(!stamp.is_current());
    }
}
