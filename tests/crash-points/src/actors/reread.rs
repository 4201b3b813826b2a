//! Records of Salesforce are read again.

use std::collections::BTreeSet;

use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use testkit::{
    World, delivery,
    engine::{SALESFORCE_CONFIG_QUEUE, SALESFORCE_SECRET, Salesforce},
};

/// The holiday that is edited.
pub const HOLIDAY: &str = "a015f0000000002AAA";

/// Salesforce holds holidays that were made this morning, of which one lies in the recycle bin.
pub fn salesforce_holds_holidays(world: &World) {
    let engines = world.engines();
    engines.put_secret(SALESFORCE_SECRET, &Salesforce::secret());
    engines.salesforce().page_by(2);
    for n in 1..=3 {
        let record = json!({
            "Id": format!("a015f0000000{n:03}AAA"),
            "IsDeleted": n == 3,
            "SystemModstamp": format!("2026-01-15T0{n}:00:00.000+0000"),
            "LastModifiedById": "0055f000005mc66AAA",
            "Name": format!("Holiday {n}"),
            "From__c": "2026-12-24",
        });
        engines.salesforce().put("Holiday__c", &record);
    }
}

/// The schedule starts salesforce-config-reread.
pub async fn catches_up(world: &World) {
    let night = json!({});
    let done = delivery::schedule(world, &night, async |event, invocation| {
        use salesforce_config_reread::{App, handle};
        let (sdk, outside) = (
            world.sdk_config(&CallBudget::BATCH),
            world.sdk_config(&salesforce::BUDGET),
        );
        let app = App::new(&world.environment(), &sdk, &outside, world.clock())
            .expect("the environment is whole");
        handle(&app, event, invocation).await
    });
    done.await.expect("everything is caught up with");
}

/// Somebody edited the holiday, and its event does not say how: it is read.
pub async fn is_read_again(world: &World) {
    let request = json!({
        "object": "Holiday__c",
        "record_id": HOLIDAY,
        "asked": { "event": "the-event", "position": "1", "action": "updated" },
    });
    let bodies = [request.to_string()];
    let outcome = delivery::sqs(
        world,
        "salesforce-reread",
        bodies,
        async |event, invocation| {
            use salesforce_config_reread::{App, handle};
            let (sdk, outside) = (
                world.sdk_config(&CallBudget::BATCH),
                world.sdk_config(&salesforce::BUDGET),
            );
            let app = App::new(&world.environment(), &sdk, &outside, world.clock())
                .expect("the environment is whole");
            handle(&app, event, invocation).await
        },
    );
    assert_eq!(outcome.await.dead_letters, []);
}

/// What was handed over, each state once and without when it was read: the same may be read twice.
#[must_use]
pub fn handed_over(world: &World) -> Value {
    let sent = world.sent_messages(SALESFORCE_CONFIG_QUEUE).into_iter();
    let states: BTreeSet<String> = sent.map(|message| undated(&message.body)).collect();
    json!(states)
}

fn undated(body: &str) -> String {
    let mut message: Value = serde_json::from_str(body).expect("a message is JSON");
    let state = message.get_mut("reread").and_then(Value::as_object_mut);
    state
        .expect("a message is a state that was read")
        .remove("read_at")
        .expect("it says when");
    message.sort_all_objects();
    message.to_string()
}
