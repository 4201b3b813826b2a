//! The developer's own path as a test: `up` in another process, the tests and a browser against it, `down`,
//! and nothing left behind.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail, ensure};
use fairlead_end_to_end::interop;
use fairlead_end_to_end::running::{self, Running};
use serde_json::Value;

use super::count::Count;
use super::stages::{nextest, run_nextest};
use crate::Workshop;
use crate::install::{INTEROP, INTEROP_FOR_NODE};
use crate::instance::Instance;
use crate::job::Background;
use crate::{browser, down, preflight, processes};

/// The tests that need a running local stack.
pub(super) const LOCAL_STACK: &str = "binary_id(fairlead-end-to-end::local-stack)";

pub(super) fn run(workshop: &Workshop) -> Result<Count> {
    let clients = INTEROP.install(workshop)?;
    INTEROP_FOR_NODE.install(workshop)?;
    let instance = Instance::at(&workshop.checkout.state().join("test"))?;
    let up = start(workshop, instance.folder())?;
    let mut nextest = nextest(workshop)?;
    nextest
        .args(["--filterset", LOCAL_STACK])
        // They wait for what others do, most of the time.
        .args(["--test-threads", "4"])
        .env(running::VARIABLE, instance.description())
        .env(interop::VARIABLE, clients.program("python"));
    let count = run_nextest(
        workshop,
        "run the tests on the local stack",
        "end-to-end",
        &mut nextest,
    );
    let running = Running::read(&instance.description());
    let walked = running.and_then(|running| browser::on(workshop, &running));
    down::end(workshop, &instance)?;
    up.finish()?.expect_success()?;
    let left = processes::end_marked(&instance.mark())?;
    ensure!(
        left == 0,
        "`down` left {left} processes behind; they have been ended now"
    );
    let mut count = count?;
    count.add(Count {
        passed: walked?,
        ..Count::default()
    });
    Ok(count)
}

/// Starts `up` and waits until it has walked the flows.
pub(super) fn start(workshop: &Workshop, folder: &Path) -> Result<Background> {
    let port = preflight::any_free_port()?.to_string();
    let task = workshop.console.begin("up, on a port of its own");
    let mut command = Command::new(&workshop.program);
    command
        .args(["up", "--output", "json", "--port", &port])
        .args(["--salesforce-port", "0", "--pages-port", "0", "--folder"])
        .arg(folder);
    let mut up = Background::start(workshop, "up", &mut command)?;
    while let Some(line) = up.next_line(workshop)? {
        let Ok(event) = serde_json::from_str::<Value>(&line) else {
            continue;
        };
        if let Some(step) = event.get("step").and_then(Value::as_str) {
            task.note(step);
        }
        if let Some(error) = event.get("error").and_then(Value::as_str) {
            bail!("`up` failed: {error}");
        }
        if let Some(seconds) = event.pointer("/ready/seconds").and_then(Value::as_f64) {
            task.done(&format!(
                "ready after {seconds:.1} s, the flows walked once"
            ));
            return Ok(up);
        }
    }
    up.finish()?.expect_success()?;
    bail!("`up` ended before it was ready")
}
