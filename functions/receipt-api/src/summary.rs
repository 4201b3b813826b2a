//! Receipts, counted.

use access::{Counts, Outcome, SummaryCursor};
use jiff::civil::Date;
use serde::Serialize;
use tenancy::{PartnerId, Purpose};

/// How many receipts of each kind a request came upon.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ReceiptSummaryResponse))]
pub(crate) struct Summary {
    receipts: u64,
    counts: Vec<Count>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
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
    receipts: u64,
}

impl Summary {
    /// Adds what was counted of `partner`.
    pub(crate) fn add(&mut self, partner: &PartnerId, counts: Counts) {
        for ((purpose, day, outcome), receipts) in counts {
            self.receipts += receipts;
            self.counts.push(Count {
                partner: partner.clone(),
                purpose,
                day,
                outcome,
                receipts,
            });
        }
    }

    /// The same, which is not all: the rest begins at `next`.
    pub(crate) fn and_more(self, next: &SummaryCursor) -> Self {
        Self {
            next: Some(next.to_string()),
            ..self
        }
    }
}
