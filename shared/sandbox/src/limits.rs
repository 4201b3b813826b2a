//! How much code may take, and what stops it.

use std::time::Duration;

use wasmtime::ResourceLimiter;

use crate::outcome::{Stop, Stopped};

/// As much memory as any code has, in bytes.
pub(crate) const LARGEST_MEMORY: usize = 256 * 1024 * 1024;

/// As many elements as a table has: functions that are called by pointers, mostly.
pub(crate) const LARGEST_TABLE: usize = 100_000;

/// As many tables as a module has.
pub(crate) const MOST_TABLES: u32 = 4;

/// How much code may take for one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long it runs.
    pub time: Duration,
    /// How much memory it has, in bytes: 256 MiB at most.
    pub memory: usize,
    /// How much it writes to its standard output, in bytes.
    pub output: usize,
    /// How much it writes to its log, in bytes; only the end of it is kept.
    pub log: usize,
}

impl Limits {
    /// As much output as is taken, in bytes: with what is said beside it, it fits on the bus.
    pub const OUTPUT: usize = 512 * 1024;

    /// As much log as is taken, in bytes.
    pub const LOG: usize = 1024 * 1024;

    /// Those of a manifest.
    #[must_use]
    pub const fn new(timeout_ms: u32, memory_mib: u32) -> Self {
        Self {
            time: Duration::from_millis(timeout_ms as u64),
            memory: memory_mib as usize * 1024 * 1024,
            output: Self::OUTPUT,
            log: Self::LOG,
        }
    }

    /// How many units of fuel that is: a unit is an instruction, or a byte that is filled or copied. It is more
    /// instructions than a processor runs in that time, so that it is the clock that stops code; but were the clock
    /// ever to stand still, code ends all the same. What does nothing but fill memory may burn it a little before.
    pub(crate) fn fuel(&self) -> u64 {
        const A_MILLISECOND: u64 = 50_000_000;
        let milliseconds = u64::try_from(self.time.as_millis()).unwrap_or(u64::MAX);
        milliseconds.saturating_mul(A_MILLISECOND)
    }
}

/// Stops code that wants more than it may have. To be told that there is no more would leave it to the code what to do.
#[derive(Debug)]
pub(crate) struct Limiter {
    most: usize,
    /// As much memory as it has had, in bytes.
    pub(crate) peak: usize,
}

impl Limiter {
    pub(crate) const fn new(most: usize) -> Self {
        Self { most, peak: 0 }
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(
        &mut self,
        _current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if desired > self.most && !lambda_kit::planted::is_on("sandbox-memory-unbounded") {
            return Err(Stopped(Stop::Memory).into());
        }
        // More than the module itself says that it ever wants is refused as WebAssembly has it.
        let is_granted = maximum.is_none_or(|maximum| desired <= maximum);
        if is_granted {
            self.peak = self.peak.max(desired);
        }
        Ok(is_granted)
    }

    fn memory_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        Err(Stopped(Stop::Memory).into())
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if desired > LARGEST_TABLE {
            return Err(Stopped(Stop::Table).into());
        }
        Ok(maximum.is_none_or(|maximum| desired <= maximum))
    }

    fn table_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        Err(Stopped(Stop::Table).into())
    }

    fn instances(&self) -> usize {
        1
    }

    fn tables(&self) -> usize {
        MOST_TABLES as usize
    }

    fn memories(&self) -> usize {
        1
    }
}
