//! The `directory` table.

mod event_types;
mod keeper;
mod kept;
mod partner_clients;
mod partner_names;
mod purposes;
mod rates;
mod rows;
mod write_keys;

use std::{
    collections::HashMap,
    str::FromStr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use aws_sdk_dynamodb::types::AttributeValue;
pub use event_types::{EventTypeReader, ShownEventType, ShownEventTypes};
use jiff::Timestamp;
pub use keeper::{Author, Change, Defined, DirectoryKeeper, Expected, KeepError, Page};
use lambda_kit::{Chain, clock::Clock, dynamodb::Row, error::ServiceError};
pub use partner_clients::{Intent, PartnerClient, PartnerClientKeeper};
pub use partner_names::PartnerNameReader;
pub use purposes::PurposeReader;
pub use rates::RateLimiter;
pub use rows::{
    AgreementReader, DirectoryRows, FanOutReader, NotificationRuleReader, Partner, PartnerReader,
    WriteKeyOwner, WriteKeyReader, write_key_part,
};
use serde::Deserialize;
pub use write_keys::{KnownWriteKey, WriteKeyKeeper};

use crate::{AgreementId, PartnerId, Purposes, TenantId};

/// For how long an answer serves without asking again. What stands in the directory hardly ever
/// changes.
const FRESH: Duration = Duration::from_mins(1);

/// Who an app client of the user pool belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// The tenant.
    pub tenant: TenantId,
    /// Whom the client serves.
    pub role: ClientRole,
}

/// Whom an app client serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientRole {
    /// People who log in.
    People,
    /// A partner's machines, under an agreement.
    Partner {
        /// The partner.
        partner: PartnerId,
        /// What it may ask for; nothing without one.
        agreement: Option<AgreementId>,
    },
}

/// Why the directory has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DirectoryError {
    /// DynamoDB did not answer.
    #[error("the directory can't be read")]
    Service(#[from] ServiceError),
    /// A row that is not of the agreed shape.
    #[error("a row of the directory can't be read")]
    Malformed,
    /// A tenant with more purposes than it may have.
    #[error("the directory has more than {} purposes of a tenant", Purposes::MOST)]
    TooMany,
}

/// The name that stands behind `prefix` in a row's part.
fn name<T: FromStr>(row: &Row, prefix: &str) -> Result<T, DirectoryError> {
    let part = row.get("part").and_then(|part| part.as_s().ok());
    part.and_then(|part| part.strip_prefix(prefix)?.parse().ok())
        .ok_or(DirectoryError::Malformed)
}

/// Row `client#<id>` / `client` of the directory.
#[derive(Deserialize)]
struct ClientItem {
    owner_tenant: TenantId,
    partner: Option<PartnerId>,
    agreement: Option<AgreementId>,
}

impl From<ClientItem> for Client {
    fn from(item: ClientItem) -> Self {
        let role = match item.partner {
            Some(partner) => ClientRole::Partner {
                partner,
                agreement: item.agreement,
            },
            None => ClientRole::People,
        };
        Self {
            tenant: item.owner_tenant,
            role,
        }
    }
}

/// Looks app clients up: `dynamodb:GetItem` on the directory.
#[derive(Debug, Clone)]
pub struct ClientReader {
    client: aws_sdk_dynamodb::Client,
    table: String,
    clock: Clock,
    seen: Arc<Mutex<HashMap<String, (Timestamp, Client)>>>,
}

impl ClientReader {
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>, clock: Clock) -> Self {
        Self {
            client: aws_sdk_dynamodb::Client::new(sdk),
            table: table.into(),
            clock,
            seen: Arc::default(),
        }
    }

    /// Who `client_id` belongs to now; `None` if the directory does not know it. An answer is kept for
    /// a minute and serves no longer, not even while the directory can't be read: a client that was
    /// removed must not live on. An absent one is asked for again.
    pub async fn current(&self, client_id: &str) -> Result<Option<Client>, DirectoryError> {
        let now = self.clock.now();
        if let Some((at, client)) = self.seen(client_id)
            && now.duration_since(at).unsigned_abs() < FRESH
        {
            return Ok(Some(client));
        }
        let found = self.read(client_id).await?;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match &found {
            Some(client) => seen.insert(client_id.to_owned(), (now, client.clone())),
            None => seen.remove(client_id),
        };
        drop(seen);
        Ok(found)
    }

    /// The same for whoever goes on without an answer: while the directory can't be read an older one
    /// serves, and any other failure is logged and counts as unknown.
    pub async fn find(&self, client_id: Option<&str>) -> Option<Client> {
        let client_id = client_id?;
        let error = match self.current(client_id).await {
            Ok(found) => return found,
            Err(error) => error,
        };
        if let DirectoryError::Service(error) = &error
            && let Some((_, client)) = self.seen(client_id)
        {
            tracing::warn!(%error, "the directory can't be read; an older answer serves");
            return Some(client);
        }
        tracing::error!(error = %Chain(&error), "the app client's tenant is left out");
        None
    }

    fn seen(&self, client_id: &str) -> Option<(Timestamp, Client)> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.get(client_id).cloned()
    }

    async fn read(&self, client_id: &str) -> Result<Option<Client>, DirectoryError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("tenant", AttributeValue::S(format!("client#{client_id}")))
            .key("part", AttributeValue::S("client".to_owned()))
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        let Some(row) = answer.item else {
            return Ok(None);
        };
        let item: ClientItem =
            serde_dynamo::from_item(row).map_err(|_| DirectoryError::Malformed)?;
        Ok(Some(item.into()))
    }
}
