//! Code of others, run so that it can do nothing but answer. In comes a WebAssembly command of WASI preview 1 and
//! an event on its standard input; out go what it wrote to its standard output, the end of its log, what it took,
//! and how it ended.
//!
//! - [`compile`] examines a module and compiles it, in a process that runs none (feature `compile`);
//! - [`CodeSealer`] puts compiled code under a seal, and [`CodeOpener`] takes it out of one: nothing else is loaded;
//! - [`Sandbox`] loads code and runs it, each event in memory of its own, within [`Limits`].
//!
//! Code gets nothing of the world: no files, no network, no environment, no arguments. Its clock stands, and its
//! randomness follows from a seed.

mod aws;
#[cfg(feature = "compile")]
mod compile;
mod config;
mod limits;
mod log;
mod outcome;
mod run;
mod seal;
mod shelf;
mod state;
mod ticker;
mod wasi;

pub use aws::{CodeOpener, CodeReader, CodeSealer, CompiledWriter, OpenError, Stored};
#[cfg(feature = "compile")]
pub use compile::{LARGEST_MODULE, Refusal, compile, compile_and_load, examine};
pub use config::engine_id;
pub use limits::Limits;
pub use outcome::{End, Outcome, Stop};
pub use run::{Input, Loaded, Sandbox, SandboxError, Seed, Time};
pub use seal::{CodeId, Opened, module_digest};
pub use shelf::Shelf;
pub use wasi::FUNCTIONS;
