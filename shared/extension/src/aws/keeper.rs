//! Writing what is registered, by conditions alone: each row is written on top of the revision that was read.

use aws_sdk_dynamodb::{
    Client,
    types::{ConditionCheck, Delete, Put, TransactWriteItem, Update, builders::DeleteBuilder},
};
use aws_types::SdkConfig;
use lambda_kit::{
    dynamodb::{
        Row, TransactionFailure, is_refused, names, number, put, text, transact, transact_delete,
        transact_put, transact_update, unmakeable,
    },
    error::ServiceError,
    planted,
};
use serde::Serialize;

use super::reader::{key_of, key_of_host, key_of_tenant, key_of_version};
use crate::registry::{Extension, ExtensionVersion, Host};

/// Writes rows of extensions: `dynamodb:PutItem`, `dynamodb:UpdateItem`, `dynamodb:DeleteItem` and
/// `dynamodb:ConditionCheckItem` on the directory.
#[derive(Debug, Clone)]
pub struct ExtensionKeeper {
    client: Client,
    table: String,
}

/// Whether something was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "what was not written is to be read again"]
pub enum Saved {
    /// It was.
    Done,
    /// Somebody wrote before, or it is there by now.
    Overtaken,
}

impl ExtensionKeeper {
    /// A keeper of `table`.
    #[must_use]
    pub fn new(sdk: &SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// Begins a version. With the first one of an extension comes the extension, and its place in the host; with
    /// the first extension of a tenant comes the host.
    pub async fn begin(
        &self,
        version: &ExtensionVersion,
        new: Option<(&Extension, &Host)>,
    ) -> Result<Saved, ServiceError> {
        let mut items = vec![self.version(version)?];
        match new {
            None => items.push(self.is_not_removing(version)?),
            Some((extension, host)) => {
                items.push(self.extension(extension)?);
                items.push(self.host(host)?);
                if host.revision == 1 {
                    items.push(self.tenant(host)?);
                }
            }
        }
        self.all(items).await
    }

    /// Ends a version's registration: what is on record of it, and what becomes of its extension by it.
    pub async fn end(
        &self,
        version: &ExtensionVersion,
        extension: Option<&Extension>,
    ) -> Result<Saved, ServiceError> {
        let mut items = vec![self.version(version)?];
        if let Some(extension) = extension {
            if planted::is_on("version-ready-by-itself") {
                _ = self.all(items.split_off(0)).await?;
            }
            items.push(self.extension(extension)?);
        }
        self.all(items).await
    }

    /// Writes an extension on top of the revision before its own.
    pub async fn save(&self, extension: &Extension) -> Result<Saved, ServiceError> {
        self.all(vec![self.extension(extension)?]).await
    }

    /// Writes a host likewise.
    pub async fn save_host(&self, host: &Host) -> Result<Saved, ServiceError> {
        self.all(vec![self.host(host)?]).await
    }

    /// Notes that the bus was told of that revision of an extension. Whoever told of a later one has noted that.
    pub async fn note_told(&self, extension: &Extension) -> Result<(), ServiceError> {
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(key_of(&extension.tenant, &extension.name)))
            .update_expression("SET #told = :told")
            .condition_expression("attribute_exists(part) AND #told < :told")
            .set_expression_attribute_names(Some(names(&["told"])))
            .expression_attribute_values(":told", number(extension.revision));
        _ = self.all(vec![transact_update(update)?]).await?;
        Ok(())
    }

