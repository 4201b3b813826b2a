use serde_json::{Value, json};
use testkit::{Service, World};

use crate::{FLOWS, app, operator, problem, request, see, send};

const HOLIDAYS: &str = "fairlead-simulated-salesforce-holiday-changes";
const OUTCOMES: &str = "fairlead-simulated-salesforce-outcomes";

/// How far mending a flow is, as salesforce-flow-repair keeps it.
fn put(world: &World, flow: &str, rest: &Value) {
    let mut row = json!({ "kind": "flow", "record_id": flow, "version": 3 });
    let members = rest.as_object().unwrap().clone();
    row.as_object_mut().unwrap().extend(members);
    world.put_row("config", row);
}

fn flow<'a>(flows: &'a Value, name: &str) -> &'a Value {
    let mut flows = flows["flows"].as_array().unwrap().iter();
    flows.find(|flow| flow["flow"] == name).unwrap()
}

#[test]
fn flows_of_which_there_is_no_row_are_well_and_the_counts_come_last() {
    let world = World::new(1);
    let flows = see(&world, FLOWS, None);
    let told = flows["flows"].as_array().unwrap().iter();
    let told: Vec<_> = told
        .map(|flow| (flow["way"].as_str().unwrap(), &flow["state"]))
        .collect();
    let well = json!("well");
    assert_eq!(told, ["in", "in", "out", "both"].map(|way| (way, &well)));
    let holidays = flow(&flows, HOLIDAYS);
    assert_eq!(
        (&holidays["tried"], &holidays["repairs"]),
        (&json!([]), &json!([]))
    );
    assert_eq!(holidays.get("since"), None);
}

#[test]
fn a_flow_that_is_being_mended_says_why_what_was_done_and_what_comes_next() {
    let world = World::new(1);
    put(
        &world,
        HOLIDAYS,
        &json!({
            "state": "mending", "since": "2026-01-15T08:50:00Z", "cause": "deactivated", "tries": 2,
            "tried": ["start", "update"], "acted_at": "2026-01-15T08:51:00Z",
            "next_try_at": "2026-01-15T08:53:00Z", "told": false,
        }),
    );
    let flows = see(&world, FLOWS, None);
    let holidays = flow(&flows, HOLIDAYS);
    for (member, value) in [
        ("state", json!("mending")),
        ("since", json!("2026-01-15T08:50:00Z")),
        ("cause", json!("deactivated")),
        ("tries", json!(2)),
        ("tried", json!(["start", "update"])),
        ("acted_at", json!("2026-01-15T08:51:00Z")),
        ("next_try_at", json!("2026-01-15T08:53:00Z")),
        ("next", json!(["sign-in", "update", "start"])),
        ("people_told", json!(false)),
    ] {
        assert_eq!(holidays[member], value, "{member}");
    }
}

#[test]
fn what_was_given_up_and_what_was_repaired_of_late_is_told_the_newest_first() {
    let world = World::new(1);
    let repair = |day: u8, cause: &str| {
        json!({
            "since": format!("2026-01-{day:02}T03:10:00Z"), "until": format!("2026-01-{day:02}T03:16:00Z"),
            "cause": cause, "tries": 1, "tried": ["start"], "told": false,
        })
    };
    put(
        &world,
        OUTCOMES,
        &json!({
            "state": "open", "since": "2026-01-15T08:00:00Z", "cause": "credentials", "tries": 4,
            "tried": ["sign-in", "start"], "told": true,
            "repairs": [repair(12, "deactivated"), repair(13, "throttled")],
        }),
    );
    put(
        &world,
        HOLIDAYS,
        &json!({ "state": "well", "since": "2026-01-15T08:00:00Z", "cause": "errored", "tries": 1, "untold": "well-again", "told": true }),
    );
    let flows = see(&world, FLOWS, None);
    let outcomes = flow(&flows, OUTCOMES);
    assert_eq!(
        (&outcomes["state"], &outcomes["people_told"]),
        (&json!("given-up"), &json!(true))
    );
    let repairs = outcomes["repairs"].as_array().unwrap().iter();
    let causes: Vec<_> = repairs
        .map(|repair| repair["cause"].as_str().unwrap())
        .collect();
    assert_eq!(causes, ["throttled", "deactivated"]);
    let holidays = flow(&flows, HOLIDAYS);
    assert_eq!(
        (&holidays["state"], holidays.get("cause")),
        (&json!("well"), None)
    );
}

#[test]
fn nothing_but_the_rows_of_flows_is_read_and_a_table_that_is_down_is_said() {
    let world = World::new(1);
    let (app, request) = (app(&world), request(&operator(&world), FLOWS, None));
    send(&world, &app, &request);
    let calls = world.trace().into_iter();
    let read: Vec<_> = calls
        .filter(|traced| traced.call.service == Service::DynamoDb)
        .collect();
    assert_eq!(read.len(), 1);
    let keys = &read[0].call.input["RequestItems"]["config"]["Keys"];
    let keys = keys.as_array().unwrap();
    assert_eq!(keys.len(), 4);
    assert!(
        keys.iter().all(|key| key["kind"]["S"] == "flow"),
        "{keys:?}"
    );
    world.faults().down(Service::DynamoDb);
    assert_eq!(problem(&send(&world, &app, &request)), (503, "unavailable"));
}
