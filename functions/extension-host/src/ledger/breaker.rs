//! How each extension has been doing: the row `extension-breaker#<tenant>#<extension>`.

use std::time::Duration;

use aws_sdk_dynamodb::types::TransactWriteItem;
use extension::{Breaker, Notice};
use lambda_kit::{
    clock::later,
    dynamodb::{is_refused, number, put, text, transact_put},
    error::ServiceError,
};
use serde::{Deserialize, Serialize};
use tenancy::{ExtensionName, TenantId};

use super::{Lease, LedgerError, RunLedger};

/// How long it is remembered of one that is run no more.
const KEPT: Duration = Duration::from_hours(30 * 24);

/// What has to hold where a row is replaced.
const AS_SEEN: &str = "attribute_not_exists(#key) OR revision = :seen";

/// How an extension has been doing, as it stands in the ledger.
#[derive(Debug, Clone, Default)]
pub(crate) struct Standing {
    pub(crate) breaker: Breaker,
    revision: u64,
}

#[derive(Serialize, Deserialize)]
struct BreakerItem {
    key: String,
    #[serde(flatten)]
    breaker: Breaker,
    revision: u64,
    expires_at: i64,
}

impl Standing {
    /// The same with another breaker; `None` if it is no other.
    pub(crate) fn with(&self, breaker: Breaker) -> Option<Self> {
        (breaker != self.breaker).then_some(Self {
            breaker,
            revision: self.revision,
        })
    }
}

impl RunLedger {
    /// How `extension` has been doing.
    pub(crate) async fn standing(
        &self,
        tenant: &TenantId,
        extension: &ExtensionName,
    ) -> Result<Standing, LedgerError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("key", text(key(tenant, extension)))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        let Some(row) = answer.item else {
            return Ok(Standing::default());
        };
        let item: BreakerItem = serde_dynamo::from_item(row).map_err(|_| LedgerError::Malformed)?;
        Ok(Standing {
            breaker: item.breaker,
            revision: item.revision,
        })
    }

    /// Puts on record how `extension` is doing, unless that changed meanwhile: whether it could.
    pub(crate) async fn note(
        &self,
        (tenant, extension): (&TenantId, &ExtensionName),
        standing: &Standing,
    ) -> Result<bool, LedgerError> {
        let item = self.item(tenant, extension, standing);
        let row = serde_dynamo::to_item(&item).map_err(|_| LedgerError::Malformed)?;
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(row))
            .condition_expression(AS_SEEN)
            .expression_attribute_names("#key", "key")
            .expression_attribute_values(":seen", number(standing.revision))
            .send()
            .await;
        match put {
            Ok(_) => Ok(true),
            Err(error) if is_refused(&error) => Ok(false),
            Err(error) => Err(ServiceError::new("dynamodb:PutItem", &error).into()),
        }
    }

    /// The same, as a part of the transaction that ends a run.
    pub(super) fn put_standing(
        &self,
        lease: &Lease,
        standing: &Standing,
    ) -> Result<TransactWriteItem, LedgerError> {
        let item = self.item(&lease.run.tenant, &lease.run.extension, standing);
        let put = put(&self.table, &item)?
            .condition_expression(AS_SEEN)
            .expression_attribute_names("#key", "key")
            .expression_attribute_values(":seen", number(standing.revision));
        Ok(transact_put(put)?)
    }

    /// Puts on record that the tenant was told of `told`.
    pub(crate) async fn told(
        &self,
        (tenant, extension): (&TenantId, &ExtensionName),
        told: &[Notice],
    ) -> Result<(), LedgerError> {
        let standing = self.standing(tenant, extension).await?;
        let after = standing.breaker.told(told);
        if let Some(after) = standing.with(after) {
            // Whoever was in the way tells of it once more, under the same ids.
            self.note((tenant, extension), &after).await?;
        }
        Ok(())
    }

    fn item(
        &self,
        tenant: &TenantId,
        extension: &ExtensionName,
        standing: &Standing,
    ) -> BreakerItem {
        BreakerItem {
            key: key(tenant, extension),
            breaker: standing.breaker.clone(),
            revision: standing.revision + 1,
            expires_at: later(self.clock.now(), KEPT).as_second(),
        }
    }
}

fn key(tenant: &TenantId, extension: &ExtensionName) -> String {
    format!("extension-breaker#{tenant}#{extension}")
}
