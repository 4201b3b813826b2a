//! Code that reaches for what is not its own, or does what WebAssembly does not allow.

use sandbox::{End, Stop};

use super::{ends, module};
use crate::attack::Attack;

const FAULT: i32 = 21;
const INVALID: i32 = 28;

#[expect(clippy::too_many_lines, reason = "a table: a line or two for each")]
pub(super) fn all() -> Vec<Attack> {
    let traps = |name, rest: &str, start: &str, told| {
        ends(
            name,
            End::Stopped(Stop::Trap(told)),
            module("1", rest, start),
        )
    };
    let outside = "it read or wrote outside of its memory";
    let is_told = |name, status, call: &str| {
        ends(
            name,
            End::Failed(status),
            module("1", "", &format!("(call $exit {call})")),
        )
    };
    vec![
        traps(
            "a read beyond its memory",
            "",
            "(drop (i32.load (i32.const 65536)))",
            outside,
        ),
        traps(
            "a read at the end of 4 GiB",
            "",
            "(drop (i64.load offset=4294967295 (i32.const -1)))",
            outside,
        ),
        traps(
            "a write beyond its memory",
            "",
            "(i32.store offset=65533 (i32.const 0) (i32.const 1))",
            outside,
        ),
        traps(
            "a copy that reaches beyond",
            "",
            "(memory.copy (i32.const 1) (i32.const 0) (i32.const 65536))",
            outside,
        ),
        traps(
            "a call of nothing",
            "(table 1 funcref)",
            "(call_indirect (i32.const 0))",
            "it called a function that is not there",
        ),
        traps(
            "a call beyond the table",
            "(table 1 funcref)",
            "(call_indirect (i32.const 9))",
            "it reached outside of a table",
        ),
        traps(
            "a call by another signature",
            "(table 1 funcref) (elem (i32.const 0) $one) (func $one (param i64))",
            "(call_indirect (i32.const 0))",
            "it called a function by another signature",
        ),
        traps(
            "a division by zero",
            "",
            "(drop (i32.div_s (i32.const 1) (i32.const 0)))",
            "it divided by zero",
        ),
        traps(
            "a division that overflows",
            "",
            "(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))",
            "a number did not fit where it was put",
        ),
        traps(
            "a panic",
            "",
            "unreachable",
            "it gave up: an `unreachable` was reached, as by a panic",
        ),
        is_told(
            "output from beyond its memory",
            FAULT,
            "(block (result i32) (i32.store (i32.const 0) (i32.const 65000)) (i32.store (i32.const 4) (i32.const 65000)) (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))",
        ),
        is_told(
            "output whose end is before its beginning",
            FAULT,
            "(block (result i32) (i32.store (i32.const 0) (i32.const -16)) (i32.store (i32.const 4) (i32.const 32)) (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))",
        ),
        is_told(
            "pieces that lie beyond its memory",
            FAULT,
            "(call $write (i32.const 1) (i32.const 65532) (i32.const 1) (i32.const 8))",
        ),
        is_told(
            "two thousand million pieces",
            INVALID,
            "(call $write (i32.const 1) (i32.const 0) (i32.const 0x7fffffff) (i32.const 8))",
        ),
        is_told(
            "its input put beyond its memory",
            FAULT,
            "(block (result i32) (i32.store (i32.const 0) (i32.const 65535)) (i32.store (i32.const 4) (i32.const 2)) (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))",
        ),
        is_told(
            "a count put beyond its memory",
            FAULT,
            "(call $write (i32.const 1) (i32.const 0) (i32.const 0) (i32.const -1))",
        ),
        is_told(
            "the time put beyond its memory",
            FAULT,
            "(call $clock (i32.const 0) (i64.const 1) (i32.const 65530))",
        ),
        is_told(
            "randomness put beyond its memory",
            FAULT,
            "(call $random (i32.const 65535) (i32.const 2))",
        ),
        is_told(
            "randomness without an end",
            INVALID,
            "(call $random (i32.const 0) (i32.const -1))",
        ),
        is_told(
            "sleeps without an end",
            INVALID,
            "(call $poll (i32.const 0) (i32.const 0) (i32.const -1) (i32.const 8))",
        ),
        is_told(
            "events of sleep put beyond its memory",
            FAULT,
            "(call $poll (i32.const 0) (i32.const -8) (i32.const 1) (i32.const 8))",
        ),
    ]
}
