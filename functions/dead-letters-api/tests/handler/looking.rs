use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Call, Fault, World};

use crate::{
    LIST, QUEUE, all, announced, left, operator, problem, redrive, request, send, show, world,
};

fn listed(world: &World, queue: &str) -> Value {
    let list = request(&operator(world), LIST, "", &Value::Null);
    let (status, body) = send(world, &list);
    assert_eq!(status, 200, "{body}");
    let queues = body["queues"].as_array().unwrap();
    let found = queues.iter().find(|listed| listed["queue"] == queue);
    found.unwrap().clone()
}

#[test]
fn every_queue_is_listed_with_whose_work_it_was_and_how_much_lies_there() {
    let world = world(2);
    world.advance(Duration::from_mins(3 * 60 + 25));
    assert_eq!(
        listed(&world, QUEUE),
        json!({
            "queue": QUEUE,
            "purpose": "messages of events-in on which event-router failed each time",
            "function": "event-router",
            "filled_by": "queue",
            "goes_back_to": "events-in",
            "approximate_count": 2,
            "oldest_at": "2026-01-15T09:00:00Z",
            "oldest_age": "PT3H25M",
        })
    );
    assert_eq!(
        listed(&world, "parking"),
        json!({
            "queue": "parking",
            "purpose": "changes that profile-stream could not process",
            "function": "profile-stream",
            "filled_by": "stream",
            "approximate_count": 0,
        })
    );
}

#[test]
fn a_message_is_shown_with_its_cause_and_what_it_is_about_and_not_with_what_it_says() {
    let world = world(0);
    let engines = world.engines();
    engines.put_message(QUEUE, &announced("4711"), &[], 5);
    world.advance(Duration::from_mins(5));
    let shown = show(&world, QUEUE);
    assert_eq!(shown["approximate_count"], 1);
    assert_eq!(shown["more"], false);
    assert_eq!(
        shown["messages"],
        json!([{
            "message_id": engines.held_messages(QUEUE)[0].message_id,
            "function": "event-router",
            "cause": "failed-each-time",
            "sent_at": "2026-01-15T09:00:00Z",
            "first_received_at": "2026-01-15T09:00:00Z",
            "age": "PT5M",
            "receive_count": 6,
            "way_back": "queue",
            "event_id": "4711",
            "event_type": "com.example.order.placed.v1",
            "tenant": "harbour",
            "correlation_id": "request-0",
        }])
    );
    assert!(!shown.to_string().contains("canary"), "{shown}");
}

#[test]
fn all_that_lie_there_are_shown_and_nobody_has_to_wait_for_them_afterwards() {
    let world = world(25);
    for _ in 0..2 {
        let shown = show(&world, QUEUE);
        assert_eq!(shown["messages"].as_array().unwrap().len(), 25);
    }
    redrive(&world, QUEUE, &all());
    assert_eq!(left(&world, QUEUE), 0);
}

#[test]
fn of_very_many_a_hundred_are_shown_and_that_there_are_more() {
    let world = world(130);
    let shown = show(&world, QUEUE);
    assert_eq!(shown["messages"].as_array().unwrap().len(), 100);
    assert_eq!(
        (&shown["approximate_count"], &shown["more"]),
        (&json!(130), &json!(true))
    );
}

#[test]
fn what_a_rule_could_not_deliver_is_shown_with_what_the_bus_says_of_it() {
    let world = world(0);
    let attributes = [
        (
            "RULE_ARN",
            "arn:aws:events:eu-central-1:111122223333:rule/fairlead/events-announced",
        ),
        ("ERROR_CODE", "NO_PERMISSIONS"),
        (
            "ERROR_MESSAGE",
            "not authorized to perform: sqs:SendMessage",
        ),
    ];
    let queue = "events-announced-dead-letters";
    let engines = world.engines();
    engines.put_message(queue, &announced("1"), &attributes, 0);
    let shown = show(&world, queue);
    let message = &shown["messages"][0];
    assert_eq!(message["cause"], "undeliverable");
    assert_eq!(
        message["detail"],
        "NO_PERMISSIONS: not authorized to perform: sqs:SendMessage"
    );
}

#[test]
fn a_list_is_whole_or_there_is_none() {
    let world = world(1);
    let list = request(&operator(&world), LIST, "", &Value::Null);
    for operation in ["GetQueueUrl", "GetQueueAttributes", "ReceiveMessage"] {
        let is_lost =
            move |call: &Call| call.operation == operation && call.subject().ends_with(QUEUE);
        world.faults().always(Fault::Unavailable, is_lost);
        assert_eq!(problem(&send(&world, &list)), (503, "unavailable"));
        world.faults().heal();
        assert_eq!(listed(&world, QUEUE)["approximate_count"], 1);
    }
}
