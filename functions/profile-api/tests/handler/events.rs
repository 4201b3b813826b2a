use serde_json::{Value, json};
use testkit::World;

use crate::{JANE, JOAN, assert_problem, body, claims, request, send, world};

/// An entry of somebody's timeline.
fn tell(world: &World, id: &str, tenant: &str, day: u8) {
    let time = format!("2026-01-{day:02}T09:00:00.000Z");
    let event = json!({ "specversion": "1.0", "id": day.to_string(), "data": { "day": day } });
    world.put_row(
        "profiles",
        json!({
            "profile_id": id, "part": format!("event#{tenant}#{time}#{day:043}"), "tenant": tenant,
            "partner": "crm", "source": "/shops/17", "id": day.to_string(), "type": "placed.v1",
            "time": time, "accepted_at": time, "body": event.to_string(), "purge_at": 1_800_000_000,
        }),
    );
}

fn ids(page: &Value) -> Vec<&str> {
    let events = page["events"].as_array().unwrap().iter();
    events.map(|event| event["id"].as_str().unwrap()).collect()
}

#[test]
fn a_person_reads_what_partners_of_their_tenant_told_of_them_the_newest_first() {
    let world = world(1);
    tell(&world, JANE, "harbour", 3);
    tell(&world, JANE, "harbour", 9);
    tell(&world, JANE, "airport", 5);
    tell(&world, JOAN, "harbour", 7);
    let answer = send(&world, &request("GET /v1/me/events"));
    assert_eq!(answer["statusCode"], 200, "{answer}");
    let page = body(&answer);
    assert_eq!(page["tenant"], "harbour");
    assert_eq!(ids(&page), ["9", "3"]);
    assert_eq!(page["events"][0]["event"]["data"]["day"], 9);
    assert_eq!(page.get("next"), None);
}

#[test]
fn a_long_timeline_goes_on_where_the_page_before_ended() {
    let world = world(1);
    for day in 1..=30 {
        tell(&world, JANE, "harbour", day);
    }
    let first = body(&send(&world, &request("GET /v1/me/events")));
    assert_eq!(ids(&first).len(), 25);
    let mut second = request("GET /v1/me/events");
    second["queryStringParameters"] = json!({ "cursor": first["next"] });
    let second = body(&send(&world, &second));
    assert_eq!(ids(&second), ["5", "4", "3", "2", "1"]);
}

#[test]
fn without_a_tenant_or_with_no_place_it_is_refused() {
    let world = world(1);
    let mut nowhere = request("GET /v1/me/events");
    nowhere["queryStringParameters"] = json!({ "cursor": "no place" });
    let refused = send(&world, &nowhere);
    assert_problem(&refused, 400, "invalid-parameter", Some("cursor"));
    let mut homeless = request("GET /v1/me/events");
    claims(&mut homeless)
        .as_object_mut()
        .unwrap()
        .remove("fairlead:tenant");
    let refused = send(&world, &homeless);
    assert_problem(&refused, 403, "no-tenant-in-token", None);
}

#[test]
fn of_a_person_of_very_many_members_no_event_is_left_out() {
    let world = world(1);
    let member = |n: usize| format!("prf_019bc10dd4807000{n:016x}");
    for n in 0..300 {
        let row = json!({ "profile_id": JANE, "part": format!("member#{}", member(n)) });
        world.put_row("profiles", row);
    }
    tell(&world, JANE, "harbour", 30);
    for day in 1..=28 {
        tell(&world, &member(299), "harbour", day);
    }
    let (mut told, mut pages) = (Vec::new(), 0);
    let mut cursor = Value::Null;
    loop {
        let mut asked = request("GET /v1/me/events");
        if !cursor.is_null() {
            asked["queryStringParameters"] = json!({ "cursor": cursor });
        }
        let page = body(&send(&world, &asked));
        told.extend(ids(&page).into_iter().map(str::to_owned));
        pages += 1;
        cursor = page["next"].clone();
        if cursor.is_null() {
            break;
        }
    }
    let all: Vec<String> = [30]
        .into_iter()
        .chain((1..=28).rev())
        .map(|day: u8| day.to_string())
        .collect();
    assert_eq!((told, pages), (all, 3));
}
