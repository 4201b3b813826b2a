//! Writing what operators define, on top of what they saw.

mod beside;
mod rows;

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, TransactWriteItem},
};
use jiff::Timestamp;
use lambda_kit::{
    clock::Clock,
    dynamodb::{Row, TransactionFailure, batch_get, number, text, transact, transact_put},
    error::ServiceError,
    planted,
};
use serde::{Deserialize, de::DeserializeOwned};

use self::rows::Sorted;
use super::{DirectoryError, name};
use crate::{
    Definition, Fixed, Kind, Place, PurposeDefinition, Tenant, TenantId,
    place::{OF_ALL, TENANT_PREFIX},
};

/// As many definitions as a page has.
const PAGE: i32 = 50;

/// Who changes something, by which request.
#[derive(Debug, Clone, Copy)]
pub struct Author<'a> {
    /// The operator's login.
    pub sub: &'a str,
    /// The request's id, by which a repetition recognises what it wrote.
    pub request: &'a str,
}

/// What is on record of a row's last change. The seed's rows bear none of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
pub struct Change {
    /// How often it was changed.
    #[serde(default)]
    pub version: u64,
    /// By which login.
    pub changed_by: Option<String>,
    /// When.
    pub changed_at: Option<Timestamp>,
    last_request: Option<String>,
}

/// A definition, and its last change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defined<T> {
    /// What is defined.
    pub definition: T,
    /// By whom, when, and how often.
    pub change: Change,
}

/// Some of many, and behind which of them the rest begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// By their names.
    pub items: Vec<T>,
    /// The name of the last one, if there are more.
    pub next: Option<String>,
}

/// On top of what something is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// It is not there yet.
    Absent,
    /// It is there, at this version.
    Version(u64),
}

/// Why something was not written.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// It is not as was expected.
    #[error("the definition is not as was expected")]
    Stale,
    /// What is fixed would change.
    #[error("{0}")]
    Fixed(Fixed),
    /// The tenant has as many purposes as it may have.
    #[error("the tenant has as many purposes as it may have")]
    TooMany,
    /// One of the app clients is another tenant's, or a partner's.
    #[error("an app client belongs to somebody else")]
    ClientTaken,
    /// The directory can't be read.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
}

impl From<ServiceError> for KeepError {
    fn from(error: ServiceError) -> Self {
        Self::Directory(error.into())
    }
}

/// Reads and writes definitions: `dynamodb:GetItem`, `dynamodb:BatchGetItem`, `dynamodb:Query`,
/// `dynamodb:PutItem`, `dynamodb:UpdateItem` and `dynamodb:DeleteItem` on the directory. Nothing of
/// what it reads is kept: an operator sees what stands there now.
#[derive(Debug, Clone)]
pub struct DirectoryKeeper {
    client: Client,
    table: String,
    clock: Clock,
}

