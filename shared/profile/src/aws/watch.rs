//! Logins whose user may be gone from the pool: each is looked for from time to time, and one that was
//! missed twice is taken off. The person stays, with all else that leads to them.

use std::time::Duration;

use aws_sdk_dynamodb::{
    Client,
    types::{Delete, TransactWriteItem},
};
use event::relay_at;
use identity::{
    CognitoSub, IDENTIFIER_PREFIX, Identifier, IdentifierKey, IdentifierKind, ProfileId, Social,
};
use jiff::Timestamp;
use lambda_kit::{
    clock::{Clock, later},
    dynamodb::{Row, is_refused, text, transact, transact_delete},
    error::ServiceError,
    planted,
};
use serde::Deserialize;

use super::{
    IdentifierReader, PartitionReader, ProfileError, ProfileReader, pointers::PointerWrites,
    taking_off::mark,
};

/// Over how many keys the sparse index of logins is spread.
pub const WATCH_SHARDS: u8 = 4;

/// The sparse index of logins, by when they are to be looked for.
const INDEX: &str = "watched";

/// As many logins of a shard as are looked for at once.
const MOST: i32 = 100;

/// The pool may not tell yet of a user that was made a moment ago: a new login is left alone.
const NEW: Duration = Duration::from_hours(24);

/// When a login is looked for again that was seen.
const SEEN: Duration = Duration::from_hours(7 * 24);

/// When a login is looked for again that was missed: in another run, and not in the second attempt of
/// the same one.
const MISSED: Duration = Duration::from_mins(30);

/// How often a lost race against another change of the person is answered by looking again.
const ATTEMPTS: u32 = 4;

/// A login that is to be looked for: a row `identifier#cognito_sub#…`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct WatchedLogin {
    /// The user.
    #[serde(rename = "value")]
    pub sub: CognitoSub,
    #[serde(rename = "profile_id")]
    member: ProfileId,
    part: String,
    /// From when on it is to be looked for; every look changes it.
    look_at: String,
    /// When the pool missed it, if it did at the last look.
    #[serde(default)]
    missed_at: Option<Timestamp>,
}

/// A row `identifier#social#…`, as far as it names the login.
#[derive(Deserialize)]
struct OwnedSocial {
    value: String,
}

/// Watches over logins. On the profiles: `dynamodb:Query`, also on the index `watched`, `GetItem`,
/// `PutItem`, `UpdateItem`, `DeleteItem` and `ConditionCheckItem`; on the identifiers:
/// `dynamodb:GetItem` and `DeleteItem`.
#[derive(Debug, Clone)]
pub struct LoginWatch {
    client: Client,
    reader: ProfileReader,
    partitions: PartitionReader,
    identifiers: IdentifierReader,
    writes: PointerWrites,
}

/// The key of the index under which a login is watched whose row is `part`.
pub(super) fn shard(part: &str) -> String {
    // It ends in the last digit of a digest, which spreads the rows evenly.
    let last = part.bytes().last().unwrap_or_default();
    (last % WATCH_SHARDS).to_string()
}

/// When a login is looked for first that is linked at `now`.
pub(super) fn first_look(now: Timestamp) -> String {
    relay_at(later(now, NEW))
}

fn read(row: Row) -> Result<WatchedLogin, ProfileError> {
    serde_dynamo::from_item(row).map_err(|_| ProfileError::Malformed)
}

impl LoginWatch {
    /// A watch over the two tables.
    #[must_use]
    pub fn new(
        sdk: &aws_types::SdkConfig,
        profiles: impl Into<String>,
        identifiers: impl Into<String>,
        key: IdentifierKey,
        clock: Clock,
    ) -> Self {
        let (profiles, identifiers) = (profiles.into(), identifiers.into());
        Self {
            client: Client::new(sdk),
            reader: ProfileReader::new(sdk, profiles.clone()),
            partitions: PartitionReader::new(sdk, profiles.clone()),
            identifiers: IdentifierReader::new(sdk, identifiers.clone(), key.clone()),
            writes: PointerWrites {
                profiles,
                identifiers,
                key,
                clock,
            },
        }
    }

    /// The logins of `shard` that are to be looked for now, a hundred at most, those first that wait
    /// longest.
    pub async fn due(&self, shard: u8) -> Result<Vec<WatchedLogin>, ProfileError> {
        let answer = self
            .client
            .query()
            .table_name(&self.writes.profiles)
            .index_name(INDEX)
            .key_condition_expression("look_shard = :shard AND look_at <= :now")
            .expression_attribute_values(":shard", text(shard.to_string()))
            .expression_attribute_values(":now", text(relay_at(self.writes.clock.now())))
            .limit(MOST)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:Query", &error))?;
        let rows = answer.items.unwrap_or_default().into_iter();
        rows.map(read).collect()
    }

    /// The pool has the user of `login`: it is looked for again after a week.
    pub async fn seen(&self, login: &WatchedLogin) -> Result<(), ProfileError> {
        self.put_off(login, SEEN, None).await
    }

