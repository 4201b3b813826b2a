//! A version of an extension.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tenancy::{ExtensionName, TenantId};

use super::Change;
use crate::{Manifest, Problem, Version};

/// Row `<tenant>`, `extension-version#<name>#<version>` of the directory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExtensionVersion {
    /// Whose.
    pub tenant: TenantId,
    /// Of which extension.
    pub name: ExtensionName,
    /// Which one.
    pub version: Version,
    /// How far it is.
    pub state: VersionState,
    /// What it says of itself.
    #[serde(with = "json_text")]
    pub manifest: Manifest,
    /// The SHA-256 of its package, in hexadecimal digits: a version is never given to other bytes.
    pub digest: String,
    /// Where its package lies.
    pub package_key: String,
    /// The upload that it came by.
    pub upload: String,
    /// Where its code is, once it can be run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<CodeAt>,
    /// Why it can't be run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
    /// When it was registered.
    pub created_at: Timestamp,
    /// Grows with every change.
    pub revision: u64,
}

/// How far a version is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum VersionState {
    /// It is being compiled, or provisioned.
    Registering,
    /// It can be run.
    Ready,
    /// It can't be run; another package may take its place.
    Refused,
}

/// Where the code of a version is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CodeAt {
    /// In the bucket, for the tenant's host.
    Wasm {
        /// The SHA-256 of the module, in hexadecimal digits.
        module_sha256: String,
        /// Where the module lies.
        code_key: String,
        /// Where what was compiled of it lies.
        compiled_key: String,
    },
    /// In a function of its own.
    Lambda {
        /// The ARN of its published version.
        function_arn: String,
        /// Where the code lies that it was made of.
        code_key: String,
    },
}

/// What a version is made of.
#[derive(Debug, Clone)]
pub struct NewVersion<'a> {
    /// Whose.
    pub tenant: &'a TenantId,
    /// Of which extension.
    pub name: &'a ExtensionName,
    /// What the package says of itself.
    pub manifest: &'a Manifest,
    /// The SHA-256 of the package.
    pub digest: &'a str,
    /// Where it lies.
    pub package_key: &'a str,
    /// Which upload it was.
    pub upload: &'a str,
}

impl ExtensionVersion {
    /// One that is new, in place of `refused` if that was no version at all.
    #[must_use]
    pub fn begun(new: &NewVersion<'_>, refused: Option<&Self>, change: Change<'_>) -> Self {
        Self {
            tenant: new.tenant.clone(),
            name: new.name.clone(),
            version: new.manifest.version().clone(),
            state: VersionState::Registering,
            manifest: new.manifest.clone(),
            digest: new.digest.to_owned(),
            package_key: new.package_key.to_owned(),
            upload: new.upload.to_owned(),
            code: None,
            problems: Vec::new(),
            created_at: change.at,
            revision: refused.map_or(1, |refused| refused.revision + 1),
        }
    }

    /// One that can be run.
    #[must_use]
    pub fn ready(&self, code: CodeAt) -> Self {
        Self {
            state: VersionState::Ready,
            code: Some(code),
            revision: self.revision + 1,
            ..self.clone()
        }
    }

    /// One that can't be run.
    #[must_use]
    pub fn refused(&self, problems: Vec<Problem>) -> Self {
        Self {
            state: VersionState::Refused,
            problems,
            revision: self.revision + 1,
            ..self.clone()
        }
    }
}

/// A manifest as JSON in a text: in a row of its own members it would be nested deeper than a table takes.
mod json_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error as _, ser::Error as _};

    use crate::Manifest;

    pub(super) fn serialize<S: Serializer>(
        manifest: &Manifest,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let text = serde_json::to_string(manifest).map_err(S::Error::custom)?;
        serializer.serialize_str(&text)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Manifest, D::Error> {
        let text = String::deserialize(deserializer)?;
        serde_json::from_str(&text).map_err(D::Error::custom)
    }
}
