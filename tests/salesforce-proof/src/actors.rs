//! The functions that are tried out, each called as its trigger calls it.

use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use testkit::{World, delivery};

/// A moment of all holidays.
const NOON: &str = "2026-06-01T12:00:00Z";

/// Messages reach salesforce-config-writer; gives those that became dead letters.
pub async fn are_written(world: &World, messages: Vec<String>) -> Vec<String> {
    let outcome = delivery::sqs(
        world,
        "salesforce-config",
        messages,
        async |event, invocation| {
            use salesforce_config_writer::{App, handle};
            let sdk = world.sdk_config(&CallBudget::BATCH);
            let app = App::new(&world.environment(), &sdk, world.clock())
                .expect("the environment is whole");
            handle(&app, event, invocation).await
        },
    );
    let dead = outcome.await.dead_letters.into_iter();
    dead.map(|message| message.body).collect()
}

/// Messages reach salesforce-config-reread; gives those that became dead letters.
pub async fn are_read_again(world: &World, messages: Vec<String>) -> Vec<String> {
    let outcome = delivery::sqs(
        world,
        "salesforce-reread",
        messages,
        async |event, invocation| {
            use salesforce_config_reread::{App, handle};
            let sdk = world.sdk_config(&CallBudget::BATCH);
            let outside = world.sdk_config(&salesforce::BUDGET);
            let app = App::new(&world.environment(), &sdk, &outside, world.clock())
                .expect("the environment is whole");
            handle(&app, event, invocation).await
        },
    );
    let dead = outcome.await.dead_letters.into_iter();
    dead.map(|message| message.body).collect()
}

/// The nightly schedule starts salesforce-config-reread. If it does not get through, the next one does.
pub async fn night_falls(world: &World) {
    let night = json!({});
    let read = delivery::schedule(world, &night, async |event, invocation| {
        use salesforce_config_reread::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let outside = world.sdk_config(&salesforce::BUDGET);
        let app = App::new(&world.environment(), &sdk, &outside, world.clock())
            .expect("the environment is whole");
        handle(&app, event, invocation).await
    });
    drop(read.await);
}

/// The stream reaches salesforce-config-outcome, until nothing is left of it; gives what it failed with too
/// often.
pub async fn are_filed(world: &World) -> Vec<Value> {
    let outcome = delivery::stream(world, "config", async |event, invocation| {
        use salesforce_config_outcome::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app =
            App::new(&world.environment(), &sdk, world.clock()).expect("the environment is whole");
        handle(&app, event, invocation).await
    });
    outcome.await.discarded
}

/// These records of the stream come again: since they were given up before, or since Lambda brings a batch
/// twice. Gives back what is still not done with.
pub async fn are_filed_again(world: &World, records: Vec<Value>) -> Vec<Value> {
    if records.is_empty() {
        return records;
    }
    let batch = json!({ "Records": records });
    let answer = delivery::schedule(world, &batch, async |event, invocation| {
        use salesforce_config_outcome::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app =
            App::new(&world.environment(), &sdk, world.clock()).expect("the environment is whole");
        handle(&app, event, invocation).await
    });
    let failures = answer.await.ok();
    let failures =
        failures.and_then(|answer| Some(answer.get("batchItemFailures")?.as_array()?.len()));
    match failures {
        Some(0) => Vec::new(),
        _ => records,
    }
}

/// Something starts salesforce-flow-repair; gives what it says that it did.
pub async fn is_mended(world: &World, event: &Value) -> Value {
    let mended = delivery::schedule(world, event, async |event, invocation| {
        use salesforce_flow_repair::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app, event, invocation).await
    });
    mended.await.unwrap_or_default()
}

/// What a new process of contact-config-lookup tells of a queue; `None` if it does not get through.
pub async fn looks_up(world: &World, queue: &str, of_holiday: bool) -> Option<Value> {
    let at = if of_holiday {
        NOON
    } else {
        "2026-03-02T12:00:00Z"
    };
    let contact = json!({
        "Details": {
            "ContactData": { "ContactId": "a-contact", "CustomerEndpoint": null, "Queue": null },
            "Parameters": { "format": "JSON", "queue": queue, "at": at, "time_zone": "UTC" },
        },
        "Name": "ContactFlowEvent",
    });
    let answer = delivery::connect(world, &contact, async |event, invocation| {
        use contact_config_lookup::{App, handle};
        let sdk = world.sdk_config(&CallBudget::CONTACT);
        let app =
            App::new(&world.environment(), &sdk, world.clock()).expect("the environment is whole");
        handle(&app, event, invocation).await
    });
    let answer = answer.await.ok()?;
    // A process that could not read anything yet says so, and nothing of the configuration.
    (answer.get("source") == Some(&json!("table"))).then_some(answer)
}
