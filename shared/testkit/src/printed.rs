//! What functions print, kept to be searched.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;

/// All lines so far. Clones are one and the same.
#[derive(Debug, Clone, Default)]
pub struct Printed(Arc<Mutex<Vec<u8>>>);

impl Printed {
    /// Everything that was printed until now.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let printed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        printed.clone()
    }

    /// Does `work` while everything is kept that our crates print at any level; what lies below
    /// them is let out as it is in a function.
    pub fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        let subscriber = tracing_subscriber::fmt()
            .json()
            .with_env_filter(lambda_kit::log::filter(LevelFilter::TRACE))
            .with_writer(self.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, work)
    }
}

impl io::Write for Printed {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut printed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        printed.extend_from_slice(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Printed {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
