//! Reading what holds, and how it came to hold.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};

use aws_sdk_dynamodb::{
    Client, operation::query::builders::QueryFluentBuilder, types::AttributeValue,
};
use identity::ProfileId;
use lambda_kit::{
    dynamodb::{query_all, text},
    error::ServiceError,
};
use serde::de::DeserializeOwned;
use tenancy::{Purpose, TenantId};

use super::ConsentError;
use crate::{Consent, DecisionRecord, evidence, part, record};

/// As much of a history as is read at once.
const HISTORY: i32 = 100;

/// Of how many members beside the root it is read at once.
const MEMBERS: i32 = 25;

/// Before the member in the parts of a root that say who is one.
const MEMBER_PREFIX: &str = "member#";

/// What a person decided, and where the rest of it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryPage {
    /// Decisions with their evidence, the latest first. Each says by which member it was made.
    pub decisions: Vec<DecisionRecord>,
    /// The last member of which it tells, where there are others.
    pub next: Option<ProfileId>,
}

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

    /// The latest decision of the person of `id` on (tenant, purpose), as it is now: of all their
    /// members.
    pub async fn latest(
        &self,
        id: ProfileId,
        tenant: &TenantId,
        purpose: &Purpose,
    ) -> Result<Option<Consent>, ConsentError> {
        let root = self.standing(id).await?.root;
        self.at(root, &part(tenant, purpose)).await
    }

    /// What lies at `part` of `id`.
    pub(super) async fn at(
        &self,
        id: ProfileId,
        part: &str,
    ) -> Result<Option<Consent>, ConsentError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("profile_id", text(id))
            .key("part", text(part))
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
        let root = self.standing(id).await?.root;
        self.shown(root, tenant).await
    }

    pub(super) async fn shown(
        &self,
        root: ProfileId,
        tenant: &TenantId,
    ) -> Result<BTreeMap<Purpose, Consent>, ConsentError> {
        let rows = query_all(self.query(root, record::parts(tenant))).await?;
        let named = rows.into_iter().map(|row| {
            let consent: Consent = read(row)?;
            Ok((consent.purpose.clone(), consent))
        });
        named.collect()
    }

    /// The decisions on (tenant, purpose) of the person of `id`, by whichever of their members: the
    /// latest first, at most 100. Of a person of more members than are read at once a page tells of some
    /// of them, and the next one of those behind `after`.
    ///
    /// The evidence lies with the member that decided, and goes with it when it is split off.
    pub async fn history(
        &self,
        id: ProfileId,
        tenant: &TenantId,
        purpose: &Purpose,
        after: Option<ProfileId>,
    ) -> Result<HistoryPage, ConsentError> {
        let root = self.standing(id).await?.root;
        let (mut members, next) = self.members(root, after).await?;
        if after.is_none() {
            members.push(root);
        }
        let mut decisions: Vec<DecisionRecord> = Vec::new();
        for member in members {
            decisions.extend(self.decisions(member, tenant, purpose).await?);
        }
        // Ids of one millisecond are in no order.
        decisions.sort_by_key(|each| Reverse((each.decided_at, each.version)));
        decisions.truncate(usize::try_from(HISTORY).unwrap_or_default());
        Ok(HistoryPage { decisions, next })
    }

    /// Some of the members that `root` has beside itself, in the order of their ids, behind `after`; and
    /// the last of them, if there may be more.
    async fn members(
        &self,
        root: ProfileId,
        after: Option<ProfileId>,
    ) -> Result<(Vec<ProfileId>, Option<ProfileId>), ConsentError> {
        let start = after.map(|member| {
            HashMap::from([
                ("profile_id".to_owned(), text(root)),
                ("part".to_owned(), text(format!("{MEMBER_PREFIX}{member}"))),
            ])
        });
        let answer = self
            .query(root, MEMBER_PREFIX.to_owned())
            .limit(MEMBERS)
            .set_exclusive_start_key(start)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:Query", &error))?;
        let rows = answer.items.unwrap_or_default().into_iter();
        let named = rows.map(|row| {
            let part = row.get("part").and_then(|part| part.as_s().ok());
            let member = part.and_then(|part| part.strip_prefix(MEMBER_PREFIX));
            let member: Option<ProfileId> = member.and_then(|member| member.parse().ok());
            member.ok_or(ConsentError::Malformed)
        });
        let members: Vec<ProfileId> = named.collect::<Result<_, _>>()?;
        let is_last = answer.last_evaluated_key.is_none_or(|key| key.is_empty());
        let next = members.last().copied().filter(|_| !is_last);
        Ok((members, next))
    }

    /// The latest decisions by the login of `id` on (tenant, purpose), at most 100.
    async fn decisions(
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
        rows.map(read).collect()
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

pub(super) fn read<T: DeserializeOwned>(
    row: HashMap<String, AttributeValue>,
) -> Result<T, ConsentError> {
    serde_dynamo::from_item(row).map_err(|_| ConsentError::Malformed)
}
