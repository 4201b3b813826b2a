//! Reading receipts, the newest first.

use std::{cmp::Reverse, collections::BTreeMap};

use aws_sdk_dynamodb::{Client, operation::query::builders::QueryFluentBuilder};
use futures_util::future::try_join_all;
use identity::ProfileId;
use jiff::{Timestamp, tz::TimeZone};
use lambda_kit::{dynamodb::text, error::ServiceError};
use profile::Stretch;
use serde::de::DeserializeOwned;
use tenancy::{PartnerId, TenantId};

use super::{Cursor, ReceiptError, Span};
use crate::{
    Receipt, ReceiptId,
    receipt::{SHARDS, partner_day},
};

/// As many receipts as a page may have: with them, an answer stays below the megabyte that
/// `DynamoDB` would cut it at.
pub(super) const LARGEST_PAGE: usize = 500;

/// As many days of a partner as are looked at for a page.
const MOST_DAYS: usize = 31;

/// As many stretches of a person's trail as are looked at at once, and for a page.
const STRETCHES_AT_ONCE: usize = 8;
const MOST_STRETCHES: usize = 200;

/// Receipts, and where those before them begin.
#[derive(Debug)]
pub struct Page {
    /// The newest first.
    pub receipts: Vec<Receipt>,
    /// `None` at the end.
    pub next: Option<Cursor>,
}

impl Page {
    fn of(mut receipts: Vec<Receipt>, size: usize) -> Self {
        let more = receipts.len() > size;
        receipts.truncate(size);
        let last = receipts.last().filter(|_| more);
        let next = last.map(|last| Cursor::after(last.receipt_id));
        Self { receipts, next }
    }
}

/// Reads receipts: `dynamodb:Query` on the receipts and on their index `by_partner`.
#[derive(Debug, Clone)]
pub struct ReceiptReader {
    client: Client,
    table: String,
}

impl ReceiptReader {
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// At most `size` receipts about the person who went along `trail`, the latest stretch of it
    /// first; 500 at most, from `cursor` on into the past. Whoever is made of more than two hundred
    /// stretches is looked at two hundred after the other.
    pub async fn of_person(
        &self,
        trail: &[Stretch],
        cursor: Option<Cursor>,
        size: usize,
    ) -> Result<Page, ReceiptError> {
        let size = size.min(LARGEST_PAGE);
        let group = cursor.map_or(0, Cursor::group);
        let mut groups = trail.chunks(MOST_STRETCHES).skip(usize::from(group));
        let ahead = groups.next().unwrap_or_default().iter();
        let ahead = ahead.filter_map(|stretch| {
            let ids = Span::whole(stretch.from, stretch.until).ids(cursor)?;
            Some((stretch.profile_id, ids))
        });
        let ahead: Vec<(ProfileId, (ReceiptId, ReceiptId))> = ahead.collect();
        let mut receipts: BTreeMap<Reverse<ReceiptId>, Receipt> = BTreeMap::new();
        for stretches in ahead.chunks(STRETCHES_AT_ONCE) {
            // Whatever is left is older than a page.
            let latest = stretches.iter().map(|(_, (_, last))| *last).max();
            let oldest = receipts.keys().nth(size);
            if oldest.is_some_and(|Reverse(oldest)| Some(*oldest) > latest) {
                break;
            }
            let found = stretches
                .iter()
                .map(|(id, ids)| rows::<Receipt>(self.of_stretch(*id, *ids, size)));
            let found = try_join_all(found).await?.into_iter().flatten();
            receipts.extend(found.map(|receipt| (Reverse(receipt.receipt_id), receipt)));
        }
        let page = Page::of(receipts.into_values().collect(), size);
        let next = page.next.map(|next| next.in_group(group));
        let rest = groups.next().map(|_| Cursor::of_group(group + 1));
        Ok(Page {
            next: next.or(rest),
            ..page
        })
    }

