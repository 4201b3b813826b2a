//! The app clients that partners' machines come by, from the wish for one to its end.
//!
//! A row goes absent → `creating` → `active` → `deleting` → `deleted`. It is there before the user
//! pool is asked for anything and stays behind it, and the pool knows the client by the row's own
//! id: so there is never a client that no row tells of.

use std::{collections::BTreeSet, time::Duration};

use aws_sdk_dynamodb::{
    Client,
    types::{Delete, Put, ReturnValuesOnConditionCheckFailure::AllOld, Update},
};
use jiff::Timestamp;
use lambda_kit::{
    clock::{Clock, later},
    dynamodb::{
        Row, TransactionFailure, is_refused, names, number, refused_put, text, transact,
        transact_delete, transact_put, transact_update,
    },
    error::ServiceError,
};
use serde::{Deserialize, Serialize};

use super::{Author, DirectoryError, Page};
use crate::{
    AgreementId, AppClientId, ClientState, MachineScope, PartnerClientId, PartnerId, TenantId,
};

/// For how long whoever makes a client may be at it: several times as long as a function runs.
const LEASE: Duration = Duration::from_mins(1);

/// As many clients as a page has.
const PAGE: i32 = 50;

/// An app client of a partner: row `<tenant>`, `partner-client#<partner>#<id>` of the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartnerClient {
    /// What it is called in the user pool.
    pub id: PartnerClientId,
    /// How far it is.
    pub state: ClientState,
    /// What the partner may ask for by it.
    pub agreement: AgreementId,
    /// What its tokens may be granted.
    pub scopes: BTreeSet<MachineScope>,
    /// Cognito's id, once it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<AppClientId>,
    /// By which login it was changed last.
    pub changed_by: String,
    /// When.
    pub changed_at: Timestamp,
    /// The request that asked for it.
    request: String,
    /// Until when somebody may be making it, in milliseconds since the epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lease_until: Option<i64>,
}

/// What became of the wish for a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intent {
    /// It is on record, and nobody asked the user pool yet.
    New,
    /// An earlier run of the same request may have asked the user pool.
    Taken,
    /// An earlier run of the same request made it.
    Made(AppClientId),
    /// It was made, and is to go or gone.
    Over,
}

impl PartnerClient {
    /// Whether somebody may be making it at `now`.
    #[must_use]
    pub fn is_being_made(&self, now: Timestamp) -> bool {
        let lease = self.lease_until.unwrap_or_default();
        self.state == ClientState::Creating && lease > now.as_millisecond()
    }
}

/// Keeps track of partners' app clients: `dynamodb:GetItem`, `dynamodb:Query`, `dynamodb:PutItem`,
/// `dynamodb:UpdateItem` and `dynamodb:DeleteItem` on the directory.
#[derive(Debug, Clone)]
pub struct PartnerClientKeeper {
    client: Client,
    table: String,
    clock: Clock,
}

