//! The receipt of a decision.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
};

use identity::{CognitoSub, ProfileId};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use lambda_kit::ids::IdSource;
use serde::{Deserialize, Serialize};
use tenancy::{AgreementId, ExtensionName, FieldGroup, LegalBasis, PartnerId, Purpose, TenantId};
use uuid::Uuid;

use crate::{Person, Reason, ReasonText, Ruling};

const PREFIX: &str = "rcp_";

/// For how long a receipt stays in the table.
pub(crate) const KEPT: SignedDuration = SignedDuration::from_hours(365 * 24);

/// Into how many partitions of the index one partner's day is spread.
pub(crate) const SHARDS: u8 = 4;

/// `rcp_` and a `UUIDv7` in its simple form: ids sort by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReceiptId(Uuid);

/// A text that is no receipt's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a receipt's id is rcp_ followed by 32 hexadecimal digits")]
pub struct InvalidReceiptId;

impl ReceiptId {
    /// The id made of a fresh `UUIDv7`.
    #[must_use]
    pub const fn new(uuid: Uuid) -> Self {
        Self(uuid)
    }

    pub(crate) const fn uuid(self) -> Uuid {
        self.0
    }

    /// The least id of the millisecond that `at` is in.
    pub(crate) fn first_of(at: Timestamp) -> Self {
        let millis = u128::try_from(at.as_millisecond()).unwrap_or_default();
        Self(Uuid::from_u128(millis << 80))
    }

    /// When it was made, to the millisecond.
    #[must_use]
    pub fn at(self) -> Timestamp {
        let millis = i64::try_from(self.0.as_u128() >> 80).unwrap_or(i64::MAX);
        Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MAX)
    }
}

impl FromStr for ReceiptId {
    type Err = InvalidReceiptId;

    fn from_str(text: &str) -> Result<Self, InvalidReceiptId> {
        let digits = text.strip_prefix(PREFIX).ok_or(InvalidReceiptId)?;
        let id = Self(Uuid::try_parse(digits).map_err(|_| InvalidReceiptId)?);
        // One spelling only: the id is a key.
        (id.to_string() == text)
            .then_some(id)
            .ok_or(InvalidReceiptId)
    }
}

impl TryFrom<String> for ReceiptId {
    type Error = InvalidReceiptId;

    fn try_from(text: String) -> Result<Self, InvalidReceiptId> {
        text.parse()
    }
}

impl From<ReceiptId> for String {
    fn from(id: ReceiptId) -> Self {
        id.to_string()
    }
}

impl fmt::Display for ReceiptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", self.0.simple())
    }
}

/// Whose data was asked for: the partition of the receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Subject {
    /// A person.
    Person(ProfileId),
    /// Nobody that there is: `unknown#<tenant>#<partner>`.
    Unknown(String),
}

impl TryFrom<String> for Subject {
    type Error = identity::InvalidProfileId;

    fn try_from(text: String) -> Result<Self, identity::InvalidProfileId> {
        if text.starts_with("unknown#") {
            return Ok(Self::Unknown(text));
        }
        text.parse().map(Self::Person)
    }
}

impl From<Subject> for String {
    fn from(subject: Subject) -> Self {
        match subject {
            Subject::Person(id) => id.to_string(),
            Subject::Unknown(key) => key,
        }
    }
}

/// What a decision came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// All that was asked for may be read.
    Allowed,
    /// Some of it.
    Partly,
    /// Nothing.
    Refused,
}

/// Who read what of whom, why, and by which rule: a row of the table `receipts`. It holds names and
/// times, and no value of any field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Of whom.
    #[serde(rename = "profile_id")]
    pub subject: Subject,
    /// Its id.
    pub receipt_id: ReceiptId,
    partner_day: String,
    /// The tenant whose partner asked.
    pub tenant: TenantId,
    /// Who asked.
    pub partner: PartnerId,
    /// The tenant's own code that was given it, if no partner asked: `partner` has its name then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<ExtensionName>,
    /// The login of the operator who asked, if the tenant's own operators did: `partner` stands for all of
    /// them then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<CognitoSub>,
    /// Under which agreement, if there was one of that name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<AgreementId>,
    /// What for.
    pub purpose: Purpose,
    /// The purpose's legal basis, if the tenant defined the purpose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_basis: Option<LegalBasis>,
    /// What the caller said beyond that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReasonText>,
    /// What came of it.
    pub outcome: Outcome,
    /// The groups that were given.
    pub allowed: BTreeSet<FieldGroup>,
    /// The groups that were not, and why.
    pub withheld: BTreeMap<FieldGroup, Reason>,
    /// The policies that decided.
    pub policies: BTreeSet<String>,
    /// When it was decided.
    pub at: Timestamp,
    /// In which request.
    pub request_id: String,
    /// In seconds since 1970; DynamoDB removes the row some time after that.
    expires_at: i64,
}

