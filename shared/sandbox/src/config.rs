//! How the engine is set up: alike where code is compiled and where it is run.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, WasmFeatures};

use crate::limits::{LARGEST_MEMORY, LARGEST_TABLE, MOST_TABLES};

/// What the lock file has: a test holds them together.
const WASMTIME: &str = "48.0.8";

/// To be counted up with every change of [`config`] that compiled code depends on.
const REVISION: u32 = 1;

/// How much stack code has, in bytes.
const STACK: usize = 512 * 1024;

/// As many instances at once as one process is ready for. A host runs one, the proofs run a few.
const MOST_AT_ONCE: u32 = 16;

/// As large as an instance's own bookkeeping becomes: it grows with the functions of a module.
const LARGEST_INSTANCE: usize = 4 * 1024 * 1024;

/// What WebAssembly may be beyond its first version: what compilers put out for commands today. Not among it are
/// threads, several memories, 64-bit memories, garbage collection, exceptions, tail calls and whatever else would only
/// make what has to hold larger.
const FEATURES: WasmFeatures = WasmFeatures::MUTABLE_GLOBAL
    .union(WasmFeatures::SATURATING_FLOAT_TO_INT)
    .union(WasmFeatures::SIGN_EXTENSION)
    .union(WasmFeatures::REFERENCE_TYPES)
    .union(WasmFeatures::CALL_INDIRECT_OVERLONG)
    .union(WasmFeatures::MULTI_VALUE)
    .union(WasmFeatures::BULK_MEMORY)
    .union(WasmFeatures::BULK_MEMORY_OPT)
    .union(WasmFeatures::EXTENDED_CONST)
    .union(WasmFeatures::SIMD)
    .union(WasmFeatures::FLOATS);

/// An engine that can't be made.
pub(crate) type Made<T> = Result<T, wasmtime::Error>;

/// The engine that runs code, without a compiler in it, whatever else is built into the program.
pub(crate) fn running() -> Made<Engine> {
    let mut config = config()?;
    #[cfg(feature = "compile")]
    config.enable_compiler(false);
    let mut pool = PoolingAllocationConfig::new();
    pool.total_core_instances(MOST_AT_ONCE)
        .total_memories(MOST_AT_ONCE)
        .total_tables(MOST_AT_ONCE * MOST_TABLES)
        .max_tables_per_module(MOST_TABLES)
        .table_elements(LARGEST_TABLE)
        .max_memory_size(LARGEST_MEMORY)
        .max_core_instance_size(LARGEST_INSTANCE);
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    Engine::new(&config)
}

/// The engine that compiles, and runs nothing.
#[cfg(feature = "compile")]
pub(crate) fn compiling() -> Made<Engine> {
    let mut config = config()?;
    config
        .cranelift_nan_canonicalization(true)
        .cranelift_opt_level(wasmtime::OptLevel::Speed);
    Engine::new(&config)
}

/// The features that modules may have, for whoever looks at one before it is compiled.
#[cfg(feature = "compile")]
pub(crate) const fn features() -> WasmFeatures {
    FEATURES
}

fn config() -> Made<Config> {
    let mut config = Config::new();
    config
        .wasm_features(WasmFeatures::all().difference(FEATURES), false)
        .wasm_features(FEATURES, true)
        .consume_fuel(true)
        .epoch_interruption(true)
        .max_wasm_stack(STACK)
        .wasm_backtrace_max_frames(None)
        // Without what the processor at hand may have beyond its kind: code is compiled in one place and run in others.
        .target(TARGET)?;
    Ok(config)
}

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
const TARGET: &str = "x86_64-unknown-linux-gnu";
#[cfg(all(target_arch = "aarch64", target_os = "linux"))]
const TARGET: &str = "aarch64-unknown-linux-gnu";
#[cfg(all(target_arch = "aarch64", target_os = "macos"))]
const TARGET: &str = "aarch64-apple-darwin";

/// For which engine code is compiled: what is compiled for one is loaded by no other. 16 characters, for names of
/// objects.
#[must_use]
pub fn engine_id() -> String {
    let digest = Sha256::digest(format!("{WASMTIME} {TARGET} {REVISION}"));
    digest.iter().take(8).fold(String::new(), |mut id, byte| {
        // Writing to a text never fails.
        let _ = write!(id, "{byte:02x}");
        id
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_that_of_the_lock_file() {
        let lock = include_str!("../../../Cargo.lock");
        let entry = format!("name = \"wasmtime\"\nversion = \"{WASMTIME}\"");
        assert!(lock.contains(&entry));
    }

    #[test]
    fn an_engine_is_known_by_sixteen_characters() {
        assert_eq!(engine_id().len(), 16);
    }
}
