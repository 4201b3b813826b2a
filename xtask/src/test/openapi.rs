//! What is said of the API, held to the code, to its standard, and to the running API.

mod known;

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use fairlead_end_to_end::callers::{self, Caller};
use fairlead_end_to_end::fairlead::Fairlead;
use fairlead_end_to_end::known::Known;
use fairlead_end_to_end::running::Running;
use serde_json::Value;

use super::count::Count;
use super::end_to_end;
use super::stages::{nextest, run_nextest};
use crate::Workshop;
use crate::build;
use crate::down;
use crate::install::OPENAPI;
use crate::instance::Instance;
use crate::job;

/// As many requests as each phase makes at most of one route.
const MOST_EXAMPLES: &str = "25";

/// What ends the caller: whatever came after it would prove little, so that somebody else does it, who
/// does nothing else.
const LAST: &str = "delete_me";

/// What the answers are held to.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_headers_conformance,response_schema_conformance,negative_data_rejection,missing_required_header";

/// Runs the tests of the description, and shows both of its forms to a validator.
pub(super) fn description(workshop: &Workshop) -> Result<Count> {
    let mut nextest = nextest(workshop)?;
    nextest.args(["--filterset", "package(fairlead-api-description)"]);
    let count = run_nextest(
        workshop,
        "hold the API's description to the code",
        "openapi",
        &mut nextest,
    )?;
    let forms = workshop.checkout.state().join("openapi");
    fs::create_dir_all(&forms)?;
    let mut generator = build::proof(workshop, "fairlead-api-description")?;
    generator.arg(&forms);
    let tools = OPENAPI.install(workshop)?;
    let task = workshop.console.begin("validate the API's description");
    job::run(workshop, &task, "openapi-forms", &mut generator)?.expect_success()?;
    let mut validator = Command::new(tools.program("openapi-spec-validator"));
    validator.args(["openapi-3.1.json", "openapi-3.0.json"].map(|form| forms.join(form)));
    job::run(workshop, &task, "openapi-spec-validator", &mut validator)?.expect_success()?;
    task.done("OpenAPI 3.1 and 3.0.1");
    Ok(count)
}

/// Starts the local stack, and sends it what schemathesis makes of the description that each kind of
/// caller is shown; in the end as somebody who is erased by it.
pub(super) fn schemathesis(workshop: &Workshop) -> Result<Count> {
    let tools = OPENAPI.install(workshop)?;
    let instance = Instance::at(&workshop.checkout.state().join("schemathesis"))?;
    let up = end_to_end::start(workshop, instance.folder())?;
    let found = Running::read(&instance.description()).and_then(|running| {
        let program = tools.program("schemathesis");
        let fairlead = Fairlead::on(running.stack.clone())?;
        let tested = Tested {
            workshop,
            program: &program,
            fairlead: &fairlead,
            running: &running,
            folder: instance.folder(),
        };
        all_callers(&tested)
    });
    down::end(workshop, &instance)?;
    up.finish()?.expect_success()?;
    let Found {
        operations,
        cases,
        failures,
    } = found?;
    workshop.console.say(format_args!(
        "schemathesis: operations {operations}; cases {cases}; failures {failures}"
    ));
    ensure!(cases > 0, "schemathesis made no request");
    ensure!(failures == 0, "the running API is not as it is described");
    Ok(Count::default())
}

/// What schemathesis did.
#[derive(Default)]
struct Found {
    operations: u64,
    cases: u64,
    failures: u64,
}

impl Found {
    fn add(&mut self, other: &Self) {
        self.operations += other.operations;
        self.cases += other.cases;
        self.failures += other.failures;
    }
}

/// What is tested, and by which program.
struct Tested<'a> {
    workshop: &'a Workshop,
    program: &'a Path,
    fairlead: &'a Fairlead,
    running: &'a Running,
    folder: &'a Path,
}

fn all_callers(tested: &Tested<'_>) -> Result<Found> {
    let mut all = Found::default();
    for caller in callers::honest(tested.fairlead, tested.running)? {
        all.add(&as_caller(tested, &caller, "--exclude-operation-id")?);
    }
    let leaving = callers::leaving(tested.fairlead)?;
    all.add(&as_caller(tested, &leaving, "--include-operation-id")?);
    Ok(all)
}

/// Sends what `caller` can send, as the API itself describes it to them: all but what ends them, or that
/// alone, as `filter` says.
fn as_caller(tested: &Tested<'_>, caller: &Caller, filter: &str) -> Result<Found> {
    let Tested {
        workshop,
        program,
        fairlead,
        running,
        folder,
    } = *tested;
    let authorization = caller
        .authorization
        .as_deref()
        .context("an honest caller has a token")?;
    let token = authorization.trim_start_matches("Bearer ");
    let shown = fairlead
        .api
        .send("GET", "/openapi.json", Some(token), &[], Vec::new())?;
    let mut shown = shown.expect(200)?.json()?;
    let known = Known::make(fairlead, running)?;
    known::show(&mut shown, &known);
    let description = folder.join("openapi.json");
    fs::write(&description, shown.to_string())?;
    let configuration = folder.join("schemathesis.toml");
    fs::write(&configuration, known::configuration(&known))?;
    let report = folder.join("schemathesis.json");
    drop(fs::remove_file(&report));
    let task = workshop
        .console
        .begin(format!("test the API as {}", caller.name));
    let mut command = Command::new(program);
    command
        .arg("--config-file")
        .arg(&configuration)
        .arg("run")
        .arg(&description)
        .args(["--url", &fairlead.api.url])
        .args(["--header", &format!("Authorization: {authorization}")])
        .args(["--checks", CHECKS, "--max-examples", MOST_EXAMPLES])
        .args([filter, LAST])
        .args(["--phases", "examples,coverage,fuzzing"])
        // The same requests each time.
        .arg("--generation-deterministic")
        .args(["--continue-on-failure", "--no-color", "--report-json-path"])
        .arg(&report)
        .current_dir(folder);
    // One log for each caller: what one of them found is not written over by the next.
    let log = format!("schemathesis-{}", caller.name.replace(' ', "-"));
    let finished = job::run(workshop, &task, &log, &mut command)?;
    let report = fs::read(&report).with_context(|| finished.failure())?;
    let found = read(&serde_json::from_slice(&report)?)?;
    if found.failures > 0 || !finished.succeeded() {
        workshop.console.say(finished.failure());
    }
    task.done(&format!("{} requests", found.cases));
    Ok(found)
}

/// What schemathesis reports; an error that kept it from testing counts as a failure.
fn read(report: &Value) -> Result<Found> {
    let number = |pointer: &str| {
        let number = report.pointer(pointer).and_then(Value::as_u64);
        number.with_context(|| format!("schemathesis reports no {pointer}"))
    };
    let errors = report.get("errors").and_then(Value::as_array);
    let errors = errors.map_or(0, Vec::len) as u64;
    Ok(Found {
        operations: number("/operations/tested")?,
        cases: number("/test_cases/generated")?,
        failures: number("/test_cases/unique_failures")? + errors,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn errors_count_as_failures() {
        let report = json!({
            "operations": { "tested": 9 },
            "test_cases": { "generated": 400, "unique_failures": 1 },
            "errors": [{ "title": "Network Error", "count": 1 }],
        });
        let found = read(&report).unwrap();
        assert_eq!((found.operations, found.cases, found.failures), (9, 400, 2));
    }
}
