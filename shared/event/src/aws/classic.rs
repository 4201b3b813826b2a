//! EventBridge's classic bus, and all that is known of it. Another transport takes the place of this
//! module, with the same few names; consumers read what either brings: [`crate::delivered()`].

use aws_sdk_eventbridge::{
    Client,
    primitives::DateTime,
    types::{PutEventsRequestEntry, PutEventsResultEntry},
};
use lambda_kit::{Retry, error::ServiceError};

use super::Outgoing;

/// EventBridge takes so many entries in one call, and fewer bytes than this in all:
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>
pub(super) const MAX_ENTRIES: usize = 10;
pub(super) const MAX_BYTES: usize = 1_000_000;

/// A bus.
#[derive(Debug, Clone)]
pub(super) struct ClassicBus {
    client: Client,
    bus: String,
}

/// What became of one event of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// It is on the bus.
    Taken,
    /// It is not.
    Refused {
        /// The service's code for it.
        code: String,
        /// Whether sending it again may help.
        retry: Retry,
    },
}

impl ClassicBus {
    pub(super) fn new(sdk: &aws_types::SdkConfig, bus: String) -> Self {
        Self {
            client: Client::new(sdk),
            bus,
        }
    }

    /// What EventBridge counts: 14 bytes for the time and the UTF-8 of the texts.
    pub(super) fn size(event: &Outgoing) -> usize {
        14 + event.head.source.len() + event.head.kind.len() + event.json.len()
    }

    /// Puts these events on the bus; the answers are in their order.
    pub(super) async fn put(&self, events: &[&Outgoing]) -> Result<Vec<Answer>, ServiceError> {
        let entries = events.iter().map(|event| self.entry(event));
        let sent = self
            .client
            .put_events()
            .set_entries(Some(entries.collect()))
            .send()
            .await
            .map_err(|error| ServiceError::new("events:PutEvents", &error))?;
        let entries = sent.entries.unwrap_or_default();
        Ok(entries.iter().map(answer).collect())
    }

    fn entry(&self, event: &Outgoing) -> PutEventsRequestEntry {
        PutEventsRequestEntry::builder()
            .event_bus_name(&self.bus)
            .source(&event.head.source)
            .detail_type(&event.head.kind)
            .time(DateTime::from_millis(event.head.time.as_millisecond()))
            .detail(&event.json)
            .build()
    }
}

fn answer(entry: &PutEventsResultEntry) -> Answer {
    let Some(code) = entry.error_code() else {
        return Answer::Taken;
    };
    // What is wrong with the event itself. Whatever else there is may pass.
    let retry = match code {
        "MalformedDetail" | "InvalidArgument" | "ValidationException" => Retry::Never,
        _ => Retry::MayHelp,
    };
    Answer::Refused {
        code: code.to_owned(),
        retry,
    }
}
