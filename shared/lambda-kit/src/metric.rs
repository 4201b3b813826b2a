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

    /// Measures things under dimensions of their own beside the service: of each the name, the unit and the value.
    /// Whoever calls it bounds how many values a dimension has, since each is a metric that is paid for.
    pub fn measure(
        &self,
        dimensions: &[(&'static str, &str)],
        measured: &[(&'static str, &'static str, u64)],
    ) {
        tracing::info!(target: TARGET, line = %self.measured(dimensions, measured));
    }

    fn measured(
        &self,
        dimensions: &[(&'static str, &str)],
        measured: &[(&'static str, &'static str, u64)],
    ) -> Value {
        let names: Vec<&str> = dimensions.iter().map(|(name, _)| *name).collect();
        let metrics = measured.iter();
        let metrics: Vec<Value> = metrics
            .map(|(name, unit, _)| json!({ "Name": name, "Unit": unit }))
            .collect();
        let mut line = json!({
            "_aws": {
                "Timestamp": self.clock.now().as_millisecond(),
                "CloudWatchMetrics": [{
                    "Namespace": "Fairlead",
                    "Dimensions": [names],
                    "Metrics": metrics,
                }],
            },
            "service": self.service,
        });
        if let Some(line) = line.as_object_mut() {
            let dimensions = dimensions.iter();
            line.extend(dimensions.map(|(name, value)| ((*name).to_owned(), (*value).into())));
            let measured = measured.iter();
            line.extend(measured.map(|(name, _, value)| ((*name).to_owned(), (*value).into())));
        }
        line
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
    fn what_is_measured_has_its_dimensions_and_units() {
        let clock = Clock::from_fn(|| Timestamp::from_millisecond(1_700_000_000_000).unwrap());
        let metrics = Metrics::new("extension-host", clock);
        let line = metrics.measured(
            &[("tenant", "harbour"), ("extension", "greeter")],
            &[("events", "Count", 1), ("duration", "Milliseconds", 12)],
        );
        let described = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(described["Dimensions"], json!([["tenant", "extension"]]));
        assert_eq!(described["Metrics"][1]["Unit"], "Milliseconds");
        assert_eq!(
            (&line["tenant"], &line["duration"]),
            (&json!("harbour"), &json!(12))
        );
    }

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
