//! A tenant who means no harm, whose code runs all the while.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
};

use sandbox::{End, Limits, Loaded, Sandbox};

use crate::ground::input;

/// Reads its event, and answers with it and a count of how often it has been called: once, each time.
const ECHO: &str = r#"(module
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (global $calls (mut i32) (i32.const 0))
  (func (export "_start")
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    ;; What an earlier call left in its memory would be put out too.
    (i32.store8 offset=1024 (i32.const 0) (i32.add (i32.load8_u offset=1024 (i32.const 0)) (global.get $calls)))
    (i32.store (i32.const 0) (i32.const 1025))
    (i32.store (i32.const 4) (i32.const 60000))
    (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
    (i32.store (i32.const 0) (i32.const 1024))
    (i32.store (i32.const 4) (i32.add (i32.load (i32.const 8)) (i32.const 1)))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))"#;

/// The module of the neighbour.
///
/// # Panics
/// Never: it is a constant.
#[must_use]
pub fn module() -> Vec<u8> {
    wat::parse_str(ECHO).expect("it is a module")
}

/// Whether code that means no harm is answered rightly.
#[must_use]
pub fn is_well(sandbox: &Sandbox, code: &Loaded, number: usize) -> bool {
    let event = format!("event {number}");
    let outcome = sandbox.run(code, input(event.as_bytes()), &Limits::new(60_000, 8));
    outcome.is_ok_and(|outcome| {
        let right = [&[1], event.as_bytes()].concat();
        outcome.end == End::Answered && outcome.output == right
    })
}

/// The neighbour, who goes on until somebody asks.
pub struct Neighbour {
    is_over: Arc<AtomicBool>,
    answered: Arc<AtomicUsize>,
    wrong: Arc<AtomicUsize>,
    thread: JoinHandle<()>,
}

impl Neighbour {
    /// Begins.
    #[must_use]
    pub fn move_in(sandbox: Arc<Sandbox>, code: Loaded) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let answered = Arc::new(AtomicUsize::new(0));
        let wrong = Arc::new(AtomicUsize::new(0));
        let of_thread = (
            Arc::clone(&is_over),
            Arc::clone(&answered),
            Arc::clone(&wrong),
        );
        let thread = thread::spawn(move || {
            let (is_over, answered, wrong) = of_thread;
            while !is_over.load(Ordering::Relaxed) {
                let number = answered.load(Ordering::Relaxed);
                if is_well(&sandbox, &code, number) {
                    answered.store(number + 1, Ordering::Relaxed);
                } else {
                    wrong.fetch_add(1, Ordering::Relaxed);
                }
                // Others have something to do as well.
                thread::yield_now();
            }
        });
        Self {
            is_over,
            answered,
            wrong,
            thread,
        }
    }

    /// How many of its events were answered so far.
    #[must_use]
    pub fn answered(&self) -> usize {
        self.answered.load(Ordering::Relaxed)
    }

    /// Ends, and says how many of its events were answered and how many went wrong.
    #[must_use]
    pub fn move_out(self) -> (usize, usize) {
        self.is_over.store(true, Ordering::Relaxed);
        let is_whole = self.thread.join().is_ok();
        let wrong = self.wrong.load(Ordering::Relaxed) + usize::from(!is_whole);
        (self.answered.load(Ordering::Relaxed), wrong)
    }
}
