//! Asking for an erasure, and where a person stands with theirs.

use aws_sdk_dynamodb::Client;
use event::{Cause, Data};
use identity::{CognitoSub, ErasureId, ProfileId};
use lambda_kit::{
    Retry,
    clock::Clock,
    dynamodb::{TransactionFailure, put, text, transact, transact_put},
    error::ServiceError,
    ids::IdSource,
};
use profile::PROFILE_PART;

use super::{ATTEMPTS, ErasureError, ErasureReader, reading, writes::Writes};
use crate::{Case, Erasure, ErasureIdSource, ErasureState, Term, record::ERASURE_PART};

/// How many ids there are at most on the way to a root, while paths are being shortened.
const PATH: u32 = 3;

/// Begins erasures. On the erasures: `dynamodb:GetItem` and `PutItem`; on the profiles:
/// `dynamodb:GetItem`, `PutItem` and `UpdateItem`.
#[derive(Debug, Clone)]
pub struct ErasureRequester {
    client: Client,
    reader: ErasureReader,
    writes: Writes,
    erasure_ids: ErasureIdSource,
    grace: Term,
}

/// Who asks for an erasure.
#[derive(Debug, Clone, Copy)]
pub enum Requesting<'a> {
    /// The person.
    Person,
    /// An operator for them, in a case of theirs.
    Operator(&'a CognitoSub, &'a Case),
}

/// Where a person stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// They are there, with this root.
    There(ProfileId),
    /// They are being erased, or are erased.
    Leaving(ErasureId),
}

impl ErasureRequester {
    /// Requests in the table of `reader`, of people in the table `profiles`, who may take it back
    /// for `grace`.
    #[must_use]
    pub fn new(
        sdk: &aws_types::SdkConfig,
        reader: ErasureReader,
        profiles: impl Into<String>,
        (clock, ids, erasure_ids): (Clock, IdSource, ErasureIdSource),
        grace: Term,
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
            erasure_ids,
            grace,
        }
    }

    /// Begins the erasure of the person whose member `member` is: from then on nobody reads or
    /// writes them. Who is being erased already gets to know of that one.
    pub async fn request(
        &self,
        member: ProfileId,
        by: Requesting<'_>,
        cause: &Cause,
    ) -> Result<Erasure, ErasureError> {
        for _ in 0..ATTEMPTS {
            let root = match self.standing(member).await? {
                Standing::Leaving(id) => return self.reader.erasure(&id).await,
                Standing::There(root) => root,
            };
            if let Some(begun) = self.begin(root, by, cause).await? {
                return Ok(begun);
            }
        }
        Err(ErasureError::Contended)
    }

    /// Where the person stands whose member `member` is.
    ///
    /// # Errors
    /// [`ErasureError::UnknownProfile`] if there never was one.
    pub async fn standing(&self, mut member: ProfileId) -> Result<Standing, ErasureError> {
        for _ in 0..PATH {
            let answer = self
                .client
                .get_item()
                .table_name(&self.writes.profiles)
                .key("profile_id", text(member))
                .key("part", text(PROFILE_PART))
                .projection_expression("closed, merged_into, erasure_id")
                .consistent_read(true)
                .send()
                .await
                .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
            let row = answer.item.ok_or(ErasureError::UnknownProfile)?;
            match reading::attribute(&row, "closed") {
                None => return Ok(Standing::There(member)),
                Some("merged") => {
                    let root = reading::profile_id(&row, "merged_into");
                    member = root.ok_or(ErasureError::Malformed)?;
                }
                Some("settling") => break,
                Some(_) => {
                    let id = reading::attribute(&row, "erasure_id").and_then(|id| id.parse().ok());
                    return id
                        .map(Standing::Leaving)
                        .ok_or(ErasureError::UnknownProfile);
                }
            }
        }
        Err(ErasureError::Settling)
    }

    /// Closes `root`, writes down why, and tells of it; `None` if it is not open any more.
    async fn begin(
        &self,
        root: ProfileId,
        by: Requesting<'_>,
        cause: &Cause,
    ) -> Result<Option<Erasure>, ErasureError> {
        let erasure_id = self.erasure_ids.next().ok_or_else(|| ServiceError {
            operation: "getrandom",
            code: "NoRandomness".to_owned(),
            retry: Retry::MayHelp,
        })?;
        let now = self.writes.clock.now();
        let (by_operator, in_case) = match by {
            Requesting::Person => (None, None),
            Requesting::Operator(operator, named) => (Some(operator.clone()), Some(named.clone())),
        };
        let erasure = Erasure {
            erasure_id: erasure_id.clone(),
            part: ERASURE_PART.to_owned(),
            state: ErasureState::Requested,
            profile_id: root,
            members: 1,
            requested_at: now,
            removal_at: self.grace.after(now),
            request_id: cause.request_id.clone(),
            by_operator,
            case: in_case,
            frozen_at: None,
            logins_removed_at: None,
            data_removed_at: None,
            told_at: None,
            acknowledge_by: None,
            ended_at: None,
            because: None,
            failure: None,
            logins: 0,
            identifiers: 0,
            records: 0,
            reasons: 0,
            told: 0,
        };
        let event = Data::ErasureRequested {
            profile_id: root,
            erasure_id: erasure_id.clone(),
            removal_at: erasure.removal_at,
        };
        let written = transact(
            &self.client,
            vec![
                self.writes.close(root, root, &erasure_id)?,
                transact_put(
                    put(&self.writes.erasures, &erasure)?
                        .condition_expression("attribute_not_exists(part)"),
                )?,
                self.writes.member(&erasure_id, root)?,
                self.writes.told(event, &cause.request_id)?,
            ],
        );
        match written.await {
            Ok(()) => Ok(Some(erasure)),
            Err(TransactionFailure::Refused(_)) => Ok(None),
            Err(TransactionFailure::Service(error)) => Err(error.into()),
        }
    }
}
