//! A package on its way: from the wish to push it until it runs, or is refused.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tenancy::{ExtensionName, TenantId};

use super::hex;
use crate::{Problem, Version};

/// As many digits as an id has.
const DIGITS: usize = 32;

/// Row `extension-upload#<tenant>#<extension>#<id>` of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// How far it is.
    pub state: UploadState,
    /// What was done last, while it is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Step>,
    /// Which version it is, once that is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    /// Why it is refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
    /// By which login it is pushed.
    pub by: String,
    /// When it was asked for.
    pub created_at: Timestamp,
}

/// How far an upload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum UploadState {
    /// The package is not there yet.
    Waiting,
    /// It is being registered.
    Registering,
    /// It is registered.
    Done,
    /// It can't be taken.
    Refused,
}

/// What was done last of registering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = UploadStep))]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// The package was read, and is all right.
    Read,
    /// The module was compiled.
    Compiled,
    /// The host is there, and the function if it has one.
    Provisioned,
}

/// Which upload: it follows from the request that asked for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UploadId(String);

/// A text that names no upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an upload is named by upl_ followed by 32 hexadecimal digits")]
pub struct InvalidUploadId;

impl UploadId {
    /// That of the request `request`: a repetition has the same.
    #[must_use]
    pub fn of(tenant: &TenantId, extension: &ExtensionName, request: &str) -> Self {
        let digest = Sha256::digest(format!("{tenant}#{extension}#{request}"));
        let digits: String = hex(&digest).chars().take(DIGITS).collect();
        Self(format!("upl_{digits}"))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for UploadId {
    type Err = InvalidUploadId;

    fn from_str(text: &str) -> Result<Self, InvalidUploadId> {
        let digits = text.strip_prefix("upl_").ok_or(InvalidUploadId)?;
        let is_digit = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
        if digits.len() == DIGITS && digits.bytes().all(is_digit) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidUploadId)
        }
    }
}

impl TryFrom<String> for UploadId {
    type Error = InvalidUploadId;

    fn try_from(text: String) -> Result<Self, InvalidUploadId> {
        text.parse()
    }
}

impl From<UploadId> for String {
    fn from(id: UploadId) -> Self {
        id.0
    }
}

impl fmt::Display for UploadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a package is uploaded to: it says whose it is, and nothing in the package does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadKey {
    /// Whose.
    pub tenant: TenantId,
    /// Of which extension.
    pub extension: ExtensionName,
    /// Which upload.
    pub id: UploadId,
}

/// A key that is no upload's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the object's key is no upload's")]
pub struct InvalidUploadKey;

impl UploadKey {
    /// The key of its row in the ledger.
    #[must_use]
    pub fn in_ledger(&self) -> String {
        let Self {
            tenant,
            extension,
            id,
        } = self;
        format!("extension-upload#{tenant}#{extension}#{id}")
    }
}

impl fmt::Display for UploadKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            tenant,
            extension,
            id,
        } = self;
        write!(f, "uploads/{tenant}/{extension}/{id}.zip")
    }
}

impl FromStr for UploadKey {
    type Err = InvalidUploadKey;

    fn from_str(key: &str) -> Result<Self, InvalidUploadKey> {
        let rest = key
            .strip_prefix("uploads/")
            .and_then(|rest| rest.strip_suffix(".zip"));
        let parts: Vec<&str> = rest.ok_or(InvalidUploadKey)?.split('/').collect();
        let &[tenant, extension, id] = parts.as_slice() else {
            return Err(InvalidUploadKey);
        };
        Ok(Self {
            tenant: tenant.parse().map_err(|_| InvalidUploadKey)?,
            extension: extension.parse().map_err(|_| InvalidUploadKey)?,
            id: id.parse().map_err(|_| InvalidUploadKey)?,
        })
    }
}

impl Upload {
    /// One that was asked for.
    #[must_use]
    pub fn waiting(by: &str, at: Timestamp) -> Self {
        Self {
            state: UploadState::Waiting,
            step: None,
            version: None,
            problems: Vec::new(),
            by: by.to_owned(),
            created_at: at,
        }
    }

    /// Whether nothing more becomes of it.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        matches!(self.state, UploadState::Done | UploadState::Refused)
    }

    /// Under way, after that step.
    #[must_use]
    pub fn at(&self, step: Step, version: &Version) -> Self {
        Self {
            state: UploadState::Registering,
            step: Some(step),
            version: Some(version.clone()),
            ..self.clone()
        }
    }

    /// Registered as that version.
    #[must_use]
    pub fn done(&self, version: &Version) -> Self {
        Self {
            state: UploadState::Done,
            step: None,
            version: Some(version.clone()),
            ..self.clone()
        }
    }

    /// Not taken.
    #[must_use]
    pub fn refused(&self, problems: Vec<Problem>) -> Self {
        Self {
            state: UploadState::Refused,
            step: None,
            problems,
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_says_whose_an_upload_is_and_reads_back() {
        let key = "uploads/acme/greeter/upl_0198f2a0c1d27e3f8a4b5c6d7e8f9012.zip";
        let read: UploadKey = key.parse().unwrap();
        assert_eq!(read.to_string(), key);
        assert_eq!(
            (read.tenant.as_str(), read.extension.as_str()),
            ("acme", "greeter")
        );
    }

    #[test]
    fn what_is_no_upload_is_none() {
        for key in [
            "uploads/acme/greeter/x.zip",
            "uploads/acme/../upl_0198f2a0c1d27e3f8a4b5c6d7e8f9012.zip",
            "uploads/acme/greeter/more/upl_0198f2a0c1d27e3f8a4b5c6d7e8f9012.zip",
            "uploads/greeter/upl_0198f2a0c1d27e3f8a4b5c6d7e8f9012.zip",
            "packages/acme/greeter/upl_0198f2a0c1d27e3f8a4b5c6d7e8f9012.zip",
            "uploads/Acme/greeter/upl_0198f2a0c1d27e3f8a4b5c6d7e8f9012.zip",
            "uploads/acme/greeter/upl_0198F2A0C1D27E3F8A4B5C6D7E8F9012.zip",
        ] {
            assert_eq!(key.parse::<UploadKey>(), Err(InvalidUploadKey), "{key}");
        }
    }
}
