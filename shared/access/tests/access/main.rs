//! Decisions and their receipts: what is allowed, what is withheld and why, what a receipt opens,
//! and how receipts are written and found again on a simulated DynamoDB.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod deciding;
mod reading;
mod recording;

use std::collections::BTreeSet;

use access::{ConsentState, Decision, Person, Policies, Question, Ruling, decide};
use identity::ProfileId;
use jiff::Timestamp;
use profile::Profile;
use serde_json::{Value, json};
use tenancy::{Agreement, FieldGroup, PartnerId, Purpose, PurposeDefinition, TenantId};

const NOW: i64 = 1_768_467_600;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(NOW + second).unwrap()
}

fn person(n: u128) -> ProfileId {
    format!("prf_{n:032x}").parse().unwrap()
}

/// All that a question depends on, with an answer of yes.
#[derive(Clone)]
struct Case {
    tenant: TenantId,
    partner: PartnerId,
    scopes: BTreeSet<String>,
    agreement: Option<Value>,
    definition: Option<Value>,
    purpose: Purpose,
    person: Person,
    dealings: BTreeSet<TenantId>,
    consent: Option<(TenantId, Purpose, Decision, Option<Timestamp>)>,
    groups: BTreeSet<FieldGroup>,
    now: Timestamp,
}

impl Case {
    /// A person agreed to the newsletter, for which the chandlery may know names and contacts.
    fn new() -> Self {
        let (tenant, purpose): (TenantId, Purpose) =
            ("harbour".parse().unwrap(), "newsletter".parse().unwrap());
        Self {
            partner: "chandlery".parse().unwrap(),
            scopes: ["fairlead/profile.read".to_owned()].into(),
            agreement: Some(json!({
                "tenant": "harbour",
                "part": "agreement#letters",
                "partner": "chandlery",
                "terms": { "newsletter": ["names", "contacts"], "survey": ["demographics"] },
                "valid_until": at(3600),
            })),
            definition: Some(json!({
                "tenant": "harbour",
                "part": "purpose#newsletter",
                "display_name": "Newsletter",
                "legal_basis": "consent",
                "text_versions": ["2026-01"],
            })),
            person: Person::Live(person(7)),
            dealings: [tenant.clone()].into(),
            consent: Some((
                tenant.clone(),
                purpose.clone(),
                Decision::Granted,
                Some(at(60)),
            )),
            groups: [FieldGroup::Names, FieldGroup::Contacts].into(),
            now: at(0),
            tenant,
            purpose,
        }
    }

    fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    fn agreement(&mut self) -> &mut Value {
        self.agreement.as_mut().unwrap()
    }

    fn basis(&mut self, basis: &str) {
        self.definition.as_mut().unwrap()["legal_basis"] = basis.into();
    }

    fn decides(&mut self, decision: Decision) {
        self.consent.as_mut().unwrap().2 = decision;
    }

    fn rule(&self) -> Ruling {
        let agreement: Option<Agreement> = self
            .agreement
            .clone()
            .map(|row| serde_json::from_value(row).unwrap());
        let definition: Option<PurposeDefinition> = self
            .definition
            .clone()
            .map(|row| serde_json::from_value(row).unwrap());
        let consent = self.consent.as_ref();
        let consent = consent.map(|(tenant, purpose, decision, valid_until)| ConsentState {
            tenant,
            purpose,
            decision: *decision,
            valid_until: *valid_until,
        });
        let question = Question {
            partner: &self.partner,
            tenant: &self.tenant,
            scopes: &self.scopes,
            agreement: agreement.as_ref(),
            purpose: &self.purpose,
            definition: definition.as_ref(),
            person: self.person,
            dealings: &self.dealings,
            consent,
            groups: &self.groups,
            now: self.now,
        };
        decide(Policies::embedded().unwrap(), &question)
    }
}

/// The profile of `person(n)`.
fn profile(n: u128) -> Profile {
    let field = |value: &str| json!({ "value": value, "at": at(0), "source": "login" });
    let mut email = field("jane@example.com");
    email["verified"] = true.into();
    serde_json::from_value(json!({
        "profile_id": person(n),
        "part": "profile",
        "version": 1,
        "fields": { "email": email, "given_name": field("Jane"), "birthdate": field("1990-12-31") },
        "created_at": at(0),
        "updated_at": at(0),
        "last_request": "an earlier request",
    }))
    .unwrap()
}
