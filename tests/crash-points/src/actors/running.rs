//! Tenants whose own code runs on events.

use std::{collections::BTreeMap, time::Duration};

use lambda_kit::{aws::CallBudget, config::Environment};
use serde_json::{Value, json};
use testkit::{
    World, delivery,
    engine::{Behaviour, queue_url, resource_environment},
};

/// The type of what people change.
pub const UPDATED: &str = "dev.fairlead.profile.updated.v1";

/// The type that the tenant's code answers with.
pub const GREETED: &str = "com.example.greeted.v1";

/// The queue of a tenant's host, and that of its dead letters.
#[must_use]
pub fn queues_of(tenant: &str) -> [String; 3] {
    [
        format!("extension-{tenant}"),
        format!("extension-{tenant}.fifo"),
        format!("extension-{tenant}-dead"),
    ]
}

/// The function of a tenant's extension.
fn function_of(tenant: &str, extension: &str) -> String {
    format!("fairlead-simulated-x-{tenant}_{extension}")
}

/// The ARN of the version of it that is run.
fn arn_of(tenant: &str, extension: &str) -> String {
    let function = function_of(tenant, extension);
    format!("arn:aws:lambda:eu-central-1:111122223333:function:{function}:1")
}

/// The tenant has a host.
pub fn has_a_host(world: &World, tenant: &str) {
    let [queue, fifo, dead] = queues_of(tenant);
    for queue in [&queue, &fifo, &dead] {
        world.engines().make_queue(queue);
    }
    let arn =
        |name: &str| format!("arn:aws:sqs:eu-central-1:111122223333:fairlead-simulated-{name}");
    world.put_row(
        "directory",
        json!({
            "tenant": tenant,
            "part": "extension-host",
            "state": "ready",
            "extensions": 1,
            "ordered": true,
            "queue_url": queue_url(&queue),
            "queue_arn": arn(&queue),
            "fifo_url": queue_url(&fifo),
            "fifo_arn": arn(&fifo),
            "dead_letters_url": queue_url(&dead),
            "dead_letters_arn": arn(&dead),
            "function_arn": "arn:aws:lambda:eu-central-1:111122223333:function:host",
            "role_arn": "arn:aws:iam::111122223333:role/host",
            "revision": 1,
        }),
    );
}

/// What an extension is registered as.
#[derive(Debug, Clone)]
pub struct Registered<'a> {
    /// Whose it is.
    pub tenant: &'a str,
    /// What it is called.
    pub name: &'a str,
    /// On which types it runs.
    pub types: &'a [&'a str],
    /// Whether it runs, `active` or `disabled`.
    pub state: &'a str,
    /// Whether events of a person come in order.
    pub is_ordered: bool,
}

impl<'a> Registered<'a> {
    /// The greeter of `tenant`, which runs on whatever of its people changes.
    #[must_use]
    pub const fn greeter(tenant: &'a str) -> Self {
        Self {
            tenant,
            name: "greeter",
            types: &[UPDATED],
            state: "active",
            is_ordered: false,
        }
    }
}

/// The tenant has registered an extension, which has a function of its own.
pub fn registers(world: &World, extension: &Registered<'_>) {
    let Registered {
        tenant,
        name,
        types,
        state,
        is_ordered,
    } = extension;
    let at = "2026-01-01T00:00:00Z";
    world.put_row(
        "directory",
        json!({
            "tenant": tenant, "part": format!("extension#{name}"), "name": name, "state": state,
            "active": "1.0.0", "kind": "lambda", "events": types, "purpose": "newsletter",
            "ordered": is_ordered, "timeout_ms": 3000, "revision": 2, "told": 2,
            "created_at": at, "changed_at": at, "changed_by": "operator", "last_request": "r-1",
        }),
    );
    let manifest = json!({
        "name": name, "version": "1.0.0", "kind": "lambda", "events": types, "purpose": "newsletter",
        "ordered": is_ordered, "limits": { "timeout_ms": 3000, "memory_mib": 128 },
        "lambda": { "runtime": "python3.13", "handler": "main.handle" },
        "output": { "events": [GREETED], "traits": ["greeting"] },
    });
    world.put_row(
        "directory",
        json!({
            "tenant": tenant, "part": format!("extension-version#{name}#1.0.0"), "name": name,
            "version": "1.0.0", "state": "ready", "manifest": manifest.to_string(),
            "digest": "00", "package_key": "packages/x", "upload": "u", "created_at": at, "revision": 2,
            "code": { "lambda": { "function_arn": arn_of(tenant, name), "code_key": "code/x.zip" } },
        }),
    );
}

/// What the extension does on each event.
pub fn does(
    world: &World,
    tenant: &str,
    extension: &str,
    what: impl Fn(&Value) -> Behaviour + Send + Sync + 'static,
) {
    let functions = world.engines().functions();
    functions.behaves(&arn_of(tenant, extension), what);
}

