//! JSON logs on standard output, a line per event.

use std::fmt;

use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::LevelFilter,
    layer::{Context, SubscriberExt},
    util::SubscriberInitExt,
};

use crate::{config::Environment, metric};

/// Who may speak below `warn`: our own crates. The SDK logs whole requests at `debug` and below,
/// and with them personal data, so no level switches it on.
const OURS: [&str; 9] = [
    "lambda_kit",
    "dead_letter",
    "erasure",
    "identity",
    "profile",
    "event",
    "consent",
    "notification",
    "token",
];

/// Starts logging, at the level `LOG_LEVEL` or else `info`; metrics are let out beside the logs.
pub fn init(environment: &Environment) {
    // Read as one level: in a list of directives there could be one for the SDK.
    let level = environment
        .optional("LOG_LEVEL")
        .and_then(|level| level.parse().ok())
        .unwrap_or(LevelFilter::INFO);
    let filter = filter(level);
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_ansi(false);
    tracing_subscriber::registry()
        .with(lines.with_filter(filter))
        .with(MetricLines)
        .init();
}

/// What is let out at `level`.
#[must_use]
pub fn filter(level: LevelFilter) -> EnvFilter {
    let directives = OURS
        .iter()
        .fold("warn,metric=off".to_owned(), |all, target| {
            format!("{all},{target}={level}")
        });
    EnvFilter::try_new(directives).unwrap_or_else(|_| EnvFilter::new("warn"))
}

/// Prints metrics as they are: CloudWatch reads one only from a line that is nothing else.
struct MetricLines;

impl<S: Subscriber> Layer<S> for MetricLines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == metric::TARGET {
            event.record(&mut PrintedLine);
        }
    }
}

struct PrintedLine;

impl Visit for PrintedLine {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "line" {
            println!("{value:?}");
        }
    }
}

/// Prints `line` as it is: for what others read line by line.
pub fn line(line: &serde_json::Value) {
    tracing::info!(target: metric::TARGET, line = %line);
}

/// Puts the correlation id that came with the work at hand into every further line of it.
pub fn correlate(id: &str) {
    tracing::Span::current().record("correlation.id", id);
}