    fn of_stretch(
        &self,
        person: ProfileId,
        (first, last): (ReceiptId, ReceiptId),
        size: usize,
    ) -> QueryFluentBuilder {
        self.newest(size)
            .key_condition_expression(
                "profile_id = :person AND receipt_id BETWEEN :first AND :last",
            )
            .expression_attribute_values(":person", text(person))
            .expression_attribute_values(":first", text(first))
            .expression_attribute_values(":last", text(last))
    }

    /// At most `size` receipts of what a partner asked for within `span`, 500 at most, from `cursor` on
    /// into the past. It costs four queries for each day that is looked at, and 31 days at most are:
    /// where a partner rarely asks, a page has fewer receipts than it could, or none, and goes on.
    pub async fn by_partner(
        &self,
        tenant: &TenantId,
        partner: &PartnerId,
        span: Span,
        cursor: Option<Cursor>,
        size: usize,
    ) -> Result<Page, ReceiptError> {
        let size = size.min(LARGEST_PAGE);
        let mut receipts: Vec<Receipt> = Vec::new();
        let mut place = cursor.unwrap_or_else(|| span.newest());
        for _ in 0..MOST_DAYS {
            let Some(ids) = span.ids(Some(place)) else {
                break;
            };
            let shards = self.of_day::<Receipt>(tenant, partner, ids, size, None);
            let mut of_day: Vec<Receipt> = shards.await?.into_iter().flatten().collect();
            of_day.sort_unstable_by_key(|receipt| Reverse(receipt.receipt_id));
            receipts.extend(of_day);
            if receipts.len() > size {
                break;
            }
            place = Cursor::at(start_of_day(ids.1));
        }
        let page = Page::of(receipts, size);
        let rest = span.ids(Some(place)).map(|_| place);
        Ok(Page {
            next: page.next.or(rest),
            ..page
        })
    }

    /// The newest of a partner's receipts among `ids` on the day of the last of them, shard by shard:
    /// at most one more than `size` of each, with these attributes `only`.
    pub(super) async fn of_day<T: DeserializeOwned>(
        &self,
        tenant: &TenantId,
        partner: &PartnerId,
        ids: (ReceiptId, ReceiptId),
        size: usize,
        only: Option<&str>,
    ) -> Result<Vec<Vec<T>>, ReceiptError> {
        let shards = (0..SHARDS).map(|shard| {
            let day = partner_day(tenant, partner, ids.1.at(), shard);
            let query = self.of_shard(&day, ids, size);
            rows(query.set_projection_expression(only.map(str::to_owned)))
        });
        try_join_all(shards).await
    }

    fn of_shard(
        &self,
        partner_day: &str,
        (first, last): (ReceiptId, ReceiptId),
        size: usize,
    ) -> QueryFluentBuilder {
        self.newest(size)
            .index_name("by_partner")
            .key_condition_expression("partner_day = :day AND receipt_id BETWEEN :first AND :last")
            .expression_attribute_values(":day", text(partner_day))
            .expression_attribute_values(":first", text(first))
            .expression_attribute_values(":last", text(last))
    }

    /// One more than `size`, so that the page knows whether there are more.
    fn newest(&self, size: usize) -> QueryFluentBuilder {
        let limit = i32::try_from(size + 1).unwrap_or(i32::MAX);
        self.client
            .query()
            .table_name(&self.table)
            .scan_index_forward(false)
            .limit(limit)
    }
}

async fn rows<T: DeserializeOwned>(query: QueryFluentBuilder) -> Result<Vec<T>, ReceiptError> {
    let answer = query
        .send()
        .await
        .map_err(|error| ServiceError::new("dynamodb:Query", &error))?;
    let rows = answer.items.unwrap_or_default().into_iter();
    rows.map(|row| serde_dynamo::from_item(row).map_err(|_| ReceiptError::Malformed))
        .collect()
}

/// When the day began that `id` was made on, in UTC.
pub(super) fn start_of_day(id: ReceiptId) -> Timestamp {
    let start = id.at().to_zoned(TimeZone::UTC).start_of_day();
    start.map_or(Timestamp::MIN, |start| start.timestamp())
}