/// It greets whoever its event is about.
#[must_use]
pub fn greets(_: &Value) -> Behaviour {
    Behaviour::Returns(json!({
        "traits": { "greeting": "Hello" },
        "events": [{ "type": GREETED, "data": { "order": "greeting" } }],
    }))
}

/// It gives up.
#[must_use]
pub fn fails(_: &Value) -> Behaviour {
    Behaviour::Throws {
        kind: "ValueError".to_owned(),
        message: "no".to_owned(),
    }
}

/// The environment of extension-dispatch, or of a tenant's host.
fn environment(tenant: &str) -> Environment {
    let [queue, fifo, dead] = queues_of(tenant);
    let mut all: BTreeMap<String, String> = resource_environment().into_iter().collect();
    let own = [
        ("TENANT", tenant.to_owned()),
        ("TENANT_QUEUE_URL", queue_url(&queue)),
        ("TENANT_FIFO_URL", queue_url(&fifo)),
        ("TENANT_DEAD_LETTERS_URL", queue_url(&dead)),
        ("TENANT_ISOLATION", "false".to_owned()),
    ];
    all.extend(own.map(|(name, value)| (name.to_owned(), value)));
    Environment::from_pairs(all)
}

/// The rule on the bus fills the intake with what happened, but for the first `from` that were published, and the
/// intake reaches extension-dispatch.
pub async fn events_are_dispatched(world: &World, from: usize) {
    let published = world.engines().published_after(from).into_iter();
    let told = published.filter(|event| !event.source.starts_with("dev.fairlead.extension"));
    let bodies: Vec<String> = told.map(|event| event.envelope().to_string()).collect();
    dispatched(world, "extension-intake", bodies).await;
}

/// The queue brings `bodies` to extension-dispatch.
pub async fn dispatched(world: &World, queue: &str, bodies: Vec<String>) {
    let outcome = delivery::sqs(world, queue, bodies, async |event, invocation| {
        use extension_dispatch::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app, event, invocation).await
    });
    assert_eq!(outcome.await.dead_letters, []);
}

/// What was sent to the tenant's queue reaches its host, but for the first `from` messages: each once, however
/// often it was sent under its key.
pub async fn host_runs(world: &World, tenant: &str, from: usize) {
    let [queue, ..] = queues_of(tenant);
    let mut known = std::collections::BTreeSet::new();
    let sent = world.sent_messages(&queue).into_iter();
    let once = sent.filter(|message| {
        let key = message.attributes.get("idempotency.key").cloned();
        known.insert(key.unwrap_or_else(|| message.body.clone()))
    });
    let bodies: Vec<String> = once.skip(from).map(|message| message.body).collect();
    run_by_host(world, tenant, bodies).await;
}

/// As long as code that keeps failing is left in peace at most, and how often what waits for it is looked at again.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);
const MOST_PAUSES: usize = 100;

/// The tenant's queue brings `bodies` to its host until it is done with all of them: code that keeps failing is
/// paused, and what waits for it comes again when its pause is over.
pub async fn run_by_host(world: &World, tenant: &str, bodies: Vec<String>) {
    let mut left = bodies;
    for _ in 0..MOST_PAUSES {
        left = brought_to_host(world, tenant, left).await;
        if left.is_empty() {
            return;
        }
        tokio::time::sleep(LONGEST_PAUSE).await;
    }
    panic!("the host of {tenant} is never done with {left:?}");
}

/// The tenant's queue brings `bodies` to its host a few times; those that it is not done with by then.
pub async fn brought_to_host(world: &World, tenant: &str, bodies: Vec<String>) -> Vec<String> {
    let [queue, ..] = queues_of(tenant);
    let outcome = delivery::sqs(world, &queue, bodies, async |event, invocation| {
        use extension_host::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app = App::new(&environment(tenant), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app, event, invocation).await
    });
    let left = outcome.await.dead_letters.into_iter();
    left.map(|message| message.body).collect()
}

/// The rule on the bus fills the queue of results, but for those of the first `from` events that were published,
/// and the queue reaches extension-enrich.
pub async fn results_are_applied(world: &World, from: usize) {
    let published = world.engines().published_after(from).into_iter();
    let told = published.filter(|event| event.detail_type == "dev.fairlead.extension.finished.v1");
    let bodies: Vec<String> = told.map(|event| event.envelope().to_string()).collect();
    these_are_applied(world, bodies).await;
}

/// The queue of results brings `bodies` to extension-enrich.
pub async fn these_are_applied(world: &World, bodies: Vec<String>) {
    let queue = "extension-results";
    let outcome = delivery::sqs(world, queue, bodies, async |event, invocation| {
        use extension_enrich::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app, event, invocation).await
    });
    assert_eq!(outcome.await.dead_letters, []);
}
