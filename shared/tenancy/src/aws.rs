//! The `directory` table.

mod kept;
mod purposes;
mod rates;
mod rows;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use lambda_kit::{Chain, clock::Clock, error::ServiceError};
pub use purposes::PurposeReader;
pub use rates::RateLimiter;
pub use rows::{
    AgreementReader, DirectoryRows, Partner, PartnerReader, WriteKeyOwner, WriteKeyReader,
    write_key_part,
};
use serde::Deserialize;

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
#[derive(Debug, thiserror::Error)]
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

    /// Who `client_id` belongs to; `None` if the directory does not know it. An answer is kept for
    /// a minute, and serves for longer while the directory can't be read.
    async fn client(&self, client_id: &str) -> Result<Option<Client>, DirectoryError> {
        let now = self.clock.now();
        let seen = self
            .seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(client_id)
            .cloned();
        if let Some((at, client)) = &seen
            && now.duration_since(*at).unsigned_abs() < FRESH
        {
            return Ok(Some(client.clone()));
        }
        match (self.read(client_id).await, seen) {
            (Ok(Some(client)), _) => {
                let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
                seen.insert(client_id.to_owned(), (now, client.clone()));
                Ok(Some(client))
            }
            (Err(DirectoryError::Service(error)), Some((_, client))) => {
                tracing::warn!(%error, "the directory can't be read; an older answer serves");
                Ok(Some(client))
            }
            (answer, _) => answer,
        }
    }

    /// The same for whoever goes on without an answer: a failure is logged and counts as unknown.
    pub async fn find(&self, client_id: Option<&str>) -> Option<Client> {
        self.client(client_id?).await.unwrap_or_else(|error| {
            tracing::error!(error = %Chain(&error), "the app client's tenant is left out");
            None
        })
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
