use std::time::Duration;

use aws_sdk_sqs::{
    Client,
    types::{Message, MessageSystemAttributeName, QueueAttributeName},
};
use lambda_kit::aws::CallBudget;
use testkit::{World, engine::queue_url};

use super::code;

const QUEUE: &str = "events-in-dead-letters";

/// A world in which two messages lie in a dead-letter queue.
fn world() -> (World, Client) {
    let world = World::new(1);
    let engines = world.engines();
    engines.put_message(QUEUE, "first", &[("ERROR_CODE", "NO_PERMISSIONS")], 5);
    engines.put_message(QUEUE, "second", &[], 5);
    let client = Client::new(&world.sdk_config(&CallBudget::BATCH));
    (world, client)
}

fn receive(world: &World, client: &Client, hidden: i32) -> Vec<Message> {
    let received = client
        .receive_message()
        .queue_url(queue_url(QUEUE))
        .max_number_of_messages(10)
        .visibility_timeout(hidden)
        .wait_time_seconds(1)
        .message_system_attribute_names(MessageSystemAttributeName::All)
        .message_attribute_names("All")
        .send();
    let received = world.block_on(received).unwrap();
    received.messages.unwrap_or_default()
}

fn bodies(messages: &[Message]) -> Vec<&str> {
    messages.iter().filter_map(Message::body).collect()
}

#[test]
fn what_is_received_is_hidden_until_its_time_is_over_or_it_is_shown_again() {
    let (world, client) = world();
    let received = receive(&world, &client, 60);
    assert_eq!(bodies(&received), ["first", "second"]);
    let system = received[0].attributes().unwrap();
    assert_eq!(
        system[&MessageSystemAttributeName::ApproximateReceiveCount],
        "6"
    );
    let own = received[0].message_attributes().unwrap();
    assert_eq!(own["ERROR_CODE"].string_value(), Some("NO_PERMISSIONS"));
    assert!(receive(&world, &client, 60).is_empty());
    let shown = client
        .change_message_visibility()
        .queue_url(queue_url(QUEUE))
        .receipt_handle(received[1].receipt_handle().unwrap())
        .visibility_timeout(0);
    world.block_on(shown.send()).unwrap();
    assert_eq!(bodies(&receive(&world, &client, 0)), ["second"]);
    world.advance(Duration::from_mins(1));
    assert_eq!(receive(&world, &client, 0).len(), 2);
}

#[test]
fn what_is_deleted_is_gone_and_an_older_receipt_deletes_nothing() {
    let (world, client) = world();
    let before = receive(&world, &client, 0);
    let latest = receive(&world, &client, 0);
    let delete = |message: &Message| {
        let deleted = client
            .delete_message()
            .queue_url(queue_url(QUEUE))
            .receipt_handle(message.receipt_handle().unwrap());
        world.block_on(deleted.send()).unwrap();
    };
    delete(&before[0]);
    assert_eq!(world.engines().held_messages(QUEUE).len(), 2);
    delete(&latest[0]);
    delete(&latest[0]);
    let left = world.engines().held_messages(QUEUE);
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].body, "second");
    let unheard_of = client
        .delete_message()
        .queue_url(queue_url(QUEUE))
        .receipt_handle("no receipt");
    assert_eq!(
        code(world.block_on(unheard_of.send())),
        "ReceiptHandleIsInvalid"
    );
}

#[test]
fn a_queue_is_found_by_its_name_and_says_how_much_lies_in_it() {
    let (world, client) = world();
    let url = client
        .get_queue_url()
        .queue_name("fairlead-simulated-events-in-dead-letters");
    let url = world.block_on(url.send()).unwrap();
    assert_eq!(url.queue_url(), Some(queue_url(QUEUE).as_str()));
    let counts = || {
        let asked = client
            .get_queue_attributes()
            .queue_url(queue_url(QUEUE))
            .attribute_names(QueueAttributeName::All);
        let answer = world.block_on(asked.send()).unwrap();
        let counts = answer.attributes().unwrap();
        [
            QueueAttributeName::ApproximateNumberOfMessages,
            QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
        ]
        .map(|name| counts[&name].clone())
    };
    assert_eq!(counts(), ["2", "0"]);
    receive(&world, &client, 60);
    assert_eq!(counts(), ["0", "2"]);
    let nowhere = client.get_queue_url().queue_name("events-in-dead-letters");
    let error = world
        .block_on(nowhere.send())
        .unwrap_err()
        .into_service_error();
    assert!(error.is_queue_does_not_exist(), "{error:?}");
}
