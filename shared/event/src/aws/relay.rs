//! Puts what lies in an outbox on the bus, and takes it out of the outbox.

use aws_sdk_dynamodb::Client;
use futures_util::future::join_all;
use lambda_kit::{
    Retry,
    dynamodb::{Row, is_refused, text},
    error::ServiceError,
    metric::Metrics,
    parking::{Parked, ParkingSender},
    planted,
};
use serde_json::value::RawValue;

use super::publisher::{EventPublisher, Outgoing, PublishError};

/// Relays rows of an outbox. On its table it does `dynamodb:UpdateItem`, and `dynamodb:DeleteItem`
/// unless it keeps the rows.
#[derive(Debug, Clone)]
pub struct OutboxRelay {
    client: Client,
    table: String,
    publisher: EventPublisher,
    parking: ParkingSender,
    metrics: Metrics,
    service: &'static str,
    keeps_rows: bool,
}

/// A row of the outbox, as far as it can be read.
#[derive(Debug, Clone)]
pub struct Relayable<'a> {
    /// The row's key: its attributes' names and values.
    pub key: Vec<(&'static str, &'a str)>,
    /// Its event; `None` if there is none in it.
    pub event: Option<Outgoing>,
    /// What is parked if it can't be published.
    pub payload: &'a RawValue,
}

impl Relayable<'_> {
    /// By what it is told from the others: the last attribute of its key.
    fn name(&self) -> (&'static str, &str) {
        self.key.last().copied().unwrap_or_default()
    }

    fn row_key(&self) -> Row {
        let attributes = self.key.iter();
        attributes
            .map(|(name, value)| ((*name).to_owned(), text(*value)))
            .collect()
    }
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
            keeps_rows: false,
        }
    }

    /// The same for a table whose rows are more than their event: they only leave the index of what
    /// is to be relayed.
    #[must_use]
    pub const fn keeping_rows(mut self) -> Self {
        self.keeps_rows = true;
        self
    }

    /// Publishes the rows' events and takes them out; parks those that can't be published. The
    /// answers are in the rows' order. Whatever fails may be done again: an event keeps its id.
    pub async fn relay(&self, rows: &[Relayable<'_>]) -> Vec<Result<(), RelayError>> {
        if planted::is_on("outbox-deleted-before-publish") {
            for row in rows {
                let _ = self.take_out(row).await;
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
            Verdict::Published => self.take_out(row).await.map_err(RelayError::Outbox),
            Verdict::Park(cause) => self.park(row, cause).await,
            Verdict::Later(error) => Err(error.into()),
        }
    }

    async fn publish(&self, rows: &[Relayable<'_>]) -> Vec<Verdict> {
        let events: Vec<Outgoing> = rows.iter().filter_map(|row| row.event.clone()).collect();
        let mut published = self.publisher.publish(&events).await.into_iter();
        let verdict = |row: &Relayable<'_>| {
            let outcome = row.event.as_ref().and_then(|_| published.next());
            match outcome {
                None => Verdict::Park("the outbox row holds no CloudEvent"),
                Some(Ok(())) => Verdict::Published,
                Some(Err(error)) if error.retry() == Retry::Never => {
                    Verdict::Park("the event bus refuses the event")
                }
                Some(Err(error)) => Verdict::Later(error),
            }
        };
        rows.iter().map(verdict).collect()
    }

    /// The payload lies on the parking queue before the row leaves the index of what is to be relayed.
    async fn park(&self, row: &Relayable<'_>, cause: &'static str) -> Result<(), RelayError> {
        let (_, key) = row.name();
        tracing::error!(cause, part = key, "an event is parked");
        if !planted::is_on("poison-acknowledged-unparked") {
            let parked = Parked {
                service: self.service,
                key,
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

    async fn take_out(&self, row: &Relayable<'_>) -> Result<(), ServiceError> {
        if self.keeps_rows {
            return self.update(row, "REMOVE relay_shard, relay_at", None).await;
        }
        let (name, _) = row.name();
        let deleted = self
            .client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(row.row_key()))
            .condition_expression("attribute_exists(#key)")
            .expression_attribute_names("#key", name)
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
        let change = "SET parked_because = :cause REMOVE relay_shard";
        self.update(row, change, Some(cause)).await
    }

    /// Changes a row that is there.
    async fn update(
        &self,
        row: &Relayable<'_>,
        change: &'static str,
        cause: Option<&'static str>,
    ) -> Result<(), ServiceError> {
        let (name, _) = row.name();
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(row.row_key()))
            .update_expression(change)
            .condition_expression("attribute_exists(#key)")
            .expression_attribute_names("#key", name);
        let update = match cause {
            Some(cause) => update.expression_attribute_values(":cause", text(cause)),
            None => update,
        };
        match update.send().await {
            Ok(_) => Ok(()),
            Err(error) if is_refused(&error) => Ok(()),
            Err(error) => Err(ServiceError::new("dynamodb:UpdateItem", &error)),
        }
    }
}
