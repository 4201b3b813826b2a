//! What is said of the API, held to the code and to its standard.

use std::fs;
use std::process::Command;

use anyhow::Result;

use super::count::Count;
use super::stages::run_nextest;
use crate::Workshop;
use crate::install::OPENAPI;
use crate::job;
use crate::tools::NEXTEST;

/// Runs the tests of the description, and shows both of its forms to a validator.
pub(super) fn description(workshop: &Workshop) -> Result<Count> {
    let mut nextest = NEXTEST.command(workshop)?;
    nextest.args(["run", "--package", "fairlead-api-description"]);
    nextest.args([
        "--features",
        "openapi",
        "--no-fail-fast",
        "--hide-progress-bar",
    ]);
    let count = run_nextest(
        workshop,
        "hold the API's description to the code",
        "openapi",
        &mut nextest,
    )?;
    let forms = workshop.checkout.state().join("openapi");
    fs::create_dir_all(&forms)?;
    let mut generator = workshop.checkout.cargo();
    generator.args(["run", "--quiet", "--package", "fairlead-api-description"]);
    generator.args(["--features", "openapi", "--"]).arg(&forms);
    let tools = OPENAPI.install(workshop)?;
    let task = workshop.console.begin("validate the API's description");
    job::run(workshop, &task, "openapi-forms", &mut generator)?.expect_success()?;
    let mut validator = Command::new(tools.program("openapi-spec-validator"));
    validator.args(["openapi-3.1.json", "openapi-3.0.json"].map(|form| forms.join(form)));
    job::run(workshop, &task, "openapi-spec-validator", &mut validator)?.expect_success()?;
    task.done("OpenAPI 3.1 and 3.0.1");
    Ok(count)
}
