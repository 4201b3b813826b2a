//! Looking types up.

use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use lambda_kit::{
    clock::Clock,
    dynamodb::{is_refused, number, text},
    error::ServiceError,
};
use serde_json::Value;
use tenancy::{DirectoryError, DirectoryRows, PartnerId, TenantId};

use crate::{EventType, EventTypeName, ReadError, RegisteredType, breaks, event_type};

/// Looks types of events up: `dynamodb:GetItem` on the directory.
#[derive(Debug)]
pub struct EventTypes(DirectoryRows<EventType>);

impl EventTypes {
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>, clock: Clock) -> Self {
        Self(DirectoryRows::new(sdk, table, clock))
    }

    /// The type `kind` of `tenant`; `None` if it takes no such events. An answer is kept for a minute
    /// with its schema compiled; an absent one is asked for again.
    pub async fn find(
        &self,
        tenant: &TenantId,
        kind: &str,
    ) -> Result<Option<Arc<EventType>>, DirectoryError> {
        self.0.find(tenant, event_type::part(kind)).await
    }
}

/// How often a lost race against another change is answered by looking again.
const ATTEMPTS: u32 = 4;

/// Registers types: `dynamodb:GetItem` and `PutItem` on the directory.
#[derive(Debug, Clone)]
pub struct EventTypeWriter {
    client: Client,
    table: String,
}

/// What became of a registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registered {
    /// It stands as this.
    As(RegisteredType),
    /// It would refuse what was taken before, at these places.
    Breaking(Vec<String>),
    /// Somebody else registered the type.
    Taken,
}

impl EventTypeWriter {
    /// A writer to `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// Registers the type `name` of `tenant` for `partner` with a schema that is one, or puts it in
    /// place of the schema that stands there, if it takes all that that does.
    pub async fn register(
        &self,
        tenant: &TenantId,
        partner: &PartnerId,
        name: &EventTypeName,
        schema: &Value,
    ) -> Result<Registered, ReadError> {
        for _ in 0..ATTEMPTS {
            let before = self.find(tenant, name).await?;
            let by = format!("partner/{partner}");
            let next = match &before {
                None => RegisteredType {
                    schema: schema.to_string(),
                    revision: 1,
                    registered_by: by,
                    compatible_since: 1,
                },
                Some(before) if before.registered_by != by => return Ok(Registered::Taken),
                Some(before) => {
                    let old: Value =
                        serde_json::from_str(&before.schema).map_err(|_| ReadError::Malformed)?;
                    if old == *schema {
                        return Ok(Registered::As(before.clone()));
                    }
                    let breaks = breaks(&old, schema);
                    if !breaks.is_empty() {
                        return Ok(Registered::Breaking(breaks));
                    }
                    RegisteredType {
                        schema: schema.to_string(),
                        revision: before.revision.saturating_add(1),
                        ..before.clone()
                    }
                }
            };
            let revision = before.map_or(0, |before| before.revision);
            if self.put(tenant, name, &next, revision).await? {
                return Ok(Registered::As(next));
            }
        }
        Err(contended().into())
    }

    /// The type as it stands now.
    pub async fn find(
        &self,
        tenant: &TenantId,
        name: &EventTypeName,
    ) -> Result<Option<RegisteredType>, ReadError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("tenant", text(tenant.as_str()))
            .key("part", text(event_type::part(name.as_str())))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        let row = answer.item.map(serde_dynamo::from_item).transpose();
        row.map_err(|_| ReadError::Malformed)
    }

    /// Writes the row on top of the revision `before`; `false` if that is not the one that stands.
    async fn put(
        &self,
        tenant: &TenantId,
        name: &EventTypeName,
        row: &RegisteredType,
        before: u32,
    ) -> Result<bool, ReadError> {
        let row = serde_dynamo::to_item(row).map_err(|_| ReadError::Malformed)?;
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(row))
            .item("tenant", text(tenant.as_str()))
            .item("part", text(event_type::part(name.as_str())));
        let put = if before == 0 {
            put.condition_expression("attribute_not_exists(part)")
        } else {
            put.condition_expression("revision = :before")
                .expression_attribute_values(":before", number(before))
        };
        match put.send().await {
            Ok(_) => Ok(true),
            Err(error) if is_refused(&error) => Ok(false),
            Err(error) => Err(ServiceError::new("dynamodb:PutItem", &error).into()),
        }
    }
}

fn contended() -> ServiceError {
    ServiceError {
        operation: "dynamodb:PutItem",
        code: "Contended".to_owned(),
        retry: lambda_kit::Retry::MayHelp,
    }
}
