//! The clock that stops code: it counts while something runs, and rests otherwise.

use std::{
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use wasmtime::Engine;

/// How far apart its counts are.
pub(crate) const TICK: Duration = Duration::from_millis(1);

/// Counts an engine's epochs on a thread of its own.
#[derive(Debug)]
pub(crate) struct Ticker(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    running: Mutex<Running>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Running {
    calls: usize,
    is_over: bool,
}

/// While it is there, the clock counts.
pub(crate) struct Counting<'a>(&'a Shared);

impl Ticker {
    pub(crate) fn start(engine: &Engine) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let (engine, of_thread) = (engine.clone(), Arc::clone(&shared));
        thread::Builder::new()
            .name("sandbox-ticker".to_owned())
            .spawn(move || of_thread.count(&engine))?;
        Ok(Self(shared))
    }

    pub(crate) fn count(&self) -> Counting<'_> {
        self.0.change(|running| running.calls += 1);
        Counting(&self.0)
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.0.change(|running| running.is_over = true);
    }
}

impl Drop for Counting<'_> {
    fn drop(&mut self) {
        self.0.change(|running| running.calls -= 1);
    }
}

impl Shared {
    fn change(&self, change: impl FnOnce(&mut Running)) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let rested = running.calls == 0;
        change(&mut running);
        drop(running);
        if rested {
            self.changed.notify_one();
        }
    }

    fn count(&self, engine: &Engine) {
        while self.awaited() {
            let began = Instant::now();
            let mut counted = 0;
            while self.is_running() {
                thread::sleep(TICK);
                // By the time that has passed: a thread that was let sleep for longer catches up.
                let due = began.elapsed().as_micros() / TICK.as_micros();
                for _ in counted..due {
                    engine.increment_epoch();
                }
                counted = due;
            }
        }
    }

    /// Waits until something runs; not so, if nothing ever will again.
    fn awaited(&self) -> bool {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let resting = |running: &mut Running| running.calls == 0 && !running.is_over;
        let running = self.changed.wait_while(running, resting);
        !running.unwrap_or_else(PoisonError::into_inner).is_over
    }

    fn is_running(&self) -> bool {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.calls > 0 && !running.is_over
    }
}
