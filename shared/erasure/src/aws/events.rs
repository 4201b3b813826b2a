//! Removing the events that a person's timeline tells of.

use aws_sdk_dynamodb::Client;
use lambda_kit::{
    dynamodb::{is_refused, text},
    error::ServiceError,
};
use profile::TIMELINE_PREFIX;

use super::exports::remove_below;

/// Removes events: `dynamodb:GetItem` and `DeleteItem` on the table; `s3:ListBucket` and
/// `s3:DeleteObject` on the bucket of what no row holds.
#[derive(Debug, Clone)]
pub struct EventRemover {
    client: Client,
    objects: aws_sdk_s3::Client,
    table: String,
    bucket: String,
}

impl EventRemover {
    /// A remover from `table` and `bucket`.
    #[must_use]
    pub fn new(
        sdk: &aws_types::SdkConfig,
        table: impl Into<String>,
        bucket: impl Into<String>,
    ) -> Self {
        Self {
            client: Client::new(sdk),
            objects: aws_sdk_s3::Client::new(sdk),
            table: table.into(),
            bucket: bucket.into(),
        }
    }

    /// Removes the event that the timeline's entry `part` tells of, if it is one: first its object,
    /// which is known by the row. What has run out is gone already.
    pub(super) async fn remove(&self, part: &str) -> Result<(), ServiceError> {
        let Some((tenant, digest)) = event_of(part) else {
            return Ok(());
        };
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
            remove_below(&self.objects, &self.bucket, &below).await?;
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
