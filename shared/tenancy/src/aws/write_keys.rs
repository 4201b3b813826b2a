//! The write keys of partners, from the wish for one to its end.
//!
//! A key has two rows, which are written together: one above all tenants, under its digest, by which it
//! opens; and one of the tenant, by which operators find it, which stays when it is revoked. The key
//! itself is in neither.

use aws_sdk_dynamodb::{
    Client,
    types::{Delete, Put, TransactWriteItem, Update, builders::PutBuilder},
};
use jiff::Timestamp;
use lambda_kit::{
    Retry,
    clock::Clock,
    dynamodb::{
        Row, TransactionFailure, names, put, text, transact, transact_delete, transact_put,
        transact_update,
    },
    error::ServiceError,
};
use serde::{Deserialize, Serialize};

use super::{Author, DirectoryError, Page, write_key_part};
use crate::{PartnerId, TenantId, WriteKey, WriteKeyId, WriteKeyState, place::OF_ALL};

/// As many keys as a page has.
const PAGE: i32 = 50;

/// How often a key is looked at again that changes meanwhile.
const ATTEMPTS: u32 = 3;

/// That a digest is nobody's, or this partner's.
const OURS_OR_NOBODYS: &str =
    "attribute_not_exists(part) OR (owner_tenant = :tenant AND partner = :partner)";

/// A write key of a partner: row `<tenant>`, `write-key#<partner>#<id>` of the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownWriteKey {
    /// What it is called.
    pub id: WriteKeyId,
    /// What it begins with.
    pub beginning: String,
    /// Whether it opens anything.
    pub state: WriteKeyState,
    /// By which login it was made, or revoked.
    pub changed_by: String,
    /// When.
    pub changed_at: Timestamp,
    /// The request that asked for it.
    request: String,
    /// The part under which it opens.
    opens: String,
}

/// Keeps track of partners' write keys: `dynamodb:GetItem`, `dynamodb:Query`, `dynamodb:PutItem`,
/// `dynamodb:UpdateItem` and `dynamodb:DeleteItem` on the directory.
#[derive(Debug, Clone)]
pub struct WriteKeyKeeper {
    client: Client,
    table: String,
    clock: Clock,
}

