//! Figures that are told again.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use house::{Figures, Over};
use jiff::Timestamp;
use lambda_kit::clock::later;

/// For how long figures are good: CloudWatch has others each minute, and is paid for each metric that it is asked
/// for. Pages ask every ten seconds.
const GOOD_FOR: Duration = Duration::from_mins(1);

/// The figures that this instance read last, of each time.
#[derive(Debug, Default)]
pub(crate) struct Kept(Mutex<BTreeMap<Over, Arc<Figures>>>);

impl Kept {
    /// Those that are good at `now`.
    pub(crate) fn good(&self, over: Over, now: Timestamp) -> Option<Arc<Figures>> {
        let figures = self.all().get(&over).cloned();
        figures.filter(|figures| now < later(figures.as_of, GOOD_FOR))
    }

    /// Keeps them.
    pub(crate) fn keep(&self, figures: Figures) -> Arc<Figures> {
        let figures = Arc::new(figures);
        self.all().insert(figures.span.over(), Arc::clone(&figures));
        figures
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<Over, Arc<Figures>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
