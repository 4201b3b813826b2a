//! The stages that run one tool each.

use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::count::Count;
use super::end_to_end::LOCAL_STACK;
use crate::Workshop;
use crate::build;
use crate::job::{self, Finished};
use crate::tools::{DENY, NEXTEST};
use crate::{browser, extensions, install, prove};

pub(super) fn format(workshop: &Workshop) -> Result<Count> {
    check(
        workshop,
        "check the format",
        "fmt",
        workshop.checkout.cargo().args(["fmt", "--all", "--check"]),
    )
}

/// Builds what the other stages run, by clippy: what it finds comes again from cargo as long as it is there.
pub(super) fn lints(workshop: &Workshop) -> Result<Count> {
    let task = workshop
        .console
        .begin("build the tests and check the lints");
    let finished = build::tests(workshop, &task)?.expect_success()?;
    let is_warning = |line: &&String| line.starts_with("warning");
    let found = finished.lines.iter().filter(is_warning).count();
    ensure!(
        found == 0,
        "clippy warns:\n{}",
        job::last_of(&finished.lines)
    );
    task.done("nothing found");
    Ok(Count::default())
}

/// Licences, sources and duplicates. Advisories change from day to day and need a network: not here.
pub(super) fn dependencies(workshop: &Workshop) -> Result<Count> {
    let mut deny = DENY.command(workshop)?;
    check(
        workshop,
        "check the dependencies",
        "deny",
        deny.args(["check", "bans", "licenses", "sources"]),
    )
}

pub(super) fn rust_tests(workshop: &Workshop) -> Result<Count> {
    let mut nextest = nextest(workshop)?;
    let others = format!("not ({LOCAL_STACK} or package(fairlead-api-description))");
    nextest.args(["--filterset", &others]);
    run_nextest(workshop, "run the Rust tests", "nextest", &mut nextest)
}

pub(super) fn documentation_tests(workshop: &Workshop) -> Result<Count> {
    let task = workshop.console.begin("run the documentation tests");
    let mut command = workshop.checkout.cargo();
    build::linted(&mut command).args(["test", "--doc", "--no-fail-fast"]);
    command.args(build::TESTED);
    let finished = job::run(workshop, &task, "doc-tests", &mut command)?;
    let count =
        Count::from_libtest(&finished.lines).of(&finished, |failure| workshop.console.say(failure));
    task.done(&describe(count));
    Ok(count)
}

pub(super) fn cdk_types(workshop: &Workshop) -> Result<Count> {
    install::CDK.install(workshop)?;
    let mut npm = Command::new("npm");
    npm.args(["run", "--silent", "check"])
        .current_dir(workshop.checkout.cdk());
    check(workshop, "check the CDK app's types", "tsc", &mut npm)
}

pub(super) fn cdk_tests(workshop: &Workshop) -> Result<Count> {
    install::CDK.install(workshop)?;
    let task = workshop.console.begin("run the CDK app's tests");
    let report = workshop.checkout.state().join("vitest.json");
    drop(fs::remove_file(&report));
    let mut npm = Command::new("npm");
    npm.args([
        "test",
        "--silent",
        "--",
        "--reporter=default",
        "--reporter=json",
    ])
    .arg(format!("--outputFile.json={}", report.display()))
    .current_dir(workshop.checkout.cdk());
    let finished = job::run(workshop, &task, "vitest", &mut npm)?;
    let Ok(report) = fs::read(&report) else {
        anyhow::bail!("{}", finished.failure())
    };
    let count = Count::from_vitest(&report)?.of(&finished, |failure| workshop.console.say(failure));
    task.done(&describe(count));
    Ok(count)
}

/// Not a test runner: its figure is its own.
pub(super) fn crash_points(workshop: &Workshop, nightly: bool) -> Result<Count> {
    prove::crash_points(workshop, !nightly, nightly)?;
    Ok(Count::default())
}

