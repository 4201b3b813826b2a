use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use lambda_kit::aws::CallBudget;
use serde_json::json;
use testkit::{World, engine::Recipient};

use super::code;

fn eventbridge_of(world: &World) -> aws_sdk_eventbridge::Client {
    aws_sdk_eventbridge::Client::new(&world.sdk_config(&CallBudget::BATCH))
}

fn sns_of(world: &World) -> aws_sdk_sns::Client {
    aws_sdk_sns::Client::new(&world.sdk_config(&CallBudget::BATCH))
}

fn sqs_of(world: &World) -> aws_sdk_sqs::Client {
    aws_sdk_sqs::Client::new(&world.sdk_config(&CallBudget::BATCH))
}

fn variable(world: &World, name: &'static str) -> String {
    world.environment().required(name).unwrap().to_owned()
}

fn entry(detail: &str) -> PutEventsRequestEntry {
    PutEventsRequestEntry::builder()
        .event_bus_name("fairlead")
        .source("dev.fairlead.profile")
        .detail_type("dev.fairlead.profile.created.v1")
        .detail(detail)
        .build()
}

#[test]
fn events_are_taken_one_by_one_and_the_others_named() {
    let world = World::new(1);
    let nameless = PutEventsRequestEntry::builder()
        .event_bus_name("fairlead")
        .source("s")
        .detail("{}")
        .build();
    let elsewhere = PutEventsRequestEntry::builder()
        .source("s")
        .detail_type("t")
        .detail("{}")
        .build();
    let entries = [
        entry(r#"{"n":1}"#),
        entry("no JSON"),
        entry("[]"),
        nameless,
        elsewhere,
        entry(r#"{"n":18446744073709551615}"#),
    ];
    let request = eventbridge_of(&world)
        .put_events()
        .set_entries(Some(entries.to_vec()));
    let answer = world.block_on(request.send()).unwrap();
    assert_eq!(answer.failed_entry_count(), 5);
    let codes: Vec<_> = answer
        .entries()
        .iter()
        .map(|entry| entry.error_code().unwrap_or("taken"))
        .collect();
    assert_eq!(
        codes,
        [
            "taken",
            "MalformedDetail",
            "MalformedDetail",
            "InvalidArgument",
            "AccessDeniedException",
            "MalformedDetail"
        ]
    );
    let published = world.published_events();
    assert_eq!(published.len(), 1);
    let envelope = published[0].envelope();
    assert_eq!(envelope["detail"], json!({ "n": 1 }));
    assert_eq!(envelope["time"], "2026-01-15T09:00:00Z");
}

#[test]
fn too_many_and_too_large_events_are_refused_as_a_whole() {
    let world = World::new(1);
    let client = eventbridge_of(&world);
    let eleven = vec![entry("{}"); 11];
    assert_eq!(
        code(world.block_on(client.put_events().set_entries(Some(eleven)).send())),
        "ValidationException"
    );
    let named = "dev.fairlead.profile".len() + "dev.fairlead.profile.created.v1".len();
    let of_size = |bytes: usize| {
        entry(&json!({ "x": "y".repeat(bytes - named - r#"{"x":""}"#.len()) }).to_string())
    };
    assert_eq!(
        code(world.block_on(client.put_events().entries(of_size(1_048_576)).send())),
        "ValidationException"
    );
    world
        .block_on(client.put_events().entries(of_size(1_048_575)).send())
        .unwrap();
}

#[test]
fn sns_publishes_to_a_phone_number_and_to_the_topic() {
    let world = World::new(1);
    let client = sns_of(&world);
    let attribute = aws_sdk_sns::types::MessageAttributeValue::builder()
        .data_type("String")
        .string_value("evt_1")
        .build()
        .unwrap();
    let sms = client
        .publish()
        .phone_number("+491721234567")
        .message("Grüße & <Küsse>");
    let sent = world.block_on(sms.send()).unwrap();
    let topic = variable(&world, "NOTIFICATIONS_TOPIC_ARN");
    world
        .block_on(
            client
                .publish()
                .topic_arn(topic)
                .message("m")
                .message_attributes("idempotency.key", attribute)
                .send(),
        )
        .unwrap();
    let [sms, mail] = &world.notifications()[..] else {
        panic!("two were sent")
    };
    assert_eq!(sent.message_id(), Some(sms.message_id.as_str()));
    assert_eq!(
        (&sms.recipient, sms.message.as_str()),
        (
            &Recipient::Phone("+491721234567".to_owned()),
            "Grüße & <Küsse>"
        )
    );
    assert_eq!(mail.recipient, Recipient::Topic("notifications".to_owned()));
    assert_eq!(mail.attributes["idempotency.key"], "evt_1");
}

#[test]
fn sns_refuses_what_aws_refuses() {
    let world = World::new(1);
    let client = sns_of(&world);
    let topic = variable(&world, "NOTIFICATIONS_TOPIC_ARN");
    let to_topic = || client.publish().topic_arn(topic.clone());
    let refused = [
        client.publish().phone_number("0172 1234567").message("m"),
        client.publish().message("to nobody"),
        to_topic().message(""),
        to_topic().message("y".repeat(262_145)),
        to_topic().message("m").subject("two\nlines"),
        client
            .publish()
            .phone_number("+491721234567")
            .message("y".repeat(1_601)),
    ];
    for request in refused {
        assert_eq!(code(world.block_on(request.send())), "InvalidParameter");
    }
    world
        .block_on(to_topic().message("y".repeat(262_144)).send())
        .unwrap();
    let elsewhere = client
        .publish()
        .topic_arn("arn:aws:sns:eu-central-1:111122223333:other")
        .message("m");
    assert_eq!(code(world.block_on(elsewhere.send())), "NotFound");
}

#[test]
fn sqs_takes_messages_and_states_their_md5() {
    let world = World::new(1);
    let client = sqs_of(&world);
    let queue = variable(&world, "PARKING_QUEUE_URL");
    let attribute = aws_sdk_sqs::types::MessageAttributeValue::builder()
        .data_type("String")
        .string_value("v")
        .build()
        .unwrap();
    let sent = world
        .block_on(
            client
                .send_message()
                .queue_url(&queue)
                .message_body("hello")
                .message_attributes("a", attribute)
                .send(),
        )
        .unwrap();
    assert_eq!(
        sent.md5_of_message_body(),
        Some("5d41402abc4b2a76b9719d911017c592")
    );
    // MD5 of the bytes 00000001 'a' 00000006 'String' 01 00000001 'v'.
    assert_eq!(
        sent.md5_of_message_attributes(),
        Some("a18cbb58171ebf4ce88d9fb787f9210b")
    );
    let messages = world.sent_messages("parking");
    assert_eq!(
        (
            messages[0].body.as_str(),
            messages[0].attributes["a"].as_str()
        ),
        ("hello", "v")
    );
}

#[test]
fn sqs_refuses_what_aws_refuses() {
    let world = World::new(1);
    let client = sqs_of(&world);
    let queue = variable(&world, "PARKING_QUEUE_URL");
    let send = |body: String| {
        client
            .send_message()
            .queue_url(&queue)
            .message_body(body)
            .send()
    };
    assert_eq!(
        code(world.block_on(send("\u{0}".to_owned()))),
        "InvalidMessageContents"
    );
    assert_eq!(
        code(world.block_on(send("y".repeat(1_048_577)))),
        "InvalidParameterValue"
    );
    world.block_on(send("y".repeat(1_048_576))).unwrap();
    let elsewhere = client
        .send_message()
        .queue_url("https://sqs.eu-central-1.amazonaws.com/111122223333/other");
    let error = world
        .block_on(elsewhere.message_body("m").send())
        .unwrap_err()
        .into_service_error();
    assert!(error.is_queue_does_not_exist(), "{error:?}");
}

#[test]
fn sqs_takes_the_good_entries_of_a_batch() {
    let world = World::new(1);
    let client = sqs_of(&world);
    let queue = variable(&world, "PARKING_QUEUE_URL");
    let entry = |id: &str, body: &str| {
        SendMessageBatchRequestEntry::builder()
            .id(id)
            .message_body(body)
            .build()
            .unwrap()
    };
    let batch = |entries: Vec<_>| {
        client
            .send_message_batch()
            .queue_url(&queue)
            .set_entries(Some(entries))
            .send()
    };
    let answer = world
        .block_on(batch(vec![entry("1", "good"), entry("2", "\u{1}")]))
        .unwrap();
    assert_eq!(
        (answer.successful()[0].id(), answer.failed()[0].id()),
        ("1", "2")
    );
    assert_eq!(world.sent_messages("parking").len(), 1);
    let twins = world
        .block_on(batch(vec![entry("1", "a"), entry("1", "b")]))
        .unwrap_err()
        .into_service_error();
    assert!(twins.is_batch_entry_ids_not_distinct(), "{twins:?}");
}
