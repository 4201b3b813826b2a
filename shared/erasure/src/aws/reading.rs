//! Reading how far erasures are.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::{Client, operation::query::builders::QueryFluentBuilder};
use identity::{ErasureId, ProfileId};
use lambda_kit::{
    dynamodb::{Row, query_all, text},
    error::ServiceError,
};
use serde::de::DeserializeOwned;

use super::ErasureError;
use crate::{
    Erasure, Recipient,
    record::{DISCLOSED_PREFIX, ERASURE_PART, MEMBER_PREFIX, Member, PARTNER_PREFIX},
};

/// Reads erasures: `dynamodb:GetItem` and `dynamodb:Query` on the erasures.
#[derive(Debug, Clone)]
pub struct ErasureReader {
    pub(super) client: Client,
    pub(super) table: String,
}

impl ErasureReader {
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// The erasure as it is now.
    ///
    /// # Errors
    /// [`ErasureError::Unknown`] if there is none.
    pub async fn erasure(&self, id: &ErasureId) -> Result<Erasure, ErasureError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("erasure_id", text(id.as_str()))
            .key("part", text(ERASURE_PART))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        let row = answer.item.ok_or(ErasureError::Unknown)?;
        serde_dynamo::from_item(row).map_err(|_| ErasureError::Malformed)
    }

    /// The partners that were told.
    pub async fn recipients(&self, id: &ErasureId) -> Result<Vec<Recipient>, ErasureError> {
        self.rows(id, PARTNER_PREFIX).await
    }

    /// The person's profiles, as far as they are closed.
    pub(super) async fn members(&self, id: &ErasureId) -> Result<Vec<Member>, ErasureError> {
        self.rows(id, MEMBER_PREFIX).await
    }

    /// The parts that say of which places the receipts are gone through.
    pub(super) async fn disclosed(&self, id: &ErasureId) -> Result<BTreeSet<String>, ErasureError> {
        self.names(id, DISCLOSED_PREFIX).await
    }

    /// The parts of the partners that were told.
    pub(super) async fn told(&self, id: &ErasureId) -> Result<BTreeSet<String>, ErasureError> {
        self.names(id, PARTNER_PREFIX).await
    }

    /// The parts of the erasure's rows that begin with `prefix`, and nothing else of the rows.
    async fn names(&self, id: &ErasureId, prefix: &str) -> Result<BTreeSet<String>, ErasureError> {
        let keys = self.beginning(id, prefix);
        let mut names = BTreeSet::new();
        let mut start = None;
        loop {
            let page = keys.page(&self.client, start, None, Some("part")).await?;
            let parts = page.rows.iter().filter_map(|row| attribute(row, "part"));
            names.extend(parts.map(str::to_owned));
            start = page.next;
            if start.is_none() {
                return Ok(names);
            }
        }
    }

    /// The erasure's rows whose parts begin with `prefix`.
    pub(super) async fn rows<T: DeserializeOwned>(
        &self,
        id: &ErasureId,
        prefix: &str,
    ) -> Result<Vec<T>, ErasureError> {
        let rows = self.beginning(id, prefix).all(&self.client).await?;
        serde_dynamo::from_items(rows).map_err(|_| ErasureError::Malformed)
    }

    fn beginning<'a>(&'a self, id: &'a ErasureId, prefix: &'a str) -> Partition<'a> {
        Partition {
            table: &self.table,
            key: ("erasure_id", id.as_str()),
            rows: Rows::Beginning("part", prefix),
        }
    }
}

/// Rows that lie in one partition.
pub(super) struct Partition<'a> {
    pub(super) table: &'a str,
    pub(super) key: (&'a str, &'a str),
    pub(super) rows: Rows<'a>,
}

/// Which of a partition's rows.
pub(super) enum Rows<'a> {
    /// All.
    All,
    /// Those whose sort key, which is called so, begins so.
    Beginning(&'a str, &'a str),
    /// Those whose sort key, which is called so, is one of these two or between them.
    Between(&'a str, [String; 2]),
}

/// Some rows, and where the rest of them begins.
pub(super) struct Page {
    pub(super) rows: Vec<Row>,
    pub(super) next: Option<Row>,
}

impl Partition<'_> {
    /// The rows, page by page.
    pub(super) async fn all(&self, client: &Client) -> Result<Vec<Row>, ServiceError> {
        query_all(self.query(client)).await
    }

    /// At most `limit` rows after `start`, of which only the attributes `only` are read.
    pub(super) async fn page(
        &self,
        client: &Client,
        start: Option<Row>,
        limit: Option<i32>,
        only: Option<&str>,
    ) -> Result<Page, ServiceError> {
        let query = self
            .query(client)
            .set_projection_expression(only.map(str::to_owned))
            .set_limit(limit)
            .set_exclusive_start_key(start);
        let page = Box::pin(query.send())
            .await
            .map_err(|error| ServiceError::new("dynamodb:Query", &error))?;
        Ok(Page {
            rows: page.items.unwrap_or_default(),
            next: page.last_evaluated_key.filter(|key| !key.is_empty()),
        })
    }

    fn query(&self, client: &Client) -> QueryFluentBuilder {
        let (name, value) = self.key;
        let query = client
            .query()
            .table_name(self.table)
            .consistent_read(true)
            .expression_attribute_names("#key", name)
            .expression_attribute_values(":key", text(value));
        match &self.rows {
            Rows::All => query.key_condition_expression("#key = :key"),
            Rows::Beginning(sort, prefix) => query
                .key_condition_expression("#key = :key AND begins_with(#sort, :prefix)")
                .expression_attribute_names("#sort", *sort)
                .expression_attribute_values(":prefix", text(*prefix)),
            Rows::Between(sort, [first, last]) => query
                .key_condition_expression("#key = :key AND #sort BETWEEN :first AND :last")
                .expression_attribute_names("#sort", *sort)
                .expression_attribute_values(":first", text(first))
                .expression_attribute_values(":last", text(last)),
        }
    }
}

/// The parts of a profile that begin with `prefix`.
pub(super) fn parts<'a>(table: &'a str, id: &'a str, prefix: Option<&'a str>) -> Partition<'a> {
    Partition {
        table,
        key: ("profile_id", id),
        rows: prefix.map_or(Rows::All, |prefix| Rows::Beginning("part", prefix)),
    }
}

/// A text of a row.
pub(super) fn attribute<'a>(row: &'a Row, name: &str) -> Option<&'a str> {
    row.get(name)?.as_s().ok().map(String::as_str)
}

/// An id of a row.
pub(super) fn profile_id(row: &Row, name: &str) -> Option<ProfileId> {
    attribute(row, name)?.parse().ok()
}
