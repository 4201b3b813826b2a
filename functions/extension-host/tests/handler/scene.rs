//! Harbour's host, and code that does as it is told.

use extension::{Carried, Chain, RunId, RunKey, RunMessage};
use extension_host::{App, handle};
use identity::IdentifierKey;
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json, value::to_raw_value};
use testkit::{
    World, delivery,
    engine::{Behaviour, PublishedEvent, SentMessage},
};

pub(crate) const JANE: &str = "prf_01010101010171018101010101010101";
pub(crate) const QUEUE: &str = "extension-harbour";
const FUNCTION: &str = "arn:aws:lambda:eu-central-1:111122223333:function:x-harbour_greeter:1";

pub(crate) struct Scene {
    pub(crate) world: World,
}

impl Scene {
    /// Harbour's greeter is registered, with a function of its own.
    pub(crate) fn new() -> Self {
        let world = World::new(1);
        for queue in [QUEUE, "extension-harbour.fifo", "extension-harbour-dead"] {
            world.engines().make_queue(queue);
        }
        let scene = Self { world };
        scene.is_registered("active");
        scene.version(
            &json!({
                "kind": "lambda",
                "limits": { "timeout_ms": 3000, "memory_mib": 128 },
                "lambda": { "runtime": "python3.13", "handler": "main.handle" },
            }),
            &json!({ "lambda": { "function_arn": FUNCTION, "code_key": "code/x.zip" } }),
        );
        scene
    }

    pub(crate) fn is_registered(&self, state: &str) {
        let at = "2026-01-01T00:00:00Z";
        self.world.put_row(
            "directory",
            json!({
                "tenant": "harbour", "part": "extension#greeter", "name": "greeter", "state": state,
                "active": "1.0.0", "kind": "lambda", "events": ["com.example.order.placed.v1"],
                "purpose": "newsletter", "ordered": false, "timeout_ms": 3000, "revision": 2, "told": 2,
                "created_at": at, "changed_at": at, "changed_by": "operator", "last_request": "r-1",
            }),
        );
    }

    /// Its version says of itself what `more` says beside the usual, and its code is there.
    pub(crate) fn version(&self, more: &Value, code: &Value) {
        let mut manifest = json!({
            "name": "greeter", "version": "1.0.0", "events": ["com.example.order.placed.v1"],
            "purpose": "newsletter",
            "output": {
                "events": ["com.example.greeted.v1"], "traits": ["greeting"],
                "schema": { "type": ["string", "null"] },
            },
        });
        for (member, value) in more.as_object().into_iter().flatten() {
            manifest[member] = value.clone();
        }
        self.world.put_row(
            "directory",
            json!({
                "tenant": "harbour", "part": "extension-version#greeter#1.0.0", "name": "greeter",
                "version": "1.0.0", "state": "ready", "manifest": manifest.to_string(), "digest": "00",
                "package_key": "packages/x", "upload": "u", "created_at": "2026-01-01T00:00:00Z",
                "revision": 2, "code": code,
            }),
        );
    }

    /// What the code does from now on.
    pub(crate) fn does(&self, what: impl Fn(&Value) -> Behaviour + Send + Sync + 'static) {
        self.world.engines().functions().behaves(FUNCTION, what);
    }

    pub(crate) fn answers(&self, answer: &Value) {
        let answer = answer.clone();
        self.does(move |_| Behaviour::Returns(answer.clone()));
    }

    pub(crate) fn fails(&self) {
        self.does(|_| Behaviour::Throws {
            kind: "ValueError".to_owned(),
            message: "no such ship".to_owned(),
        });
    }

    /// A message with an event of that id.
    pub(crate) fn message(&self, id: &str) -> RunMessage {
        let event = json!({
            "specversion": "1.0", "id": id, "source": "/shops/17", "type": "com.example.order.placed.v1",
            "time": "2026-01-15T08:59:00Z", "subject": JANE, "data": { "order": id },
        });
        let run = RunId {
            tenant: "harbour".parse().unwrap(),
            extension: "greeter".parse().unwrap(),
            event_id: id.to_owned(),
        };
        let person = Some(JANE.parse().unwrap());
        let after = Chain::default().after(&run.extension);
        let secret = IdentifierKey::from_environment(&self.world.environment()).unwrap();
        RunMessage {
            key: RunKey::of(&secret, &run, person, &after),
            run,
            event_type: "com.example.order.placed.v1".to_owned(),
            person,
            hops: 0,
            by: String::new(),
            event: Carried::Whole(to_raw_value(&event).unwrap()),
        }
    }

    /// The queue brings these; how many the host is not done with.
    pub(crate) fn brings(&self, messages: &[RunMessage]) -> usize {
        let bodies: Vec<String> = messages.iter().map(RunMessage::to_json).collect();
        self.brings_bodies(&bodies)
    }

    pub(crate) fn brings_bodies(&self, bodies: &[String]) -> usize {
        let world = &self.world;
        let bodies = bodies.to_vec();
        let outcome = delivery::sqs(world, QUEUE, bodies, async |event, invocation| {
            let sdk = world.sdk_config(&CallBudget::BATCH);
            let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
            handle(&app, event, invocation).await
        });
        world.block_on(outcome).dead_letters.len()
    }

    /// What the bus was told of, of that type.
    pub(crate) fn told(&self, kind: &str) -> Vec<PublishedEvent> {
        let published = self.world.published_events().into_iter();
        published
            .filter(|event| event.detail_type == format!("dev.fairlead.extension.{kind}.v1"))
            .collect()
    }

    /// What was answered, opened.
    pub(crate) fn answered(&self, message: &RunMessage) -> Value {
        let told = self.told("finished");
        let sealed = told[0].detail["data"]["answer"].as_str().unwrap();
        let opened = message.key.open(&message.run, "1.0.0", sealed).unwrap();
        serde_json::from_str(&opened).unwrap()
    }

    pub(crate) fn dead_letters(&self) -> Vec<SentMessage> {
        self.world.sent_messages("extension-harbour-dead")
    }

    pub(crate) fn ledger(&self, prefix: &str) -> Value {
        let rows = self.world.rows("ledger").into_iter();
        let mut rows = rows.filter(|row| row["key"].as_str().unwrap().starts_with(prefix));
        rows.next().unwrap_or_default()
    }
}
