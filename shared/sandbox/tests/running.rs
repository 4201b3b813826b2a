//! What code is given and gives back. What it tries beyond that, tests/sandbox-proof stops.
#![cfg(feature = "compile")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use std::time::Duration;

use proptest::prelude::*;
use sandbox::{
    CodeId, End, Input, Limits, Loaded, Outcome, Sandbox, Seed, Shelf, Time, compile_and_load,
};

fn id(module: &str) -> CodeId {
    CodeId {
        tenant: "acme".to_owned(),
        extension: "greeter".to_owned(),
        module: module.to_owned(),
    }
}

fn load(sandbox: &Sandbox, name: &str, start: &str) -> Loaded {
    let text = format!(
        r#"(module
          (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
          (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (memory (export "memory") 2)
          (func (export "_start") {start}))"#
    );
    compile_and_load(sandbox, id(name), &wat::parse_str(text).unwrap()).unwrap()
}

fn run_with(sandbox: &Sandbox, code: &Loaded, event: &[u8], time: Time, seed: Seed) -> Outcome {
    let input = Input {
        event: event.to_vec(),
        time,
        seed,
    };
    sandbox.run(code, input, &Limits::new(10_000, 1)).unwrap()
}

fn run(sandbox: &Sandbox, code: &Loaded, event: &[u8]) -> Outcome {
    run_with(sandbox, code, event, Time::Standing(0), Seed::of(&[]))
}

/// Reads by pieces of seven bytes, and writes each where it read it.
const ECHO: &str = "
    (loop $more
      (i32.store (i32.const 0) (i32.const 64)) (i32.store (i32.const 4) (i32.const 7))
      (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
      (i32.store (i32.const 4) (i32.load (i32.const 8)))
      (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 12)))
      (br_if $more (i32.load (i32.const 8))))";

/// Writes the eight bytes at 64.
const PUT_OUT: &str =
    "(i32.store (i32.const 0) (i32.const 64)) (i32.store (i32.const 4) (i32.const 8))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn what_comes_in_goes_out_as_it_was(event in proptest::collection::vec(any::<u8>(), 0..5000)) {
        let sandbox = Sandbox::new().unwrap();
        let outcome = run(&sandbox, &load(&sandbox, "echo", ECHO), &event);
        prop_assert_eq!(outcome.end, End::Answered);
        prop_assert_eq!(outcome.output, event);
    }
}

#[test]
fn an_exit_status_is_told_and_0_is_an_answer() {
    let sandbox = Sandbox::new().unwrap();
    for (status, end) in [
        (0, End::Answered),
        (3, End::Failed(3)),
        (-1, End::Failed(-1)),
    ] {
        let code = load(
            &sandbox,
            "exit",
            &format!("(call $exit (i32.const {status}))"),
        );
        assert_eq!(run(&sandbox, &code, b"").end, end);
    }
}

#[test]
fn the_same_event_burns_the_same_fuel_and_a_longer_one_more() {
    let sandbox = Sandbox::new().unwrap();
    let code = load(&sandbox, "echo", ECHO);
    let fuel = |event: &[u8]| run(&sandbox, &code, event).fuel;
    assert_eq!(fuel(b"an event"), fuel(b"an event"));
    assert!(fuel(b"an event that is longer") > fuel(b"an event"));
    assert_eq!(run(&sandbox, &code, b"an event").memory, 128 * 1024);
}

#[test]
fn a_clock_that_stands_goes_on_by_what_is_slept_and_one_that_runs_runs() {
    let sandbox = Sandbox::new().unwrap();
    let sleep = "(i64.store (i32.const 152) (i64.const 5000000000)) (drop (call $poll (i32.const 128) (i32.const 256) (i32.const 1) (i32.const 8)))";
    let clock = "(drop (call $clock (i32.const 0) (i64.const 1) (i32.const 64)))";
    let code = load(&sandbox, "sleep", &format!("{sleep} {clock} {PUT_OUT}"));
    let told = |time| {
        let outcome = run_with(&sandbox, &code, b"", time, Seed::of(&[]));
        assert!(outcome.duration < Duration::from_secs(5));
        u64::from_le_bytes(outcome.output.try_into().unwrap())
    };
    assert_eq!(told(Time::Standing(1_000)), 5_000_001_000);
    assert!(told(Time::Running(1_000)) > 5_000_001_000);
}

#[test]
fn randomness_follows_from_its_seed() {
    let sandbox = Sandbox::new().unwrap();
    let code = load(
        &sandbox,
        "random",
        &format!("(drop (call $random (i32.const 64) (i32.const 8))) {PUT_OUT}"),
    );
    let told = |seed| run_with(&sandbox, &code, b"", Time::Standing(0), seed).output;
    assert_eq!(told(Seed::of(&["a", "b"])), told(Seed::of(&["a", "b"])));
    assert_ne!(told(Seed::of(&["a", "b"])), told(Seed::of(&["ab"])));
    assert_ne!(told(Seed::random([1; 32])), told(Seed::random([2; 32])));
}

#[test]
fn of_a_log_the_end_is_kept() {
    let sandbox = Sandbox::new().unwrap();
    let line = "(local $n i32) (i32.store (i32.const 0) (i32.const 64)) (i32.store (i32.const 4) (i32.const 100))
        (loop $more
          (i32.store8 (i32.const 64) (local.get $n))
          (drop (call $write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 8)))
          (local.set $n (i32.add (local.get $n) (i32.const 1)))
          (br_if $more (i32.lt_u (local.get $n) (i32.const 90))))";
    let outcome = run(&sandbox, &load(&sandbox, "log", line), b"");
    assert_eq!(outcome.log.len(), 4096);
    assert_eq!(outcome.log[4096 - 100], 89);
    assert!(outcome.output.is_empty());
}

#[test]
fn what_was_not_used_for_the_longest_makes_room() {
    let sandbox = Sandbox::new().unwrap();
    let mut shelf = Shelf::new(2);
    shelf.put(load(&sandbox, "one", ""));
    shelf.put(load(&sandbox, "two", ""));
    assert!(shelf.get(&id("one")).is_some());
    shelf.put(load(&sandbox, "three", ""));
    assert!(shelf.get(&id("two")).is_none());
    assert!(shelf.get(&id("one")).is_some() && shelf.get(&id("three")).is_some());
}
