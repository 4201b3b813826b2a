//! Code that wants more than it may have.

use sandbox::{End, Stop};

use super::{ends, module, stops};
use crate::attack::Attack;

pub(super) fn all() -> Vec<Attack> {
    [memory(), depth(), output()].concat()
}

fn memory() -> Vec<Attack> {
    vec![
        stops(
            "memory, a page at a time",
            Stop::Memory,
            "",
            "(loop $again (drop (memory.grow (i32.const 1))) (br $again))",
        ),
        stops(
            "memory, 4 GiB at once",
            Stop::Memory,
            "",
            "(drop (memory.grow (i32.const 65000)))",
        ),
        stops(
            "memory, a page more than there is",
            Stop::Memory,
            "",
            "(drop (memory.grow (i32.const 241)))",
        ),
        ends(
            "memory, all of it and each page of it",
            End::Failed(0x7fff),
            module(
                "16",
                "",
                "(local $at i32) (drop (memory.grow (i32.const 240)))
                 (loop $again (i32.store (local.get $at) (i32.const -1))
                   (local.set $at (i32.add (local.get $at) (i32.const 4096)))
                   (br_if $again (i32.lt_u (local.get $at) (i32.const 16777216))))
                 (call $exit (i32.const 0x7fff))",
            ),
        ),
        ends(
            "memory, more to begin with than its limit",
            End::Stopped(Stop::Memory),
            module("512", "", ""),
        ),
        stops(
            "a table, a million elements at once",
            Stop::Table,
            "(table $all 1 funcref)",
            "(drop (table.grow $all (ref.null func) (i32.const 1000000)))",
        ),
        stops(
            "a table, ever larger",
            Stop::Table,
            "(table $all 1 funcref)",
            "(loop $again (drop (table.grow $all (ref.null func) (i32.const 999))) (br $again))",
        ),
    ]
}

fn depth() -> Vec<Attack> {
    let many = "(local ".to_owned() + &"i64 ".repeat(500) + ")";
    vec![
        stops("calls of itself", Stop::Stack, "(func $deeper (result i32) (i32.add (call $deeper) (i32.const 1)))", "(drop (call $deeper))"),
        stops(
            "calls of itself with much to remember",
            Stop::Stack,
            &format!(
                "(func $deeper (param $n i64) (result i64) {many} {} (i64.add (call $deeper (local.get 1)) (local.get 400)))",
                (1..=500).fold(String::new(), |text, n| text + &format!("(local.set {n} (i64.mul (local.get $n) (i64.const {n})))")),
            ),
            "(drop (call $deeper (i64.const 3)))",
        ),
        stops(
            "calls of each other by pointers",
            Stop::Stack,
            "(table 2 funcref) (elem (i32.const 0) $one $two)
             (func $one (result i32) (i32.add (call_indirect (result i32) (i32.const 1)) (i32.const 1)))
             (func $two (result i32) (i32.add (call_indirect (result i32) (i32.const 0)) (i32.const 1)))",
            "(drop (call $one))",
        ),
    ]
}

fn output() -> Vec<Attack> {
    let writes = |fd: u8, count: u32| {
        format!(
            "(drop (call $write (i32.const {fd}) (i32.const 0) (i32.const {count}) (i32.const 16384)))"
        )
    };
    // A list of 1,024 pieces, each the whole of the first MiB.
    let pieces = "(local $at i32) (loop $next
        (i32.store (local.get $at) (i32.const 0)) (i32.store offset=4 (local.get $at) (i32.const 1048576))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br_if $next (i32.lt_u (local.get $at) (i32.const 8192))))";
    let piece = |bytes: u32| {
        format!(
            "(i32.store (i32.const 0) (i32.const 0)) (i32.store (i32.const 4) (i32.const {bytes}))"
        )
    };
    let endless = |fd| {
        format!(
            "{} (loop $again {} (br $again))",
            piece(1000),
            writes(fd, 1)
        )
    };
    vec![
        stops("output without an end", Stop::Output, "", &endless(1)),
        stops(
            "output of a MiB at once",
            Stop::Output,
            "",
            &format!("{} {}", piece(1_048_576), writes(1, 1)),
        ),
        stops(
            "output of a GiB in a thousand pieces",
            Stop::Output,
            "",
            &format!("{pieces} {}", writes(1, 1024)),
        ),
        stops("a log without an end", Stop::Log, "", &endless(2)),
        stops(
            "a log of a GiB in a thousand pieces",
            Stop::Log,
            "",
            &format!("{pieces} {}", writes(2, 1024)),
        ),
    ]
}
