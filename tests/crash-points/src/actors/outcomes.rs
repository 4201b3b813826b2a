//! What becomes of changes of configuration is told: Salesforce by files, people by mail.

use std::time::Duration;

use aws_sdk_dynamodb::{Client, primitives::Blob, types::AttributeValue};
use configuration::{Published, RecordId};
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use testkit::{World, delivery};

/// The users of Salesforce who change something: the first wants mail, the second wants none.
pub const OPERATORS: [&str; 2] = ["0055f000005mc66AAA", "0055f000005mc67AAA"];

/// How often a batch comes that is not done with.
const DELIVERIES: usize = 10;

/// Who the operators are, and where they are reached.
pub fn operators_are_known(world: &World) {
    let mut published = Published::default();
    for (n, user) in OPERATORS.iter().enumerate() {
        let id: RecordId = format!("a025f00000000{n:02}")
            .parse()
            .expect("it has fifteen characters");
        let email = format!("operator-{n}@example.com");
        let record = json!({ "user": user, "email": email, "wants_mail": n == 0 });
        published.apply("operator", &id, Some(&record));
    }
    let packed = published.pack().expect("two records fit");
    put(
        world,
        &[
            ("kind", text("published")),
            ("record_id", text("operators")),
            ("records", AttributeValue::B(Blob::new(packed))),
            ("version", AttributeValue::N("1".to_owned())),
            ("changed_at", text("2026-01-15T09:00:00Z")),
            ("last_request", text("an event")),
        ],
    );
}

/// It is decided what became of a change of the `n`th holiday, which an operator made or nobody knows who.
pub fn is_decided(world: &World, n: usize, operator: Option<&str>, result: &str) {
    let id = format!("a015f0000000{n:03}AAA");
    let mut row = vec![
        ("kind", text("outcome#holiday")),
        ("record_id", text(&format!("{id}#key-{n}"))),
        ("salesforce_id", text(&id)),
        ("action", text("updated")),
        ("result", text(result)),
        ("reason", text("it counts")),
        ("decided_at", text("2026-01-15T09:00:00Z")),
        ("expires_at", AttributeValue::N("1771059600".to_owned())),
    ];
    row.extend(operator.map(|operator| ("operator", text(operator))));
    put(world, &row);
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

/// Puts a row into the table, so that its stream tells of it.
fn put(world: &World, row: &[(&str, AttributeValue)]) {
    let client = Client::new(&world.sdk_config(&CallBudget::BATCH));
    let row = row.iter().cloned();
    let row = row.map(|(name, value)| (name.to_owned(), value)).collect();
    let put = client.put_item().table_name("config").set_item(Some(row));
    world.block_on(put.send()).expect("the table takes it");
}

/// The stream of the configuration reaches salesforce-config-outcome, until nothing is left of it.
pub async fn are_filed(world: &World) {
    let outcome = delivery::stream(world, "config", async |event, invocation| {
        use salesforce_config_outcome::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app =
            App::new(&world.environment(), &sdk, world.clock()).expect("the environment is whole");
        handle(&app, event, invocation).await
    });
    assert_eq!(outcome.await.discarded, Vec::<Value>::new());
}

/// These records of that stream reach salesforce-config-notifier, again until they are done with.
pub async fn are_mailed(world: &World, records: &[Value]) {
    let event = json!({ "Records": records });
    for _ in 0..DELIVERIES {
        let answer = delivery::schedule(world, &event, async |event, invocation| {
            use salesforce_config_notifier::{App, handle};
            let sdk = world.sdk_config(&CallBudget::BATCH);
            let app = App::new(&world.environment(), &sdk, world.clock())
                .expect("the environment is whole");
            handle(&app, event, invocation).await
        });
        let answer = answer.await.expect("the batch is answered");
        let failures = answer.get("batchItemFailures").and_then(Value::as_array);
        if failures.is_some_and(Vec::is_empty) {
            return;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    panic!("the batch is not done with after {DELIVERIES} deliveries");
}
