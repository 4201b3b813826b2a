//! How code ended, and what it took.

use std::{fmt, time::Duration};

/// What came of one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// How it ended.
    pub end: End,
    /// What it wrote to its standard output: its answer, if it ended by itself and well.
    pub output: Vec<u8>,
    /// The end of its log.
    pub log: Vec<u8>,
    /// How long it ran.
    pub duration: Duration,
    /// How many instructions it ran, more or less: the same for the same event, on any processor. Of code whose time was
    /// up, as far as it had been counted: it may be none.
    pub fuel: u64,
    /// As much memory as it had, in bytes.
    pub memory: usize,
}

/// How code ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// By itself, and well.
    Answered,
    /// By itself, with this exit status.
    Failed(i32),
    /// It was stopped.
    Stopped(Stop),
}

/// Why code was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Its time was up.
    Time,
    /// It ran more instructions than fit in its time.
    Fuel,
    /// It wanted more memory than it may have.
    Memory,
    /// It wanted a larger table than code may have.
    Table,
    /// It called itself too deeply.
    Stack,
    /// It wrote more to its standard output than is taken.
    Output,
    /// It wrote more to its log than is taken.
    Log,
    /// It did what WebAssembly does not allow, or gave up in the way that compilers put for what must not happen.
    Trap(&'static str),
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered => f.write_str("it answered"),
            Self::Failed(status) => write!(f, "it ended with the exit status {status}"),
            Self::Stopped(stop) => write!(f, "it was stopped: {stop}"),
        }
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Time => "its time was up",
            Self::Fuel => "it ran more instructions than fit in its time",
            Self::Memory => "it wanted more memory than its limit",
            Self::Table => "it wanted a larger table than code may have",
            Self::Stack => "its calls lay deeper within each other than its stack",
            Self::Output => "it wrote more to its standard output than is taken",
            Self::Log => "it wrote more to its log than is taken",
            Self::Trap(what) => what,
        })
    }
}

/// What ends code from within a call of its own.
#[derive(Debug, thiserror::Error)]
#[error("stopped: {0}")]
pub(crate) struct Stopped(pub(crate) Stop);

/// That code ended itself.
#[derive(Debug, thiserror::Error)]
#[error("exit status {0}")]
pub(crate) struct Exited(pub(crate) i32);
