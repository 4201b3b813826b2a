//! Modules that want what there is not, and what is no module.

use crate::attack::{Attack, Room, refused_for};

/// All of them.
pub(crate) fn all() -> Vec<Attack> {
    [imports(), shapes(), features()].concat()
}

/// A module that has to be refused for what is `told`.
pub(crate) fn refused(name: &'static str, told: &'static str, module: Vec<u8>) -> Attack {
    Attack::new(name, Room::Registration, move |_| {
        match sandbox::compile(&module) {
            Ok(_) => Err("it was compiled".to_owned()),
            Err(refusal) => refused_for(&refusal.0, told),
        }
    })
}

fn text(name: &'static str, told: &'static str, rest: &str) -> Attack {
    let module =
        format!(r#"(module {rest} (memory (export "memory") 1) (func (export "_start")))"#);
    refused(
        name,
        told,
        wat::parse_str(module).expect("it is a module, at least"),
    )
}

fn imports() -> Vec<Attack> {
    let wasi = |name: &'static str, function: &str, signature: &str| {
        let rest = format!(r#"(import "wasi_snapshot_preview1" "{function}" (func {signature}))"#);
        text(name, "is not there: code has no files, no network", &rest)
    };
    let import = |name: &'static str, rest: &str| {
        text(name, "is not there: code has no files, no network", rest)
    };
    let files = "(param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)";
    vec![
        wasi("opening a file", "path_open", files),
        wasi("listing a directory", "fd_readdir", "(param i32 i32 i32 i64 i32) (result i32)"),
        wasi("removing a file", "path_unlink_file", "(param i32 i32 i32) (result i32)"),
        wasi("making a link", "path_symlink", "(param i32 i32 i32 i32 i32) (result i32)"),
        wasi("renaming a file", "path_rename", "(param i32 i32 i32 i32 i32 i32) (result i32)"),
        wasi("taking a connection", "sock_accept", "(param i32 i32 i32) (result i32)"),
        wasi("sending by a socket", "sock_send", "(param i32 i32 i32 i32 i32) (result i32)"),
        wasi("receiving by a socket", "sock_recv", "(param i32 i32 i32 i32 i32 i32) (result i32)"),
        wasi("a signal to its host", "proc_raise", "(param i32) (result i32)"),
        import("a thread", r#"(import "wasi" "thread-spawn" (func (param i32) (result i32)))"#),
        import("the shell, by a name of its own making", r#"(import "env" "system" (func (param i32) (result i32)))"#),
        import("an older WASI", r#"(import "wasi_unstable" "fd_write" (func (param i32 i32 i32 i32) (result i32)))"#),
        import("a name that a terminal obeys", "(import \"env\" \"\\1b[2J\" (func))"),
        import("a global of its host", r#"(import "env" "secret" (global i32))"#),
        import("a table of its host", r#"(import "env" "functions" (table 1 funcref))"#),
        import("a function of WASI as a global", r#"(import "wasi_snapshot_preview1" "fd_write" (global i32))"#),
        text(
            "a function of WASI by another signature",
            "can't be compiled",
            r#"(import "wasi_snapshot_preview1" "fd_write" (func (param i64) (result i64)))"#,
        ),
        refused(
            "memory of its host",
            "is not there",
            wat::parse_str(r#"(module (import "env" "memory" (memory 1)) (export "memory" (memory 0)) (func (export "_start")))"#)
                .expect("it is a module"),
        ),
    ]
}

fn shapes() -> Vec<Attack> {
    let module = |text: &str| wat::parse_str(text).expect("it is a module");
    let good = module(r#"(module (memory (export "memory") 1) (func (export "_start")))"#);
    let compiled = sandbox::compile(&good).expect("it is a command");
    let mut cut = good.clone();
    cut.truncate(good.len() - 3);
    let mut large = good.clone();
    large.resize(sandbox::LARGEST_MODULE + 1, 0);
    vec![
        refused("nothing at all", "it is no valid module", Vec::new()),
        refused("a module that ends early", "it is no valid module", cut),
        refused(
            "a module of more than 5 MiB",
            "make it 5242880 at most",
            large,
        ),
        refused(
            "machine code in place of a module",
            "it is no valid module",
            compiled,
        ),
        refused(
            "a program of this machine",
            "it is no valid module",
            b"\x7fELF\x02\x01\x01".to_vec(),
        ),
        refused(
            "the text of a module",
            "it is no valid module",
            b"(module)".to_vec(),
        ),
        refused(
            "a component",
            "it is a component",
            b"\0asm\x0d\0\x01\0".to_vec(),
        ),
        refused(
            "a library without a beginning",
            "it exports no function _start",
            module(r#"(module (memory (export "memory") 1))"#),
        ),
        refused(
            "a beginning that takes arguments",
            "takes arguments or gives results",
            module(r#"(module (memory (export "memory") 1) (func (export "_start") (param i32)))"#),
        ),
        refused(
            "a beginning that is no function",
            "it exports no function _start",
            module(
                r#"(module (memory (export "memory") 1) (global (export "_start") i32 (i32.const 0)))"#,
            ),
        ),
        refused(
            "memory that nobody sees",
            "it exports no memory",
            module(r#"(module (memory 1) (func (export "_start")))"#),
        ),
        refused(
            "something that runs before its beginning",
            "it has a start section",
            module(
                r#"(module (memory (export "memory") 1) (func $early (loop $again (br $again))) (start $early) (func (export "_start")))"#,
            ),
        ),
    ]
}

fn features() -> Vec<Attack> {
    let module = |text: &str| wat::parse_str(text).expect("it is a module");
    let start = r#"(func (export "_start"))"#;
    let memory = r#"(memory (export "memory") 1)"#;
    vec![
        refused(
            "two memories",
            "it is no valid module",
            module(&format!("(module {memory} (memory 1) {start})")),
        ),
        refused(
            "memory beyond 4 GiB",
            "it is no valid module",
            module(&format!(
                r#"(module (memory (export "memory") i64 1) {start})"#
            )),
        ),
        refused(
            "memory that is shared",
            "it is no valid module",
            module(&format!(
                r#"(module (memory (export "memory") 1 1 shared) {start})"#
            )),
        ),
        refused(
            "more memory to begin with than any code has",
            "more than any code may have",
            module(&format!(
                r#"(module (memory (export "memory") 5000) {start})"#
            )),
        ),
        refused(
            "a table of four thousand million elements",
            "elements in a table",
            module(&format!(
                "(module {memory} (table 4000000000 funcref) {start})"
            )),
        ),
        refused(
            "a hundred tables",
            "tables; 4 are allowed",
            module(&format!(
                "(module {memory} {} {start})",
                "(table 1 funcref)".repeat(100)
            )),
        ),
        refused(
            "objects that are collected",
            "it is no valid module",
            module(&format!(
                "(module {memory} (type (struct (field i32))) {start})"
            )),
        ),
        refused(
            "exceptions",
            "it is no valid module",
            module(&format!("(module {memory} (tag) {start})")),
        ),
        refused(
            "references to its host",
            "it is no valid module",
            module(&format!("(module {memory} (table 1 externref) {start})")),
        ),
        refused(
            "calls that leave no trace",
            "it is no valid module",
            module(&format!(
                "(module {memory} (func $f (return_call $f)) {start})"
            )),
        ),
        refused(
            "vectors that differ by processor",
            "it is no valid module",
            module(&format!(
                "(module {memory} (func (param v128) (result v128) (i8x16.relaxed_swizzle (local.get 0) (local.get 0))) {start})"
            )),
        ),
    ]
}
