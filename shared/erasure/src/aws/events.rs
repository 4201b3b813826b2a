//! Removing the events that a person's timeline tells of.

use aws_sdk_dynamodb::Client;
use lambda_kit::{
    dynamodb::{is_refused, text},
    error::ServiceError,
    objects::ObjectRemover,
    planted,
};
use profile::TIMELINE_PREFIX;

/// Removes events: `dynamodb:GetItem` and `DeleteItem` on the table; `s3:ListBucket` and
/// `s3:DeleteObject` on the buckets of what no row holds and of what lies for partners.
#[derive(Debug, Clone)]
pub struct EventRemover {
    client: Client,
    table: String,
    bodies: ObjectRemover,
    claims: ObjectRemover,
}

impl EventRemover {
    /// A remover from `table` and from the buckets `bodies` and `claims`.
    #[must_use]
    pub fn new(
        sdk: &aws_types::SdkConfig,
        table: impl Into<String>,
        [bodies, claims]: [&str; 2],
    ) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
            bodies: ObjectRemover::new(sdk, bodies),
            claims: ObjectRemover::new(sdk, claims),
        }
    }

    /// Removes the event that the timeline's entry `part` tells of, if it is one. Its object goes before
    /// its row, by which it is known. What lies for partners goes last, since whoever puts it there
    /// looks afterwards whether the event is still there; it may have outlived a row that ran out.
    pub(super) async fn remove(&self, part: &str) -> Result<(), ServiceError> {
        let Some((tenant, digest)) = event_of(part) else {
            return Ok(());
        };
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
        let deleted = self
            .client
            .delete_item()
            .table_name(&self.table)
            .key("event", text(key))
            .condition_expression("attribute_exists(#event)")
            .expression_attribute_names("#event", "event")
            .send()
            .await;
        match deleted {
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
