//! From a transaction to the outbox, and from the outbox to the bus.

mod classic;
mod parked;
mod publisher;
mod relay;
mod sweep;

use aws_sdk_dynamodb::types::TransactWriteItem;
use lambda_kit::{
    dynamodb::{put, transact_put, unmakeable},
    error::ServiceError,
};

pub use parked::ParkedRows;
pub use publisher::{EventPublisher, Outgoing, PublishError};
pub use relay::{OutboxRelay, RelayError, Relayable};
pub use sweep::{Forgotten, SweepError, Sweeper, Swept};

use crate::{CloudEvent, OutboxItem};

/// The outbox row of `event`, as a part of the transaction that writes the state it tells of.
pub fn outbox_put(table: &str, event: &CloudEvent) -> Result<TransactWriteItem, ServiceError> {
    let item = OutboxItem::new(event).ok_or_else(unmakeable)?;
    transact_put(put(table, &item)?.condition_expression("attribute_not_exists(part)"))
}
