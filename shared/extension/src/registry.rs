//! What is registered of tenants' own code: extensions, their versions, and the host that runs a tenant's.
//! Pure: each step gives the row that is to be written next, or says why there is none.

mod extension;
mod host;
mod names;
mod quotas;
#[cfg(test)]
mod tests;
mod upload;
mod version;

use std::fmt;

use jiff::Timestamp;
use lambda_kit::planted;

pub use self::{
    extension::{Extension, ExtensionState, Refused},
    host::{Host, HostState, Resources},
    names::Names,
    quotas::Quotas,
    upload::{InvalidUploadId, InvalidUploadKey, Step, Upload, UploadId, UploadKey, UploadState},
    version::{CodeAt, ExtensionVersion, NewVersion, VersionState},
};

/// Who changes something, and when.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// By which login; `extension-register` where the platform does.
    pub by: &'a str,
    /// By which request, or which upload: by that it is known again when it is repeated.
    pub request: &'a str,
    /// When.
    pub at: Timestamp,
}

/// Bytes as hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::new(), |mut digits, byte| {
        _ = write!(digits, "{byte:02x}");
        digits
    })
}

/// Whether a bug is planted by which a version that is no more than begun may be run.
fn may_run_unready() -> bool {
    planted::is_on("extension-activated-unready")
}
