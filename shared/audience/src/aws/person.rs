//! A person's record, as far as their audiences follow from it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, ConditionCheck, TransactWriteItem},
};
use consent::Consent;
use identity::ProfileId;
use jiff::Timestamp;
use lambda_kit::{
    dynamodb::{query_all, text, unmakeable},
    error::ServiceError,
};
use profile::{Closed, PROFILE_PART, Profile, ProfileError, SegmentsReader};
use tenancy::{Segment, TenantId};

use super::{AudienceError, rows::Row};
use crate::{Audience, Standing, standing::standings};

/// What precedes the parts that hold consents.
const CONSENT_PREFIX: &str = "consent#";

/// By these a row `profile` shows that anything of its person changed: each change of the record
/// counts in one of them.
const WITNESSES: [&str; 3] = ["version", "parts", "closed"];

/// Reads people: `dynamodb:GetItem`, `Query` and `BatchGetItem` on the profiles.
#[derive(Debug, Clone)]
pub(super) struct PersonReader {
    client: Client,
    table: String,
    segments: SegmentsReader,
}

/// How somebody stands, and what has to hold for that to be so still.
pub(super) struct Seen {
    pub(super) standings: BTreeMap<Audience, Standing>,
    pub(super) witness: Witness,
}

/// The row `profile` that was read before all else.
pub(super) struct Witness {
    id: ProfileId,
    row: Option<Row>,
}

impl PersonReader {
    pub(super) fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        let table = table.into();
        Self {
            client: Client::new(sdk),
            segments: SegmentsReader::new(sdk, table.clone()),
            table,
        }
    }

    /// How the person whose root `id` is stands at `now`: nowhere, if it is no root. `None` while
    /// they are being merged or split, which ends by an event of its own.
    pub(super) async fn see(
        &self,
        id: ProfileId,
        now: Timestamp,
    ) -> Result<Option<Seen>, AudienceError> {
        let row = self.profile(id).await?;
        let closed = row.as_ref().and_then(|row| row.get("closed")).cloned();
        let closed = closed.map(serde_dynamo::from_attribute_value).transpose();
        let closed: Option<Closed> = closed.map_err(|_| ProfileError::Malformed)?;
        let standings = match (&row, closed) {
            (_, Some(Closed::Settling)) => return Ok(None),
            (Some(row), None) => self.standings(id, row.clone(), now).await?,
            (None, None) | (_, Some(_)) => BTreeMap::new(),
        };
        let witness = Witness { id, row };
        Ok(Some(Seen { standings, witness }))
    }

    async fn standings(
        &self,
        id: ProfileId,
        row: Row,
        now: Timestamp,
    ) -> Result<BTreeMap<Audience, Standing>, AudienceError> {
        let profile: Profile = serde_dynamo::from_item(row).map_err(|_| ProfileError::Malformed)?;
        let consents = self.consents(id).await?;
        let tenants: BTreeSet<TenantId> = consents.iter().map(|each| each.tenant.clone()).collect();
        let words = self.segments.latest(id, &tenants).await?;
        let segments: BTreeMap<TenantId, BTreeSet<Segment>> = words
            .into_iter()
            .map(|(tenant, word)| (tenant, word.segments))
            .collect();
        Ok(standings(&profile, &consents, &segments, now))
    }

    async fn profile(&self, id: ProfileId) -> Result<Option<Row>, AudienceError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("profile_id", text(id))
            .key("part", text(PROFILE_PART))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        Ok(answer.item)
    }

    /// What the person decided last, to every tenant and on every purpose, page by page.
    async fn consents(&self, id: ProfileId) -> Result<Vec<Consent>, AudienceError> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("profile_id = :id AND begins_with(part, :prefix)")
            .expression_attribute_values(":id", text(id))
            .expression_attribute_values(":prefix", text(CONSENT_PREFIX));
        let consents = serde_dynamo::from_items(query_all(query).await?);
        Ok(consents.map_err(|_| ProfileError::Malformed)?)
    }

    /// Nothing but whether the person's record still is as it was read.
    pub(super) fn unchanged(&self, witness: &Witness) -> Result<TransactWriteItem, ServiceError> {
        let (condition, names, values) = witness.condition();
        let check = ConditionCheck::builder()
            .table_name(&self.table)
            .key("profile_id", text(witness.id))
            .key("part", text(PROFILE_PART))
            .condition_expression(condition)
            .set_expression_attribute_names(Some(names).filter(|names| !names.is_empty()))
            .set_expression_attribute_values(Some(values).filter(|values| !values.is_empty()))
            .build()
            .map_err(|_| unmakeable())?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }
}

type Condition = (
    String,
    HashMap<String, String>,
    HashMap<String, AttributeValue>,
);

impl Witness {
    fn condition(&self) -> Condition {
        let (mut names, mut values) = (HashMap::new(), HashMap::new());
        let Some(row) = &self.row else {
            return ("attribute_not_exists(part)".to_owned(), names, values);
        };
        let holds = WITNESSES.map(|name| {
            names.insert(format!("#{name}"), name.to_owned());
            match row.get(name) {
                Some(value) => {
                    values.insert(format!(":{name}"), value.clone());
                    format!("#{name} = :{name}")
                }
                None => format!("attribute_not_exists(#{name})"),
            }
        });
        (holds.join(" AND "), names, values)
    }
}
