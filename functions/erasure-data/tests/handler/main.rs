//! Much is erased, in little time, on simulated AWS.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::time::Duration;

use erasure_data::{App, handle};
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json, value::to_raw_value};
use testkit::World;

const ERASURE: &str = "era_5f0c9a1e7b3d4c6a9e21d84b7f31a0c2";
const PERSON: &str = "prf_019bc0e2128070000000000000000001";
const OTHER: &str = "prf_019bc0e2128070000000000000000002";
const PARTING: &str = "parting#mrg_019ba6eb580070008000000000000001";
const MANY: usize = 250;

/// A person whose logins are gone, with many identifiers, rows and receipts.
fn world(state: &str) -> World {
    let world = World::new(1);
    let erasure = json!({
        "erasure_id": ERASURE,
        "part": "erasure",
        "state": state,
        "profile_id": PERSON,
        "members": 1,
        "requested_at": "2026-01-12T09:00:00Z",
        "removal_at": "2026-01-15T09:00:00Z",
        "request_id": "request-1",
    });
    world.put_row("erasures", erasure);
    let member = format!("member#{PERSON}");
    world.put_row(
        "erasures",
        json!({ "erasure_id": ERASURE, "part": member, "profile_id": PERSON }),
    );
    let profile = json!({
        "profile_id": PERSON,
        "part": "profile",
        "closed": "erasing",
        "erasure_id": ERASURE,
        "fields": { "given_name": { "value": "Jane" } },
    });
    world.put_row("profiles", profile);
    world.put_row(
        "profiles",
        json!({ "profile_id": PERSON, "part": "outbox#evt_1", "event": "{}" }),
    );
    for n in 0..MANY {
        let key = format!("external#{n:064x}");
        let owned =
            json!({ "profile_id": PERSON, "part": format!("identifier#{key}"), "value": "C-17" });
        world.put_row("profiles", owned);
        let points =
            json!({ "identifier": key, "profile_id": PERSON, "member": PERSON, "verified": true });
        world.put_row("identifiers", points);
        for part in ["dataset-value#a#1#1", "consent#harbour"] {
            let row =
                json!({ "profile_id": PERSON, "part": format!("{part}#{n}"), "value": "Jane" });
            world.put_row("profiles", row);
        }
        let receipt =
            json!({ "profile_id": PERSON, "receipt_id": format!("rcp_{n}"), "reason": "Jane" });
        world.put_row("receipts", receipt);
    }
    world
}

/// A receipt of the other, by its hour on the day on which the two were one from eight to ten.
fn receipt(hour: &str) -> Value {
    let millis = match hour {
        "07" => "019ba6b46980",
        "09" => "019ba7224680",
        _ => "019ba7902380",
    };
    json!({
        "profile_id": OTHER,
        "receipt_id": format!("rcp_{millis}70008000000000000001"),
        "reason": "Jane",
        "tenant": "harbour",
        "partner": match hour {
            "07" => "seven",
            "09" => "nine",
            _ => "eleven",
        },
        "outcome": "partly",
    })
}

/// Which places' receipts are gone through, the person's own first.
fn disclosed(world: &World) -> Vec<Value> {
    let rows = world.rows("erasures").into_iter();
    rows.filter(|row| row["part"].as_str().unwrap().starts_with("disclosed#"))
        .collect()
}

/// The person was one with the other for two hours, in which a partner read of them under that one's
/// id, as it did before and afterwards.
fn split_off(world: &World) {
    let went_under = json!([{
        "profile_id": OTHER,
        "from": "2026-01-10T08:00:00Z",
        "until": "2026-01-10T10:00:00Z",
    }]);
    world.put_row(
        "profiles",
        json!({ "profile_id": PERSON, "part": PARTING, "survivor": OTHER, "went_under": went_under }),
    );
    for hour in ["07", "09", "11"] {
        world.put_row("receipts", receipt(hour));
    }
}

/// Which of the other's receipts still have a reason.
fn spoken(world: &World) -> Vec<bool> {
    let ids = ["07", "09", "11"].map(|hour| receipt(hour)["receipt_id"].clone());
    let rows = world.rows("receipts");
    let row = |id: &Value| rows.iter().find(|row| row["receipt_id"] == *id).unwrap();
    ids.iter()
        .map(|id| row(id).get("reason").is_some())
        .collect()
}

