//! Removing a person's logins. With the first of them there is no way back any more.

use aws_sdk_dynamodb::Client;
use identity::{
    CognitoSub, ErasureId, IDENTIFIER_PREFIX, IdentifierKind, ProfileId,
    aws::{UserReader, UserRemover},
};
use lambda_kit::{
    clock::Clock,
    dynamodb::{is_refused, number, text},
    error::ServiceError,
    planted,
};

use super::{
    ErasureError, ErasureReader,
    reading::{attribute, parts},
};
use crate::{
    Erasure, ErasureState, Progress,
    record::{ERASURE_PART, Member},
};

/// Removes logins. On the erasures: `dynamodb:GetItem`, `Query` and `UpdateItem`; on the profiles:
/// `dynamodb:Query`; in the user pool: `ListUsers`, `AdminUserGlobalSignOut` and `AdminDeleteUser`.
#[derive(Debug, Clone)]
pub struct LoginRemover {
    client: Client,
    reader: ErasureReader,
    profiles: String,
    users: UserReader,
    remover: UserRemover,
    pool: String,
    clock: Clock,
}

impl LoginRemover {
    /// A remover of the logins in `pool` of people in the table `profiles`.
    #[must_use]
    pub fn new(
        sdk: &aws_types::SdkConfig,
        reader: ErasureReader,
        profiles: impl Into<String>,
        pool: impl Into<String>,
        clock: Clock,
    ) -> Self {
        Self {
            client: Client::new(sdk),
            reader,
            profiles: profiles.into(),
            users: UserReader::new(sdk),
            remover: UserRemover::new(sdk),
            pool: pool.into(),
            clock,
        }
    }

    /// Removes every login of the person, as far as `has_time` says; nothing before the time is up
    /// until which they may take it back.
    pub async fn remove(
        &self,
        id: &ErasureId,
        has_time: impl Fn() -> bool,
    ) -> Result<Progress, ErasureError> {
        let mut erasure = self.reader.erasure(id).await?;
        match erasure.state {
            ErasureState::Requested => return Err(ErasureError::OutOfTurn),
            ErasureState::Frozen => {
                let is_early = self.clock.now() < erasure.removal_at;
                if is_early || !self.pass_the_point_of_no_return(id).await? {
                    return Ok(Progress::done(&self.reader.erasure(id).await?).more());
                }
                erasure.state = ErasureState::Erasing;
            }
            ErasureState::Withdrawn if planted::is_on("erased-though-taken-back") => {}
            ErasureState::Withdrawn | ErasureState::Erased => return Ok(Progress::done(&erasure)),
            ErasureState::Erasing => {}
        }
        let mut logins = 0;
        for member in self.reader.members(id).await? {
            logins += match member.logins {
                Some(logins) => logins,
                None if has_time() => self.remove_logins_of(&member).await?,
                None => return Ok(Progress::done(&erasure).more()),
            };
        }
        self.note(&erasure, logins).await?;
        Ok(Progress::done(&erasure))
    }

    /// Whether it was passed now, and not taken back a moment ago.
    async fn pass_the_point_of_no_return(&self, id: &ErasureId) -> Result<bool, ErasureError> {
        let passed = self
            .client
            .update_item()
            .table_name(&self.reader.table)
            .key("erasure_id", text(id.as_str()))
            .key("part", text(ERASURE_PART))
            .update_expression("SET #state = :erasing")
            .condition_expression("#state IN (:frozen, :erasing)")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":frozen", text(ErasureState::Frozen.as_str()))
            .expression_attribute_values(":erasing", text(ErasureState::Erasing.as_str()))
            .send()
            .await;
        match passed {
            Ok(_) => Ok(true),
            Err(error) if is_refused(&error) => Ok(false),
            Err(error) => Err(ServiceError::new("dynamodb:UpdateItem", &error).into()),
        }
    }

    async fn remove_logins_of(&self, member: &Member) -> Result<u64, ErasureError> {
        let subs = self.subs(member.profile_id).await?;
        for sub in &subs {
            if planted::is_on("erasure-logs-a-login") {
                tracing::info!(sub = sub.as_str(), "a login is removed");
            }
            let user = self.users.with_sub(&self.pool, sub).await?;
            let user = user.filter(|_| !planted::is_on("erasure-leaves-logins"));
            if let Some(user) = user {
                self.remover.remove(&self.pool, &user.username).await?;
            }
        }
        let logins = subs.len() as u64;
        let noted = self
            .client
            .update_item()
            .table_name(&self.reader.table)
            .key("erasure_id", text(member.erasure_id.as_str()))
            .key("part", text(&member.part))
            .update_expression("SET logins = :logins")
            .condition_expression("attribute_exists(part)")
            .expression_attribute_values(":logins", number(logins))
            .send()
            .await;
        noted.map_err(|error| ServiceError::new("dynamodb:UpdateItem", &error))?;
        Ok(logins)
    }

    /// By what the user pool knows the logins that made this profile.
    async fn subs(&self, member: ProfileId) -> Result<Vec<CognitoSub>, ErasureError> {
        let member = member.to_string();
        let prefix = format!("{IDENTIFIER_PREFIX}{}#", IdentifierKind::CognitoSub);
        let list = parts(&self.profiles, &member, Some(&prefix));
        let mut subs = Vec::new();
        let mut start = None;
        loop {
            let page = list.page(&self.client, start, None, None).await?;
            for row in &page.rows {
                let sub = attribute(row, "value").and_then(|sub| sub.parse().ok());
                subs.push(sub.ok_or(ErasureError::Malformed)?);
            }
            start = page.next;
            if start.is_none() {
                return Ok(subs);
            }
        }
    }

    /// Puts on record that no login is left.
    async fn note(&self, erasure: &Erasure, logins: u64) -> Result<(), ErasureError> {
        let noted = self
            .client
            .update_item()
            .table_name(&self.reader.table)
            .key("erasure_id", text(erasure.erasure_id.as_str()))
            .key("part", text(ERASURE_PART))
            .update_expression("SET logins = :logins, logins_removed_at = :now")
            .condition_expression(
                "attribute_exists(part) AND attribute_not_exists(logins_removed_at)",
            )
            .expression_attribute_values(":logins", number(logins))
            .expression_attribute_values(":now", text(self.clock.now().to_string()))
            .send()
            .await;
        match noted {
            Ok(_) => Ok(()),
            // It was before, by an earlier attempt.
            Err(error) if is_refused(&error) => Ok(()),
            Err(error) => Err(ServiceError::new("dynamodb:UpdateItem", &error).into()),
        }
    }
}
