//! Removing the events that a person's timeline tells of, and those that still wait for somebody who has
//! one of the person's identifiers.

use aws_sdk_dynamodb::Client;
use lambda_kit::{
    dynamodb::{is_refused, query_all, text},
    error::ServiceError,
    objects::ObjectRemover,
    planted,
};
use profile::TIMELINE_PREFIX;

use super::{ErasureError, reading::attribute};

/// How the keys of those identifiers begin by which events wait for somebody.
const AWAITED: [&str; 2] = ["external#", "anonymous#"];

/// Removes events: `dynamodb:GetItem` and `DeleteItem` on the table; `dynamodb:Query` and `DeleteItem` on
/// the table of what waits; `s3:ListBucket` and `s3:DeleteObject` on the buckets of what no row holds and
/// of what lies for partners.
#[derive(Debug, Clone)]
pub struct EventRemover {
    client: Client,
    table: String,
    waiting: String,
    bodies: ObjectRemover,
    claims: ObjectRemover,
}

impl EventRemover {
    /// A remover from the tables `events` and `waiting` and from the buckets `bodies` and `claims`.
    #[must_use]
    pub fn new(
        sdk: &aws_types::SdkConfig,
        [events, waiting]: [&str; 2],
        [bodies, claims]: [&str; 2],
    ) -> Self {
        Self {
            client: Client::new(sdk),
            table: events.to_owned(),
            waiting: waiting.to_owned(),
            bodies: ObjectRemover::new(sdk, bodies),
            claims: ObjectRemover::new(sdk, claims),
        }
    }

    /// Removes the event that the timeline's entry `part` tells of, if it is one. Its object goes before
    /// its row, by which it is known. What lies for partners goes last, since whoever puts it there
    /// looks afterwards whether the event is still there; it may have outlived a row that ran out.
    pub(super) async fn remove(&self, part: &str) -> Result<(), ServiceError> {
        match event_of(part) {
            Some((tenant, digest)) => self.remove_event(tenant, digest).await,
            None => Ok(()),
        }
    }

    /// Removes the events that still wait under `identifier`, a key in the table `identifiers`: whoever
    /// came to be known by it is about to be gone before they were told of. An event goes before the row
    /// by which it is found.
    pub(super) async fn remove_waiting(&self, identifier: &str) -> Result<(), ErasureError> {
        let is_awaited = AWAITED.iter().any(|kind| identifier.starts_with(kind));
        if !is_awaited || planted::is_on("erasure-leaves-what-waits") {
            return Ok(());
        }
        let query = self
            .client
            .query()
            .table_name(&self.waiting)
            .consistent_read(true)
            .key_condition_expression("identifier = :identifier")
            .expression_attribute_values(":identifier", text(identifier))
            .projection_expression("#event")
            .expression_attribute_names("#event", "event");
        for row in query_all(query).await? {
            let event = attribute(&row, "event").ok_or(ErasureError::Malformed)?;
            let (tenant, digest) = event.split_once('#').ok_or(ErasureError::Malformed)?;
            self.remove_event(tenant, digest).await?;
            self.delete(
                &self.waiting,
                [("identifier", identifier), ("event", event)],
            )
            .await?;
        }
        Ok(())
    }

    async fn remove_event(&self, tenant: &str, digest: &str) -> Result<(), ServiceError> {
        self.remove_row(tenant, digest).await?;
        if planted::is_on("erasure-leaves-claims") {
            return Ok(());
        }
        let copies = format!("claims/{tenant}/{digest}/");
        self.claims.remove_below(&copies).await
    }

    async fn remove_row(&self, tenant: &str, digest: &str) -> Result<(), ServiceError> {
        let key = format!("{tenant}#{digest}");
        let found = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("event", text(&key))
            .projection_expression("body_key")
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        let Some(row) = found.item else {
            return Ok(());
        };
        if row.contains_key("body_key") {
            let below = format!("events/{tenant}/{digest}/");
            self.bodies.remove_below(&below).await?;
        }
        self.delete(&self.table, [("event", key.as_str())]).await
    }

    /// Deletes a row that may be gone already.
    async fn delete<const KEYS: usize>(
        &self,
        table: &str,
        key: [(&str, &str); KEYS],
    ) -> Result<(), ServiceError> {
        let delete = self
            .client
            .delete_item()
            .table_name(table)
            .condition_expression("attribute_exists(#event)")
            .expression_attribute_names("#event", "event");
        let delete = key.into_iter().fold(delete, |delete, (name, value)| {
            delete.key(name, text(value))
        });
        match delete.send().await {
            Ok(_) => Ok(()),
            Err(error) if is_refused(&error) => Ok(()),
            Err(error) => Err(ServiceError::new("dynamodb:DeleteItem", &error)),
        }
    }
}

/// The tenant and the digest of the event that the part `event#<tenant>#<time>#<digest>` tells of.
fn event_of(part: &str) -> Option<(&str, &str)> {
    let (tenant, rest) = part.strip_prefix(TIMELINE_PREFIX)?.split_once('#')?;
    let (_, digest) = rest.rsplit_once('#')?;
    Some((tenant, digest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_events_key_is_read_from_the_entry_that_tells_of_it() {
        let tenant = "harbour".parse().unwrap();
        let time = "2026-01-15T09:00:00Z".parse().unwrap();
        let part = profile::timeline_part(&tenant, time, "abc-_");
        assert_eq!(event_of(&part), Some(("harbour", "abc-_")));
        assert_eq!(event_of("consent#harbour#newsletter"), None);
    }
}