/// One call of the function, which may take `limit`.
fn call(world: &World, limit: Duration) -> Result<Value, String> {
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
    let event = to_raw_value(&json!({ "erasure_id": ERASURE })).unwrap();
    let invocation = world.invocation(limit);
    let progress = world.block_on(handle(&app, &event, invocation));
    progress
        .map(|progress| serde_json::to_value(progress).unwrap())
        .map_err(|error| error.to_string())
}

fn erasure(world: &World) -> Value {
    let mut rows = world.rows("erasures").into_iter();
    rows.find(|row| row["part"] == "erasure").unwrap()
}

fn counts(world: &World) -> [Value; 3] {
    ["identifiers", "records", "reasons"].map(|name| erasure(world)[name].clone())
}

fn is_gone(world: &World) {
    let parts: Vec<Value> = world.rows("profiles");
    let left: Vec<&Value> = parts
        .iter()
        .filter(|row| row["part"] == "profile")
        .collect();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0]["closed"], "erased");
    assert_eq!(left[0].get("fields"), None);
    let others = parts.iter().filter(|row| row["part"] != "profile");
    let others: Vec<&str> = others.map(|row| row["part"].as_str().unwrap()).collect();
    assert!(
        others.iter().all(|part| part.starts_with("outbox#")),
        "{others:?}"
    );
    assert!(others.contains(&"outbox#evt_1"), "an event was lost");
    assert!(
        world
            .rows("receipts")
            .iter()
            .all(|row| row.get("reason").is_none())
    );
    assert_eq!(world.rows("receipts").len(), MANY);
}

#[test]
fn all_of_it_goes_and_is_counted() {
    let world = world("erasing");
    let progress = call(&world, Duration::from_mins(1)).unwrap();
    assert_eq!(progress["done"], true);
    is_gone(&world);
    let marks = world.rows("identifiers");
    assert_eq!(marks.len(), MANY);
    for mark in marks {
        assert!(
            mark.get("erased_at").is_some() && mark.as_object().unwrap().len() == 2,
            "{mark}"
        );
    }
    assert_eq!(counts(&world), [json!(MANY), json!(2 * MANY), json!(MANY)]);
}

#[test]
fn without_time_for_all_it_says_so_and_goes_on_where_it_stopped() {
    let world = world("erasing");
    assert_eq!(call(&world, Duration::from_secs(1)).unwrap()["done"], false);
    assert_eq!(
        counts(&world).map(|count| count.as_u64().unwrap_or_default()),
        [0; 3]
    );
    assert_eq!(call(&world, Duration::from_mins(1)).unwrap()["done"], true);
    is_gone(&world);
    let before = world.rows("erasures");
    assert_eq!(call(&world, Duration::from_mins(1)).unwrap()["done"], true);
    assert_eq!(world.rows("erasures"), before);
}

#[test]
fn what_the_timeline_tells_of_goes_with_its_events_and_their_bodies() {
    let world = world("erasing");
    let digest = |n: usize| format!("{n:043}");
    for n in 0..30 {
        let part = format!("event#harbour#2026-01-10T09:00:00.000000000Z#{}", digest(n));
        let entry = json!({ "profile_id": PERSON, "part": part, "body": "Jane" });
        world.put_row("profiles", entry);
        let mut event =
            json!({ "event": format!("harbour#{}", digest(n)), "expires_at": 1_800_000_000 });
        if n % 10 == 0 {
            let key = format!("events/harbour/{}/abc", digest(n));
            event["body_key"] = key.clone().into();
            let kind = "application/cloudevents+json";
            world.engines().put_object("events", &key, kind, "Jane");
        } else {
            event["body"] = "Jane".into();
        }
        // Some lie for a partner too, even longer than their rows.
        if n % 4 == 0 {
            let key = format!("claims/harbour/{}/chandlery/abc", digest(n));
            let kind = "application/cloudevents+json";
            world.engines().put_object("claims", &key, kind, "Jane");
        }
        // Some have run out.
        if n % 3 != 0 || n % 10 == 0 {
            world.put_row("events", event);
        }
    }
    let others = json!({ "event": format!("airport#{}", digest(1)), "body": "Joan" });
    world.put_row("events", others.clone());
    let theirs = format!("claims/airport/{}/chandlery/abc", digest(4));
    let kind = "application/cloudevents+json";
    world.engines().put_object("claims", &theirs, kind, "Joan");
    assert_eq!(call(&world, Duration::from_mins(1)).unwrap()["done"], true);
    is_gone(&world);
    assert_eq!(world.rows("events"), [others]);
    assert_eq!(world.objects("events").len(), 0);
    let left = world.objects("claims");
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].key, theirs);
}

