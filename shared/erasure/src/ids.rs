//! Ids that nobody guesses, passed in.

use std::{fmt, sync::Arc};

use identity::ErasureId;

/// Makes the ids of erasures: whoever has one may see how far the erasure is.
#[derive(Clone)]
pub struct ErasureIdSource(Arc<dyn Fn() -> Option<[u8; 16]> + Send + Sync>);

impl ErasureIdSource {
    /// Ids of the operating system's randomness.
    #[must_use]
    pub fn system() -> Self {
        Self::from_fn(|| {
            let mut bytes = [0; 16];
            getrandom::fill(&mut bytes).ok()?;
            Some(bytes)
        })
    }

    /// Ids of the bytes that `random` makes, if it can.
    pub fn from_fn(random: impl Fn() -> Option<[u8; 16]> + Send + Sync + 'static) -> Self {
        Self(Arc::new(random))
    }

    /// The next id; `None` if there is no randomness to be had.
    pub(crate) fn next(&self) -> Option<ErasureId> {
        (self.0)().map(ErasureId::new)
    }
}

impl fmt::Debug for ErasureIdSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ErasureIdSource")
    }
}
