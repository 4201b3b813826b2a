//! Reading single rows of the directory.

use std::{fmt::Write as _, sync::Arc};

use aws_sdk_dynamodb::types::AttributeValue;
use lambda_kit::{clock::Clock, error::ServiceError};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};

use super::{DirectoryError, kept::Kept};
use crate::{
    Agreement, AgreementId, DisplayName, FanOut, NotificationRule, PartnerId, RateLimit, TenantId,
    agreement::AGREEMENT_PREFIX,
    fan_out::FAN_OUT_PREFIX,
    notification_rule::NOTIFICATION_RULE_PREFIX,
    place::{OF_ALL, PARTNER_PREFIX},
};

/// Looks one kind of rows up, each by its key: `dynamodb:GetItem` on the directory.
#[derive(Debug, Clone)]
pub struct DirectoryRows<T> {
    client: aws_sdk_dynamodb::Client,
    table: String,
    kept: Kept<T>,
}

impl<T: DeserializeOwned> DirectoryRows<T> {
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>, clock: Clock) -> Self {
        Self {
            client: aws_sdk_dynamodb::Client::new(sdk),
            table: table.into(),
            kept: Kept::new(clock),
        }
    }

    /// The row `part` of `tenant`; `None` if there is none. An answer is kept for a minute; an absent
    /// one is asked for again.
    pub async fn find(
        &self,
        tenant: &TenantId,
        part: String,
    ) -> Result<Option<Arc<T>>, DirectoryError> {
        self.look_up(tenant.as_str(), part).await
    }

    /// The row `part` that stands above all tenants, likewise.
    pub async fn find_above(&self, part: String) -> Result<Option<Arc<T>>, DirectoryError> {
        self.look_up(OF_ALL, part).await
    }

    async fn look_up(&self, tenant: &str, part: String) -> Result<Option<Arc<T>>, DirectoryError> {
        let key = format!("{tenant}#{part}");
        if let Some(answer) = self.kept.get(&key) {
            return Ok(Some(answer));
        }
        let asked_at = self.kept.now();
        let row = read(&self.client, &self.table, (tenant, part)).await?;
        Ok(row.map(|row| self.kept.put(key, asked_at, row)))
    }
}

/// What stands there now.
async fn read<T: DeserializeOwned>(
    client: &aws_sdk_dynamodb::Client,
    table: &str,
    (tenant, part): (&str, String),
) -> Result<Option<T>, DirectoryError> {
    let answer = client
        .get_item()
        .table_name(table)
        .key("tenant", AttributeValue::S(tenant.to_owned()))
        .key("part", AttributeValue::S(part))
        .send()
        .await
        .map_err(|error| ServiceError::new("dynamodb:GetItem", &error))?;
    let row = answer.item.map(serde_dynamo::from_item).transpose();
    row.map_err(|_| DirectoryError::Malformed)
}

/// Looks up by which rules people are told of events: `dynamodb:GetItem` on the directory.
#[derive(Debug, Clone)]
pub struct NotificationRuleReader {
    client: aws_sdk_dynamodb::Client,
    table: String,
    kept: Kept<Option<NotificationRule>>,
}

impl NotificationRuleReader {
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>, clock: Clock) -> Self {
        Self {
            client: aws_sdk_dynamodb::Client::new(sdk),
            table: table.into(),
            kept: Kept::new(clock),
        }
    }

    /// The rule of `tenant` for events of the type `kind`; `None` inside if there is none. Either answer
    /// is kept for a minute: most types have no rule, and their events come by the thousand.
    pub async fn find(
        &self,
        tenant: &TenantId,
        kind: &str,
    ) -> Result<Arc<Option<NotificationRule>>, DirectoryError> {
        let part = format!("{NOTIFICATION_RULE_PREFIX}{kind}");
        let key = format!("{tenant}#{part}");
        let ask = read(&self.client, &self.table, (tenant.as_str(), part));
        self.kept.or_ask(key, ask).await
    }
}

