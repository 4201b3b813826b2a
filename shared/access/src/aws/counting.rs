//! Counting what partners asked for, as far as one request gets.

use std::collections::BTreeMap;

use jiff::{civil::Date, tz::TimeZone};
use serde::Deserialize;
use tenancy::{PartnerId, Purpose, TenantId};

use super::{
    Cursor, ReceiptError, ReceiptReader, Span,
    reader::{LARGEST_PAGE, start_of_day},
};
use crate::{Outcome, ReceiptId};

/// What is read of a receipt that is counted: [`Countable`].
const COUNTABLE: &str = "receipt_id, purpose, outcome";

/// How many receipts there are of each purpose, day of UTC and outcome.
pub type Counts = BTreeMap<(Purpose, Date, Outcome), u64>;

/// How much may be looked at until a request has to be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    steps: usize,
    receipts: usize,
}

/// Receipts of a partner, counted as far as the budget lasted.
#[derive(Debug, PartialEq, Eq)]
pub struct Counted {
    /// Each receipt that was reached, once.
    pub counts: Counts,
    /// Where those before them begin; `None` at the end.
    pub next: Option<Cursor>,
}

/// What a receipt is counted by, besides its day.
#[derive(Deserialize)]
struct Countable {
    receipt_id: ReceiptId,
    purpose: Purpose,
    outcome: Outcome,
}

impl Budget {
    /// So many steps, each of four queries for a partner's day or, of a day with very many receipts,
    /// for some 2,000 of them; and no further step once there are so many receipts.
    #[must_use]
    pub const fn new(steps: usize, receipts: usize) -> Self {
        Self { steps, receipts }
    }

    const fn is_spent(self) -> bool {
        self.steps == 0 || self.receipts == 0
    }

    const fn spend(&mut self, receipts: usize) {
        self.steps = self.steps.saturating_sub(1);
        self.receipts = self.receipts.saturating_sub(receipts);
    }
}

impl ReceiptReader {
    /// Counts what a partner asked for within `span`, from `cursor` on into the past, until `budget` is
    /// spent.
    pub async fn count(
        &self,
        tenant: &TenantId,
        partner: &PartnerId,
        span: Span,
        cursor: Option<Cursor>,
        budget: &mut Budget,
    ) -> Result<Counted, ReceiptError> {
        let mut counts = Counts::new();
        let mut place = cursor.unwrap_or_else(|| span.newest());
        while let Some(ids) = span.ids(Some(place)) {
            if budget.is_spent() {
                let next = Some(place);
                return Ok(Counted { counts, next });
            }
            let (receipts, reached) = self.step(tenant, partner, ids).await?;
            budget.spend(receipts.len());
            let day = reached.at().to_zoned(TimeZone::UTC).date();
            for receipt in receipts {
                let kind = (receipt.purpose, day, receipt.outcome);
                *counts.entry(kind).or_default() += 1;
            }
            place = Cursor::after(reached);
        }
        Ok(Counted { counts, next: None })
    }

    /// All receipts among `ids` that are of the day of the last of them and not before an id, and that
    /// id: the first of the day, unless there are too many to read at once.
    async fn step(
        &self,
        tenant: &TenantId,
        partner: &PartnerId,
        ids: (ReceiptId, ReceiptId),
    ) -> Result<(Vec<Countable>, ReceiptId), ReceiptError> {
        let shards = self.of_day(tenant, partner, ids, LARGEST_PAGE, Some(COUNTABLE));
        let shards: Vec<Vec<Countable>> = shards.await?;
        // Of a shard that has more, only what comes down to the last of these is known.
        let cut_off = shards.iter().filter(|shard| shard.len() > LARGEST_PAGE);
        let cut_off = cut_off.filter_map(|shard| Some(shard.last()?.receipt_id));
        let day = ReceiptId::first_of(start_of_day(ids.1));
        let reached = cut_off.max().unwrap_or(day);
        let known = shards.into_iter().flatten();
        let known = known.filter(|receipt| receipt.receipt_id >= reached);
        Ok((known.collect(), reached))
    }
}
