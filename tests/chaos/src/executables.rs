//! What runs as the functions.

use std::path::PathBuf;

use testkit::engine::resource_environment;

/// The variable that says which function an executable is to be: as on Lambda, its name.
pub const FUNCTION: &str = "AWS_LAMBDA_FUNCTION_NAME";

/// The variable that names the bug that is planted.
pub const BUG: &str = "PLANTED_BUG";

/// Where the executables are.
#[derive(Debug, Clone)]
pub enum Executables {
    /// In this folder, under the functions' names: what is deployed.
    AsDeployed(PathBuf),
    /// This is any of the functions, and has this bug planted if it has one.
    Planted(PathBuf, Option<&'static str>),
}

impl Executables {
    /// The executable of `function`.
    #[must_use]
    pub fn path(&self, function: &str) -> PathBuf {
        match self {
            Self::AsDeployed(folder) => folder.join(function),
            Self::Planted(executable, _) => executable.clone(),
        }
    }

    /// What `function` finds in its environment, beside what Lambda sets.
    #[must_use]
    pub fn environment(&self, function: &str) -> Vec<(String, String)> {
        let mut environment = resource_environment();
        environment.push((FUNCTION.to_owned(), function.to_owned()));
        if let Self::Planted(_, Some(bug)) = self {
            environment.push((BUG.to_owned(), (*bug).to_owned()));
        }
        environment
    }
}
