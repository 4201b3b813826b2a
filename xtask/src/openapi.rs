//! `cargo xtask openapi`.

use anyhow::Result;

use crate::Workshop;
use crate::build;
use crate::job;

/// Writes the description of the API anew, and says where.
pub(crate) fn run(workshop: &Workshop) -> Result<()> {
    let mut generator = build::proof(workshop, "fairlead-api-description")?;
    let task = workshop.console.begin("describe the API");
    job::run(workshop, &task, "openapi", &mut generator)?.expect_success()?;
    task.done("docs/openapi.json");
    Ok(())
}