impl Ruling {
    /// The receipt of this ruling, made for the request `request_id`.
    #[must_use]
    pub fn receipt(self, ids: &IdSource, reason: Option<ReasonText>, request_id: &str) -> Receipt {
        let receipt_id = ReceiptId::new(ids.uuid());
        // What is said of somebody who was erased is not kept: nothing of them is to come back by it.
        // Nor of somebody who is not known: they may be erased, and nobody could find it when they are.
        let is_there = matches!(self.person, Person::Live(_) | Person::Locked(_));
        let reason = reason.filter(|_| is_there);
        let subject = match self.person {
            Person::Live(id) | Person::Locked(id) | Person::Erased(id) => Subject::Person(id),
            Person::Unknown => {
                Subject::Unknown(format!("unknown#{}#{}", self.tenant, self.partner))
            }
        };
        let outcome = match (self.allowed.is_empty(), self.withheld.is_empty()) {
            (true, _) => Outcome::Refused,
            (false, true) => Outcome::Allowed,
            (false, false) => Outcome::Partly,
        };
        let receipt = Receipt {
            subject,
            receipt_id,
            partner_day: String::new(),
            tenant: self.tenant,
            partner: self.partner,
            extension: None,
            operator: None,
            agreement: self.agreement,
            purpose: self.purpose,
            legal_basis: self.legal_basis,
            reason,
            outcome,
            allowed: self.allowed,
            withheld: self.withheld,
            policies: self.policies,
            at: self.at,
            request_id: request_id.to_owned(),
            expires_at: 0,
        };
        receipt.under(receipt_id)
    }
}

impl Receipt {
    /// The same under the id `receipt_id`, and made when that id was.
    #[must_use]
    pub fn under(mut self, receipt_id: ReceiptId) -> Self {
        let last = receipt_id.uuid().as_bytes().last().copied();
        let shard = last.unwrap_or_default() % SHARDS;
        self.receipt_id = receipt_id;
        self.at = receipt_id.at();
        self.partner_day = match &self.extension {
            // No partner's name has such a sign: what code was given is none's.
            Some(code) => day(
                &self.tenant,
                &format_args!("extension:{code}"),
                self.at,
                shard,
            ),
            None => partner_day(&self.tenant, &self.partner, self.at, shard),
        };
        let expires_at = self.at.saturating_add(KEPT).unwrap_or(Timestamp::MAX);
        self.expires_at = expires_at.as_second();
        self
    }

    /// The same, as what `extension` was given.
    #[must_use]
    pub fn of_code(mut self, extension: ExtensionName) -> Self {
        self.extension = Some(extension);
        let id = self.receipt_id;
        self.under(id)
    }

    /// The same, as what `operator` was given.
    #[must_use]
    pub fn by_operator(mut self, operator: CognitoSub) -> Self {
        self.operator = Some(operator);
        self
    }

    /// The same as the person it is about may have it: who of those that work for the tenant it was is
    /// the tenant's to say.
    #[must_use]
    pub fn for_the_person(mut self) -> Self {
        self.operator = None;
        self
    }

    /// What was decided, as a text that is the same for the same decision, whenever it is made.
    #[must_use]
    pub fn decision(&self) -> Option<String> {
        let timeless = self.clone().under(ReceiptId(Uuid::nil()));
        serde_json::to_string(&timeless).ok()
    }
}

/// The partition of the index `by_partner` that holds a partner's receipts of the day that `at` is
/// in, in UTC.
pub(crate) fn partner_day(
    tenant: &TenantId,
    partner: &PartnerId,
    at: Timestamp,
    shard: u8,
) -> String {
    day(tenant, partner, at, shard)
}

fn day(tenant: &TenantId, whose: &dyn fmt::Display, at: Timestamp, shard: u8) -> String {
    let day = at.to_zoned(TimeZone::UTC).date();
    format!("{tenant}#{whose}#{day}#{shard}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    proptest! {
        #[test]
        fn an_id_reads_back_from_its_text_and_tells_its_time(bits in any::<u128>()) {
            let id = ReceiptId::new(Uuid::from_u128(bits >> 8));
            prop_assert_eq!(id.to_string().parse::<ReceiptId>(), Ok(id));
            let first = ReceiptId::first_of(id.at());
            prop_assert!(first <= id && first.at() == id.at());
        }
    }

    #[test]
    fn who_of_a_tenants_people_asked_is_on_record_and_not_for_the_person() {
        let row = json!({
            "profile_id": format!("prf_{:032x}", 7),
            "receipt_id": format!("rcp_{:032x}", 7),
            "partner_day": "harbour#operators#2026-01-15#0",
            "tenant": "harbour",
            "partner": "operators",
            "purpose": "customer-service",
            "outcome": "allowed",
            "allowed": ["names"],
            "withheld": {},
            "policies": [],
            "at": "2026-01-15T09:00:00Z",
            "request_id": "request-1",
            "expires_at": 0,
        });
        let receipt: Receipt = serde_json::from_value(row).unwrap();
        let receipt = receipt.by_operator("0f1e2d3c".parse().unwrap());
        let kept = serde_json::to_value(&receipt).unwrap();
        assert_eq!(kept.get("operator"), Some(&json!("0f1e2d3c")));
        let given = serde_json::to_value(receipt.for_the_person()).unwrap();
        assert_eq!(given.get("operator"), None);
    }

    #[test]
    fn a_subject_is_a_person_or_nobody() {
        let read = |text: &str| Subject::try_from(text.to_owned());
        let id = format!("prf_{:032x}", 7);
        assert!(matches!(read(&id), Ok(Subject::Person(_))));
        assert!(matches!(
            read("unknown#harbour#chandlery"),
            Ok(Subject::Unknown(_))
        ));
        assert!(read("jane").is_err());
    }
}
