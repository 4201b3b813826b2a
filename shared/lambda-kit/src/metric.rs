//! Metrics in the CloudWatch Embedded Metric Format: a JSON line on standard output, no call.
//!
//! Shape: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

use serde_json::{Value, json};

use crate::clock::Clock;

/// The target of events that are metrics and no logs.
pub(crate) const TARGET: &str = "metric";

/// Counts things under one service's name.
#[derive(Debug, Clone)]
pub struct Metrics {
    service: &'static str,
    clock: Clock,
}

impl Metrics {
    /// Metrics of `service`, in the namespace `Fairlead`.
    #[must_use]
    pub const fn new(service: &'static str, clock: Clock) -> Self {
        Self { service, clock }
    }

    /// Adds `value` to the count `name`. [`log::init`](crate::log::init) lets the line out as it is.
    pub fn count(&self, name: &'static str, value: u64) {
        tracing::info!(target: TARGET, line = %self.line(name, value));
    }

    fn line(&self, name: &'static str, value: u64) -> Value {
        json!({
            "_aws": {
                "Timestamp": self.clock.now().as_millisecond(),
                "CloudWatchMetrics": [{
                    "Namespace": "Fairlead",
                    "Dimensions": [["service"]],
                    "Metrics": [{ "Name": name, "Unit": "Count" }],
                }],
            },
            "service": self.service,
            name: value,
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn a_count_is_a_line_that_cloudwatch_reads_as_a_metric() {
        let clock = Clock::from_fn(|| Timestamp::from_millisecond(1_700_000_000_000).unwrap());
        let line = Metrics::new("profile-stream", clock).line("events_published", 3);
        assert_eq!(
            line["_aws"]["CloudWatchMetrics"][0]["Metrics"][0]["Name"],
            "events_published"
        );
        assert_eq!(line["events_published"], 3);
        assert_eq!(line["service"], "profile-stream");
        assert_eq!(line["_aws"]["Timestamp"], 1_700_000_000_000_i64);
    }
}