impl PartnerClientKeeper {
    /// A keeper of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>, clock: Clock) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
            clock,
        }
    }

    /// The app client `id` of a partner.
    pub async fn find(
        &self,
        tenant: &TenantId,
        partner: &PartnerId,
        id: &PartnerClientId,
    ) -> Result<Option<PartnerClient>, DirectoryError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key(tenant, partner, id)))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        answer.item.map(read).transpose()
    }

    /// The app clients of a partner, from behind `after`; those that are gone, too.
    pub async fn list(
        &self,
        tenant: &TenantId,
        partner: &PartnerId,
        after: Option<&PartnerClientId>,
    ) -> Result<Page<PartnerClient>, DirectoryError> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("tenant = :tenant AND begins_with(part, :prefix)")
            .expression_attribute_values(":tenant", text(tenant.as_str()))
            .expression_attribute_values(":prefix", text(prefix(partner)))
            .limit(PAGE)
            .set_exclusive_start_key(after.map(|id| key(tenant, partner, id)))
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:Query", &error))?;
        let rows = answer.items.unwrap_or_default().into_iter();
        let items: Vec<PartnerClient> = rows.map(read).collect::<Result<_, DirectoryError>>()?;
        let has_more = answer.last_evaluated_key.is_some_and(|key| !key.is_empty());
        let last = items.last().filter(|_| has_more);
        let next = last.map(|last| last.id.to_string());
        Ok(Page { items, next })
    }

    /// Puts on record that a client is wanted, before anybody asks the user pool for it.
    pub async fn intend(
        &self,
        (tenant, partner): (&TenantId, &PartnerId),
        id: &PartnerClientId,
        agreement: &AgreementId,
        scopes: &BTreeSet<MachineScope>,
        author: Author<'_>,
    ) -> Result<Intent, DirectoryError> {
        let now = self.clock.now();
        let wanted = PartnerClient {
            id: id.clone(),
            state: ClientState::Creating,
            agreement: agreement.clone(),
            scopes: scopes.clone(),
            client_id: None,
            changed_by: author.sub.to_owned(),
            changed_at: now,
            request: author.request.to_owned(),
            lease_until: Some(later(now, LEASE).as_millisecond()),
        };
        let mut row: Row = serde_dynamo::to_item(&wanted).map_err(|_| DirectoryError::Malformed)?;
        row.extend(key(tenant, partner, id));
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(row))
            .condition_expression("attribute_not_exists(part)")
            .return_values_on_condition_check_failure(AllOld);
        let Err(error) = put.send().await else {
            return Ok(Intent::New);
        };
        let Some(found) = refused_put(&error) else {
            return Err(ServiceError::new("dynamodb:PutItem", &error).into());
        };
        let found = read(found)?;
        if found.state == ClientState::Creating {
            return self.take_over((tenant, partner), id).await;
        }
        beyond_making(found)
    }

    /// Goes on where an earlier run was cut off, unless the client is to go meanwhile.
    async fn take_over(
        &self,
        (tenant, partner): (&TenantId, &PartnerId),
        id: &PartnerClientId,
    ) -> Result<Intent, DirectoryError> {
        let lease = later(self.clock.now(), LEASE).as_millisecond();
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(tenant, partner, id)))
            .update_expression("SET lease_until = :lease")
            .condition_expression("#state = :creating")
            .set_expression_attribute_names(Some(names(&["state"])))
            .expression_attribute_values(":lease", number(lease))
            .expression_attribute_values(":creating", text(ClientState::Creating.as_str()));
        match update.send().await {
            Ok(_) => Ok(Intent::Taken),
            Err(error) if is_refused(&error) => {
                let found = self.find(tenant, partner, id).await?;
                beyond_making(found.ok_or(DirectoryError::Malformed)?)
            }
            Err(error) => Err(ServiceError::new("dynamodb:UpdateItem", &error).into()),
        }
    }

    /// Lets the client that the user pool made speak for the partner; says whether it does, which
    /// it does not if the client is to go meanwhile.
    pub async fn activate(
        &self,
        (tenant, partner): (&TenantId, &PartnerId),
        wanted: (&PartnerClientId, &AgreementId),
        made: &AppClientId,
    ) -> Result<bool, DirectoryError> {
        let (id, agreement) = wanted;
        let mut row = owner_key(made);
        row.insert("owner_tenant".to_owned(), text(tenant.as_str()));
        row.insert("partner".to_owned(), text(partner.as_str()));
        row.insert("agreement".to_owned(), text(agreement.as_str()));
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(row))
            .condition_expression("attribute_not_exists(part)");
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(key(tenant, partner, id)))
            .update_expression("SET #state = :active, client_id = :made REMOVE lease_until")
            .condition_expression("#state = :creating")
            .set_expression_attribute_names(Some(names(&["state"])))
            .expression_attribute_values(":active", text(ClientState::Active.as_str()))
            .expression_attribute_values(":made", text(made.as_str()))
            .expression_attribute_values(":creating", text(ClientState::Creating.as_str()));
        let items = vec![transact_put(put)?, transact_update(update)?];
        match transact(&self.client, items).await {
            Ok(()) => Ok(true),
            Err(TransactionFailure::Service(error)) => Err(error.into()),
            Err(TransactionFailure::Refused(_)) => {
                let found = self.find(tenant, partner, id).await?;
                let is_ours = |found: PartnerClient| found.client_id.as_ref() == Some(made);
                Ok(found.is_some_and(is_ours))
            }
        }
    }

    /// Puts on record that a client is to go, before the user pool is told.
    pub async fn retire(
        &self,
        (tenant, partner): (&TenantId, &PartnerId),
        id: &PartnerClientId,
        author: Author<'_>,
    ) -> Result<(), DirectoryError> {
        let now = self.clock.now();
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(tenant, partner, id)))
            .update_expression(
                "SET #state = :deleting, changed_by = :by, changed_at = :at REMOVE lease_until",
            )
            // Whoever makes it may take it over in this very moment.
            .condition_expression(
                "#state = :active OR (#state = :creating AND lease_until <= :now)",
            )
            .set_expression_attribute_names(Some(names(&["state"])))
            .expression_attribute_values(":deleting", text(ClientState::Deleting.as_str()))
            .expression_attribute_values(":active", text(ClientState::Active.as_str()))
            .expression_attribute_values(":creating", text(ClientState::Creating.as_str()))
            .expression_attribute_values(":now", number(now.as_millisecond()))
            .expression_attribute_values(":by", text(author.sub))
            .expression_attribute_values(":at", text(now.to_string()));
        match update.send().await {
            Ok(_) => Ok(()),
            // The SDK repeats an update whose answer was lost: whoever looks again sees which it is.
            Err(error) if is_refused(&error) => Ok(()),
            Err(error) => Err(ServiceError::new("dynamodb:UpdateItem", &error).into()),
        }
    }

    /// The client is gone from the user pool: nobody speaks for the partner by it any more.
    pub async fn bury(
        &self,
        (tenant, partner): (&TenantId, &PartnerId),
        id: &PartnerClientId,
        made: Option<&AppClientId>,
    ) -> Result<(), DirectoryError> {
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(key(tenant, partner, id)))
            .update_expression("SET #state = :deleted")
            .condition_expression("#state = :deleting OR #state = :deleted")
            .set_expression_attribute_names(Some(names(&["state"])))
            .expression_attribute_values(":deleting", text(ClientState::Deleting.as_str()))
            .expression_attribute_values(":deleted", text(ClientState::Deleted.as_str()));
        let mut items = vec![transact_update(update)?];
        if let Some(made) = made {
            let delete = Delete::builder()
                .table_name(&self.table)
                .set_key(Some(owner_key(made)))
                .condition_expression(
                    "attribute_not_exists(part) OR (owner_tenant = :tenant AND partner = :partner)",
                )
                .expression_attribute_values(":tenant", text(tenant.as_str()))
                .expression_attribute_values(":partner", text(partner.as_str()));
            items.push(transact_delete(delete)?);
        }
        match transact(&self.client, items).await {
            Ok(()) => Ok(()),
            Err(TransactionFailure::Service(error)) => Err(error.into()),
            Err(TransactionFailure::Refused(_)) => Err(DirectoryError::Malformed),
        }
    }
}

/// What it means for whoever wants to make a client that somebody else did.
fn beyond_making(found: PartnerClient) -> Result<Intent, DirectoryError> {
    match (found.state, found.client_id) {
        (ClientState::Active, Some(made)) => Ok(Intent::Made(made)),
        (ClientState::Creating | ClientState::Active, _) => Err(DirectoryError::Malformed),
        (ClientState::Deleting | ClientState::Deleted, _) => Ok(Intent::Over),
    }
}

fn prefix(partner: &PartnerId) -> String {
    format!("partner-client#{partner}#")
}

fn key(tenant: &TenantId, partner: &PartnerId, id: &PartnerClientId) -> Row {
    Row::from([
        ("tenant".to_owned(), text(tenant.as_str())),
        ("part".to_owned(), text(format!("{}{id}", prefix(partner)))),
    ])
}

/// Where the directory says whose an app client is.
fn owner_key(client: &AppClientId) -> Row {
    Row::from([
        ("tenant".to_owned(), text(format!("client#{client}"))),
        ("part".to_owned(), text("client")),
    ])
}

fn read(row: Row) -> Result<PartnerClient, DirectoryError> {
    serde_dynamo::from_item(row).map_err(|_| DirectoryError::Malformed)
}
