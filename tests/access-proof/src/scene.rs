//! Generated questions: few names and few moments, so that what should match often just does, and
//! just does not.

use std::collections::{BTreeMap, BTreeSet};

use access::{ConsentState, Person, Policies, Question, Ruling, decide};
use fastrand::Rng;
use identity::ProfileId;
use jiff::Timestamp;
use serde_json::{Value, json};
use tenancy::{Agreement, FieldGroup, PurposeDefinition};

const TENANTS: [&str; 2] = ["harbour", "airport"];
const PARTNERS: [&str; 2] = ["chandlery", "ferry-line"];
const PURPOSES: [&str; 3] = ["newsletter", "survey", "customer-service"];
const SCOPES: [&str; 4] = [
    "openid",
    "fairlead/profile.read",
    "fairlead/profile.write",
    "fairlead/profile.readers",
];

/// A purpose's legal basis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Basis {
    Consent,
    Contract,
    LegalObligation,
    VitalInterests,
    PublicTask,
    LegitimateInterests,
}

const BASES: [(Basis, &str); 6] = [
    (Basis::Consent, "consent"),
    (Basis::Contract, "contract"),
    (Basis::LegalObligation, "legal_obligation"),
    (Basis::VitalInterests, "vital_interests"),
    (Basis::PublicTask, "public_task"),
    (Basis::LegitimateInterests, "legitimate_interests"),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    Granted,
    Withdrawn,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Record {
    Live,
    Locked,
    Erased,
    Unknown,
}

#[derive(Debug, Clone)]
pub(crate) struct Agreed {
    pub(crate) tenant: &'static str,
    pub(crate) partner: &'static str,
    pub(crate) terms: BTreeMap<&'static str, BTreeSet<FieldGroup>>,
    /// In milliseconds around the decision.
    pub(crate) valid_until: Option<i64>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Stated {
    pub(crate) tenant: &'static str,
    pub(crate) name: &'static str,
    pub(crate) basis: Basis,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Consent {
    pub(crate) tenant: &'static str,
    pub(crate) purpose: &'static str,
    pub(crate) decision: Decision,
    pub(crate) valid_until: Option<i64>,
}

/// All that a question depends on, and that a partner asks for all groups.
#[derive(Debug, Clone)]
pub(crate) struct Scene {
    pub(crate) tenant: &'static str,
    pub(crate) partner: &'static str,
    pub(crate) scopes: BTreeSet<&'static str>,
    pub(crate) agreement: Option<Agreed>,
    pub(crate) purpose: Option<Stated>,
    pub(crate) record: Record,
    /// The tenants that the person deals with.
    pub(crate) dealings: BTreeSet<&'static str>,
    pub(crate) consent: Option<Consent>,
    pub(crate) now: i64,
}

impl Scene {
    /// A scene in which each thing is, more often than not, as it should be.
    pub(crate) fn of(rng: &mut Rng) -> Self {
        let tenant = pick(rng, &TENANTS);
        let partner = pick(rng, &PARTNERS);
        let purpose = pick(rng, &PURPOSES);
        let scope_is_there = likely(rng);
        let scopes = SCOPES
            .into_iter()
            .filter(|scope| (*scope == "fairlead/profile.read" && scope_is_there) || rng.bool())
            .filter(|scope| *scope != "fairlead/profile.read" || scope_is_there)
            .collect();
        let (basis, _) = pick(rng, &BASES);
        let stated = Stated {
            tenant: mostly(rng, tenant, &TENANTS),
            name: purpose,
            basis: if rng.bool() { Basis::Consent } else { basis },
        };
        let consent = Consent {
            tenant: mostly(rng, tenant, &TENANTS),
            purpose: mostly(rng, purpose, &PURPOSES),
            decision: if likely(rng) {
                Decision::Granted
            } else {
                Decision::Withdrawn
            },
            valid_until: moment(rng),
        };
        Self {
            agreement: likely(rng).then(|| Agreed::of(rng, tenant, partner, purpose)),
            purpose: likely(rng).then_some(stated),
            record: if likely(rng) {
                Record::Live
            } else {
                pick(rng, &[Record::Locked, Record::Erased, Record::Unknown])
            },
            dealings: {
                let deals = |name: &&str| {
                    if *name == tenant {
                        likely(rng)
                    } else {
                        rng.bool()
                    }
                };
                TENANTS.into_iter().filter(deals).collect()
            },
            consent: likely(rng).then_some(consent),
            now: 1_768_467_600_000 + rng.i64(-1..=1),
            tenant,
            partner,
            scopes,
        }
    }

    /// What the policies say of it.
    pub(crate) fn rule(&self, policies: &Policies) -> Ruling {
        let agreement: Option<Agreement> = self.agreement.as_ref().map(|terms| read(terms.row()));
        let definition: Option<PurposeDefinition> = self.purpose.map(|stated| read(stated.row()));
        let purpose = self.purpose.map_or("newsletter", |stated| stated.name);
        let names = self.consent.map(|consent| {
            (
                consent.tenant.parse().unwrap(),
                consent.purpose.parse().unwrap(),
            )
        });
        let consent = self.consent.zip(names.as_ref());
        let consent = consent.map(|(consent, (tenant, purpose))| ConsentState {
            tenant,
            purpose,
            decision: match consent.decision {
                Decision::Granted => access::Decision::Granted,
                Decision::Withdrawn => access::Decision::Withdrawn,
            },
            valid_until: consent.valid_until.map(at),
        });
        let question = Question {
            partner: &self.partner.parse().unwrap(),
            tenant: &self.tenant.parse().unwrap(),
            scopes: &self
                .scopes
                .iter()
                .map(|scope| (*scope).to_owned())
                .collect(),
            agreement: agreement.as_ref(),
            purpose: &purpose.parse().unwrap(),
            definition: definition.as_ref(),
            person: self.record.person(),
            dealings: &self
                .dealings
                .iter()
                .map(|tenant| tenant.parse().unwrap())
                .collect(),
            consent,
            groups: &FieldGroup::ALL.into(),
            now: at(self.now),
        };
        decide(policies, &question)
    }
}

impl Agreed {
    fn of(
        rng: &mut Rng,
        tenant: &'static str,
        partner: &'static str,
        purpose: &'static str,
    ) -> Self {
        let mut terms = BTreeMap::new();
        for name in PURPOSES {
            let groups: BTreeSet<_> = FieldGroup::ALL.into_iter().filter(|_| rng.bool()).collect();
            let is_covered = if name == purpose {
                likely(rng)
            } else {
                rng.bool()
            };
            if is_covered && !groups.is_empty() {
                terms.insert(name, groups);
            }
        }
        // An agreement on nothing is none, so that one on something else stands for it.
        if terms.is_empty() {
            terms.insert("postal-marketing", FieldGroup::ALL.into());
        }
        Self {
            tenant: mostly(rng, tenant, &TENANTS),
            partner: mostly(rng, partner, &PARTNERS),
            terms,
            valid_until: moment(rng),
        }
    }

    fn row(&self) -> Value {
        let mut row = json!({
            "tenant": self.tenant,
            "part": "agreement#agreement",
            "partner": self.partner,
            "terms": self.terms,
        });
        if let (Value::Object(row), Some(until)) = (&mut row, self.valid_until) {
            row.insert("valid_until".to_owned(), json!(at(until)));
        }
        row
    }
}

impl Stated {
    fn row(self) -> Value {
        let basis = BASES.into_iter().find(|(basis, _)| *basis == self.basis);
        json!({
            "tenant": self.tenant,
            "part": format!("purpose#{}", self.name),
            "display_name": self.name,
            "legal_basis": basis.map(|(_, name)| name),
            "text_versions": ["2026-01"],
        })
    }
}

impl Record {
    fn person(self) -> Person {
        let id: ProfileId = format!("prf_{:032x}", 7).parse().unwrap();
        match self {
            Self::Live => Person::Live(id),
            Self::Locked => Person::Locked(id),
            Self::Erased => Person::Erased(id),
            Self::Unknown => Person::Unknown,
        }
    }
}

fn read<T: serde::de::DeserializeOwned>(row: Value) -> T {
    serde_json::from_value(row).unwrap()
}

fn at(millisecond: i64) -> Timestamp {
    Timestamp::from_millisecond(millisecond).unwrap()
}

fn likely(rng: &mut Rng) -> bool {
    rng.u8(..10) > 0
}

fn pick<T: Copy>(rng: &mut Rng, from: &[T]) -> T {
    *rng.choice(from).unwrap()
}

fn mostly(rng: &mut Rng, right: &'static str, from: &[&'static str]) -> &'static str {
    if likely(rng) { right } else { pick(rng, from) }
}

/// No end, or one just before, at, or just after the decision, or long after it.
fn moment(rng: &mut Rng) -> Option<i64> {
    let around = 1_768_467_600_000 + rng.i64(-1..=2);
    let later = around + 3_600_000;
    pick(rng, &[None, None, Some(around), Some(later), Some(later)])
}
