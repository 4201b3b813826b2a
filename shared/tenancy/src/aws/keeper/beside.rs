//! What is written together with a definition.

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem, Update, builders::PutBuilder};
use lambda_kit::{
    dynamodb::{Row, number, text, transact_delete, transact_put, transact_update},
    error::ServiceError,
};

use super::{DirectoryKeeper, KeepError, key, rows};
use crate::{
    AppClientId, Kind, Purposes, TenantId,
    place::{OF_ALL, TENANT_PREFIX},
};

/// The part of a tenant's partition that says how many purposes it has.
const PURPOSE_COUNT: &str = "purpose-count";

/// An app client that people of the tenant come by, or that is in no directory.
const OURS_OR_NOBODYS: &str =
    "attribute_not_exists(part) OR (owner_tenant = :tenant AND attribute_not_exists(partner))";

impl DirectoryKeeper {
    /// One purpose more, if there is room for it.
    pub(super) async fn count(&self, tenant: &TenantId) -> Result<TransactWriteItem, KeepError> {
        let row = self.row(key(tenant.as_str(), PURPOSE_COUNT)).await?;
        // A tenant whose purposes were there before anybody counted them.
        let known = match row {
            Some(_) => 0,
            None => self.count_purposes(tenant).await?,
        };
        if known >= Purposes::MOST {
            return Err(KeepError::TooMany);
        }
        let most = number(rows::length(Purposes::MOST));
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(key(tenant.as_str(), PURPOSE_COUNT)))
            .update_expression("SET purposes = if_not_exists(purposes, :known) + :one")
            .condition_expression("attribute_not_exists(purposes) OR purposes < :most")
            .expression_attribute_values(":known", number(rows::length(known)))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":most", most);
        Ok(transact_update(update)?)
    }

    async fn count_purposes(&self, tenant: &TenantId) -> Result<usize, KeepError> {
        let (mut count, mut after) = (0, None);
        while count <= Purposes::MOST {
            let prefix = Kind::Purpose.prefix();
            let page = self
                .sorted(tenant.as_str(), prefix, after.as_deref())
                .await?;
            count += page.rows.len();
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        Ok(count)
    }

    pub(super) fn put(&self, row: Row) -> PutBuilder {
        Put::builder().table_name(&self.table).set_item(Some(row))
    }

    /// The tenant in the list of all of them.
    pub(super) fn listed(&self, tenant: &TenantId) -> Result<TransactWriteItem, ServiceError> {
        let row = key(OF_ALL, &format!("{TENANT_PREFIX}{tenant}"));
        transact_put(
            self.put(row)
                .condition_expression("attribute_not_exists(part)"),
        )
    }

    /// People come to `tenant` by `client`.
    pub(super) fn given(
        &self,
        tenant: &TenantId,
        client: &AppClientId,
    ) -> Result<TransactWriteItem, ServiceError> {
        let mut row = key(&format!("client#{client}"), "client");
        row.insert("owner_tenant".to_owned(), text(tenant.as_str()));
        transact_put(
            self.put(row)
                .condition_expression(OURS_OR_NOBODYS)
                .expression_attribute_values(":tenant", text(tenant.as_str())),
        )
    }

    /// Nobody comes to `tenant` by `client` any more.
    pub(super) fn taken(
        &self,
        tenant: &TenantId,
        client: &AppClientId,
    ) -> Result<TransactWriteItem, ServiceError> {
        let delete = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(key(&format!("client#{client}"), "client")))
            .condition_expression(OURS_OR_NOBODYS)
            .expression_attribute_values(":tenant", text(tenant.as_str()));
        transact_delete(delete)
    }
}
