//! Code that is registered, and does harm once it runs; or tries to.

mod endless;
mod greedy;
mod prying;
mod wrong;

use sandbox::{End, Stop};

use crate::{
    attack::{Attack, Room, Stopped, Tried},
    ground::{Ground, LONG, MEMORY_MIB, Ran, TIME},
};

/// All of them.
pub(crate) fn all() -> Vec<Attack> {
    [endless::all(), greedy::all(), wrong::all(), prying::all()].concat()
}

/// How many times as long as it may an attack runs at most, on a machine that has other things to do.
const PATIENCE: u32 = 20;

/// Beside the memory of the code, the process has its output, twice while that grows, its log, and what it does
/// meanwhile for the neighbour.
const HOST: usize = 8 * 1024 * 1024;

/// What every command may be given by its host, and memory.
const GIVEN: &str = r#"
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_seek" (func $seek (param i32 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_fdstat_get" (func $fdstat (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_get" (func $prestat (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_dir_name" (func $prestat_name (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
"#;

/// A module with what it is given, `rest`, and `start` for its beginning.
fn module(memory: &str, rest: &str, start: &str) -> Vec<u8> {
    let text = format!(
        r#"(module {GIVEN} (memory (export "memory") {memory}) {rest} (func (export "_start") {start}))"#
    );
    wat::parse_str(&text).unwrap_or_else(|error| panic!("{error}"))
}

/// An attack that runs, and has to end like this.
fn ends(name: &'static str, end: End, module: Vec<u8>) -> Attack {
    Attack::new(name, Room::Modules, move |ground| {
        run(ground, &module, &[end])
    })
}

/// An attack that has to be stopped for this.
fn stops(name: &'static str, stop: Stop, rest: &str, start: &str) -> Attack {
    ends(name, End::Stopped(stop), module("16", rest, start))
}

/// Runs it; it has to end in one of these ways, the first of which says how long it may take.
fn run(ground: &Ground, module: &[u8], ends: &[End]) -> Tried {
    let code = ground
        .prepare(module)
        .map_err(|refusal| refusal.to_string())?;
    let is_timed = ends.first() == Some(&End::Stopped(Stop::Time));
    let time = if is_timed { TIME } else { LONG };
    let Ran { outcome, grown } = ground.run(&code, time);
    if !ends.contains(&outcome.end) {
        let ends: Vec<String> = ends.iter().map(ToString::to_string).collect();
        let ends = ends.join(", or ");
        return Err(format!("it was to end so: {ends}; but {}", outcome.end));
    }
    let limit = MEMORY_MIB as usize * 1024 * 1024;
    if outcome.memory > limit || grown > limit + 2 * HOST {
        return Err(format!(
            "it had {} bytes, and the process {grown} more",
            outcome.memory
        ));
    }
    let overrun = outcome.duration.saturating_sub(time);
    if overrun > TIME * PATIENCE {
        return Err(format!("it ran for {:?}", outcome.duration));
    }
    Ok(Stopped {
        by: outcome.end.to_string(),
        overrun,
        beyond: grown.saturating_sub(limit),
    })
}
