//! Which mail tells of which outcomes. That is written before anything is sent, so that outcomes that come
//! again, in other batches, are told of by the mail that told of them before.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, TransactWriteItem, Update},
};
use aws_types::SdkConfig;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use configuration::OutcomeRow;
use lambda_kit::{
    dynamodb::{
        Row, TransactionFailure, batch_get, is_refused, names, put, text, transact, transact_put,
        transact_update,
    },
    error::ServiceError,
    planted,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The partition of mails.
const MAIL: &str = "mail";

/// What the attributes begin with that say to whom a mail was sent.
const TOLD: &str = "told#";

/// How often a mail is put together: once, and again without what others tell of.
const ROUNDS: usize = 3;

/// Writes and reads which outcomes a mail tells of: `dynamodb:PutItem`, `UpdateItem`, `GetItem` and
/// `BatchGetItem` on the table `config`.
#[derive(Debug, Clone)]
pub(crate) struct MailStore {
    client: Client,
    table: String,
}

/// What one mail tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mail {
    /// A digest of the keys.
    pub(crate) id: String,
    /// In the order in which they were decided.
    pub(crate) outcomes: Vec<OutcomeRow>,
    /// To whom it was sent before.
    pub(crate) told: BTreeSet<String>,
}

/// The key of an outcome's row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Key {
    kind: String,
    record_id: String,
}

/// Row `mail`, `<id>` of the table `config`.
#[derive(Debug, Serialize, Deserialize)]
struct MailItem {
    kind: String,
    record_id: String,
    outcomes: Vec<Key>,
    /// Seconds since the epoch, as the table's time to live demands: with the last of its outcomes.
    expires_at: i64,
}

/// An outcome's row, as far as it says by which mail it was told of.
#[derive(Deserialize)]
struct Mark {
    kind: String,
    record_id: String,
    mail: Option<String>,
}

/// Why a mail can't be put together.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// DynamoDB did not do it.
    #[error("the mails can't be written or read")]
    Service(#[from] ServiceError),
    /// Others kept telling of some of the outcomes.
    #[error("another run is putting mails together")]
    Contended,
    /// A row that this code did not write.
    #[error("a row of a mail can't be read")]
    Malformed,
}

