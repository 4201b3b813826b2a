//! Modules that are small, and take very much to compile.

use std::fmt::Write as _;

use extension_compile::apart;

use crate::{
    attack::{Attack, Room, Stopped},
    imports::refused,
};

/// All of them.
pub(crate) fn all() -> Vec<Attack> {
    let locals = "(local i64)".repeat(6_000);
    vec![
        refused(
            "forty thousand functions",
            "functions; 30000 are allowed",
            module(&"(func)".repeat(40_000), ""),
        ),
        refused(
            "a function of a MiB",
            "make it 524288 at most",
            module("", &"(drop (i32.const 0))".repeat(350_000)),
        ),
        refused(
            "a function of six thousand variables",
            "local variables in one function",
            module("", &locals),
        ),
        bounded(
            "twenty thousand blocks within each other",
            module(
                "",
                &format!("{}{}", "(block ".repeat(20_000), ")".repeat(20_000)),
            ),
        ),
        bounded(
            "a table of twenty thousand branches",
            module(
                "",
                &format!("(block (br_table {} (i32.const 0)))", "0 ".repeat(20_000)),
            ),
        ),
        bounded(
            "a sum of fifty thousand",
            module(
                "",
                &format!(
                    "(local $n i64) {}",
                    "(local.set $n (i64.add (local.get $n) (i64.const 7)))".repeat(50_000)
                ),
            ),
        ),
        bounded("a thousand variables, each of all before it", mixed(1_000)),
        bounded("ten thousand functions", module(&functions(10_000), "")),
    ]
}

fn module(rest: &str, start: &str) -> Vec<u8> {
    let text =
        format!(r#"(module {rest} (memory (export "memory") 1) (func (export "_start") {start}))"#);
    wat::parse_str(text).expect("it is a module")
}

/// Values of which each is live until the end, over and over again.
fn mixed(count: usize) -> Vec<u8> {
    let mut text = format!("(local {})", "i64 ".repeat(count));
    for n in 1..count {
        let _ = write!(
            text,
            "(local.set {n} (i64.mul (local.get {}) (i64.add (local.get {}) (i64.const {n}))))",
            n - 1,
            n / 2
        );
    }
    for n in (1..count).rev() {
        let _ = write!(
            text,
            "(i64.store (i32.const {}) (local.get {n}))",
            n % 4096 * 8
        );
    }
    module("", &text)
}

fn functions(count: usize) -> String {
    (0..count).fold(String::new(), |mut text, n| {
        let _ = write!(
            text,
            "(func (param i32) (result i32) (i32.mul (local.get 0) (i32.const {n})))"
        );
        text
    })
}

/// A module that may be compiled, in a process with bounds; whatever comes of it, it comes.
fn bounded(name: &'static str, module: Vec<u8>) -> Attack {
    Attack::new(name, Room::Registration, move |_| {
        match apart::compile(&module) {
            Ok(Ok(_)) => Ok(Stopped::before("compiled within its bounds")),
            Ok(Err(refusal)) => Ok(Stopped::before(refusal.to_string())),
            Err(error) => Err(error.to_string()),
        }
    })
}
