//! Reading which partners a tenant has.

use lambda_kit::{dynamodb::text, error::ServiceError};

use super::{DirectoryError, Page, name};
use crate::{PartnerId, TenantId, place::PARTNER_PREFIX};

/// As many names as a page has.
const PAGE: i32 = 50;

/// Behind the name of every partner: no name has such a character.
const BEHIND_ALL: &str = "~";

/// Reads the names of a tenant's partners: `dynamodb:Query` on the directory.
#[derive(Debug, Clone)]
pub struct PartnerNameReader {
    client: aws_sdk_dynamodb::Client,
    table: String,
}

impl PartnerNameReader {
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: aws_sdk_dynamodb::Client::new(sdk),
            table: table.into(),
        }
    }

    /// Partners of `tenant` by their names, fifty at a time: from `first` on, which is among them if
    /// there is such a partner.
    pub async fn page(
        &self,
        tenant: &TenantId,
        first: Option<&PartnerId>,
    ) -> Result<Page<PartnerId>, DirectoryError> {
        let first = first.map_or("", PartnerId::as_str);
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("tenant = :tenant AND part BETWEEN :first AND :last")
            .expression_attribute_values(":tenant", text(tenant.as_str()))
            .expression_attribute_values(":first", text(format!("{PARTNER_PREFIX}{first}")))
            .expression_attribute_values(":last", text(format!("{PARTNER_PREFIX}{BEHIND_ALL}")))
            .projection_expression("part")
            .limit(PAGE)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:Query", &error))?;
        let last = answer.last_evaluated_key.filter(|key| !key.is_empty());
        let next = last.map(|key| name(&key, PARTNER_PREFIX)).transpose()?;
        let rows = answer.items.unwrap_or_default();
        let names = rows.iter().map(|row| name(row, PARTNER_PREFIX));
        Ok(Page {
            items: names.collect::<Result<_, DirectoryError>>()?,
            next,
        })
    }
}
