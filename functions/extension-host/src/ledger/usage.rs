//! What extensions use, day by day.

use std::time::Duration;

use aws_sdk_dynamodb::types::{Update, builders::UpdateBuilder};
use jiff::tz::TimeZone;
use lambda_kit::{
    clock::later,
    dynamodb::{number, text},
};

use super::{Lease, RunLedger};
use crate::code::Taken;

/// How long a day's use is kept: two months.
const KEPT: Duration = Duration::from_hours(62 * 24);

/// What a run adds to its day.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Used {
    /// As what it counts, if it is over.
    pub(crate) counted: Option<Counted>,
    pub(crate) taken: Taken,
}

/// As what an event counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    Success,
    Error,
    Withheld,
}

impl RunLedger {
    /// Adds what a run used to the row `extension-usage#<tenant>#<extension>#<day>`.
    pub(super) fn counted(&self, lease: &Lease, used: &Used) -> UpdateBuilder {
        let now = self.clock.now();
        let day = now.to_zoned(TimeZone::UTC).date();
        let (tenant, extension) = (&lease.run.tenant, &lease.run.extension);
        let one = |is: bool| number(i128::from(is));
        let Taken {
            duration,
            fuel,
            memory,
        } = used.taken;
        // A run of less than a millisecond took one.
        let milliseconds = duration.as_micros().div_ceil(1_000);
        let milliseconds = u64::try_from(milliseconds).unwrap_or(u64::MAX);
        let memory = u128::from(memory.unwrap_or_default()) * u128::from(milliseconds);
        Update::builder()
            .table_name(&self.table)
            .key("key", text(format!("extension-usage#{tenant}#{extension}#{day}")))
            .update_expression(
                "SET expires_at = if_not_exists(expires_at, :expires) ADD events :events, errors :errors, withheld :withheld, duration_ms :duration, fuel :fuel, memory_bytes_ms :memory",
            )
            .expression_attribute_values(":expires", number(later(now, KEPT).as_second()))
            .expression_attribute_values(":events", one(used.counted.is_some()))
            .expression_attribute_values(":errors", one(used.counted == Some(Counted::Error)))
            .expression_attribute_values(":withheld", one(used.counted == Some(Counted::Withheld)))
            .expression_attribute_values(":duration", number(milliseconds))
            .expression_attribute_values(":fuel", number(fuel.unwrap_or_default()))
            .expression_attribute_values(
                ":memory",
                number(i128::try_from(memory).unwrap_or(i128::MAX)),
            )
    }
}
