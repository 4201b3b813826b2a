use serde_json::{Value, json};
use testkit::{Call, Fault, World};

use crate::{
    ERASED, JANE, JESS, JOAN, MERGED, agree, assert_problem, body, by_id, receipts, request, send,
    world,
};

/// A world in which the chandlery may read the timeline for the newsletter.
fn agreed() -> World {
    let world = world(1);
    let terms = json!({ "terms": { "newsletter": ["names", "events"] } });
    agree(&world, "letters", &terms);
    let member = json!({ "profile_id": JANE, "part": format!("member#{MERGED}") });
    world.put_row("profiles", member);
    world
}

/// An entry of somebody's timeline.
fn tell(world: &World, id: &str, tenant: &str, minute: usize, note: &str) {
    let time = format!("2026-01-10T{:02}:{:02}:00.000Z", minute / 60, minute % 60);
    let event = json!({
        "specversion": "1.0", "id": minute.to_string(), "source": "/shops/17", "type": "placed.v1",
        "data": { "note": note },
    });
    world.put_row(
        "profiles",
        json!({
            "profile_id": id, "part": format!("event#{tenant}#{time}#{minute:043}"),
            "tenant": tenant, "partner": "crm", "source": "/shops/17",
            "id": minute.to_string(), "type": "placed.v1", "time": time, "accepted_at": time,
            "body": event.to_string(), "purge_at": 1_800_000_000,
        }),
    );
}

fn ask(world: &World, id: &str, cursor: Option<&str>) -> Value {
    let mut asked = request(world, "GET /v1/profiles/{profile_id}/events");
    asked["pathParameters"] = json!({ "profile_id": id });
    asked["queryStringParameters"] = cursor.map(|cursor| json!({ "cursor": cursor })).into();
    send(world, &asked)
}

fn ids(page: &Value) -> Vec<String> {
    let events = page["events"].as_array().unwrap().iter();
    events
        .map(|event| event["id"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_partner_reads_the_tenants_timeline_of_all_members_the_newest_first_with_a_receipt() {
    let world = agreed();
    tell(&world, JANE, "harbour", 1, "first");
    tell(&world, MERGED, "harbour", 2, "second");
    tell(&world, JANE, "harbour", 3, "third");
    tell(&world, JANE, "airport", 4, "of another tenant");
    tell(&world, JOAN, "harbour", 5, "of another person");
    let answer = ask(&world, MERGED, None);
    assert_eq!(answer["statusCode"], 200, "{answer}");
    let page = body(&answer);
    assert_eq!(page["profile_id"], JANE);
    assert_eq!(ids(&page), ["3", "2", "1"]);
    assert_eq!(page["events"][0]["event"]["data"]["note"], "third");
    assert_eq!(page.get("next"), None);
    let receipts = receipts(&world);
    assert_eq!(receipts.len(), 1);
    assert_eq!(receipts[0]["allowed"], json!(["events"]));
    assert_eq!(
        answer["headers"]["fairlead-receipt"],
        receipts[0]["receipt_id"]
    );
    assert_eq!(page["receipt_id"], receipts[0]["receipt_id"]);
}

#[test]
fn a_long_timeline_comes_in_pages_and_misses_nothing() {
    let world = agreed();
    for minute in 0..130 {
        let member = if minute % 3 == 0 { MERGED } else { JANE };
        tell(&world, member, "harbour", minute, "a");
    }
    let mut told = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let page = body(&ask(&world, JANE, cursor.as_deref()));
        assert!(ids(&page).len() <= 25);
        told.extend(ids(&page));
        cursor = page["next"].as_str().map(str::to_owned);
        if cursor.is_none() {
            break;
        }
    }
    let all: Vec<String> = (0..130).rev().map(|minute| minute.to_string()).collect();
    assert_eq!(told, all);
}

#[test]
fn heavy_entries_come_in_smaller_pages() {
    let world = agreed();
    let heavy = "x".repeat(290 * 1024);
    for minute in 0..12 {
        tell(&world, JANE, "harbour", minute, &heavy);
    }
    let mut told = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let answer = ask(&world, JANE, cursor.as_deref());
        assert!(answer["body"].as_str().unwrap().len() < 5 * 1024 * 1024);
        told.extend(ids(&body(&answer)));
        cursor = body(&answer)["next"].as_str().map(str::to_owned);
        if cursor.is_none() {
            break;
        }
    }
    let all: Vec<String> = (0..12).rev().map(|minute| minute.to_string()).collect();
    assert_eq!(told, all);
}

#[test]
fn without_agreement_or_consent_nothing_is_told() {
    let world = world(1);
    tell(&world, JANE, "harbour", 1, "canary");
    tell(&world, JOAN, "harbour", 2, "canary");
    let refused = ask(&world, JANE, None);
    assert_problem(&refused, 403, "not-permitted", None);
    assert_eq!(body(&refused)["reason"], "group-not-in-agreement");
    let world = agreed();
    tell(&world, JOAN, "harbour", 2, "canary");
    let refused = ask(&world, JOAN, None);
    assert_problem(&refused, 403, "not-permitted", None);
    assert_eq!(body(&refused)["reason"], "consent-withdrawn");
    for stranger in [JESS, ERASED] {
        let nobody = ask(&world, stranger, None);
        assert_problem(&nobody, 404, "no-such-person", None);
    }
    assert_eq!(receipts(&world).len(), 3);
}

#[test]
fn nothing_is_told_of_which_no_receipt_can_be_written() {
    let world = agreed();
    tell(&world, JANE, "harbour", 1, "canary");
    world
        .faults()
        .always(Fault::Unavailable, |call: &Call| call.is_table_write());
    let answer = ask(&world, JANE, None);
    assert_problem(&answer, 503, "unavailable", None);
}

#[test]
fn what_is_no_place_is_refused() {
    let world = agreed();
    let answer = ask(&world, JANE, Some("no place"));
    assert_problem(&answer, 400, "invalid-parameter", Some("cursor"));
}

#[test]
fn a_read_of_fields_does_not_ask_for_the_timeline() {
    let world = agreed();
    let answer = send(&world, &by_id(&world, JANE));
    assert_eq!(body(&answer)["withheld"], json!([]));
    assert_eq!(receipts(&world)[0]["allowed"], json!(["names"]));
    let mut asked = by_id(&world, JANE);
    asked["queryStringParameters"] = json!({ "fields": "events" });
    assert_problem(&send(&world, &asked), 400, "invalid-field", Some("fields"));
}
