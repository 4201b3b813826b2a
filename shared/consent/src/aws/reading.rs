//! Reading what holds, and how it came to hold.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};

use aws_sdk_dynamodb::{
    Client, operation::query::builders::QueryFluentBuilder, types::AttributeValue,
};
use identity::ProfileId;
use lambda_kit::{dynamodb::text, error::ServiceError};
use serde::de::DeserializeOwned;
use tenancy::{Purpose, TenantId};

use super::ConsentError;
use crate::{Consent, DecisionRecord, evidence, part, record};

/// As much of a history as is read at once.
const HISTORY: i32 = 100;

/// Reads consents: `dynamodb:GetItem` and `Query` on the profiles.
#[derive(Debug, Clone)]
pub struct ConsentReader {
    pub(super) client: Client,
    pub(super) table: String,
}

impl ConsentReader {
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// The latest decision of a person on (tenant, purpose), as it is now.
    pub async fn latest(
        &self,
        id: ProfileId,
        tenant: &TenantId,
        purpose: &Purpose,
    ) -> Result<Option<Consent>, ConsentError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("profile_id", text(id))
            .key("part", text(part(tenant, purpose)))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        answer.item.map(read).transpose()
    }

    /// The latest decisions of a person on all purposes of a tenant that they ever decided on, as
    /// they are now. One call, unless they fill more than a megabyte.
    pub async fn all(
        &self,
        id: ProfileId,
        tenant: &TenantId,
    ) -> Result<BTreeMap<Purpose, Consent>, ConsentError> {
        let mut consents = BTreeMap::new();
        let mut next = None;
        loop {
            let answer = self
                .query(id, record::parts(tenant))
                .set_exclusive_start_key(next)
                .send()
                .await
                .map_err(|error| ServiceError::new("dynamodb:Query", &error))?;
            for row in answer.items.unwrap_or_default() {
                let consent: Consent = read(row)?;
                consents.insert(consent.purpose.clone(), consent);
            }
            next = answer.last_evaluated_key.filter(|key| !key.is_empty());
            if next.is_none() {
                return Ok(consents);
            }
        }
    }

    /// The decisions of a person on (tenant, purpose), the latest first, at most 100.
    pub async fn history(
        &self,
        id: ProfileId,
        tenant: &TenantId,
        purpose: &Purpose,
    ) -> Result<Vec<DecisionRecord>, ConsentError> {
        let answer = self
            .query(id, evidence::parts(tenant, purpose))
            .scan_index_forward(false)
            .limit(HISTORY)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:Query", &error))?;
        let rows = answer.items.unwrap_or_default().into_iter();
        let mut records: Vec<DecisionRecord> = rows.map(read).collect::<Result<_, _>>()?;
        // Ids of one millisecond are in no order.
        records.sort_by_key(|each| Reverse((each.decided_at, each.version)));
        Ok(records)
    }

    fn query(&self, id: ProfileId, parts: String) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.table)
            .key_condition_expression("profile_id = :id AND begins_with(part, :parts)")
            .expression_attribute_values(":id", text(id))
            .expression_attribute_values(":parts", text(parts))
            .consistent_read(true)
    }
}

fn read<T: DeserializeOwned>(row: HashMap<String, AttributeValue>) -> Result<T, ConsentError> {
    serde_dynamo::from_item(row).map_err(|_| ConsentError::Malformed)
}
