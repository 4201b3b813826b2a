use std::time::Duration;

use serde_json::json;
use testkit::{Call, Fault};

use crate::{
    QUEUE, REDRIVE, SOURCE, all, announced, left, operator, outcomes, problem, redrive, request,
    send, show, world,
};

#[test]
fn messages_get_back_into_the_queue_that_they_come_from_and_leave_the_other() {
    let world = world(12);
    let redriven = redrive(&world, QUEUE, &all());
    assert_eq!(outcomes(&redriven), ["queued"; 12]);
    assert_eq!(redriven["more"], false);
    assert_eq!(left(&world, QUEUE), 0);
    let mut sent: Vec<String> = world
        .sent_messages(SOURCE)
        .into_iter()
        .map(|message| message.body)
        .collect();
    sent.sort();
    let mut before: Vec<String> = (0..12).map(|n| announced(&n.to_string())).collect();
    before.sort();
    assert_eq!(sent, before);
    assert!(outcomes(&redrive(&world, QUEUE, &all())).is_empty());
}

#[test]
fn only_those_are_moved_that_are_named_and_the_others_stay_in_sight() {
    let world = world(12);
    let second = world.engines().held_messages(QUEUE)[1].clone();
    let named = json!({ "messages": [second.message_id, "no-such-message"] });
    let redriven = redrive(&world, QUEUE, &named);
    assert_eq!(outcomes(&redriven), ["queued", "not-found"]);
    assert_eq!(world.sent_messages(SOURCE)[0].body, second.body);
    let shown = show(&world, QUEUE);
    assert_eq!(shown["messages"].as_array().unwrap().len(), 11);
}

#[test]
fn what_its_sender_wrote_on_a_message_goes_with_it_and_what_the_rule_wrote_does_not() {
    let world = world(0);
    let attributes = [
        ("ERROR_CODE", "NO_PERMISSIONS"),
        ("RETRY_ATTEMPTS", "0"),
        ("idempotency.key", "evt_1"),
    ];
    let queue = "profile-changes-dead-letters";
    let engines = world.engines();
    engines.put_message(queue, &announced("1"), &attributes, 0);
    redrive(&world, queue, &all());
    let sent = world.sent_messages("notification");
    let names: Vec<&str> = sent[0].attributes.keys().map(String::as_str).collect();
    assert_eq!(names, ["idempotency.key"]);
    assert_eq!(sent[0].attributes["idempotency.key"], "evt_1");
}

#[test]
fn what_a_partner_was_to_get_by_its_topic_gets_back_into_its_own_queue() {
    let world = world(0);
    let engines = world.engines();
    for (queue, id) in [
        ("fan-out-harbour_chandlery-dead-letters", "1"),
        ("events-to-harbour_chandlery-dead-letters", "2"),
    ] {
        engines.put_message(queue, &announced(id), &[], 5);
        let shown = show(&world, queue);
        assert_eq!(shown["messages"][0]["function"], "event-fanout");
        assert_eq!(outcomes(&redrive(&world, queue, &all())), ["queued"]);
        assert_eq!(left(&world, queue), 0);
    }
    let sent = world.sent_messages("fan-out-harbour_chandlery");
    let sent: Vec<&str> = sent.iter().map(|message| message.body.as_str()).collect();
    assert_eq!(sent, [announced("1"), announced("2")]);
    let nobodys = request(&operator(&world), REDRIVE, "fan-out-*-dead-letters", &all());
    let refused = send(&world, &nobodys);
    assert_eq!(problem(&refused), (404, "no-such-dead-letter-queue"));
}

#[test]
fn a_request_that_comes_again_under_its_key_is_carried_out_once() {
    let world = world(1);
    let mut redriving = request(&operator(&world), REDRIVE, QUEUE, &all());
    redriving["headers"]["idempotency-key"] = "8e03978e-40d5-43e8-bc93-6894a57f9324".into();
    let first = send(&world, &redriving);
    assert_eq!(outcomes(&first.1), ["queued"]);
    world
        .engines()
        .put_message(QUEUE, &announced("later"), &[], 5);
    assert_eq!(send(&world, &redriving), first);
    assert_eq!(left(&world, QUEUE), 1);
}

#[test]
fn while_the_source_is_out_of_reach_everything_stays_where_it_was() {
    let world = world(3);
    let is_sending = |call: &Call| call.operation == "SendMessage";
    world.faults().always(Fault::Unavailable, is_sending);
    let redriving = request(&operator(&world), REDRIVE, QUEUE, &all());
    let answer = send(&world, &redriving);
    assert_eq!(problem(&answer), (503, "unavailable"));
    assert_eq!(left(&world, QUEUE), 3);
    world.faults().heal();
    // Nobody waits until what was tried is visible again.
    assert_eq!(outcomes(&redrive(&world, QUEUE, &all())), ["queued"; 3]);
}

#[test]
fn what_can_not_be_removed_is_sent_again_and_is_the_same_message() {
    let world = world(1);
    let is_removing = |call: &Call| call.operation == "DeleteMessage";
    world.faults().always(Fault::Unavailable, is_removing);
    let redriving = request(&operator(&world), REDRIVE, QUEUE, &all());
    assert_eq!(problem(&send(&world, &redriving)), (503, "unavailable"));
    world.faults().heal();
    assert_eq!(outcomes(&redrive(&world, QUEUE, &all())), ["queued"]);
    assert_eq!(left(&world, QUEUE), 0);
    let sent = world.sent_messages(SOURCE);
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0].body, sent[1].body);
}

#[test]
fn of_very_many_five_hundred_are_moved_and_it_is_said_that_there_are_more() {
    let world = world(505);
    let redriven = redrive(&world, QUEUE, &all());
    assert_eq!(outcomes(&redriven).len(), 500);
    assert_eq!(redriven["more"], true);
    let rest = redrive(&world, QUEUE, &all());
    assert_eq!((outcomes(&rest).len(), &rest["more"]), (5, &json!(false)));
}

#[test]
fn a_run_that_failed_is_left_to_the_next_one() {
    let world = world(0);
    let failed = json!({
        "requestContext": { "condition": "RetriesExhausted" },
        "responsePayload": { "errorType": "FunctionError", "errorMessage": "the outbox can't be read" },
    });
    let queue = "profile-sweep-dead-letters";
    let engines = world.engines();
    engines.put_message(queue, &failed.to_string(), &[], 0);
    assert_eq!(
        show(&world, queue)["messages"][0]["detail"],
        "RetriesExhausted: the outbox can't be read"
    );
    assert_eq!(
        outcomes(&redrive(&world, queue, &all())),
        ["left-to-next-run"]
    );
    assert_eq!(left(&world, queue), 0);
}

#[test]
fn a_message_that_somebody_else_is_at_is_not_moved_by_two() {
    let world = world(1);
    let held = world.engines().held_messages(QUEUE)[0].clone();
    let redriving = request(&operator(&world), REDRIVE, QUEUE, &all());
    let is_cut_off =
        |call: &Call| ["SendMessage", "ChangeMessageVisibility"].contains(&&*call.operation);
    world.faults().always(Fault::Unavailable, is_cut_off);
    assert_eq!(problem(&send(&world, &redriving)), (503, "unavailable"));
    world.faults().heal();
    let named = json!({ "messages": [held.message_id] });
    assert_eq!(outcomes(&redrive(&world, QUEUE, &named)), ["not-found"]);
    world.advance(Duration::from_secs(10));
    assert_eq!(outcomes(&redrive(&world, QUEUE, &named)), ["queued"]);
}