impl MailStore {
    /// The mails of `table`.
    pub(crate) fn new(sdk: &SdkConfig, table: impl Into<String>) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
        }
    }

    /// The mails that tell of `outcomes`: those that did before, with whatever else they tell of, and one of
    /// all that nobody told of yet.
    pub(crate) async fn compose(&self, outcomes: Vec<OutcomeRow>) -> Result<Vec<Mail>, MailError> {
        let known: BTreeMap<Key, OutcomeRow> = outcomes
            .into_iter()
            .map(|outcome| (Key::of(&outcome), outcome))
            .collect();
        let mut left: BTreeSet<Key> = known.keys().cloned().collect();
        let mut earlier = BTreeSet::new();
        let mut mails = Vec::new();
        let mut round = 0;
        while !left.is_empty() {
            if round == ROUNDS {
                return Err(MailError::Contended);
            }
            round += 1;
            if let Some(id) = self.write(&left, expiry(&known)).await? {
                let outcomes = self.outcomes(&left, &known).await?;
                mails.push(Mail {
                    id,
                    outcomes,
                    told: BTreeSet::new(),
                });
                break;
            }
            left = self.untold(&left, &mut earlier).await?;
        }
        for id in earlier {
            let (keys, told) = self.read(&id).await?;
            let outcomes = self.outcomes(&keys, &known).await?;
            mails.push(Mail { id, outcomes, told });
        }
        Ok(mails)
    }

    /// Writes that one mail tells of `keys`; its id, unless another mail tells of one of them.
    async fn write(
        &self,
        keys: &BTreeSet<Key>,
        expires_at: i64,
    ) -> Result<Option<String>, MailError> {
        let id = digest(keys);
        if planted::is_on("mail-put-together-anew") {
            return Ok(Some(id));
        }
        let item = MailItem {
            kind: MAIL.to_owned(),
            record_id: id.clone(),
            outcomes: keys.iter().cloned().collect(),
            expires_at,
        };
        let mail = put(&self.table, &item)?
            .condition_expression("attribute_not_exists(#kind)")
            .set_expression_attribute_names(Some(names(&["kind"])));
        let mut writes = vec![transact_put(mail)?];
        for key in keys {
            writes.push(self.mark(key, &id)?);
        }
        match transact(&self.client, writes).await {
            Ok(()) => Ok(Some(id)),
            Err(TransactionFailure::Refused(_)) => Ok(None),
            Err(TransactionFailure::Service(error)) => Err(error.into()),
        }
    }

    /// Marks an outcome as told of by the mail `id`.
    fn mark(&self, key: &Key, id: &str) -> Result<TransactWriteItem, ServiceError> {
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(key.row()))
            .update_expression("SET #mail = :mail")
            .condition_expression("attribute_exists(#kind) AND attribute_not_exists(#mail)")
            .set_expression_attribute_names(Some(names(&["kind", "mail"])))
            .expression_attribute_values(":mail", text(id));
        transact_update(update)
    }

    /// Those of `keys` that no mail tells of; the mails of the others go to `earlier`. Of an outcome whose
    /// row is gone nobody is told any more.
    async fn untold(
        &self,
        keys: &BTreeSet<Key>,
        earlier: &mut BTreeSet<String>,
    ) -> Result<BTreeSet<Key>, MailError> {
        let keys: Vec<Row> = keys.iter().map(Key::row).collect();
        let mut untold = BTreeSet::new();
        for row in batch_get(&self.client, &self.table, &keys).await? {
            let mark: Mark = serde_dynamo::from_item(row).map_err(|_| MailError::Malformed)?;
            let Mark {
                kind,
                record_id,
                mail,
            } = mark;
            match mail {
                Some(id) => earlier.insert(id),
                None => untold.insert(Key { kind, record_id }),
            };
        }
        Ok(untold)
    }

    /// Notes that `mail` was sent to `audience`.
    pub(crate) async fn note(&self, mail: &Mail, audience: &str) -> Result<(), MailError> {
        let told = format!("{TOLD}{audience}");
        let noted = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("kind", text(MAIL))
            .key("record_id", text(&mail.id))
            .update_expression("SET #told = :told")
            .condition_expression("attribute_exists(#kind)")
            .set_expression_attribute_names(Some(names(&["kind"])))
            .expression_attribute_names("#told", told)
            .expression_attribute_values(":told", AttributeValue::Bool(true))
            .send()
            .await;
        match noted {
            Ok(_) => Ok(()),
            // Its time is over: nobody tells of it again.
            Err(error) if is_refused(&error) => Ok(()),
            Err(error) => Err(ServiceError::new("dynamodb:UpdateItem", &error).into()),
        }
    }

    /// What the mail `id` tells of, and to whom it was sent.
    async fn read(&self, id: &str) -> Result<(BTreeSet<Key>, BTreeSet<String>), MailError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("kind", text(MAIL))
            .key("record_id", text(id))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        let row = answer.item.ok_or(MailError::Malformed)?;
        let told = row.keys().filter_map(|name| name.strip_prefix(TOLD));
        let told = told.map(str::to_owned).collect();
        let item: MailItem = serde_dynamo::from_item(row).map_err(|_| MailError::Malformed)?;
        Ok((item.outcomes.into_iter().collect(), told))
    }

    /// The outcomes of `keys`; what is not `known` of them is read.
    async fn outcomes(
        &self,
        keys: &BTreeSet<Key>,
        known: &BTreeMap<Key, OutcomeRow>,
    ) -> Result<Vec<OutcomeRow>, MailError> {
        let found = keys.iter().filter_map(|key| known.get(key).cloned());
        let mut outcomes: Vec<OutcomeRow> = found.collect();
        let missing = keys.iter().filter(|key| !known.contains_key(key));
        let missing: Vec<Row> = missing.map(Key::row).collect();
        for row in batch_get(&self.client, &self.table, &missing).await? {
            let outcome = serde_dynamo::from_item(row).map_err(|_| MailError::Malformed)?;
            outcomes.push(outcome);
        }
        outcomes.sort_by_cached_key(|outcome| (outcome.decided_at, Key::of(outcome)));
        Ok(outcomes)
    }
}

impl Mail {
    /// Whether it was sent to `audience` before.
    pub(crate) fn was_told_to(&self, audience: &str) -> bool {
        self.told.contains(audience)
    }

    /// The keys of what it tells of.
    pub(crate) fn keys(&self) -> Vec<Key> {
        self.outcomes.iter().map(Key::of).collect()
    }
}

impl Key {
    fn of(outcome: &OutcomeRow) -> Self {
        Self {
            kind: outcome.kind.clone(),
            record_id: outcome.record_id.clone(),
        }
    }

    fn row(&self) -> Row {
        Row::from([
            ("kind".to_owned(), text(&self.kind)),
            ("record_id".to_owned(), text(&self.record_id)),
        ])
    }
}

/// When the last of the outcomes goes.
fn expiry(known: &BTreeMap<Key, OutcomeRow>) -> i64 {
    let times = known.values().map(|outcome| outcome.expires_at);
    times.max().unwrap_or_default()
}

fn digest(keys: &BTreeSet<Key>) -> String {
    let mut hash = Sha256::new();
    // A key has no line feed in it.
    for Key { kind, record_id } in keys {
        hash.update(kind);
        hash.update("\n");
        hash.update(record_id);
        hash.update("\n");
    }
    BASE64_URL_SAFE_NO_PAD.encode(hash.finalize())
}
