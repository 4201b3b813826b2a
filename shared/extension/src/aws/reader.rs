//! Reading what is registered.

use aws_sdk_dynamodb::Client;
use aws_types::SdkConfig;
use lambda_kit::{
    dynamodb::{Row, query_all, text},
    error::ServiceError,
};
use serde::de::DeserializeOwned;
use tenancy::{ExtensionName, TenantId};

use super::{RegistryError, read};
use crate::{
    Version,
    registry::{Extension, ExtensionVersion, Host},
};

/// The partition of what is no single tenant's.
const OF_ALL: &str = "*";
const TENANT: &str = "extension-tenant#";
const EXTENSION: &str = "extension#";
const VERSION: &str = "extension-version#";
const HOST: &str = "extension-host";

/// Reads rows of extensions, as they are now: `dynamodb:GetItem` and `dynamodb:Query` on the directory.
#[derive(Debug, Clone)]
pub struct ExtensionReader {
    client: Client,
    table: String,
}

/// Lists the tenants that have a host: `dynamodb:Query` on the directory.
#[derive(Debug, Clone)]
pub struct HostedTenants {
    client: Client,
    table: String,
}

/// Some of the tenants that have a host, by their names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hosted {
    /// Who.
    pub tenants: Vec<TenantId>,
    /// Whether there are more.
    pub has_more: bool,
}

impl ExtensionReader {
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// An extension; `None` if there is none of that name.
    pub async fn find(
        &self,
        tenant: &TenantId,
        name: &ExtensionName,
    ) -> Result<Option<Extension>, RegistryError> {
        self.row(key_of(tenant, name)).await
    }

    /// All extensions of a tenant, by their names: there are as many as its quota at most.
    pub async fn all(&self, tenant: &TenantId) -> Result<Vec<Extension>, RegistryError> {
        self.below(tenant, EXTENSION.to_owned()).await
    }

    /// A version of an extension.
    pub async fn version(
        &self,
        tenant: &TenantId,
        name: &ExtensionName,
        version: &Version,
    ) -> Result<Option<ExtensionVersion>, RegistryError> {
        self.row(key_of_version(tenant, name, version)).await
    }

    /// All versions of an extension.
    pub async fn versions(
        &self,
        tenant: &TenantId,
        name: &ExtensionName,
    ) -> Result<Vec<ExtensionVersion>, RegistryError> {
        self.below(tenant, format!("{VERSION}{name}#")).await
    }

    /// The host of a tenant; `None` if it has no extension.
    pub async fn host(&self, tenant: &TenantId) -> Result<Option<Host>, RegistryError> {
        self.row(key_of_host(tenant)).await
    }

    async fn row<T: DeserializeOwned>(&self, key: Row) -> Result<Option<T>, RegistryError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        answer.item.map(read).transpose()
    }

    async fn below<T: DeserializeOwned>(
        &self,
        tenant: &TenantId,
        prefix: String,
    ) -> Result<Vec<T>, RegistryError> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("tenant = :tenant AND begins_with(part, :prefix)")
            .expression_attribute_values(":tenant", text(tenant.as_str()))
            .expression_attribute_values(":prefix", text(prefix));
        let rows = query_all(query).await?;
        rows.into_iter().map(read).collect()
    }
}

impl HostedTenants {
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// `most` of them, from behind `after` on.
    pub async fn page(&self, after: Option<&TenantId>, most: i32) -> Result<Hosted, RegistryError> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("tenant = :tenant AND begins_with(part, :prefix)")
            .expression_attribute_values(":tenant", text(OF_ALL))
            .expression_attribute_values(":prefix", text(TENANT))
            .limit(most)
            .set_exclusive_start_key(after.map(key_of_tenant))
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:Query", &error))?;
        let has_more = answer.last_evaluated_key.is_some_and(|key| !key.is_empty());
        let rows = answer.items.unwrap_or_default();
        let tenants = rows.iter().map(tenant_of).collect::<Result<_, _>>()?;
        Ok(Hosted { tenants, has_more })
    }
}

fn tenant_of(row: &Row) -> Result<TenantId, RegistryError> {
    let part = row.get("part").and_then(|part| part.as_s().ok());
    let name = part.and_then(|part| part.strip_prefix(TENANT));
    name.and_then(|name| name.parse().ok())
        .ok_or(RegistryError::Malformed)
}

fn key(tenant: &str, part: String) -> Row {
    Row::from([
        ("tenant".to_owned(), text(tenant)),
        ("part".to_owned(), text(part)),
    ])
}

pub(super) fn key_of(tenant: &TenantId, name: &ExtensionName) -> Row {
    key(tenant.as_str(), format!("{EXTENSION}{name}"))
}

pub(super) fn key_of_version(tenant: &TenantId, name: &ExtensionName, version: &Version) -> Row {
    key(tenant.as_str(), format!("{VERSION}{name}#{version}"))
}

pub(super) fn key_of_host(tenant: &TenantId) -> Row {
    key(tenant.as_str(), HOST.to_owned())
}

pub(super) fn key_of_tenant(tenant: &TenantId) -> Row {
    key(OF_ALL, format!("{TENANT}{tenant}"))
}
