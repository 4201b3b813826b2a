//! Looking types up.

use std::sync::Arc;

use aws_sdk_dynamodb::{Client, types::builders::PutBuilder};
use lambda_kit::{
    clock::Clock,
    dynamodb::{Row, TransactionFailure, number, put, text, transact, transact_put},
    error::ServiceError,
};
use serde::Deserialize;
use serde_json::Value;
use tenancy::{DirectoryError, DirectoryRows, TenantId};

use crate::{
    EventType, EventTypeName, ListedType, ReadError, RegisteredType, Registrar, breaks,
    event_type::{self, EVENT_TYPE_PREFIX},
};

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

/// As many types as a page has.
const PAGE: i32 = 50;

/// Registers types and shows them, each revision of them: `dynamodb:GetItem`, `PutItem` and `Query` on the
/// directory.
#[derive(Debug, Clone)]
pub struct EventTypeWriter {
    client: Client,
    table: String,
}

/// Some types of a tenant, and after which of them more follow.
#[derive(Debug)]
pub struct TypesPage {
    /// The types, without their schemas.
    pub types: Vec<ListedType>,
    /// Where to go on.
    pub next: Option<EventTypeName>,
}

/// What a list shows of a row.
#[derive(Deserialize)]
struct ListedItem {
    part: String,
    revision: u32,
    registered_by: String,
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

    /// Registers the type `name` of `tenant` with a schema that is one, or puts it in place of the
    /// schema that stands there, if it takes all that that does. Whose the type is does not change.
    pub async fn register(
        &self,
        tenant: &TenantId,
        registrar: &Registrar,
        name: &EventTypeName,
        schema: &Value,
    ) -> Result<Registered, ReadError> {
        for _ in 0..ATTEMPTS {
            let before = self.find(tenant, name).await?;
            let next = match &before {
                None => RegisteredType {
                    schema: schema.to_string(),
                    revision: 1,
                    registered_by: registrar.name(),
                },
                Some(before) if !registrar.may_change(before) => return Ok(Registered::Taken),
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
            if self.replace(tenant, name, before.as_ref(), &next).await? {
                return Ok(Registered::As(next));
            }
        }
        Err(contended().into())
    }

    /// The types of `tenant` after `after`, by their names.
    pub async fn list(
        &self,
        tenant: &TenantId,
        after: Option<&EventTypeName>,
    ) -> Result<TypesPage, ReadError> {
        let start = after.map(|after| key(tenant, after));
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("tenant = :tenant AND begins_with(part, :prefix)")
            .expression_attribute_values(":tenant", text(tenant.as_str()))
            .expression_attribute_values(":prefix", text(EVENT_TYPE_PREFIX))
            .projection_expression("part, revision, registered_by")
            .set_exclusive_start_key(start)
            .limit(PAGE)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:Query", &error))?;
        let next = answer.last_evaluated_key.filter(|key| !key.is_empty());
        let rows = answer.items.unwrap_or_default().into_iter();
        let types: Vec<ListedType> = rows.map(listed).collect::<Result<_, _>>()?;
        let last = types.last().filter(|_| next.is_some());
        Ok(TypesPage {
            next: last.map(|last| last.name.clone()),
            types,
        })
    }

    /// The type as it stands now.
    pub async fn find(
        &self,
        tenant: &TenantId,
        name: &EventTypeName,
    ) -> Result<Option<RegisteredType>, ReadError> {
        self.read(key(tenant, name)).await
    }

    /// The type as it stood at `revision`.
    pub async fn find_revision(
        &self,
        tenant: &TenantId,
        name: &EventTypeName,
        revision: u32,
    ) -> Result<Option<RegisteredType>, ReadError> {
        let standing = self.find(tenant, name).await?;
        // In this order: what stands is kept in the transaction by which it stands no longer.
        if standing
            .as_ref()
            .is_none_or(|each| each.revision == revision)
        {
            return Ok(standing);
        }
        self.read(kept_key(tenant, name, revision)).await
    }

    async fn read(&self, key: Row) -> Result<Option<RegisteredType>, ReadError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        let row = answer.item.map(serde_dynamo::from_item).transpose();
        row.map_err(|_| ReadError::Malformed)
    }

    /// Writes `next` in place of `before`, which is kept as the revision that it was; `false` if that is
    /// not what stands.
    async fn replace(
        &self,
        tenant: &TenantId,
        name: &EventTypeName,
        before: Option<&RegisteredType>,
        next: &RegisteredType,
    ) -> Result<bool, ReadError> {
        let row = self.row(key(tenant, name), next)?;
        let absent = "attribute_not_exists(part)";
        let items = match before {
            None => vec![transact_put(row.condition_expression(absent))?],
            Some(before) => {
                let kept = self.row(kept_key(tenant, name, before.revision), before)?;
                let row = row
                    .condition_expression("revision = :before")
                    .expression_attribute_values(":before", number(before.revision));
                vec![
                    transact_put(row)?,
                    transact_put(kept.condition_expression(absent))?,
                ]
            }
        };
        match transact(&self.client, items).await {
            Ok(()) => Ok(true),
            Err(TransactionFailure::Refused(_)) => Ok(false),
            Err(TransactionFailure::Service(error)) => Err(error.into()),
        }
    }

    /// A row with that key; the condition is the caller's to add.
    fn row(&self, key: Row, row: &RegisteredType) -> Result<PutBuilder, ServiceError> {
        let row = put(&self.table, row)?;
        Ok(key
            .into_iter()
            .fold(row, |row, (name, value)| row.item(name, value)))
    }
}

fn key(tenant: &TenantId, name: &EventTypeName) -> Row {
    Row::from([
        ("tenant".to_owned(), text(tenant.as_str())),
        ("part".to_owned(), text(event_type::part(name.as_str()))),
    ])
}

fn kept_key(tenant: &TenantId, name: &EventTypeName, revision: u32) -> Row {
    let part = event_type::kept_part(name.as_str(), revision);
    Row::from([
        ("tenant".to_owned(), text(tenant.as_str())),
        ("part".to_owned(), text(part)),
    ])
}

fn listed(row: Row) -> Result<ListedType, ReadError> {
    let item: ListedItem = serde_dynamo::from_item(row).map_err(|_| ReadError::Malformed)?;
    let name = item.part.strip_prefix(EVENT_TYPE_PREFIX);
    let name = name.and_then(|name| name.parse().ok());
    Ok(ListedType {
        name: name.ok_or(ReadError::Malformed)?,
        revision: item.revision,
        registered_by: item.registered_by,
    })
}

fn contended() -> ServiceError {
    ServiceError {
        operation: "dynamodb:TransactWriteItems",
        code: "Contended".to_owned(),
        retry: lambda_kit::Retry::MayHelp,
    }
}
