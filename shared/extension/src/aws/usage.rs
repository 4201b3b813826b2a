//! What extensions used, day by day: rows of the ledger, which the host adds to with each run.

use aws_sdk_dynamodb::Client;
use aws_types::SdkConfig;
use jiff::{Timestamp, civil::Date};
use lambda_kit::{
    dynamodb::{Row, batch_get, text},
    error::ServiceError,
};
use serde::Deserialize;
use tenancy::{ExtensionName, TenantId};

use super::{RegistryError, read};

/// Reads what extensions used, and whether they are paused: `dynamodb:BatchGetItem` and `dynamodb:GetItem` on
/// the ledger.
#[derive(Debug, Clone)]
pub struct UsageReader {
    client: Client,
    table: String,
}

/// What an extension used on one day: row `extension-usage#<tenant>#<extension>#<day>` of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct DayUsage {
    key: String,
    /// On how many events it ran.
    #[serde(default)]
    pub events: u64,
    /// On how many of them it failed for good.
    #[serde(default)]
    pub errors: u64,
    /// How many were withheld.
    #[serde(default)]
    pub withheld: u64,
    /// For how long it ran, all together.
    #[serde(default)]
    pub duration_ms: u64,
    /// How much it computed, where that is counted.
    #[serde(default)]
    pub fuel: u64,
    /// Memory, by the milliseconds for which it was taken.
    #[serde(default)]
    pub memory_bytes_ms: u64,
}

/// That an extension is not run for a while, since it kept failing.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Pause {
    /// Since when.
    pub since: Timestamp,
    /// Why it failed then.
    pub cause: String,
}

/// Row `extension-breaker#<tenant>#<extension>` of the ledger, as far as it concerns anybody here.
#[derive(Deserialize)]
struct BreakerItem {
    paused: Option<Pause>,
}

impl UsageReader {
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// Whether an extension is paused.
    pub async fn paused(
        &self,
        tenant: &TenantId,
        extension: &ExtensionName,
    ) -> Result<Option<Pause>, RegistryError> {
        let key = format!("extension-breaker#{tenant}#{extension}");
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("key", text(key))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        let item: Option<BreakerItem> = answer.item.map(read).transpose()?;
        Ok(item.and_then(|item| item.paused))
    }

    /// What an extension used on those of `days` on which it ran, by day.
    pub async fn of(
        &self,
        tenant: &TenantId,
        extension: &ExtensionName,
        days: &[Date],
    ) -> Result<Vec<(Date, DayUsage)>, RegistryError> {
        let prefix = format!("extension-usage#{tenant}#{extension}#");
        let keys = days.iter().map(|day| {
            let key = text(format!("{prefix}{day}"));
            Row::from([("key".to_owned(), key)])
        });
        let keys: Vec<Row> = keys.collect();
        let mut used = Vec::with_capacity(keys.len());
        for row in batch_get(&self.client, &self.table, &keys).await? {
            let usage: DayUsage = read(row)?;
            let day = usage.key.strip_prefix(&prefix);
            let day = day.and_then(|day| day.parse().ok());
            used.push((day.ok_or(RegistryError::Malformed)?, usage));
        }
        used.sort_by_key(|(day, _)| *day);
        Ok(used)
    }
}