    /// Removes a version that nothing needs.
    pub async fn forget_version(&self, version: &ExtensionVersion) -> Result<(), ServiceError> {
        let key = key_of_version(&version.tenant, &version.name, &version.version);
        let removed = self
            .client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(key))
            .condition_expression("#revision = :revision")
            .set_expression_attribute_names(Some(names(&["revision"])))
            .expression_attribute_values(":revision", number(version.revision))
            .send()
            .await;
        match removed {
            Ok(_) => Ok(()),
            Err(error) if is_refused(&error) => Ok(()),
            Err(error) => Err(ServiceError::new("dynamodb:DeleteItem", &error)),
        }
    }

    /// Removes an extension that is on its way out, and its place in the host.
    pub async fn forget(&self, extension: &Extension, host: &Host) -> Result<Saved, ServiceError> {
        let key = key_of(&extension.tenant, &extension.name);
        let gone = self.removing(key, extension.revision);
        self.all(vec![transact_delete(gone)?, self.host(host)?])
            .await
    }

    /// Removes a host that nothing is there for any more, once nothing is left of it.
    pub async fn forget_host(&self, host: &Host) -> Result<Saved, ServiceError> {
        let gone = self.removing(key_of_host(&host.tenant), host.revision);
        let unlisted = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(key_of_tenant(&host.tenant)))
            .condition_expression("attribute_exists(part)");
        self.all(vec![transact_delete(gone)?, transact_delete(unlisted)?])
            .await
    }

    /// The row goes that is on its way out, as it was read.
    fn removing(&self, key: Row, revision: u64) -> DeleteBuilder {
        Delete::builder()
            .table_name(&self.table)
            .set_key(Some(key))
            .condition_expression("#state = :removing AND #revision = :revision")
            .set_expression_attribute_names(Some(names(&["state", "revision"])))
            .expression_attribute_values(":removing", text("removing"))
            .expression_attribute_values(":revision", number(revision))
    }

    fn version(&self, version: &ExtensionVersion) -> Result<TransactWriteItem, ServiceError> {
        let key = key_of_version(&version.tenant, &version.name, &version.version);
        self.on_top(key, version, version.revision)
    }

    fn extension(&self, extension: &Extension) -> Result<TransactWriteItem, ServiceError> {
        let key = key_of(&extension.tenant, &extension.name);
        self.on_top(key, extension, extension.revision)
    }

    fn host(&self, host: &Host) -> Result<TransactWriteItem, ServiceError> {
        self.on_top(key_of_host(&host.tenant), host, host.revision)
    }

    /// That the tenant has a host.
    fn tenant(&self, host: &Host) -> Result<TransactWriteItem, ServiceError> {
        let row = Put::builder()
            .table_name(&self.table)
            .set_item(Some(key_of_tenant(&host.tenant)))
            .condition_expression("attribute_not_exists(part)");
        transact_put(row)
    }

    /// The row in place of its last revision, or where there is none if it is the first.
    fn on_top(
        &self,
        key: Row,
        row: &impl Serialize,
        revision: u64,
    ) -> Result<TransactWriteItem, ServiceError> {
        let mut row = put(&self.table, row)?;
        for (name, value) in key {
            row = row.item(name, value);
        }
        let row = if revision <= 1 {
            row.condition_expression("attribute_not_exists(part)")
        } else {
            row.condition_expression("#revision = :before")
                .set_expression_attribute_names(Some(names(&["revision"])))
                .expression_attribute_values(":before", number(revision - 1))
        };
        transact_put(row)
    }

    /// That the version's extension is there, and is not being removed meanwhile.
    fn is_not_removing(
        &self,
        version: &ExtensionVersion,
    ) -> Result<TransactWriteItem, ServiceError> {
        let check = ConditionCheck::builder()
            .table_name(&self.table)
            .set_key(Some(key_of(&version.tenant, &version.name)))
            .condition_expression("attribute_exists(part) AND #state <> :removing")
            .set_expression_attribute_names(Some(names(&["state"])))
            .expression_attribute_values(":removing", text("removing"))
            .build()
            .map_err(|_| unmakeable())?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }

    async fn all(&self, items: Vec<TransactWriteItem>) -> Result<Saved, ServiceError> {
        match transact(&self.client, items).await {
            Ok(()) => Ok(Saved::Done),
            Err(TransactionFailure::Refused(_)) => Ok(Saved::Overtaken),
            Err(TransactionFailure::Service(error)) => Err(error),
        }
    }
}