/// Neither is this one.
pub(super) fn merge_proof(workshop: &Workshop, nightly: bool) -> Result<Count> {
    prove::merge(workshop, nightly)?;
    Ok(Count::default())
}

/// Nor this one.
pub(super) fn erasure_proof(workshop: &Workshop) -> Result<Count> {
    prove::erasure(workshop)?;
    Ok(Count::default())
}

/// Nor this one.
pub(super) fn audience_proof(workshop: &Workshop, nightly: bool) -> Result<Count> {
    prove::audience(workshop, nightly)?;
    Ok(Count::default())
}

/// Nor this one.
pub(super) fn isolation_proof(workshop: &Workshop, nightly: bool) -> Result<Count> {
    prove::isolation(workshop, nightly)?;
    Ok(Count::default())
}

/// Nor this one.
pub(super) fn delivery_proof(workshop: &Workshop, nightly: bool) -> Result<Count> {
    prove::delivery(workshop, nightly)?;
    Ok(Count::default())
}

/// Nor this one.
pub(super) fn salesforce_proof(workshop: &Workshop, nightly: bool) -> Result<Count> {
    prove::salesforce(workshop, nightly)?;
    Ok(Count::default())
}

/// Nor this one.
pub(super) fn sandbox_proof(workshop: &Workshop) -> Result<Count> {
    prove::sandbox(workshop)?;
    Ok(Count::default())
}

/// Each example counts as a test.
pub(super) fn extensions(workshop: &Workshop) -> Result<Count> {
    let passed = extensions::run(workshop)?;
    Ok(Count {
        passed,
        ..Count::default()
    })
}

/// Each journey counts as a test.
pub(super) fn pages(workshop: &Workshop) -> Result<Count> {
    let passed = browser::run(workshop)?;
    Ok(Count {
        passed,
        ..Count::default()
    })
}

/// Nor this one.
pub(super) fn chaos(workshop: &Workshop, nightly: bool) -> Result<Count> {
    prove::chaos(workshop, nightly)?;
    Ok(Count::default())
}

/// Nor this one. Its third part, forged tokens, is among the Rust tests.
pub(super) fn access_proof(workshop: &Workshop, nightly: bool) -> Result<Count> {
    prove::access(workshop, nightly)?;
    prove::routes(workshop)?;
    Ok(Count::default())
}

/// Nor this one. At night it has an hour.
pub(super) fn fuzz(workshop: &Workshop, nightly: bool) -> Result<Count> {
    prove::fuzz(workshop, nightly.then_some(3_600))?;
    Ok(Count::default())
}

/// The test runner, with all tests built.
pub(super) fn nextest(workshop: &Workshop) -> Result<Command> {
    let mut nextest = NEXTEST.command(workshop)?;
    build::linted(&mut nextest).arg("run").args(build::TESTED);
    nextest.args(["--no-fail-fast", "--hide-progress-bar"]);
    Ok(nextest)
}

/// Runs nextest and counts what it ran.
pub(super) fn run_nextest(
    workshop: &Workshop,
    name: &str,
    log: &str,
    nextest: &mut Command,
) -> Result<Count> {
    let task = workshop.console.begin(name);
    let finished = job::run(workshop, &task, log, nextest)?;
    let Some(count) = Count::from_nextest(&finished.lines) else {
        finished.expect_success()?;
        return Err(anyhow::anyhow!("nextest printed no summary"))
            .context("its tests cannot be counted");
    };
    let count = count.of(&finished, |failure| workshop.console.say(failure));
    task.done(&describe(count));
    Ok(count)
}

/// Runs a tool that finds fault or does not.
fn check(workshop: &Workshop, name: &str, log: &str, command: &mut Command) -> Result<Count> {
    let task = workshop.console.begin(name);
    job::run(workshop, &task, log, command).and_then(Finished::expect_success)?;
    task.done("nothing found");
    Ok(Count::default())
}

fn describe(count: Count) -> String {
    format!("{} passed, {} failed", count.passed, count.failed)
}
