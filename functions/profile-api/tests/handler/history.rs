use std::time::Duration;

use event::Cause;
use lambda_kit::aws::CallBudget;
use profile::{Grounds, Merger};
use serde_json::{Value, json};
use testkit::{Call, Fault, World};

use crate::{
    GRANTED, JANE, JOAN, WITHDRAWN, assert_problem, body, claims, consent, outbox, send, standing,
    world,
};

fn history(answer: &Value) -> Vec<Value> {
    body(answer)["history"].as_array().unwrap().clone()
}

fn by_joan(mut request: Value) -> Value {
    claims(&mut request)["fairlead:profile"] = JOAN.into();
    request
}

/// Who decided how, as Jane and Joan see it, the latest first.
fn seen(world: &World) -> [Vec<(String, String)>; 2] {
    [standing("newsletter"), by_joan(standing("newsletter"))].map(|request| {
        let told = history(&send(world, &request)).into_iter();
        told.map(|each| {
            let text = |name: &str| each[name].as_str().unwrap().to_owned();
            (text("profile_id"), text("decision"))
        })
        .collect()
    })
}

#[test]
fn every_decision_is_kept_with_its_evidence_the_latest_first() {
    let world = world(1);
    send(
        &world,
        &consent("newsletter", &GRANTED.replace('}', r#","language":"de"}"#)),
    );
    world.advance(Duration::from_mins(1));
    send(&world, &consent("newsletter", WITHDRAWN));
    let answer = send(&world, &standing("newsletter"));
    let [withdrawn, granted] = history(&answer).try_into().unwrap();
    let id = granted["decision_id"].as_str().unwrap();
    assert!(id.starts_with("dec_") && id.len() == 36, "{id}");
    assert_eq!(
        granted,
        json!({
            "decision_id": id,
            "schema_version": "fairlead.consent/1",
            "profile_id": JANE,
            "tenant": "harbour",
            "purpose": "newsletter",
            "legal_basis": "consent",
            "decision": "granted",
            "text_version": "2026-01",
            "language": "de",
            "surface": "self-service",
            "decided_at": "2026-01-15T09:00:00Z",
            "expires_at": "2026-01-20T09:00:00Z",
            "withdrawal_method": "self-service",
            "version": 1,
            "request_id": "request-1",
        })
    );
    assert_eq!(withdrawn["decision"], "withdrawn");
    assert_eq!(withdrawn["decided_at"], "2026-01-15T09:01:00Z");
    assert_eq!(body(&answer)["state"], "withdrawn");
    let told: Vec<_> = outbox(&world)
        .iter()
        .map(|event| event["data"]["decision_id"].clone())
        .collect();
    assert!(told.contains(&granted["decision_id"]) && told.contains(&withdrawn["decision_id"]));
}

#[test]
fn a_history_is_of_one_person_one_tenant_and_one_purpose() {
    let world = world(1);
    send(&world, &consent("account-notices", GRANTED));
    send(&world, &consent("newsletter", GRANTED));
    assert_eq!(history(&send(&world, &standing("newsletter"))).len(), 1);
    for (claim, other) in [("fairlead:tenant", "airport"), ("fairlead:profile", JOAN)] {
        let mut elsewhere = standing("account-notices");
        claims(&mut elsewhere)[claim] = other.into();
        assert_eq!(history(&send(&world, &elsewhere)), Vec::<Value>::new());
    }
}

#[test]
fn after_a_merge_the_history_is_of_all_members_and_a_split_takes_back_what_is_theirs() {
    let world = world(1);
    let decided = |who: &str, ruling: &str| (who.to_owned(), ruling.to_owned());
    let (by_jane, first, second) = (
        decided(JANE, "granted"),
        decided(JOAN, "granted"),
        decided(JOAN, "withdrawn"),
    );
    send(&world, &consent("newsletter", GRANTED));
    world.advance(Duration::from_mins(1));
    send(&world, &by_joan(consent("newsletter", GRANTED)));
    assert_eq!(seen(&world), [vec![by_jane.clone()], vec![first.clone()]]);
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let merger = Merger::new(&sdk, "profiles", "identifiers", world.clock(), world.ids());
    let cause = Cause {
        request_id: "an operator's".to_owned(),
    };
    let (jane, joan) = (JANE.parse().unwrap(), JOAN.parse().unwrap());
    let joined = merger.join(jane, joan, &Grounds::Operator, &cause);
    let joined = world.block_on(joined).unwrap();
    world.advance(Duration::from_mins(1));
    send(&world, &by_joan(consent("newsletter", WITHDRAWN)));
    let all = vec![second.clone(), first.clone(), by_jane.clone()];
    assert_eq!(seen(&world), [all.clone(), all]);
    let parted = merger.split(joined.profile_id, joined.merge_id.unwrap(), &cause);
    world.block_on(parted).unwrap();
    assert_eq!(seen(&world), [vec![by_jane], vec![second, first]]);
}

#[test]
fn of_a_person_of_many_members_a_page_tells_of_some_and_the_next_of_the_others() {
    let world = world(1);
    send(&world, &by_joan(consent("newsletter", GRANTED)));
    let rows = world.rows("profiles").into_iter();
    let mut decisions = rows.filter(|row| row["part"].as_str().unwrap().starts_with("decision#"));
    let decision = decisions.next().unwrap();
    for n in 0..30 {
        let member = format!("prf_0303030303037303830303030303{n:04}");
        let mut theirs = decision.clone();
        theirs["profile_id"] = member.as_str().into();
        world.put_row("profiles", theirs);
        let part = format!("member#{member}");
        world.put_row("profiles", json!({ "profile_id": JANE, "part": part }));
    }
    let first = send(&world, &standing("newsletter"));
    let mut request = standing("newsletter");
    request["queryStringParameters"] = json!({ "cursor": body(&first)["next"] });
    let second = send(&world, &request);
    assert_eq!(body(&second).get("next"), None);
    let counts = [&first, &second].map(|page| history(page).len());
    assert_eq!(counts, [25, 5]);
    let mut members: Vec<String> = [&first, &second]
        .into_iter()
        .flat_map(history)
        .map(|each| each["profile_id"].as_str().unwrap().to_owned())
        .collect();
    members.sort_unstable();
    members.dedup();
    assert_eq!(members.len(), 30);
    request["queryStringParameters"] = json!({ "cursor": "here" });
    let refused = send(&world, &request);
    assert_problem(&refused, 400, "invalid-parameter", Some("cursor"));
}

#[test]
fn a_decision_that_says_nothing_new_and_one_that_fails_leave_no_trace() {
    let world = world(1);
    send(&world, &consent("newsletter", GRANTED));
    send(&world, &consent("newsletter", GRANTED));
    world
        .faults()
        .always(Fault::Unavailable, Call::is_table_write);
    send(&world, &consent("newsletter", WITHDRAWN));
    world.faults().heal();
    assert_eq!(history(&send(&world, &standing("newsletter"))).len(), 1);
}

#[test]
fn a_long_history_is_told_from_its_latest_hundred() {
    let world = world(1);
    for _ in 0..51 {
        for decision in [GRANTED, WITHDRAWN] {
            send(&world, &consent("account-notices", decision));
            world.advance(Duration::from_millis(2));
        }
    }
    let versions: Vec<_> = history(&send(&world, &standing("account-notices")))
        .iter()
        .map(|each| each["version"].as_u64().unwrap())
        .collect();
    assert_eq!(versions, (3..=102).rev().collect::<Vec<_>>());
}
