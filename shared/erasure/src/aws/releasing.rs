//! Taking an erasure back while nothing is removed yet.

use aws_sdk_dynamodb::{
    Client,
    types::{Delete, TransactWriteItem},
};
use event::{Data, Withdrawal};
use identity::{ErasureId, ProfileId};
use lambda_kit::{
    clock::Clock,
    dynamodb::{number, text, transact, transact_delete, transact_update},
    error::ServiceError,
    ids::IdSource,
};
use serde_json::Value;

use super::{ATTEMPTS, ErasureError, ErasureReader, TRANSACTION_ITEMS, writes::Writes};
use crate::{Erasure, ErasureState, Progress, record::Member};

/// The longest name of a failure that is kept.
const LONGEST_FAILURE: usize = 64;

/// Takes erasures back. On the erasures: `dynamodb:GetItem`, `Query`, `UpdateItem` and
/// `DeleteItem`; on the profiles: `dynamodb:UpdateItem` and `PutItem`.
#[derive(Debug, Clone)]
pub struct Releaser {
    client: Client,
    reader: ErasureReader,
    writes: Writes,
}

impl Releaser {
    /// A releaser of people in the table `profiles`.
    #[must_use]
    pub fn new(
        sdk: &aws_types::SdkConfig,
        reader: ErasureReader,
        profiles: impl Into<String>,
        clock: Clock,
        ids: IdSource,
    ) -> Self {
        let writes = Writes {
            erasures: reader.table.clone(),
            profiles: profiles.into(),
            clock,
            ids,
        };
        Self {
            client: Client::new(sdk),
            reader,
            writes,
        }
    }

    /// Opens the person's profiles again if nothing of them was removed; says how the erasure
    /// stands then. The root opens in the transaction that takes the erasure back, with as many
    /// others as fit; the rest follow, and what was cut off is done by the next call.
    pub async fn release(
        &self,
        id: &ErasureId,
        failure: Option<&Value>,
    ) -> Result<Erasure, ErasureError> {
        for _ in 0..ATTEMPTS {
            let erasure = self.reader.erasure(id).await?;
            let members = self.reader.members(id).await?;
            let done = if erasure.state.is_revocable() {
                self.take_back(&erasure, &members, failure).await
            } else if erasure.state == ErasureState::Withdrawn && !members.is_empty() {
                self.open_all(&erasure, &members).await
            } else {
                return Ok(erasure);
            };
            match done {
                // Looked at again: it may have been another run, or a member was closed meanwhile.
                Ok(()) | Err(ErasureError::Contended) => {}
                Err(error) => return Err(error),
            }
        }
        Err(ErasureError::Contended)
    }

    /// The same, as a step of the state machine.
    pub async fn step(
        &self,
        id: &ErasureId,
        failure: Option<&Value>,
    ) -> Result<Progress, ErasureError> {
        Ok(Progress::done(&self.release(id, failure).await?))
    }

    async fn take_back(
        &self,
        erasure: &Erasure,
        members: &[Member],
        failure: Option<&Value>,
    ) -> Result<(), ErasureError> {
        let id = &erasure.erasure_id;
        let because = match failure {
            Some(_) => Withdrawal::Failure,
            None => Withdrawal::Person,
        };
        let event = Data::ErasureWithdrawn {
            profile_id: erasure.profile_id,
            erasure_id: id.clone(),
            because,
        };
        let mut items = vec![
            self.withdrawn(erasure, because, failure)?,
            self.writes.told(event, &erasure.request_id)?,
        ];
        let (root, others): (Vec<_>, Vec<_>) = members
            .iter()
            .partition(|member| member.profile_id == erasure.profile_id);
        let most = (TRANSACTION_ITEMS - items.len()) / 2;
        for member in root.into_iter().chain(others).take(most) {
            items.extend(self.open(erasure, member.profile_id, &member.part)?);
        }
        Ok(transact(&self.client, items).await?)
    }

    /// The erasure is taken back, unless a member was closed since it was read.
    fn withdrawn(
        &self,
        erasure: &Erasure,
        because: Withdrawal,
        failure: Option<&Value>,
    ) -> Result<TransactWriteItem, ServiceError> {
        let named = failure.and_then(|failure| failure.get("Error")?.as_str());
        let named = named.filter(|name| name.len() <= LONGEST_FAILURE);
        let and_named = named.map_or("", |_| ", failure = :failure");
        let because = match because {
            Withdrawal::Person => "person",
            Withdrawal::Failure => "failure",
        };
        let update = self
            .writes
            .row(&erasure.erasure_id, &erasure.part)
            .update_expression(format!(
                "SET #state = :withdrawn, ended_at = :now, because = :because{and_named}"
            ))
            .condition_expression("#state = :expected AND members = :members")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":expected", text(erasure.state.as_str()))
            .expression_attribute_values(":members", number(erasure.members))
            .expression_attribute_values(":withdrawn", text(ErasureState::Withdrawn.as_str()))
            .expression_attribute_values(":now", text(self.writes.clock.now().to_string()))
            .expression_attribute_values(":because", text(because));
        transact_update(named.into_iter().fold(update, |update, name| {
            update.expression_attribute_values(":failure", text(name))
        }))
    }

    /// Opens what is still closed of a person whose erasure was taken back.
    async fn open_all(&self, erasure: &Erasure, members: &[Member]) -> Result<(), ErasureError> {
        for some in members.chunks(TRANSACTION_ITEMS / 2) {
            let mut items = Vec::new();
            for member in some {
                items.extend(self.open(erasure, member.profile_id, &member.part)?);
            }
            transact(&self.client, items).await?;
        }
        Ok(())
    }

    /// Opens a profile as it was before: a root, or a member of one.
    fn open(
        &self,
        erasure: &Erasure,
        member: ProfileId,
        part: &str,
    ) -> Result<[TransactWriteItem; 2], ServiceError> {
        let id = &erasure.erasure_id;
        let profile = self.writes.closed_profile(member, id);
        let profile = if member == erasure.profile_id {
            profile.update_expression("REMOVE closed, erasure_id")
        } else {
            profile
                .update_expression("SET closed = :merged REMOVE erasure_id")
                .expression_attribute_values(":merged", text("merged"))
        };
        let row = Delete::builder()
            .table_name(&self.writes.erasures)
            .key("erasure_id", text(id.as_str()))
            .key("part", text(part))
            .condition_expression("attribute_exists(part)");
        Ok([transact_update(profile)?, transact_delete(row)?])
    }
}
