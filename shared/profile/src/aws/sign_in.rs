//! When people signed in last, and by which login.

use std::time::Duration;

use aws_sdk_dynamodb::{
    Client,
    types::{ConditionCheck, TransactWriteItem, Update},
};
use aws_types::SdkConfig;
use event::{Cause, CloudEvent, Data, outbox_put};
use identity::{CognitoSub, Identifier, IdentifierKey, ProfileId};
use lambda_kit::{
    clock::Clock,
    config::{ConfigError, Environment},
    dynamodb::{TransactionFailure, number, put, text, transact, transact_put, unmakeable},
    error::ServiceError,
    ids::IdSource,
    planted,
};
use serde::Serialize;
use tenancy::TenantId;

use super::{IdentifierReader, Owner, Pointed, ProfileError, ProfileReader, replace_person};
use crate::PROFILE_PART;

/// How often a profile that was merged in between is answered by looking again.
const ATTEMPTS: u32 = 3;

/// Within what time two sign-ins by one login are one: Cognito calls a trigger up to three times
/// for one of them, and gives it 5 s each time.
const SAME_SIGN_IN: Duration = Duration::from_secs(20);

/// Records sign-ins: `dynamodb:GetItem` and `ConditionCheckItem` on the identifiers,
/// `dynamodb:GetItem`, `PutItem` and `UpdateItem` on the profiles.
#[derive(Debug, Clone)]
pub struct SignInStore {
    client: Client,
    logins: IdentifierReader,
    reader: ProfileReader,
    profiles: String,
    identifiers: String,
    key: IdentifierKey,
    clock: Clock,
    ids: IdSource,
}

/// What became of a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInRecord {
    /// It is on record.
    Made,
    /// It was before, or a later one is.
    Known,
    /// The login has no profile yet. It gets one before its token is made.
    NoProfile,
}

/// How the rows of last sign-ins are told from other parts.
pub(super) const LOGIN_PREFIX: &str = "login#";

/// A row `login#…` of the table `profiles`: a login's last sign-in. It lies with the login's own
/// member, so that merges and splits leave it where it is.
#[derive(Debug, Serialize)]
struct SignInItem {
    profile_id: ProfileId,
    part: String,
    /// Milliseconds since the epoch, to be compared.
    signed_in_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant_id: Option<TenantId>,
}

impl SignInStore {
    /// Reads `PROFILES_TABLE`, `IDENTIFIERS_TABLE` and `IDENTIFIER_KEY`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let identifiers = environment.required("IDENTIFIERS_TABLE")?;
        let profiles = environment.required("PROFILES_TABLE")?;
        let key = IdentifierKey::from_environment(environment)?;
        Ok(Self {
            client: Client::new(sdk),
            logins: IdentifierReader::new(sdk, identifiers, key.clone()),
            reader: ProfileReader::new(sdk, profiles),
            profiles: profiles.to_owned(),
            identifiers: identifiers.to_owned(),
            key,
            clock,
            ids,
        })
    }

    /// Records that the login `sub` was used just now, and tells of it; who comes to a tenant for the
    /// first time deals with it from then on. Run again within
    /// 20 seconds, it does nothing; run late, it leaves a later sign-in as it is.
    pub async fn record(
        &self,
        sub: &CognitoSub,
        tenant: Option<&TenantId>,
        cause: &Cause,
    ) -> Result<SignInRecord, ProfileError> {
        let login = Identifier::CognitoSub(sub.clone());
        for _ in 0..ATTEMPTS {
            let owner = match self.logins.find(&login).await? {
                Some(Pointed::At(owner)) => owner,
                Some(Pointed::Erased) | None => return Ok(SignInRecord::NoProfile),
            };
            let root = owner.profile_id;
            let mut items = match self.first_visit(&owner, tenant, cause).await? {
                Some(items) => items,
                None => vec![self.count_part(root)?],
            };
            items.push(self.leads(&login, &owner)?);
            let whose = items.len();
            items.push(self.sign_in(owner.member, &login, tenant)?);
            items.push(self.outbox(root, tenant, cause)?);
            match transact(&self.client, items).await {
                Ok(()) => return Ok(SignInRecord::Made),
                // The login leads elsewhere by now, or will in a moment.
                Err(TransactionFailure::Refused(places))
                    if places.iter().any(|place| *place < whose) => {}
                Err(TransactionFailure::Refused(_)) => return Ok(SignInRecord::Known),
                Err(TransactionFailure::Service(error)) => return Err(error.into()),
            }
        }
        Err(ProfileError::Contended)
    }

    /// The writes by which whoever comes to `tenant` by a login for the first time deals with it from
    /// now on; `None` if they did before.
    async fn first_visit(
        &self,
        owner: &Owner,
        tenant: Option<&TenantId>,
        cause: &Cause,
    ) -> Result<Option<Vec<TransactWriteItem>>, ProfileError> {
        let Some(tenant) = tenant else {
            return Ok(None);
        };
        let before = self.reader.person(owner.member).await?;
        let mut after = before.clone();
        if !after.come_to(tenant) {
            return Ok(None);
        }
        after.advance(self.clock.now(), &cause.request_id);
        Ok(Some(replace_person(&self.profiles, &after, &before)?))
    }

    /// A merge or erasure that read the profile before sees that a part changed.
    fn count_part(&self, root: ProfileId) -> Result<TransactWriteItem, ServiceError> {
        let update = Update::builder()
            .table_name(&self.profiles)
            .key("profile_id", text(root))
            .key("part", text(PROFILE_PART))
            .update_expression("ADD parts :one")
            .condition_expression("attribute_exists(part) AND attribute_not_exists(closed)")
            .expression_attribute_values(":one", number(1));
        let update = update.build().map_err(|_| unmakeable())?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// Nothing but that the login still leads to `owner`.
    fn leads(&self, login: &Identifier, owner: &Owner) -> Result<TransactWriteItem, ServiceError> {
        let check = ConditionCheck::builder()
            .table_name(&self.identifiers)
            .key("identifier", text(login.key(&self.key)))
            .condition_expression("profile_id = :root AND #member = :member")
            .expression_attribute_names("#member", "member")
            .expression_attribute_values(":root", text(owner.profile_id))
            .expression_attribute_values(":member", text(owner.member));
        let check = check.build().map_err(|_| unmakeable())?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }

    fn sign_in(
        &self,
        member: ProfileId,
        login: &Identifier,
        tenant: Option<&TenantId>,
    ) -> Result<TransactWriteItem, ServiceError> {
        let now = self.clock.now();
        let row = SignInItem {
            profile_id: member,
            part: format!("{LOGIN_PREFIX}{}", login.key(&self.key)),
            signed_in_at: now.as_millisecond(),
            tenant_id: tenant.cloned(),
        };
        let put = put(&self.profiles, &row)?;
        if planted::is_on("sign-in-recorded-unconditionally") {
            return transact_put(put);
        }
        let before = now.checked_sub(SAME_SIGN_IN).unwrap_or(now);
        transact_put(
            put.condition_expression("attribute_not_exists(part) OR signed_in_at < :before")
                .expression_attribute_values(":before", number(before.as_millisecond())),
        )
    }

    fn outbox(
        &self,
        root: ProfileId,
        tenant: Option<&TenantId>,
        cause: &Cause,
    ) -> Result<TransactWriteItem, ServiceError> {
        let data = Data::ProfileSignedIn {
            profile_id: root,
            tenant_id: tenant.cloned(),
        };
        let event = CloudEvent::new(data, cause, &self.clock, &self.ids);
        outbox_put(&self.profiles, &event)
    }
}
