//! From a request to its events.

use std::collections::BTreeMap;

use cloudevent::{Headers, Limits, MediaType, unpack};
use intake::{Batch, Surface, problems};
use jiff::Timestamp;
use lambda_kit::{
    http::{BodyError, Request},
    problem::Problem,
};

/// What a request holds.
pub(crate) struct Events {
    /// Its events, each by itself.
    pub(crate) batch: Batch,
    /// Whether they came as a batch, which is answered as one.
    pub(crate) are_batch: bool,
}

impl Events {
    /// The events of `request`, which was received at `now`.
    pub(crate) fn of(request: &Request, now: Timestamp) -> Result<Self, Problem> {
        let limits = Limits::at(now);
        let headers = Headers::new(request.headers());
        let body = request.body(limits.body).map_err(|error| match error {
            BodyError::TooLarge => {
                let limit = limits.body;
                problems::unreadable(&cloudevent::Unreadable::TooLarge { limit })
            }
            BodyError::Undecodable => problems::undecodable(),
        })?;
        let unreadable = |error| problems::unreadable(&error);
        let body = unpack::body(&headers, &body, limits.body).map_err(unreadable)?;
        let media = headers.get("content-type").and_then(MediaType::parse);
        Ok(Self {
            batch: Batch {
                events: cloudevent::read(&headers, &body, &limits).map_err(unreadable)?,
                body: body.into_owned(),
                headers: in_binary_mode(&headers, media.as_ref()),
                surface: Surface::Events,
                call: None,
            },
            are_batch: media
                .is_some_and(|media| media.essence() == "application/cloudevents-batch+json"),
        })
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.batch.events.len()
    }
}

/// The headers that the event of a request in binary mode is made of; none in any other mode.
fn in_binary_mode(headers: &Headers<'_>, media: Option<&MediaType>) -> BTreeMap<String, String> {
    let is_structured =
        media.is_some_and(|media| media.essence().starts_with("application/cloudevents"));
    if is_structured {
        return BTreeMap::new();
    }
    let headers = headers.of_event();
    headers
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}
