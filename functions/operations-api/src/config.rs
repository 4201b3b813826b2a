//! What the function is told of what it shows.

use std::{fs, path::Path};

use house::House;
use lambda_kit::{
    Chain,
    config::{ConfigError, Environment},
};
use serde::Deserialize;

/// Where Lambda puts the function's files.
const FOLDER: &str = "LAMBDA_TASK_ROOT";
/// The file that says what the house is made of: `HOUSE_FILE` of cdk/lib/house.ts.
const FILE: &str = "house.json";
/// What has its name only once it is deployed.
const NAMES: &str = "HOUSE_NAMES";
const FLOWS: &str = "SALESFORCE_FLOW_NAMES";

/// What flows are called, by the way that each goes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FlowNames {
    /// Those that bring changes in.
    #[serde(rename = "in")]
    pub(crate) telling: Vec<String>,
    /// Those that take outcomes out.
    pub(crate) out: Vec<String>,
}

/// Reads what the house is made of.
pub(crate) fn house(environment: &Environment) -> Result<House, ConfigError> {
    let names = environment.required(NAMES)?;
    let path = Path::new(environment.required(FOLDER)?).join(FILE);
    let description = fs::read_to_string(path).map_err(|error| {
        tracing::error!(error = %Chain(&error), "what the house is made of can't be read");
        ConfigError::Invalid {
            name: FOLDER,
            expected: "a folder with house.json in it; the function's construct in cdk/ puts it there",
        }
    })?;
    House::read(&description, names).map_err(|error| {
        tracing::error!(error = %Chain(&error), "what the house is made of can't be read");
        ConfigError::Invalid {
            name: NAMES,
            expected: "that of the parts of house.json",
        }
    })
}

impl FlowNames {
    pub(crate) fn read(environment: &Environment) -> Result<Self, ConfigError> {
        let names = serde_json::from_str(environment.required(FLOWS)?);
        names.map_err(|_| ConfigError::Invalid {
            name: FLOWS,
            expected: "two lists of names in JSON, `in` and `out`",
        })
    }
}
