//! How far packages are that were pushed: rows of the ledger, which forgets them.

use std::time::Duration;

use aws_sdk_dynamodb::{Client, operation::put_item::builders::PutItemFluentBuilder};
use aws_types::SdkConfig;
use lambda_kit::{
    clock::{Clock, later},
    dynamodb::{is_refused, names, text, unmakeable},
    error::ServiceError,
};
use serde::{Deserialize, Serialize};

use super::{RegistryError, Saved, read};
use crate::registry::{Upload, UploadKey};

/// For how long it is told what became of a package.
const KEPT: Duration = Duration::from_hours(14 * 24);

/// Keeps how far uploads are: `dynamodb:GetItem` and `dynamodb:PutItem` on the ledger.
#[derive(Debug, Clone)]
pub struct UploadKeeper {
    client: Client,
    table: String,
    clock: Clock,
}

#[derive(Debug, Serialize, Deserialize)]
struct UploadItem {
    key: String,
    #[serde(flatten)]
    upload: Upload,
    /// Seconds since the epoch, as the table's time to live demands.
    expires_at: i64,
}

impl UploadKeeper {
    /// A keeper of `table`.
    #[must_use]
    pub fn new(sdk: &SdkConfig, table: impl Into<String>, clock: Clock) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
            clock,
        }
    }

    /// How far an upload is; `None` if nobody asked for it, or it is forgotten.
    pub async fn find(&self, key: &UploadKey) -> Result<Option<Upload>, RegistryError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("key", text(key.in_ledger()))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        let item: Option<UploadItem> = answer.item.map(read).transpose()?;
        Ok(item.map(|item| item.upload))
    }

    /// Writes one that was asked for, unless it is on record.
    pub async fn begin(&self, key: &UploadKey, upload: &Upload) -> Result<Saved, ServiceError> {
        let put = self
            .put(key, upload)?
            .condition_expression("attribute_not_exists(#key)")
            .set_expression_attribute_names(Some(names(&["key"])));
        saved(put).await
    }

    /// Writes how far it is, unless it is over.
    pub async fn save(&self, key: &UploadKey, upload: &Upload) -> Result<Saved, ServiceError> {
        let put = self
            .put(key, upload)?
            .condition_expression(
                "attribute_not_exists(#key) OR #state IN (:waiting, :registering)",
            )
            .set_expression_attribute_names(Some(names(&["key", "state"])))
            .expression_attribute_values(":waiting", text("waiting"))
            .expression_attribute_values(":registering", text("registering"));
        saved(put).await
    }

    fn put(&self, key: &UploadKey, upload: &Upload) -> Result<PutItemFluentBuilder, ServiceError> {
        let item = UploadItem {
            key: key.in_ledger(),
            upload: upload.clone(),
            expires_at: later(self.clock.now(), KEPT).as_second(),
        };
        let row = serde_dynamo::to_item(&item).map_err(|_| unmakeable())?;
        let put = self.client.put_item().table_name(&self.table);
        Ok(put.set_item(Some(row)))
    }
}

async fn saved(put: PutItemFluentBuilder) -> Result<Saved, ServiceError> {
    match put.send().await {
        Ok(_) => Ok(Saved::Done),
        Err(error) if is_refused(&error) => Ok(Saved::Overtaken),
        Err(error) => Err(ServiceError::new("dynamodb:PutItem", &error)),
    }
}