impl WriteKeyKeeper {
    /// A keeper of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>, clock: Clock) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
            clock,
        }
    }

    /// The write keys of a partner, from behind `after`; those that were revoked, too.
    pub async fn list(
        &self,
        tenant: &TenantId,
        partner: &PartnerId,
        after: Option<&WriteKeyId>,
    ) -> Result<Page<KnownWriteKey>, DirectoryError> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("tenant = :tenant AND begins_with(part, :prefix)")
            .expression_attribute_values(":tenant", text(tenant.as_str()))
            .expression_attribute_values(":prefix", text(prefix(partner)))
            .limit(PAGE)
            .set_exclusive_start_key(after.map(|id| key((tenant, partner), id)))
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:Query", &error))?;
        let rows = answer.items.unwrap_or_default().into_iter();
        let items: Vec<KnownWriteKey> = rows.map(read).collect::<Result<_, DirectoryError>>()?;
        let has_more = answer.last_evaluated_key.is_some_and(|key| !key.is_empty());
        let last = items.last().filter(|_| has_more);
        let next = last.map(|last| last.id.to_string());
        Ok(Page { items, next })
    }

    /// Makes `made` the partner's under the name `id`. If an earlier run of the same request made
    /// another one and was cut off before it told it, that one goes: nobody has it. `false` if the key
    /// was revoked since.
    pub async fn make(
        &self,
        whose: (&TenantId, &PartnerId),
        id: &WriteKeyId,
        made: &WriteKey,
        author: Author<'_>,
    ) -> Result<bool, DirectoryError> {
        let wanted = KnownWriteKey {
            id: id.clone(),
            beginning: made.beginning(),
            state: WriteKeyState::Active,
            changed_by: author.sub.to_owned(),
            changed_at: self.clock.now(),
            request: author.request.to_owned(),
            opens: write_key_part(made.expose()),
        };
        let row = self.row(whose, &wanted)?;
        let row = row.condition_expression("attribute_not_exists(part)");
        let items = vec![transact_put(row)?, self.opened(whose, &wanted.opens)?];
        match transact(&self.client, items).await {
            Ok(()) => Ok(true),
            Err(TransactionFailure::Service(error)) => Err(error.into()),
            Err(TransactionFailure::Refused(_)) => self.make_again(whose, wanted).await,
        }
    }

    /// Puts `wanted` in place of what an earlier run of the same request made.
    async fn make_again(
        &self,
        whose: (&TenantId, &PartnerId),
        wanted: KnownWriteKey,
    ) -> Result<bool, DirectoryError> {
        let found = self.find(whose, &wanted.id).await?;
        let found = found.ok_or(DirectoryError::Malformed)?;
        if found.state == WriteKeyState::Revoked {
            return Ok(false);
        }
        if found.opens == wanted.opens {
            return Ok(true);
        }
        let row = self.row(whose, &wanted)?;
        let row = row
            .condition_expression("#state = :active AND opens = :before")
            .set_expression_attribute_names(Some(names(&["state"])))
            .expression_attribute_values(":active", text(WriteKeyState::Active.as_str()))
            .expression_attribute_values(":before", text(&found.opens));
        let items = vec![
            transact_put(row)?,
            self.closed(whose, &found.opens)?,
            self.opened(whose, &wanted.opens)?,
        ];
        match transact(&self.client, items).await {
            Ok(()) => Ok(true),
            Err(TransactionFailure::Service(error)) => Err(error.into()),
            // It changed since: whoever asks again finds it as it is by then.
            Err(TransactionFailure::Refused(_)) => Err(contended().into()),
        }
    }

    /// Takes a key out of use. One that is not there, or was revoked before, is no other outcome.
    pub async fn revoke(
        &self,
        whose: (&TenantId, &PartnerId),
        id: &WriteKeyId,
        author: Author<'_>,
    ) -> Result<(), DirectoryError> {
        for _ in 0..ATTEMPTS {
            let found = self.find(whose, id).await?;
            let Some(found) = found.filter(|found| found.state == WriteKeyState::Active) else {
                return Ok(());
            };
            let update = Update::builder()
                .table_name(&self.table)
                .set_key(Some(key(whose, id)))
                .update_expression("SET #state = :revoked, changed_by = :by, changed_at = :at")
                .condition_expression("#state = :active AND opens = :opens")
                .set_expression_attribute_names(Some(names(&["state"])))
                .expression_attribute_values(":revoked", text(WriteKeyState::Revoked.as_str()))
                .expression_attribute_values(":active", text(WriteKeyState::Active.as_str()))
                .expression_attribute_values(":opens", text(&found.opens))
                .expression_attribute_values(":by", text(author.sub))
                .expression_attribute_values(":at", text(self.clock.now().to_string()));
            let items = vec![transact_update(update)?, self.closed(whose, &found.opens)?];
            match transact(&self.client, items).await {
                Ok(()) => return Ok(()),
                Err(TransactionFailure::Service(error)) => return Err(error.into()),
                Err(TransactionFailure::Refused(_)) => {}
            }
        }
        Err(contended().into())
    }

    async fn find(
        &self,
        whose: (&TenantId, &PartnerId),
        id: &WriteKeyId,
    ) -> Result<Option<KnownWriteKey>, DirectoryError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key(whose, id)))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        answer.item.map(read).transpose()
    }

    /// The row by which operators find a key; the condition is the caller's to add.
    fn row(
        &self,
        whose: (&TenantId, &PartnerId),
        wanted: &KnownWriteKey,
    ) -> Result<PutBuilder, ServiceError> {
        let mut row = put(&self.table, wanted)?;
        for (name, value) in key(whose, &wanted.id) {
            row = row.item(name, value);
        }
        Ok(row)
    }

    /// What comes under this part is the partner's.
    fn opened(
        &self,
        (tenant, partner): (&TenantId, &PartnerId),
        part: &str,
    ) -> Result<TransactWriteItem, ServiceError> {
        transact_put(
            Put::builder()
                .table_name(&self.table)
                .set_item(Some(above(part)))
                .item("owner_tenant", text(tenant.as_str()))
                .item("partner", text(partner.as_str()))
                .condition_expression("attribute_not_exists(part)"),
        )
    }

    /// What comes under this part is nobody's any more.
    fn closed(
        &self,
        (tenant, partner): (&TenantId, &PartnerId),
        part: &str,
    ) -> Result<TransactWriteItem, ServiceError> {
        transact_delete(
            Delete::builder()
                .table_name(&self.table)
                .set_key(Some(above(part)))
                .condition_expression(OURS_OR_NOBODYS)
                .expression_attribute_values(":tenant", text(tenant.as_str()))
                .expression_attribute_values(":partner", text(partner.as_str())),
        )
    }
}

fn prefix(partner: &PartnerId) -> String {
    format!("write-key#{partner}#")
}

fn key((tenant, partner): (&TenantId, &PartnerId), id: &WriteKeyId) -> Row {
    Row::from([
        ("tenant".to_owned(), text(tenant.as_str())),
        ("part".to_owned(), text(format!("{}{id}", prefix(partner)))),
    ])
}

/// Where the directory says whose a key is.
fn above(part: &str) -> Row {
    Row::from([
        ("tenant".to_owned(), text(OF_ALL)),
        ("part".to_owned(), text(part)),
    ])
}

fn read(row: Row) -> Result<KnownWriteKey, DirectoryError> {
    serde_dynamo::from_item(row).map_err(|_| DirectoryError::Malformed)
}

fn contended() -> ServiceError {
    ServiceError {
        operation: "dynamodb:TransactWriteItems",
        code: "Contended".to_owned(),
        retry: Retry::MayHelp,
    }
}
