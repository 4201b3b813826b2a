//! Which operators are told, and where.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use configuration::{OPERATORS, OutcomeRow, PublishedReader, RecordId, StoreError};
use lambda_kit::redact::Redacted;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::mails::Mail;

/// The kind of their records.
const KIND: &str = "operator";

/// Where mail reaches an operator.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Address(Redacted<String>);

/// The record of an operator, as the kind `operator` maps it.
#[derive(Deserialize)]
struct Operator {
    user: RecordId,
    email: Redacted<String>,
    wants_mail: bool,
}

impl Address {
    /// The address itself: for SNS alone.
    pub(crate) fn endpoint(&self) -> &str {
        self.0.expose()
    }

    /// By what messages and the subscription name the address without telling it. A changed address has
    /// another one, so that what is meant for the new one does not reach the old one.
    pub(crate) fn digest(&self) -> String {
        let address = self.endpoint().to_lowercase();
        let hash = Sha256::digest(format!("operator:{address}"));
        BASE64_URL_SAFE_NO_PAD.encode(hash)
    }
}

/// Where those who made the changes are reached, if they want mail, and who of them is reached there.
pub(crate) async fn of(
    published: &PublishedReader,
    mail: &Mail,
) -> Result<BTreeMap<Address, BTreeSet<RecordId>>, StoreError> {
    let users = mail.outcomes.iter().filter_map(user_of);
    let users: BTreeSet<RecordId> = users.collect();
    let mut found: BTreeMap<Address, BTreeSet<RecordId>> = BTreeMap::new();
    if users.is_empty() {
        return Ok(found);
    }
    let Some(row) = published.read(OPERATORS).await? else {
        return Ok(found);
    };
    for (_, operator) in row.open()?.read::<Operator>(KIND) {
        if operator.wants_mail && users.contains(&operator.user) {
            let theirs = found.entry(Address(operator.email)).or_default();
            theirs.insert(operator.user);
        }
    }
    Ok(found)
}

/// The user of Salesforce who made a change, if that is known. Ids come in two forms.
pub(crate) fn user_of(outcome: &OutcomeRow) -> Option<RecordId> {
    outcome.operator.as_ref()?.parse().ok()
}
