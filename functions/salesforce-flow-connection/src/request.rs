//! What CloudFormation sends
//! (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html>).

use flow::Flows;
use lambda_kit::redact::Redacted;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// As many bytes of a digest as tell one request from every other.
const TOKEN_BYTES: usize = 16;

/// A request for a custom resource.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Request {
    #[serde(rename = "RequestType")]
    pub(crate) kind: RequestType,
    /// Where the answer is put: whoever has it may answer, so that it is nothing to print.
    #[serde(rename = "ResponseURL")]
    pub(crate) response_url: Redacted<String>,
    pub(crate) stack_id: String,
    #[serde(rename = "RequestId")]
    pub(crate) id: String,
    pub(crate) logical_resource_id: String,
    #[serde(default)]
    pub(crate) physical_resource_id: Option<String>,
    #[serde(default, rename = "ResourceProperties")]
    pub(crate) properties: Properties,
    #[serde(default, rename = "OldResourceProperties")]
    pub(crate) old_properties: Option<Properties>,
}

/// What is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) enum RequestType {
    Create,
    Update,
    Delete,
}

/// The properties of the resource.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Properties {
    /// The flows, in JSON.
    #[serde(default)]
    flows: String,
    /// Whether they are switched on: `false` until the partner's bus is there.
    #[serde(default)]
    activate: Option<String>,
}

/// The properties can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the property Flows is no description of flows")]
pub(crate) struct UnreadableProperties;

/// What there has to be.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) flows: Flows,
    pub(crate) is_active: bool,
}

impl Properties {
    pub(crate) fn wanted(&self) -> Result<Wanted, UnreadableProperties> {
        let flows = Flows::read(&self.flows).map_err(|_| UnreadableProperties)?;
        // CloudFormation makes texts of everything.
        let is_active = self.activate.as_deref() != Some("false");
        Ok(Wanted { flows, is_active })
    }
}

impl Request {
    /// What tells this request from every other, for AppFlow. A repetition has the same.
    pub(crate) fn token(&self) -> String {
        let digest = Sha256::digest(format!("{}#{}", self.stack_id, self.id));
        let hex = digest.iter().take(TOKEN_BYTES);
        let hex: Vec<String> = hex.map(|byte| format!("{byte:02x}")).collect();
        hex.concat()
    }

    /// What the resource is called. It stays so whatever changes: CloudFormation removes a resource whose
    /// name changed, and with it flows that go by the same names.
    pub(crate) fn resource_id(&self) -> String {
        let known = self.physical_resource_id.clone();
        known.unwrap_or_else(|| "salesforce-flows".to_owned())
    }
}
