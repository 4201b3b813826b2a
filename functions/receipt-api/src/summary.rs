//! Receipts, counted.

use std::collections::BTreeMap;

use access::{Outcome, Receipt};
use jiff::{civil::Date, tz::TimeZone};
use serde::Serialize;
use tenancy::{PartnerId, Purpose};

/// How many receipts there are of each kind.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ReceiptSummaryResponse))]
pub(crate) struct Summary {
    receipts: usize,
    counts: Vec<Count>,
}

/// As many receipts have these things in common. A day is one of UTC.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ReceiptCount))]
pub(crate) struct Count {
    partner: PartnerId,
    purpose: Purpose,
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Day))]
    day: Date,
    outcome: Outcome,
    receipts: usize,
}

impl Summary {
    /// Counts receipts by partner, purpose, day and outcome, in that order.
    pub(crate) fn of(receipts: Vec<Receipt>) -> Self {
        let all = receipts.len();
        let mut counts: BTreeMap<(PartnerId, Purpose, Date, Outcome), usize> = BTreeMap::new();
        for receipt in receipts {
            let day = receipt.at.to_zoned(TimeZone::UTC).date();
            let kind = (receipt.partner, receipt.purpose, day, receipt.outcome);
            *counts.entry(kind).or_default() += 1;
        }
        let counts = counts.into_iter();
        let count = |((partner, purpose, day, outcome), receipts)| Count {
            partner,
            purpose,
            day,
            outcome,
            receipts,
        };
        Self {
            receipts: all,
            counts: counts.map(count).collect(),
        }
    }
}
