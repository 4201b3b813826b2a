use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Fault, Service, World};

use crate::{HOUSE, app, asked, operator, problem, request, see, send};

const FUNCTION: &str = "fairlead-simulated-event-router";
const QUEUE: &str = "fairlead-simulated-events-in";
const RULE: &str = "fairlead-simulated fairlead-simulated-events-announced";

/// A part of what was answered.
fn part<'a>(house: &'a Value, id: &str) -> &'a Value {
    let mut parts = house["parts"].as_array().unwrap().iter();
    parts.find(|part| part["part"] == id).unwrap()
}

fn count(world: &World, metric: (&str, &str), of: &str, minutes_ago: u64, value: f64) {
    let ago = Duration::from_mins(minutes_ago);
    world
        .engines()
        .put_metric(metric, of, world.clock().now() - ago, value);
}

#[test]
fn each_part_has_the_figures_that_cloudwatch_has_and_no_others() {
    let world = World::new(1);
    count(&world, ("AWS/Lambda", "Invocations"), FUNCTION, 1, 3.0);
    count(&world, ("AWS/Lambda", "Invocations"), FUNCTION, 41, 4.0);
    count(&world, ("AWS/Lambda", "Invocations"), FUNCTION, 400, 50.0);
    count(&world, ("AWS/Lambda", "Errors"), FUNCTION, 1, 0.0);
    for (metric, value) in [
        ("NumberOfMessagesSent", 5.0),
        ("NumberOfMessagesDeleted", 4.0),
        ("ApproximateNumberOfMessagesVisible", 1.0),
        ("ApproximateAgeOfOldestMessage", 95.0),
    ] {
        count(&world, ("AWS/SQS", metric), QUEUE, 2, value);
    }
    count(
        &world,
        ("AWS/SQS", "ApproximateAgeOfOldestMessage"),
        QUEUE,
        30,
        900.0,
    );
    count(&world, ("AWS/Events", "MatchedEvents"), RULE, 3, 7.0);
    count(&world, ("AWS/Events", "FailedInvocations"), RULE, 3, 2.0);
    let house = see(&world, HOUSE, None);
    assert_eq!(house["from"], "2026-01-15T08:05:00Z");
    assert_eq!(house["to"], "2026-01-15T09:05:00Z");
    let function = part(&house, "function/event-router");
    assert_eq!(
        (&function["through"], &function["errors"]),
        (&json!(7), &json!(0))
    );
    assert_eq!(function.get("throttles"), None, "it has no such figure");
    let steps = function["series"]["through"].as_array().unwrap();
    assert_eq!(steps.len(), 12);
    assert_eq!(
        (&steps[2], &steps[3], &steps[10]),
        (&json!(4), &Value::Null, &json!(3))
    );
    let queue = part(&house, "queue/events-in");
    for (figure, value) in [
        ("through", 5),
        ("done", 4),
        ("waiting", 1),
        ("oldest_seconds", 95),
    ] {
        assert_eq!(queue[figure], value, "{figure}");
    }
    assert_eq!(queue["feeds"], json!(["function/event-router"]));
    assert_eq!(queue["dead_letters"], "dead-letters/events-in-dead-letters");
    let rule = part(&house, "rule/events-announced");
    assert_eq!((&rule["matched"], &rule["errors"]), (&json!(7), &json!(2)));
    let table = part(&house, "table/profiles");
    assert_eq!((&table["series"], table.get("through")), (&json!({}), None));
}

#[test]
fn a_day_is_in_steps_of_an_hour() {
    let world = World::new(1);
    count(&world, ("AWS/Lambda", "Invocations"), FUNCTION, 400, 50.0);
    count(
        &world,
        ("AWS/Lambda", "Invocations"),
        FUNCTION,
        30 * 60,
        1.0,
    );
    let house = see(&world, HOUSE, Some("24h"));
    assert_eq!(
        (&house["step_seconds"], &house["from"]),
        (&json!(3_600), &json!("2026-01-14T10:00:00Z"))
    );
    let function = part(&house, "function/event-router");
    assert_eq!(function["through"], 50);
    assert_eq!(function["series"]["through"].as_array().unwrap().len(), 24);
}

#[test]
fn a_rule_on_a_bus_that_is_named_when_it_is_deployed_is_counted_by_that_name() {
    let world = World::new(1);
    let bus = "aws.partner/appflow/salesforce.com/111122223333/fairlead-simulated";
    let rule = format!("{bus} fairlead-simulated-salesforce-changes");
    count(&world, ("AWS/Events", "MatchedEvents"), &rule, 1, 3.0);
    let house = see(&world, HOUSE, None);
    assert_eq!(part(&house, "rule/salesforce-changes")["matched"], 3);
}

#[test]
fn figures_are_told_again_for_a_minute_and_all_are_asked_for_at_once() {
    let world = World::new(1);
    let (app, operator) = (app(&world), operator(&world));
    let house = request(&operator, HOUSE, None);
    let (_, first) = send(&world, &app, &house);
    let calls = asked(&world);
    assert!(calls <= 2, "two pages of one request, not {calls}");
    world.advance(Duration::from_secs(50));
    assert_eq!(send(&world, &app, &house).1, first);
    assert_eq!(asked(&world), calls);
    send(&world, &app, &request(&operator, HOUSE, Some("24h")));
    assert_eq!(asked(&world), 2 * calls, "another time is another question");
    world.advance(Duration::from_secs(11));
    let (_, later) = send(&world, &app, &house);
    assert_ne!(later["as_of"], first["as_of"]);
    assert_eq!(asked(&world), 3 * calls);
}

#[test]
fn what_fails_in_passing_is_asked_again_and_what_stays_broken_is_said_and_not_kept() {
    for fault in Fault::FAILURES {
        let world = World::new(1);
        if fault == Fault::Throttle {
            continue;
        }
        world
            .faults()
            .once(fault, |call| call.service == Service::CloudWatch);
        see(&world, HOUSE, None);
    }
    for fault in [Fault::Unavailable, Fault::Throttle] {
        let world = World::new(1);
        let (app, request) = (app(&world), request(&operator(&world), HOUSE, None));
        world
            .faults()
            .always(fault, |call| call.service == Service::CloudWatch);
        assert_eq!(problem(&send(&world, &app, &request)), (503, "unavailable"));
        world.faults().heal();
        assert_eq!(send(&world, &app, &request).0, 200);
    }
}