#[test]
fn what_was_refused_and_names_the_person_goes_and_what_names_others_stays() {
    let world = world("erasing");
    let refused = |n: usize, about: Option<&str>| {
        let mut row = json!({
            "sender": format!("harbour#{}", if n.is_multiple_of(2) { "crm" } else { "post" }),
            "rejected_id": format!("rej_{n:032x}"),
            "raw": "Jane",
        });
        row["about"] = about.into();
        if about.is_none() {
            row.as_object_mut().unwrap().remove("about");
        }
        row
    };
    for n in 0..30 {
        world.put_row("quarantine", refused(n, Some(PERSON)));
    }
    let others = [refused(30, Some(OTHER)), refused(32, None)];
    for row in &others {
        world.put_row("quarantine", row.clone());
    }
    let place = |id: &str, day: u32| format!("rejected/harbour/crm/rej_{id}/{day}");
    let mut large = refused(34, Some(PERSON));
    large["raw_key"] = place("22", 20469).into();
    world.put_row("quarantine", large);
    // It was refused on two days.
    for key in [place("22", 20468), place("22", 20469), place("222", 20468)] {
        let kind = "application/octet-stream";
        world.engines().put_object("events", &key, kind, "Jane");
    }
    assert_eq!(call(&world, Duration::from_mins(1)).unwrap()["done"], true);
    is_gone(&world);
    assert_eq!(world.rows("quarantine"), others);
    let left = world.objects("events");
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].key, place("222", 20468));
}

#[test]
fn what_somebody_else_proved_meanwhile_stays_theirs() {
    let world = world("erasing");
    let key = format!("external#{:064x}", 3);
    let theirs =
        json!({ "identifier": key, "profile_id": OTHER, "member": OTHER, "verified": true });
    world.put_row("identifiers", theirs.clone());
    assert_eq!(call(&world, Duration::from_mins(1)).unwrap()["done"], true);
    assert!(world.rows("identifiers").contains(&theirs));
    is_gone(&world);
}

#[test]
fn what_partners_wrote_while_the_person_was_one_with_another_goes_and_the_rest_stays() {
    let world = world("erasing");
    split_off(&world);
    // Cut off before anything is removed.
    assert_eq!(call(&world, Duration::from_secs(1)).unwrap()["done"], false);
    assert_eq!(spoken(&world), [true; 3]);
    assert_eq!(call(&world, Duration::from_mins(1)).unwrap()["done"], true);
    assert_eq!(spoken(&world), [true, false, true]);
    assert_eq!(
        counts(&world),
        [json!(MANY), json!(2 * MANY + 1), json!(MANY + 1)]
    );
    assert!(
        world
            .rows("profiles")
            .iter()
            .all(|row| row["part"] != PARTING)
    );
    let merge = PARTING.trim_start_matches("parting#");
    let rows = world.rows("erasures").into_iter();
    let trails = rows.filter(|row| row["part"] == format!("trail#{PERSON}#{merge}"));
    let trails: Vec<Value> = trails.collect();
    assert_eq!(trails.len(), 1);
    assert_eq!(trails[0]["went_under"][0]["profile_id"], OTHER);
    // Whom the person was given to under the other's id, and not whom the other was.
    let disclosed = disclosed(&world);
    assert_eq!(disclosed.len(), 2);
    assert_eq!(disclosed[0]["profile_id"], PERSON);
    assert_eq!(disclosed[0]["to"], json!([]));
    assert_eq!(disclosed[1]["shared"], trails[0]["went_under"][0]);
    assert_eq!(disclosed[1]["to"], json!(["harbour#nine"]));
}

#[test]
fn nothing_is_removed_out_of_turn() {
    for state in ["requested", "frozen", "withdrawn"] {
        let world = world(state);
        let before = world.rows("profiles");
        let error = call(&world, Duration::from_mins(1)).unwrap_err();
        assert_eq!(error, "the erasure is not at this step");
        assert_eq!(world.rows("profiles"), before, "{state}");
    }
}
