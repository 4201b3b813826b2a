//! Where the next run of a job goes on: one row of the ledger.

use std::{marker::PhantomData, time::Duration};

use aws_sdk_dynamodb::Client;
use aws_types::SdkConfig;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    Retry,
    clock::{Clock, later},
    dynamodb::{is_refused, number, text, unmakeable},
    error::ServiceError,
};

/// Which job's place it is, and for how long it counts: one that is older is begun anew.
#[derive(Debug, Clone, Copy)]
pub struct CursorKind {
    /// The row's key.
    pub key: &'static str,
    /// How long the row stays.
    pub retention: Duration,
}

/// Keeps a place: `dynamodb:GetItem` and `dynamodb:PutItem` on the ledger.
#[derive(Debug)]
pub struct CursorStore<P> {
    client: Client,
    table: String,
    kind: CursorKind,
    clock: Clock,
    place: PhantomData<fn() -> P>,
}

/// A place, and which of all places it is.
#[derive(Debug, Clone)]
pub struct Cursor<P> {
    /// Where to go on; `None` is the beginning.
    pub next: Option<P>,
    version: u64,
}

#[derive(Debug, Serialize, Deserialize)]
struct CursorItem<P> {
    key: String,
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    next: Option<P>,
    version: u64,
    /// Seconds since the epoch, as the table's time to live demands.
    expires_at: i64,
}

impl<P> CursorStore<P> {
    /// The place of `kind` in the ledger `table`.
    #[must_use]
    pub fn new(sdk: &SdkConfig, table: impl Into<String>, kind: CursorKind, clock: Clock) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
            kind,
            clock,
            place: PhantomData,
        }
    }
}

impl<P: Serialize + DeserializeOwned> CursorStore<P> {
    /// The place that was saved last; the beginning if there is none.
    pub async fn load(&self) -> Result<Cursor<P>, ServiceError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("key", text(self.kind.key))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        let row: Option<CursorItem<P>> = answer
            .item
            .map(serde_dynamo::from_item)
            .transpose()
            .map_err(|_| ServiceError {
                operation: "dynamodb:GetItem",
                code: "UnreadableRow".to_owned(),
                retry: Retry::Never,
            })?;
        let beginning = Cursor {
            next: None,
            version: 0,
        };
        Ok(row.map_or(beginning, |row| Cursor {
            next: row.next,
            version: row.version,
        }))
    }

    /// Puts `next` in the place of `old`. Another run that saved meanwhile got somewhere, too, and
    /// its place is as good.
    pub async fn save(&self, old: &Cursor<P>, next: Option<P>) -> Result<(), ServiceError> {
        let row = CursorItem {
            key: self.kind.key.to_owned(),
            next,
            version: old.version + 1,
            expires_at: later(self.clock.now(), self.kind.retention).as_second(),
        };
        let row = serde_dynamo::to_item(&row).map_err(|_| unmakeable())?;
        let saved = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(row))
            .condition_expression("attribute_not_exists(#key) OR #version = :old")
            .expression_attribute_names("#key", "key")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":old", number(old.version))
            .send()
            .await;
        match saved {
            Ok(_) => Ok(()),
            Err(error) if is_refused(&error) => Ok(()),
            Err(error) => Err(ServiceError::new("dynamodb:PutItem", &error)),
        }
    }
}
