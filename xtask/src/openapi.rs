//! `cargo xtask openapi`.

use anyhow::Result;

use crate::Workshop;
use crate::job;

/// Writes the description of the API anew, and says where.
pub(crate) fn run(workshop: &Workshop) -> Result<()> {
    let task = workshop.console.begin("describe the API");
    let mut generator = workshop.checkout.cargo();
    generator.args(["run", "--quiet", "--package", "fairlead-api-description"]);
    generator.args(["--features", "openapi"]);
    job::run(workshop, &task, "openapi", &mut generator)?.expect_success()?;
    task.done("docs/openapi.json");
    Ok(())
}
