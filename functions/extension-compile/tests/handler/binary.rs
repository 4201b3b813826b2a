//! The executable under Lambda's Runtime API, and as the process that it compiles in.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

use extension_compile::apart;
use serde_json::json;
use testkit::{
    canary::{assert_discreet, assert_names_what_is_missing},
    engine::variables,
    runtime_host::RuntimeHost,
};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_extension-compile");
const VARIABLES: [&str; 2] = ["EXTENSIONS_BUCKET", "EXTENSION_MAC_KEY"];

fn compile(module: &[u8]) -> Output {
    let mut child = Command::new(EXECUTABLE)
        .arg(apart::ARGUMENT)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(module).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn a_module_is_compiled_in_a_process_of_its_own() {
    let module =
        wat::parse_str(r#"(module (memory (export "memory") 1) (func (export "_start")))"#);
    let output = compile(&module.unwrap()).stdout;
    assert!(output[0] == b'C' && output[1..].starts_with(b"\x7fELF"));
}

#[test]
fn what_is_no_module_is_refused_there() {
    let output = compile(b"canary").stdout;
    assert!(
        output.starts_with(b"Rit is no valid module"),
        "{}",
        String::from_utf8_lossy(&output)
    );
}

#[test]
fn what_names_no_module_fails_and_nothing_of_it_is_printed() {
    let mut environment = variables(VARIABLES);
    environment.push(("LOG_LEVEL".to_owned(), "trace".to_owned()));
    let host = RuntimeHost::start(EXECUTABLE, environment).unwrap();
    let error = host.invoke(&json!({ "tenant": "canary@example.com" }));
    let error = error.unwrap_err().to_string();
    assert!(error.contains("the input names no module"), "{error}");
    assert_discreet(&host.stop());
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}
