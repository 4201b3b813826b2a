//! Which code it is, and the seal that says that it was compiled here.

use std::fmt::{self, Write as _};

use sha2::{Digest, Sha256};

use crate::engine_id;

/// What the digest is of, so that no other message that is authenticated by the same key is ever the same.
const CONTEXT: &str = "fairlead: compiled code of an extension, 1";

/// What sealed code begins with.
const MARK: &[u8] = b"FLSC1\0";

/// How long an authentication code is.
const MAC: usize = 32;

/// Which code: whose, of which extension, and of which module.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CodeId {
    /// The tenant.
    pub tenant: String,
    /// The extension.
    pub extension: String,
    /// The SHA-256 of the module, in hexadecimal.
    pub module: String,
}

impl CodeId {
    /// Where the module lies, in the bucket of tenants' code.
    #[must_use]
    pub fn module_key(&self) -> String {
        format!("code/{self}.wasm")
    }

    /// Where what was compiled of it lies, for the engine of this program.
    #[must_use]
    pub fn compiled_key(&self) -> String {
        format!("compiled/{self}-{}.cwasm", engine_id())
    }
}

impl fmt::Display for CodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.tenant, self.extension, self.module)
    }
}

/// The SHA-256 of a module, in hexadecimal, as a [`CodeId`] has it.
#[must_use]
pub fn module_digest(module: &[u8]) -> String {
    let digest = Sha256::digest(module);
    digest.iter().fold(String::new(), |mut digits, byte| {
        _ = write!(digits, "{byte:02x}");
        digits
    })
}

/// Compiled code whose seal was found to be whole: made by whoever may make seals, for this code and this engine.
pub struct Opened {
    pub(crate) id: CodeId,
    pub(crate) code: Vec<u8>,
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Opened({}, {} bytes)", self.id, self.code.len())
    }
}

/// What is authenticated: whose code it is, of which module and for which engine, and every byte of it. Each part is
/// preceded by its length, so that none of it can pass for a part beside it.
pub(crate) fn digest(id: &CodeId, code: &[u8]) -> [u8; 32] {
    let engine = engine_id();
    let mut digest = Sha256::new();
    let parts = [CONTEXT, &id.tenant, &id.extension, &id.module, &engine].map(str::as_bytes);
    for part in parts.into_iter().chain([code]) {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    digest.finalize().into()
}

/// Code under its seal, as it lies in the bucket.
pub(crate) fn seal(mac: &[u8], code: &[u8]) -> Vec<u8> {
    [MARK, mac, code].concat()
}

/// The authentication code and the code that it may be of. None, if it is nothing sealed.
pub(crate) fn parts(sealed: &[u8]) -> Option<(&[u8], &[u8])> {
    sealed.strip_prefix(MARK)?.split_at_checked(MAC)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(tenant: &str, extension: &str) -> CodeId {
        CodeId {
            tenant: tenant.to_owned(),
            extension: extension.to_owned(),
            module: "00".to_owned(),
        }
    }

    #[test]
    fn no_two_codes_are_authenticated_alike() {
        let one = digest(&id("a", "bc"), b"code");
        assert_eq!(one, digest(&id("a", "bc"), b"code"));
        assert_ne!(one, digest(&id("ab", "c"), b"code"));
        assert_ne!(one, digest(&id("a", "bc"), b"Code"));
    }

    #[test]
    fn what_is_sealed_is_taken_apart_again_and_nothing_else_is() {
        let sealed = seal(&[7; MAC], b"code");
        assert_eq!(parts(&sealed), Some((&[7; MAC][..], &b"code"[..])));
        assert_eq!(parts(&sealed[..MARK.len() + MAC - 1]), None);
        assert_eq!(parts(b"code"), None);
    }
}
