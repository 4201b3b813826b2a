//! The operator's rules for identifiers, in the table `directory`.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_dynamodb::Client;
use jiff::{SignedDuration, Timestamp};
use lambda_kit::{clock::Clock, dynamodb::text, error::ServiceError};

use super::ProfileError;
use crate::{IdentifierRules, RulesDefinition};

/// For how long an answer serves without asking again.
const FRESH: SignedDuration = SignedDuration::from_mins(1);

/// Reads the rules: `dynamodb:GetItem` on the directory.
#[derive(Debug, Clone)]
pub struct RulesReader {
    client: Client,
    table: String,
    clock: Clock,
    seen: Arc<Mutex<Option<Seen>>>,
}

/// An answer, and when it was given.
#[derive(Debug, Clone)]
struct Seen {
    at: Timestamp,
    rules: Arc<IdentifierRules>,
}

impl RulesReader {
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>, clock: Clock) -> Self {
        Self {
            client: Client::new(sdk),
            table: table.into(),
            clock,
            seen: Arc::default(),
        }
    }

    /// The rules: those of row `*` / `identifier-rules`, or Fairlead's own where there is no such
    /// row. An answer is kept for a minute, and serves for longer while the directory can't be read.
    pub async fn rules(&self) -> Result<Arc<IdentifierRules>, ProfileError> {
        let now = self.clock.now();
        let seen = self
            .seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        match seen {
            Some(Seen { at, rules }) if now.duration_since(at) < FRESH => Ok(rules),
            seen => match (self.read().await, seen) {
                (Ok(rules), _) => {
                    let rules = Arc::new(rules);
                    let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
                    *seen = Some(Seen {
                        at: now,
                        rules: rules.clone(),
                    });
                    Ok(rules)
                }
                (Err(error), Some(Seen { rules, .. })) => {
                    tracing::warn!(error = %lambda_kit::Chain(&error), "the rules for identifiers can't be read; older ones serve");
                    Ok(rules)
                }
                (Err(error), None) => Err(error),
            },
        }
    }

    async fn read(&self) -> Result<IdentifierRules, ProfileError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("tenant", text("*"))
            .key("part", text("identifier-rules"))
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        let row = answer.item.map(serde_dynamo::from_item).transpose();
        let defined: RulesDefinition = row
            .map_err(|_| ProfileError::Malformed)?
            .unwrap_or_default();
        for name in defined.ignored() {
            tracing::warn!(attribute = %name, "the row of the rules for identifiers has an attribute that is no rule");
        }
        Ok(defined.into())
    }
}
