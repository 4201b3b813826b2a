//! What was deployed, and where.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

/// A key pair for signed calls.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Credentials {
    /// The key's id.
    pub access_key_id: String,
    /// The key.
    pub secret_access_key: String,
}

/// A running stack.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Stack {
    /// Where every service listens, such as `http://127.0.0.1:4566`.
    pub endpoint: String,
    /// The region everything was deployed to.
    pub region: String,
    /// The account everything was deployed to: twelve digits.
    pub account: String,
    /// The operator's credentials.
    pub credentials: Credentials,
    /// The outputs of all stacks of the CDK app, by their name.
    pub outputs: BTreeMap<String, String>,
    /// The file that the local stack and, through it, the functions print to.
    pub log: PathBuf,
}

impl Stack {
    /// An output of the CDK app; an error names the one that is missing.
    pub fn output(&self, name: &str) -> Result<&str> {
        self.outputs
            .get(name)
            .map(String::as_str)
            .with_context(|| format!("the CDK app has no output named {name}"))
    }

    /// Where the HTTP API is: the form of its address that needs no name resolution.
    ///
    /// The deployed address is `http://<api id>.execute-api.<host>`, which not every system resolves.
    pub fn api_url(&self) -> Result<String> {
        let deployed = self.output("ApiUrl")?;
        let id = deployed
            .split_once("://")
            .and_then(|(_, host)| host.split_once(".execute-api."))
            .map(|(id, _)| id)
            .with_context(|| {
                format!("the output ApiUrl is not an HTTP API's address: {deployed}")
            })?;
        Ok(format!("{}/_aws/execute-api/{id}/$default", self.endpoint))
    }

    /// Where the hosted login is. The local stack serves it for every pool at its own root.
    #[must_use]
    pub fn login_url(&self) -> &str {
        &self.endpoint
    }

    /// Who issues the tokens.
    pub fn issuer(&self) -> Result<String> {
        Ok(format!(
            "https://cognito-idp.{}.amazonaws.com/{}",
            self.region,
            self.output("UserPoolId")?
        ))
    }
}
