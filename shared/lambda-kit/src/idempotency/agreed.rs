//! What repetitions of a request agree on though each is answered anew: for reads, whose first
//! answer might hold by now what the caller may no longer see.

use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{AnswerStore, KEPT, Key, LedgerError, problems};
use crate::{
    clock::later,
    dynamodb::{names, number, refused_put, text},
    error::ServiceError,
    problem::Problem,
};

/// How often a repetition that met another one is tried.
const ATTEMPTS: u32 = 4;

/// The row of what is agreed on.
#[derive(Debug, Serialize, Deserialize)]
struct AgreedItem {
    key: String,
    /// A keyed digest of what was asked.
    asked: String,
    /// In JSON.
    agreed: String,
    /// Seconds since the epoch, as the table's time to live demands.
    expires_at: i64,
}

impl AnswerStore {
    /// What all repetitions of the request of `key` agree on. The first one's `made` is it; a later
    /// one's is `reconcile(agreed, made)`, which becomes what the next one finds. One call, if
    /// nothing changed since.
    ///
    /// # Errors
    /// The problems that concern the key.
    pub async fn agree<T>(
        &self,
        key: &Key,
        made: T,
        reconcile: impl Fn(T, &T) -> T,
    ) -> Result<T, Problem>
    where
        T: Serialize + DeserializeOwned,
    {
        let mut seen: Option<AgreedItem> = None;
        for _ in 0..ATTEMPTS {
            let (agreed, expires_at) = match &seen {
                None => (to_text(&made)?, later(self.clock.now(), KEPT).as_second()),
                Some(seen) => {
                    let reconciled = to_text(&reconcile(from_text(&seen.agreed)?, &made))?;
                    if reconciled == seen.agreed {
                        return from_text(&seen.agreed);
                    }
                    (reconciled, seen.expires_at)
                }
            };
            let item = AgreedItem {
                key: key.row(),
                asked: key.asked().to_owned(),
                agreed,
                expires_at,
            };
            let found = self.put_agreed(&item, seen.as_ref()).await;
            match found.map_err(|error| problems::unavailable(&error))? {
                None => return from_text(&item.agreed),
                Some(found) if found.asked != item.asked => return Err(problems::another_request()),
                Some(found) => seen = Some(found),
            }
        }
        Err(problems::unavailable(&LedgerError::Contended))
    }

    /// Puts `item` where nothing stands that counts, or in the place of `seen`; otherwise returns
    /// what stands there.
    async fn put_agreed(
        &self,
        item: &AgreedItem,
        seen: Option<&AgreedItem>,
    ) -> Result<Option<AgreedItem>, LedgerError> {
        let row = serde_dynamo::to_item(item).map_err(|_| LedgerError::Malformed)?;
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(row))
            .return_values_on_condition_check_failure(AllOld);
        let put = match seen {
            None => put
                .condition_expression("attribute_not_exists(#key) OR #expires_at <= :now")
                .set_expression_attribute_names(Some(names(&["key", "expires_at"])))
                .expression_attribute_values(":now", number(self.clock.now().as_second())),
            Some(seen) => put
                .condition_expression("#agreed = :seen AND #asked = :asked")
                .set_expression_attribute_names(Some(names(&["agreed", "asked"])))
                .expression_attribute_values(":seen", text(&seen.agreed))
                .expression_attribute_values(":asked", text(&seen.asked)),
        };
        match put.send().await {
            Ok(_) => Ok(None),
            Err(error) => match refused_put(&error) {
                Some(found) => serde_dynamo::from_item(found)
                    .map(Some)
                    .map_err(|_| LedgerError::Malformed),
                None => Err(ServiceError::new("dynamodb:PutItem", &error).into()),
            },
        }
    }
}

fn to_text(agreed: &impl Serialize) -> Result<String, Problem> {
    serde_json::to_string(agreed).map_err(|_| problems::unavailable(&LedgerError::Malformed))
}

fn from_text<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    serde_json::from_str(text).map_err(|_| problems::unavailable(&LedgerError::Malformed))
}
