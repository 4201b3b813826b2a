//! Clients that others wrote, each run as a program of its own.

use std::env;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

use crate::stack::Stack;
use crate::webhooks::Webhook;

/// The environment variable that names the Python which has these clients.
pub const VARIABLE: &str = "FAIRLEAD_INTEROP_PYTHON";

/// Those for Python, and those for Node.js.
#[derive(Clone, Debug)]
pub struct Clients {
    python: PathBuf,
}

impl Clients {
    /// Those that the Python at `python` has.
    #[must_use]
    pub const fn of(python: PathBuf) -> Self {
        Self { python }
    }

    /// Those that the Python has which [`VARIABLE`] names.
    pub fn from_environment() -> Result<Self> {
        let Some(python) = env::var_os(VARIABLE) else {
            bail!(
                "{VARIABLE} is not set: these tests need a Python with what tools/interop.txt lists. `cargo xtask \
                 test` makes one, .fairlead/python/interop/bin/python"
            );
        };
        Ok(Self::of(PathBuf::from(python)))
    }

    /// Has the Extended Clients for Python do what `instruction` says; returns what came of it.
    pub fn extended_client(&self, stack: &Stack, instruction: &Value) -> Result<Value> {
        let mut python = self.python("extended_client.py");
        python.envs([
            ("AWS_ENDPOINT_URL", &stack.endpoint),
            ("AWS_DEFAULT_REGION", &stack.region),
            ("AWS_ACCESS_KEY_ID", &stack.credentials.access_key_id),
            (
                "AWS_SECRET_ACCESS_KEY",
                &stack.credentials.secret_access_key,
            ),
        ]);
        run(&mut python, instruction)
    }

    /// Has the clients by which partners send do what `instruction` says; returns what came of it.
    pub fn sender(&self, instruction: &Value) -> Result<Value> {
        run(&mut self.python("senders.py"), instruction)
    }

    /// Has Segment's SDK for Node.js make the calls of `instruction`; returns what came of them.
    pub fn node_sdk(&self, instruction: &Value) -> Result<Value> {
        ensure!(
            folder().join("node_modules").is_dir(),
            "these tests need what tests/end-to-end/interop/package-lock.json lists: `cargo xtask test end-to-end` \
             installs it"
        );
        let mut node = Command::new("node");
        node.arg(folder().join("segment.mjs"))
            .env_clear()
            // It is looked for where the developer's programs are.
            .envs(env::var_os("PATH").map(|path| ("PATH", path)));
        run(&mut node, instruction)
    }

    /// Has the reference library check `webhook` by each of `secrets`, as it came and changed, and the
    /// SDK of CloudEvents read it.
    pub fn received(&self, webhook: &Webhook, secrets: &[&str]) -> Result<Value> {
        self.sender(&json!({
            "do": "received",
            "headers": webhook.headers,
            "body": webhook.body,
            "secrets": secrets,
        }))
    }

    fn python(&self, script: &str) -> Command {
        let mut python = Command::new(&self.python);
        python.arg(folder().join(script)).env_clear();
        python
    }
}

/// Where the clients' programs are.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("interop")
}

fn run(command: &mut Command, instruction: &Value) -> Result<Value> {
    let mut process = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("the program that has the client does not start")?;
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
