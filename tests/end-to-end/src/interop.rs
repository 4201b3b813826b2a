//! Clients that others wrote, each run as a program of its own.

use std::env;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use crate::stack::Stack;

/// The environment variable that names the Python which has these clients.
pub const VARIABLE: &str = "FAIRLEAD_INTEROP_PYTHON";

/// Has the Extended Clients for Python do what `instruction` says; returns what came of it.
pub fn extended_client(stack: &Stack, instruction: &Value) -> Result<Value> {
    let environment = [
        ("AWS_ENDPOINT_URL", &stack.endpoint),
        ("AWS_DEFAULT_REGION", &stack.region),
        ("AWS_ACCESS_KEY_ID", &stack.credentials.access_key_id),
        (
            "AWS_SECRET_ACCESS_KEY",
            &stack.credentials.secret_access_key,
        ),
    ];
    run("extended_client.py", &environment, instruction)
}

/// Has the clients by which partners send do what `instruction` says; returns what came of it.
pub fn sender(instruction: &Value) -> Result<Value> {
    run("senders.py", &[], instruction)
}

fn run(script: &str, environment: &[(&str, &String)], instruction: &Value) -> Result<Value> {
    let Some(python) = env::var_os(VARIABLE) else {
        bail!(
            "{VARIABLE} is not set: these tests need a Python with what tools/interop.txt lists. `cargo xtask test` \
             makes one, .fairlead/python/interop/bin/python"
        );
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("interop")
        .join(script);
    let mut process = Command::new(python)
        .arg(script)
        .env_clear()
        .envs(environment.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("the Python that has the clients does not start")?;
    let mut input = process.stdin.take().context("its input is a pipe")?;
    input.write_all(instruction.to_string().as_bytes())?;
    drop(input);
    let output = process.wait_with_output()?;
    ensure!(
        output.status.success(),
        "the client failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).context("the client printed something else")
}