    /// The pool does not have the user of `login`; whether it was taken off for that. It is if the pool
    /// missed it at the last look as well. What another run did with it meanwhile stands.
    ///
    /// # Errors
    /// As [`ProfileReader::person`] has them, but for somebody who is erased or settling.
    pub async fn missed(&self, login: &WatchedLogin) -> Result<bool, ProfileError> {
        if login.missed_at.is_none() {
            let pause = if planted::is_on("missed-twice-at-once") {
                Duration::ZERO
            } else {
                MISSED
            };
            let now = self.writes.clock.now();
            self.put_off(login, pause, Some(now)).await?;
            return Ok(false);
        }
        for _ in 0..ATTEMPTS {
            match self.try_take_off(login).await {
                Err(ProfileError::Stale) => {}
                outcome => return outcome,
            }
        }
        Err(ProfileError::Contended)
    }

    /// `login` is looked for again after `pause`. Another run that was faster, or that took it off, is
    /// as good.
    async fn put_off(
        &self,
        login: &WatchedLogin,
        pause: Duration,
        missed_at: Option<Timestamp>,
    ) -> Result<(), ProfileError> {
        let next = relay_at(later(self.writes.clock.now(), pause));
        let update = self
            .client
            .update_item()
            .table_name(&self.writes.profiles)
            .key("profile_id", text(login.member))
            .key("part", text(&login.part))
            .condition_expression("look_at = :was")
            .expression_attribute_values(":was", text(&login.look_at))
            .expression_attribute_values(":next", text(next));
        let update = match missed_at {
            Some(at) => update
                .update_expression("SET look_at = :next, missed_at = :at")
                .expression_attribute_values(":at", text(at.to_string())),
            None => update.update_expression("SET look_at = :next REMOVE missed_at"),
        };
        match update.send().await {
            Ok(_) => Ok(()),
            Err(error) if is_refused(&error) => Ok(()),
            Err(error) => Err(ServiceError::new("dynamodb:UpdateItem", &error).into()),
        }
    }

    async fn try_take_off(&self, login: &WatchedLogin) -> Result<bool, ProfileError> {
        if !self.is_as_read(login).await? {
            return Ok(false);
        }
        let member = login.member;
        let person = match self.reader.person(member).await {
            Ok(person) => person,
            // Their logins go with them, or they take it back; and a settling is over by the next run.
            Err(ProfileError::Unknown) => {
                self.put_off(login, SEEN, login.missed_at).await?;
                return Ok(false);
            }
            Err(ProfileError::Settling) => return Ok(false),
            Err(error) => return Err(error),
        };
        let sub = Identifier::CognitoSub(login.sub.clone());
        let mut items = vec![self.forget(login)?, mark(&self.writes, &sub, member)?];
        if self.leads_to(&sub, member).await? {
            items.push(self.writes.release(&sub, member)?);
        }
        // They led to the person by the user alone, who had a profile of their own: this member.
        for social in self.socials(member).await? {
            if self.leads_to(&social, member).await? {
                items.push(self.writes.release(&social, member)?);
                items.push(self.writes.disown(&social, member)?);
            }
        }
        items.extend(self.writes.hold(&person)?);
        transact(&self.client, items).await?;
        Ok(true)
    }

    /// Whether nobody looked for `login` since it was read from the index, which may be late.
    async fn is_as_read(&self, login: &WatchedLogin) -> Result<bool, ProfileError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.writes.profiles)
            .key("profile_id", text(login.member))
            .key("part", text(&login.part))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        let look_at = answer.item.and_then(|mut row| row.remove("look_at"));
        Ok(look_at == Some(text(&login.look_at)))
    }

    async fn leads_to(
        &self,
        identifier: &Identifier,
        member: ProfileId,
    ) -> Result<bool, ProfileError> {
        let owner = self.identifiers.owner(identifier, member).await?;
        Ok(owner.is_some())
    }

    /// The logins at other providers that came with `member`.
    async fn socials(&self, member: ProfileId) -> Result<Vec<Identifier>, ProfileError> {
        let prefix = format!("{IDENTIFIER_PREFIX}{}#", IdentifierKind::Social);
        let rows: Vec<OwnedSocial> = self.partitions.all(member, &prefix).await?;
        let social = |row: OwnedSocial| {
            let social = Social::read(&row.value).map(Identifier::Social);
            social.map_err(|_| ProfileError::Malformed)
        };
        rows.into_iter().map(social).collect()
    }

    /// The login leaves its member's own list, if it is as it was when it was missed.
    fn forget(&self, login: &WatchedLogin) -> Result<TransactWriteItem, ServiceError> {
        transact_delete(
            Delete::builder()
                .table_name(&self.writes.profiles)
                .key("profile_id", text(login.member))
                .key("part", text(&login.part))
                .condition_expression("look_at = :was")
                .expression_attribute_values(":was", text(&login.look_at)),
        )
    }
}
