//! JSON logs on standard output, a line per event.

use tracing_subscriber::{EnvFilter, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::Environment;

/// Who may speak below `warn`: our own crates. The SDK logs whole requests at `debug` and below,
/// and with them personal data, so no level switches it on.
const OURS: [&str; 6] = [
    "lambda_kit",
    "identity",
    "profile",
    "event",
    "consent",
    "notification",
];

/// Starts logging, at the level `LOG_LEVEL` or else `info`.
pub fn init(environment: &Environment) {
    let level = environment.optional("LOG_LEVEL").unwrap_or("info");
    let directives = OURS.iter().fold("warn".to_owned(), |all, target| {
        format!("{all},{target}={level}")
    });
    let filter = EnvFilter::try_new(directives).unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::registry()
        .with(filter)
        .with(
            tracing_subscriber::fmt::layer()
                .json()
                .flatten_event(true)
                .with_span_list(false)
                .with_ansi(false),
        )
        .init();
}

/// Puts the correlation id that came with the work at hand into every further line of it.
pub fn correlate(id: &str) {
    tracing::Span::current().record("correlation.id", id);
}
