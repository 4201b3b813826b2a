//! What nobody guesses.

use std::{fmt, sync::Arc};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};

/// Makes 32 bytes at a time that nobody guesses.
#[derive(Clone)]
pub struct Randomness(Arc<dyn Fn() -> Option<[u8; 32]> + Send + Sync>);

/// The operating system has no randomness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no randomness to be had")]
pub struct NoRandomness;

impl Randomness {
    /// The operating system's.
    #[must_use]
    pub fn system() -> Self {
        Self::from_fn(|| {
            let mut bytes = [0; 32];
            getrandom::fill(&mut bytes).ok()?;
            Some(bytes)
        })
    }

    /// What `random` makes, if it can.
    pub fn from_fn(random: impl Fn() -> Option<[u8; 32]> + Send + Sync + 'static) -> Self {
        Self(Arc::new(random))
    }

    /// The next bytes.
    pub fn bytes(&self) -> Result<[u8; 32], NoRandomness> {
        (self.0)().ok_or(NoRandomness)
    }

    /// The next bytes as a text of base64url: 43 characters.
    pub fn text(&self) -> Result<String, NoRandomness> {
        Ok(BASE64_URL_SAFE_NO_PAD.encode(self.bytes()?))
    }
}

impl fmt::Debug for Randomness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Randomness")
    }
}