impl DirectoryKeeper {
    /// A keeper of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>, clock: Clock) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
            clock,
        }
    }

    /// What stands at `place`, if anything does.
    pub async fn find<T: DeserializeOwned>(
        &self,
        place: &Place,
    ) -> Result<Option<Defined<T>>, DirectoryError> {
        let row = self.row(key(&place.tenant, &place.part)).await?;
        row.map(rows::defined).transpose()
    }

    /// Which of `places` there is something at: at most a hundred, each once.
    pub async fn present(&self, places: &[Place]) -> Result<Vec<Place>, DirectoryError> {
        let keys: Vec<Row> = places
            .iter()
            .map(|place| key(&place.tenant, &place.part))
            .collect();
        let found = batch_get(&self.client, &self.table, &keys).await?;
        let stands = |place: &&Place| {
            let part = AttributeValue::S(place.part.clone());
            found.iter().any(|row| row.get("part") == Some(&part))
        };
        Ok(places.iter().filter(stands).cloned().collect())
    }

    /// The tenants' names, from behind `after`.
    pub async fn tenants(
        &self,
        after: Option<&TenantId>,
    ) -> Result<Page<TenantId>, DirectoryError> {
        let after = after.map(TenantId::as_str);
        let Sorted { rows, next } = self.sorted(OF_ALL, TENANT_PREFIX, after).await?;
        let names = rows.iter().map(|row| name(row, TENANT_PREFIX));
        Ok(Page {
            items: names.collect::<Result<_, DirectoryError>>()?,
            next,
        })
    }

    /// Definitions of one kind of `tenant`, from behind the name `after`.
    pub async fn list<T: DeserializeOwned>(
        &self,
        tenant: &TenantId,
        kind: Kind,
        after: Option<&str>,
    ) -> Result<Page<(String, Defined<T>)>, DirectoryError> {
        let prefix = kind.prefix();
        let Sorted { rows, next } = self.sorted(tenant.as_str(), prefix, after).await?;
        let named = rows.into_iter().map(|row| {
            let name = name::<String>(&row, prefix)?;
            Ok::<_, DirectoryError>((name, rows::defined(row)?))
        });
        Ok(Page {
            items: named.collect::<Result<_, _>>()?,
            next,
        })
    }

    /// Writes a definition that has no others to keep in step with it.
    pub async fn keep<T: Definition>(
        &self,
        place: &Place,
        definition: T,
        expected: Expected,
        author: Author<'_>,
    ) -> Result<Defined<T>, KeepError> {
        let before = self.before(place, expected, author).await?;
        match before {
            Before::Written(defined) => Ok(defined),
            Before::Absent => self.write(place, definition, None, author, vec![]).await,
            Before::There(before) => {
                definition
                    .may_replace(&before.definition)
                    .map_err(KeepError::Fixed)?;
                let version = Some(before.change.version);
                self.write(place, definition, version, author, vec![]).await
            }
        }
    }

    /// Writes a purpose, of which a tenant has at most [`crate::Purposes::MOST`]: with one more, none
    /// of them could be read.
    pub async fn keep_purpose(
        &self,
        definition: PurposeDefinition,
        expected: Expected,
        author: Author<'_>,
    ) -> Result<Defined<PurposeDefinition>, KeepError> {
        let tenant = definition.tenant().clone();
        let place = Place::of_purpose(&tenant, definition.purpose());
        if expected != Expected::Absent {
            return self.keep(&place, definition, expected, author).await;
        }
        if let Before::Written(defined) = self.before(&place, expected, author).await? {
            return Ok(defined);
        }
        let counted = self.count(&tenant).await?;
        self.write(&place, definition, None, author, vec![counted])
            .await
    }

    /// Writes a tenant, and whose its app clients are.
    pub async fn keep_tenant(
        &self,
        tenant: &TenantId,
        definition: Tenant,
        expected: Expected,
        author: Author<'_>,
    ) -> Result<Defined<Tenant>, KeepError> {
        let place = Place::of_tenant(tenant);
        let (version, had, mut beside) = match self.before(&place, expected, author).await? {
            Before::Written(defined) => return Ok(defined),
            Before::Absent => (None, None, vec![self.listed(tenant)?]),
            Before::There(before) => {
                let version = before.change.version;
                (Some(version), Some(before.definition), vec![])
            }
        };
        let had = had.map(|had: Tenant| had.app_clients).unwrap_or_default();
        for client in &definition.app_clients {
            beside.push(self.given(tenant, client)?);
        }
        for client in had.difference(&definition.app_clients) {
            beside.push(self.taken(tenant, client)?);
        }
        self.write(&place, definition, version, author, beside)
            .await
    }

    /// What stands at `place` before it is written.
    async fn before<T: DeserializeOwned>(
        &self,
        place: &Place,
        expected: Expected,
        author: Author<'_>,
    ) -> Result<Before<T>, KeepError> {
        let found = self.find::<T>(place).await?;
        match (found, expected) {
            (Some(found), _) if found.change.is_by(author) => Ok(Before::Written(found)),
            (None, Expected::Absent) => Ok(Before::Absent),
            (Some(found), Expected::Version(version)) if found.change.version == version => {
                Ok(Before::There(found))
            }
            (found, _) if planted::is_on("directory-written-at-any-version") => {
                Ok(found.map_or(Before::Absent, Before::There))
            }
            _ => Err(KeepError::Stale),
        }
    }

    /// Puts `definition` where `version` stands, or nothing, together with what is `beside` it.
    async fn write<T: Definition>(
        &self,
        place: &Place,
        definition: T,
        version: Option<u64>,
        author: Author<'_>,
        beside: Vec<TransactWriteItem>,
    ) -> Result<Defined<T>, KeepError> {
        let change = Change {
            version: version.unwrap_or_default() + 1,
            changed_by: Some(author.sub.to_owned()),
            changed_at: Some(self.clock.now()),
            last_request: Some(author.request.to_owned()),
        };
        let row = rows::row(place, &definition, &change)?;
        let put = self.put(row);
        let put = match version {
            None => put.condition_expression("attribute_not_exists(part)"),
            Some(0) => {
                put.condition_expression("attribute_exists(part) AND attribute_not_exists(version)")
            }
            Some(version) => put
                .condition_expression("version = :version")
                .expression_attribute_values(":version", number(version)),
        };
        let mut items = vec![transact_put(put)?];
        items.extend(beside);
        match transact(&self.client, items).await {
            Ok(()) => Ok(Defined { definition, change }),
            Err(TransactionFailure::Service(error)) => Err(error.into()),
            Err(TransactionFailure::Refused(places)) => self.refused(place, &places, author).await,
        }
    }

    /// What it means that a transaction was refused at `places`.
    async fn refused<T: DeserializeOwned>(
        &self,
        place: &Place,
        places: &[usize],
        author: Author<'_>,
    ) -> Result<Defined<T>, KeepError> {
        let found = self.find(place).await?;
        match found {
            Some(found) if found.change.is_by(author) => Ok(found),
            _ if places.contains(&0) => Err(KeepError::Stale),
            _ if place.part == "tenant" => Err(KeepError::ClientTaken),
            _ => Err(KeepError::TooMany),
        }
    }
}

/// What stood where something is to be written.
enum Before<T> {
    /// Nothing.
    Absent,
    /// What was expected.
    There(Defined<T>),
    /// What this very request wrote when it came before.
    Written(Defined<T>),
}

impl Change {
    /// Whether the request of `author` made it.
    fn is_by(&self, author: Author<'_>) -> bool {
        self.last_request.as_deref() == Some(author.request)
    }
}

fn key(tenant: &str, part: &str) -> Row {
    Row::from([
        ("tenant".to_owned(), text(tenant)),
        ("part".to_owned(), text(part)),
    ])
}
