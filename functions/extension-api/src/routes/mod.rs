//! The routes, by what they are about.

pub(crate) mod changes;
pub(crate) mod extensions;
pub(crate) mod logs;
pub(crate) mod uploads;
pub(crate) mod usage;

use extension::registry::Extension;
use lambda_kit::problem::Problem;
use tenancy::{ExtensionName, TenantId};

use crate::{App, problems};

/// An extension as it is now.
async fn found(app: &App, tenant: &TenantId, name: &ExtensionName) -> Result<Extension, Problem> {
    let found = app.reader.find(tenant, name).await;
    let found = found.map_err(|error| problems::unavailable(&error))?;
    found.ok_or_else(problems::no_such_extension)
}
