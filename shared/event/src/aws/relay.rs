//! Puts what lies in the outbox on the bus, and takes it out of the outbox.

use aws_sdk_dynamodb::Client;
use futures_util::future::join_all;
use lambda_kit::{
    Retry,
    dynamodb::{is_refused, text},
    error::ServiceError,
    metric::Metrics,
    parking::{Parked, ParkingSender},
    planted,
};
use serde_json::value::RawValue;

use super::publisher::{EventPublisher, Outgoing, PublishError};
use crate::OutboxItem;

/// Relays rows of the outbox. On the table of the outbox it does `dynamodb:DeleteItem` and
/// `dynamodb:UpdateItem`.
#[derive(Debug, Clone)]
pub struct OutboxRelay {
    client: Client,
    table: String,
    publisher: EventPublisher,
    parking: ParkingSender,
    metrics: Metrics,
    service: &'static str,
}

/// A row of the outbox, as far as it can be read.
#[derive(Debug, Clone, Copy)]
pub struct Relayable<'a> {
    /// The row's key: `profile_id` and `part`.
    pub key: (&'a str, &'a str),
    /// The row; `None` if it has another shape.
    pub row: Option<&'a OutboxItem>,
    /// The row or its change record as it came, to be parked.
    pub payload: &'a RawValue,
}

/// Why a row is still to be relayed.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// The bus did not take it.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// It is published or parked, and the outbox does not know.
    #[error("the outbox could not be updated")]
    Outbox(#[source] ServiceError),
    /// It can't be published, and could not be parked either.
    #[error("the event could not be parked")]
    Parking(#[source] ServiceError),
}

/// What is to be done about a row.
enum Verdict {
    Published,
    Park(&'static str),
    Later(PublishError),
}

impl OutboxRelay {
    /// A relay from the outbox in `table`, for the function `service`.
    #[must_use]
    pub fn new(
        sdk: &aws_types::SdkConfig,
        table: impl Into<String>,
        publisher: EventPublisher,
        parking: ParkingSender,
        metrics: Metrics,
        service: &'static str,
    ) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
            publisher,
            parking,
            metrics,
            service,
        }
    }

    /// Publishes the rows' events and deletes the rows; parks those that can't be published. The
    /// answers are in the rows' order. Whatever fails may be done again: an event keeps its id.
    pub async fn relay(&self, rows: &[Relayable<'_>]) -> Vec<Result<(), RelayError>> {
        if planted::is_on("outbox-deleted-before-publish") {
            for row in rows {
                let _ = self.delete(row).await;
            }
        }
        let verdicts = self.publish(rows).await;
        let outcomes = join_all(
            rows.iter()
                .zip(verdicts)
                .map(|(row, verdict)| self.settle(row, verdict)),
        )
        .await;
        let published = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        self.metrics.count("events_relayed", published as u64);
        outcomes
    }

    async fn settle(&self, row: &Relayable<'_>, verdict: Verdict) -> Result<(), RelayError> {
        match verdict {
            Verdict::Published => self.delete(row).await.map_err(RelayError::Outbox),
            Verdict::Park(cause) => self.park(row, cause).await,
            Verdict::Later(error) => Err(error.into()),
        }
    }

    async fn publish(&self, rows: &[Relayable<'_>]) -> Vec<Verdict> {
        let readable: Vec<Option<Outgoing>> = rows
            .iter()
            .map(|row| Outgoing::new(row.row?.event.clone()))
            .collect();
        let events: Vec<Outgoing> = readable.iter().flatten().cloned().collect();
        let mut published = self.publisher.publish(&events).await.into_iter();
        let verdict = |event: Option<Outgoing>| match event.and_then(|_| published.next()) {
            None => Verdict::Park("the outbox row holds no CloudEvent"),
            Some(Ok(())) => Verdict::Published,
            Some(Err(error)) if error.retry() == Retry::Never => {
                Verdict::Park("the event bus refuses the event")
            }
            Some(Err(error)) => Verdict::Later(error),
        };
        readable.into_iter().map(verdict).collect()
    }

    /// The payload lies on the parking queue before the row leaves the index of what is to be relayed.
    async fn park(&self, row: &Relayable<'_>, cause: &'static str) -> Result<(), RelayError> {
        let (_, part) = row.key;
        tracing::error!(cause, part, "an event is parked");
        if !planted::is_on("poison-acknowledged-unparked") {
            let parked = Parked {
                service: self.service,
                key: part,
                cause,
                payload: row.payload,
            };
            self.parking
                .park(parked)
                .await
                .map_err(RelayError::Parking)?;
        }
        self.metrics.count("events_parked", 1);
        self.mark_parked(row, cause)
            .await
            .map_err(RelayError::Outbox)
    }

    async fn delete(&self, row: &Relayable<'_>) -> Result<(), ServiceError> {
        let (profile_id, part) = row.key;
        let deleted = self
            .client
            .delete_item()
            .table_name(&self.table)
            .key("profile_id", text(profile_id))
            .key("part", text(part))
            .condition_expression("attribute_exists(part)")
            .send()
            .await;
        match deleted {
            Ok(_) => Ok(()),
            Err(error) if is_refused(&error) => Ok(()),
            Err(error) => Err(ServiceError::new("dynamodb:DeleteItem", &error)),
        }
    }

    async fn mark_parked(
        &self,
        row: &Relayable<'_>,
        cause: &'static str,
    ) -> Result<(), ServiceError> {
        let (profile_id, part) = row.key;
        let marked = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("profile_id", text(profile_id))
            .key("part", text(part))
            .update_expression("SET parked_because = :cause REMOVE relay_shard")
            .condition_expression("attribute_exists(part)")
            .expression_attribute_values(":cause", text(cause))
            .send()
            .await;
        match marked {
            Ok(_) => Ok(()),
            Err(error) if is_refused(&error) => Ok(()),
            Err(error) => Err(ServiceError::new("dynamodb:UpdateItem", &error)),
        }
    }
}
