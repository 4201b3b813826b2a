//! Tests of the ways that people ask for: when the last one was, in the table `profiles`.

use aws_sdk_dynamodb::{
    Client,
    types::{ConditionCheck, TransactWriteItem},
};
use aws_types::SdkConfig;
use event::{Cause, CloudEvent, Data, outbox_put};
use identity::ProfileId;
use jiff::{SignedDuration, Timestamp};
use lambda_kit::{
    clock::Clock,
    dynamodb::{TransactionFailure, number, put, text, transact, transact_put, unmakeable},
    error::ServiceError,
    ids::IdSource,
    planted,
};
use profile::{PROFILE_PART, ProfileError, ProfileReader};
use serde::{Deserialize, Serialize};
use tenancy::TenantId;

/// How often a profile that was merged in between is answered by looking again.
const ATTEMPTS: u32 = 3;

/// For how long after one test there is no other: a text message costs money, and rings a telephone.
const PAUSE: SignedDuration = SignedDuration::from_mins(1);

/// The part of a profile that says when the last test was.
const PART: &str = "notice-test";

/// Keeps when people asked for tests: `dynamodb:GetItem`, `PutItem` and `ConditionCheckItem` on the
/// profiles.
#[derive(Debug, Clone)]
pub struct NoticeTestStore {
    client: Client,
    reader: ProfileReader,
    table: String,
    clock: Clock,
    ids: IdSource,
}

/// A test that a person asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeTest {
    /// Whose notices it is of.
    pub tenant: TenantId,
    /// The event by which it goes its way; what is told by it has that name in the ledger.
    pub event_id: String,
    /// When it was asked for.
    pub asked_at: Timestamp,
}

/// What became of asking for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// It is on its way.
    Made(NoticeTest),
    /// The last one was too short a while ago: in so many seconds there may be another.
    TooSoon(u32),
}

/// The row `notice-test` of the table `profiles`. It lies with the login's own member, so that merges and
/// splits leave it where it is.
#[derive(Debug, Serialize, Deserialize)]
struct TestItem {
    profile_id: ProfileId,
    part: String,
    tenant_id: TenantId,
    event_id: String,
    /// Milliseconds since the epoch, to be compared.
    asked_at: i64,
    /// The request by which it was asked for, which is known again by it.
    request_id: String,
}

impl NoticeTestStore {
    /// A store in `table`.
    #[must_use]
    pub fn new(sdk: &SdkConfig, table: impl Into<String>, clock: Clock, ids: IdSource) -> Self {
        let table = table.into();
        Self {
            client: Client::new(sdk),
            reader: ProfileReader::new(sdk, table.clone()),
            table,
            clock,
            ids,
        }
    }

    /// Asks for a test of `tenant`'s notices in the name of `member`, and tells of it in one transaction,
    /// unless the last one was less than a minute ago. A request that did so before is answered the same.
    ///
    /// # Errors
    /// As [`ProfileReader::profile`] has them.
    pub async fn ask(
        &self,
        member: ProfileId,
        tenant: &TenantId,
        cause: &Cause,
    ) -> Result<Asked, ProfileError> {
        for _ in 0..ATTEMPTS {
            let root = self.reader.profile(member).await?.profile_id;
            let data = Data::ProfileNoticeTested {
                profile_id: root,
                tenant_id: tenant.clone(),
            };
            let event = CloudEvent::new(data, cause, &self.clock, &self.ids);
            let row = TestItem {
                profile_id: member,
                part: PART.to_owned(),
                tenant_id: tenant.clone(),
                event_id: event.id.clone(),
                asked_at: event.time.as_millisecond(),
                request_id: cause.request_id.clone(),
            };
            let items = vec![
                self.lives(root)?,
                self.not_too_soon(&row)?,
                outbox_put(&self.table, &event)?,
            ];
            match transact(&self.client, items).await {
                Ok(()) => return row.read().map(Asked::Made),
                // The person is another's by now, or gone.
                Err(TransactionFailure::Refused(places)) if places.contains(&0) => {}
                Err(TransactionFailure::Refused(_)) => return self.before(member, cause).await,
                Err(TransactionFailure::Service(error)) => return Err(error.into()),
            }
        }
        Err(ProfileError::Contended)
    }

    /// The last test that `member` asked for, if there was one.
    pub async fn last(&self, member: ProfileId) -> Result<Option<NoticeTest>, ProfileError> {
        let row = self.row(member).await?;
        row.map(TestItem::read).transpose()
    }

    /// What stands in the way of another test: it was this very request, or is not long ago.
    async fn before(&self, member: ProfileId, cause: &Cause) -> Result<Asked, ProfileError> {
        let row = self.row(member).await?;
        // It was refused by a row, and none is ever removed but with its person.
        let row = row.ok_or(ProfileError::Unknown)?;
        if row.request_id == cause.request_id {
            return row.read().map(Asked::Made);
        }
        let since = self.clock.now().duration_since(row.read()?.asked_at);
        // Of a second that has begun the rest is waited for as well.
        let left = (PAUSE - since).as_secs() + 1;
        let left = left.clamp(1, PAUSE.as_secs());
        Ok(Asked::TooSoon(u32::try_from(left).unwrap_or_default()))
    }

    async fn row(&self, member: ProfileId) -> Result<Option<TestItem>, ProfileError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("profile_id", text(member))
            .key("part", text(PART))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
        let row = answer.item.map(serde_dynamo::from_item).transpose();
        row.map_err(|_| ProfileError::Malformed)
    }

    /// Nothing but that `root` is there and open.
    fn lives(&self, root: ProfileId) -> Result<TransactWriteItem, ServiceError> {
        let check = ConditionCheck::builder()
            .table_name(&self.table)
            .key("profile_id", text(root))
            .key("part", text(PROFILE_PART))
            .condition_expression("attribute_exists(part) AND attribute_not_exists(closed)");
        let check = check.build().map_err(|_| unmakeable())?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }

    fn not_too_soon(&self, row: &TestItem) -> Result<TransactWriteItem, ServiceError> {
        let put = put(&self.table, row)?;
        if planted::is_on("notice-tested-without-a-pause") {
            return transact_put(put);
        }
        let pause = PAUSE.as_millis();
        transact_put(
            put.condition_expression("attribute_not_exists(part) OR asked_at <= :before")
                .expression_attribute_values(":before", number(i128::from(row.asked_at) - pause)),
        )
    }
}

impl TestItem {
    fn read(self) -> Result<NoticeTest, ProfileError> {
        let asked_at = Timestamp::from_millisecond(self.asked_at);
        Ok(NoticeTest {
            tenant: self.tenant_id,
            event_id: self.event_id,
            asked_at: asked_at.map_err(|_| ProfileError::Malformed)?,
        })
    }
}
