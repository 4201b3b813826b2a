//! Which functions of tenants there are.

use aws_sdk_lambda::{Client, types::FunctionConfiguration};
use aws_types::SdkConfig;
use lambda_kit::error::ServiceError;
use tenancy::{ExtensionName, TenantId};

use super::CODE;
use crate::registry::Names;

/// Lists functions: `lambda:ListFunctions`.
#[derive(Debug, Clone)]
pub struct FunctionLister {
    client: Client,
}

/// Whose a function is, as it says itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owned {
    /// Whose.
    pub tenant: TenantId,
    /// Of which extension, if it is no host.
    pub extension: Option<ExtensionName>,
}

/// Some of the functions.
#[derive(Debug, Clone, Default)]
pub struct FunctionPage {
    /// Those of tenants among them.
    pub found: Vec<Owned>,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
}

impl FunctionLister {
    /// A lister.
    #[must_use]
    pub fn new(sdk: &SdkConfig) -> Self {
        Self {
            client: Client::new(sdk),
        }
    }

    /// A page of all functions of the account: those of tenants bear names that begin so.
    pub async fn page(
        &self,
        names: &Names,
        next: Option<String>,
    ) -> Result<FunctionPage, ServiceError> {
        let page = self
            .client
            .list_functions()
            .set_marker(next)
            .send()
            .await
            .map_err(|error| ServiceError::new("lambda:ListFunctions", &error))?;
        let functions = page.functions.unwrap_or_default();
        let found = functions
            .iter()
            .filter_map(|function| owned(names, function));
        Ok(FunctionPage {
            found: found.collect(),
            next: page.next_marker,
        })
    }
}

/// A host has its tenant in its environment; of any other function the code lies under a key that begins with whose
/// it is.
fn owned(names: &Names, function: &FunctionConfiguration) -> Option<Owned> {
    let name = function.function_name()?;
    let variables = function
        .environment()
        .and_then(|environment| environment.variables());
    let tenant = variables.and_then(|variables| variables.get("TENANT"));
    if let Some(tenant) = tenant.and_then(|tenant| tenant.parse().ok())
        && names.host(&tenant) == name
    {
        return Some(Owned {
            tenant,
            extension: None,
        });
    }
    let key = function
        .description()?
        .strip_prefix(CODE)?
        .strip_prefix("code/")?;
    let mut parts = key.split('/');
    let tenant: TenantId = parts.next()?.parse().ok()?;
    let extension: ExtensionName = parts.next()?.parse().ok()?;
    (names.function(&tenant, &extension) == name).then_some(Owned {
        tenant,
        extension: Some(extension),
    })
}
