//! How much time a decision on all three groups takes, with the projection of the profile. The last
//! line is the figure.
#![allow(
    clippy::unwrap_used,
    reason = "a measurement stops where something is not as it says"
)]

use std::{collections::BTreeSet, hint::black_box, time::Instant};

use access::{ConsentState, Decision, Person, Policies, Question, ReceiptWriter, decide};
use jiff::Timestamp;
use lambda_kit::aws::CallBudget;
use profile::Profile;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tenancy::{Agreement, FieldGroup, PurposeDefinition};
use testkit::World;

const ROUNDS: usize = 20_000;

fn main() {
    let start = Instant::now();
    let policies = Policies::embedded().unwrap();
    let parsed = start.elapsed();

    let now: Timestamp = "2026-01-15T09:00:00Z".parse().unwrap();
    let (agreement, definition) = directory();
    let profile = profile(now);
    let question = Question {
        partner: agreement.partner(),
        tenant: agreement.tenant(),
        scopes: &BTreeSet::from(["fairlead/profile.read".to_owned()]),
        agreement: Some(&agreement),
        purpose: definition.purpose(),
        definition: Some(&definition),
        person: Person::Live(profile.profile_id),
        dealings: &BTreeSet::from([agreement.tenant().clone()]),
        consent: Some(ConsentState {
            tenant: agreement.tenant(),
            purpose: definition.purpose(),
            decision: Decision::Granted,
            valid_until: None,
        }),
        groups: &FieldGroup::OF_PROFILE.into(),
        now,
    };
    let world = World::new(1);
    let writer = ReceiptWriter::new(&world.sdk_config(&CallBudget::HTTP), "receipts");
    let receipt = decide(policies, &question).receipt(&world.ids(), None, "request");
    let recorded = world.block_on(writer.record(receipt)).unwrap();

    let mut took = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        black_box(decide(policies, black_box(&question)));
        let projection = recorded.project(black_box(&profile)).unwrap();
        black_box(serde_json::to_string(&projection).unwrap());
        took.push(start.elapsed());
    }
    took.sort_unstable();
    let micros = |percent: usize| took.get(ROUNDS * percent / 100).unwrap().as_secs_f64() * 1e6;
    println!(
        "parsing the policies, once: {:.0} µs",
        parsed.as_secs_f64() * 1e6
    );
    println!(
        "a decision on three groups with its projection: p50 {:.1} µs, p99 {:.1} µs",
        micros(50),
        micros(99)
    );
}

fn directory() -> (Agreement, PurposeDefinition) {
    let agreement = read(json!({
        "tenant": "harbour",
        "part": "agreement#letters",
        "partner": "chandlery",
        "terms": { "newsletter": ["names", "contacts"], "survey": ["demographics"] },
        "valid_until": "2027-01-01T00:00:00Z",
    }));
    let definition = read(json!({
        "tenant": "harbour",
        "part": "purpose#newsletter",
        "display_name": "Newsletter",
        "legal_basis": "consent",
        "text_versions": ["2026-01"],
    }));
    (agreement, definition)
}

fn profile(now: Timestamp) -> Profile {
    let field = |value: &str| json!({ "value": value, "at": now, "source": "login" });
    read(json!({
        "profile_id": format!("prf_{:032x}", 7),
        "part": "profile",
        "version": 1,
        "fields": { "email": field("a@example.com"), "given_name": field("A"), "locale": field("de") },
        "created_at": now,
        "updated_at": now,
        "last_request": "an earlier request",
    }))
}

fn read<T: DeserializeOwned>(row: Value) -> T {
    serde_json::from_value(row).unwrap()
}