/// Looks agreements up: `dynamodb:GetItem` on the directory.
#[derive(Debug, Clone)]
pub struct AgreementReader(DirectoryRows<Agreement>);

impl AgreementReader {
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>, clock: Clock) -> Self {
        Self(DirectoryRows::new(sdk, table, clock))
    }

    /// An agreement of `tenant`; `None` if there is no such agreement. An answer is kept for a
    /// minute; an absent one is asked for again.
    pub async fn find(
        &self,
        tenant: &TenantId,
        agreement: &AgreementId,
    ) -> Result<Option<Arc<Agreement>>, DirectoryError> {
        let part = format!("{AGREEMENT_PREFIX}{agreement}");
        self.0.find(tenant, part).await
    }
}

/// A partner of a tenant: row `<tenant>`, `partner#<partner>` of the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partner {
    /// What people read.
    pub display_name: DisplayName,
    /// How much it may ask for.
    #[serde(default = "usual_rate")]
    pub requests_per_minute: RateLimit,
}

const fn usual_rate() -> RateLimit {
    RateLimit::DEFAULT
}

/// Looks partners up: `dynamodb:GetItem` on the directory.
#[derive(Debug, Clone)]
pub struct PartnerReader(DirectoryRows<Partner>);

impl PartnerReader {
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>, clock: Clock) -> Self {
        Self(DirectoryRows::new(sdk, table, clock))
    }

    /// A partner of `tenant`; `None` if there is no such partner. An answer is kept for a minute;
    /// an absent one is asked for again.
    pub async fn find(
        &self,
        tenant: &TenantId,
        partner: &PartnerId,
    ) -> Result<Option<Arc<Partner>>, DirectoryError> {
        self.0
            .find(tenant, format!("{PARTNER_PREFIX}{partner}"))
            .await
    }
}

/// Looks up what is published to partners: `dynamodb:GetItem` on the directory.
#[derive(Debug, Clone)]
pub struct FanOutReader(DirectoryRows<FanOut>);

impl FanOutReader {
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>, clock: Clock) -> Self {
        Self(DirectoryRows::new(sdk, table, clock))
    }

    /// What is published to a partner of `tenant`; `None` if nothing is. An answer is kept for a minute;
    /// an absent one is asked for again.
    pub async fn find(
        &self,
        tenant: &TenantId,
        partner: &PartnerId,
    ) -> Result<Option<Arc<FanOut>>, DirectoryError> {
        self.0
            .find(tenant, format!("{FAN_OUT_PREFIX}{partner}"))
            .await
    }
}

/// Whose a write key is: row `*`, `write-key#<SHA-256 of the key>` of the directory.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct WriteKeyOwner {
    /// The tenant.
    #[serde(rename = "owner_tenant")]
    pub tenant: TenantId,
    /// Its partner.
    pub partner: PartnerId,
}

/// Looks write keys up: `dynamodb:GetItem` on the directory, which knows them by their digests alone.
#[derive(Debug, Clone)]
pub struct WriteKeyReader(DirectoryRows<WriteKeyOwner>);

impl WriteKeyReader {
    /// A reader of `table`.
    #[must_use]
    pub fn new(sdk: &aws_types::SdkConfig, table: impl Into<String>, clock: Clock) -> Self {
        Self(DirectoryRows::new(sdk, table, clock))
    }

    /// Whose `key` is; `None` if it is nobody's. An answer is kept for a minute; an absent one is
    /// asked for again.
    pub async fn find(&self, key: &str) -> Result<Option<Arc<WriteKeyOwner>>, DirectoryError> {
        self.0.find_above(write_key_part(key)).await
    }
}

/// Under which part the directory has a write key.
#[must_use]
pub fn write_key_part(key: &str) -> String {
    let mut part = "write-key#".to_owned();
    for byte in Sha256::digest(key) {
        _ = write!(part, "{byte:02x}");
    }
    part
}
