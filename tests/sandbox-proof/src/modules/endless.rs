//! Code that never ends.

use sandbox::{End, Stop};

use super::{module, run, stops};
use crate::attack::{Attack, Room};

pub(super) fn all() -> Vec<Attack> {
    let again = |name, call: &str| {
        stops(
            name,
            Stop::Time,
            "",
            &format!("(loop $again {call} (br $again))"),
        )
    };
    let piece = "(i32.store (i32.const 0) (i32.const 64)) (i32.store (i32.const 4) (i32.const 0))";
    // A sleep of a century, for a clock.
    let century = "(i64.store (i32.const 24) (i64.const 3155760000000000000))";
    vec![
        again("a loop that does nothing", ""),
        again(
            "a loop that multiplies",
            "(drop (f64.mul (f64.const 1.5) (f64.const 2.5)))",
        ),
        again(
            "a loop over a table of branches",
            "(block (br_table 0 1 0 (i32.const 1)))",
        ),
        again(
            "a loop that asks for the time",
            "(drop (call $clock (i32.const 0) (i64.const 1) (i32.const 0)))",
        ),
        again("a loop that yields", "(drop (call $yield))"),
        again(
            "a loop that reads nothing",
            "(drop (call $read (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 8)))",
        ),
        again(
            "a loop that writes nothing",
            &format!(
                "{piece} (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))"
            ),
        ),
        again(
            "a loop that closes its output",
            "(drop (call $close (i32.const 1)))",
        ),
        again(
            "a loop that wants randomness",
            "(drop (call $random (i32.const 0) (i32.const 65536)))",
        ),
        again(
            "a loop that sleeps for centuries",
            &format!(
                "{century} (drop (call $poll (i32.const 0) (i32.const 256) (i32.const 1) (i32.const 512)))"
            ),
        ),
        bulk(
            "a loop that fills its memory",
            "(memory.fill (i32.const 0) (i32.const 7) (i32.const 1048576))",
        ),
        bulk(
            "a loop that copies its memory",
            "(memory.copy (i32.const 0) (i32.const 8) (i32.const 1048000))",
        ),
        again(
            "a loop that grows by nothing",
            "(drop (memory.grow (i32.const 0)))",
        ),
        stops(
            "a loop of calls by pointers",
            Stop::Time,
            "(table 1 funcref) (elem (i32.const 0) $nothing) (func $nothing)",
            "(loop $again (call_indirect (i32.const 0)) (br $again))",
        ),
        stops(
            "a loop that fills a table",
            Stop::Time,
            "(table $all 10000 funcref)",
            "(loop $again (table.fill $all (i32.const 0) (ref.null func) (i32.const 10000)) (br $again))",
        ),
        stops(
            "a loop within a loop within a loop",
            Stop::Time,
            "",
            "(local $a i32) (loop $one (loop $two (loop $three
               (local.set $a (i32.add (local.get $a) (i32.const 1)))
               (br_if $three (local.get $a)) (br $two)) (br $one)))",
        ),
        stops(
            "a loop over vectors",
            Stop::Time,
            "",
            "(local $v v128) (loop $again (local.set $v (i32x4.add (local.get $v) (v128.const i32x4 1 2 3 4))) (br $again))",
        ),
    ]
}

/// A loop over an instruction whose every byte counts as one: a fast processor burns its fuel before its time is up.
fn bulk(name: &'static str, instruction: &str) -> Attack {
    let start = format!("(loop $again {instruction} (br $again))");
    let module = module("16", "", &start);
    let ends = [End::Stopped(Stop::Time), End::Stopped(Stop::Fuel)];
    Attack::new(name, Room::Modules, move |ground| {
        run(ground, &module, &ends)
    })
}
