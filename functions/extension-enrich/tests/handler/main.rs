//! What becomes of answers.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use extension::{Chain, RunId, RunKey};
use extension_enrich::{App, handle};
use identity::IdentifierKey;
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use testkit::{World, delivery};

const JANE: &str = "prf_01010101010171018101010101010101";

struct Scene {
    world: World,
}

/// Who answered what, about whom.
struct Answer<'a> {
    tenant: &'a str,
    event: &'a str,
    person: Option<&'a str>,
    text: Value,
    at: &'a str,
}

impl<'a> Answer<'a> {
    fn of(event: &'a str, text: Value) -> Self {
        Self {
            tenant: "harbour",
            event,
            person: Some(JANE),
            text,
            at: "2026-01-15T09:00:00Z",
        }
    }
}

impl Scene {
    fn new() -> Self {
        let world = World::new(1);
        world.put_row("profiles", profile(None));
        for tenant in ["harbour", "airport"] {
            world.put_row("directory", version(tenant));
            let kind = json!({
                "tenant": tenant, "part": "event-type#com.example.greeted.v1", "revision": 1,
                "schema": json!({ "type": "object", "required": ["note"] }).to_string(),
                "registered_by": "operator",
            });
            world.put_row("directory", kind);
        }
        Self { world }
    }

    fn run(answer: &Answer<'_>) -> RunId {
        RunId {
            tenant: answer.tenant.parse().unwrap(),
            extension: "greeter".parse().unwrap(),
            event_id: answer.event.to_owned(),
        }
    }

    /// The key of the run, as its host has it.
    fn key(&self, answer: &Answer<'_>) -> RunKey {
        let run = Self::run(answer);
        let secret = IdentifierKey::from_environment(&self.world.environment()).unwrap();
        let person = answer.person.map(|person| person.parse().unwrap());
        RunKey::of(
            &secret,
            &run,
            person,
            &Chain::default().after(&run.extension),
        )
    }

    /// What the bus tells of the answer, sealed by `key`.
    fn told(answer: &Answer<'_>, key: &RunKey) -> Value {
        let run = Self::run(answer);
        let sealed = key.seal(&run, "1.0.0", &answer.text.to_string()).unwrap();
        let mut data = json!({
            "tenant_id": answer.tenant, "extension": "greeter", "version": "1.0.0", "event_id": answer.event,
            "event_type": "com.example.order.placed.v1", "outcome": "success", "answer": sealed, "duration_ms": 1,
        });
        if let Some(person) = answer.person {
            data["profile_id"] = person.into();
        }
        json!({ "detail": {
            "specversion": "1.0", "id": run.result_id(), "source": "dev.fairlead.extension",
            "type": "dev.fairlead.extension.finished.v1", "subject": "greeter", "time": answer.at,
            "datacontenttype": "application/json", "fairleadhops": 1, "fairleadextensions": "greeter",
            "data": data,
        } })
    }

    fn answers(&self, answer: &Answer<'_>) -> usize {
        let told = Self::told(answer, &self.key(answer));
        self.brings(&told)
    }

    fn brings(&self, told: &Value) -> usize {
        let world = &self.world;
        let bodies = [told.to_string()];
        let outcome = delivery::sqs(
            world,
            "extension-results",
            bodies,
            async |event, invocation| {
                let sdk = world.sdk_config(&CallBudget::BATCH);
                let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
                handle(&app, event, invocation).await
            },
        );
        world.block_on(outcome).dead_letters.len()
    }

    /// What is noted of Jane, by name.
    fn noted(&self, name: &str) -> Value {
        let part = format!("trait#harbour#{name}");
        let rows = self.world.rows("profiles").into_iter();
        let mut rows = rows.filter(|row| row["part"] == part);
        rows.next()
            .map(|row| row["value"].clone())
            .unwrap_or_default()
    }

    fn outbox(&self) -> Vec<Value> {
        let rows = self.world.rows("profiles").into_iter();
        let rows = rows.filter(|row| row["part"].as_str().unwrap().starts_with("outbox#"));
        rows.map(|row| serde_json::from_str(row["event"].as_str().unwrap()).unwrap())
            .collect()
    }

    fn parked(&self) -> Vec<Value> {
        let parked = self.world.sent_messages("parking").into_iter();
        parked
            .map(|message| serde_json::from_str(&message.body).unwrap())
            .collect()
    }
}

fn profile(closed: Option<&str>) -> Value {
    let mut row = json!({
        "profile_id": JANE, "part": "profile", "version": 3, "fields": {}, "tenants": ["harbour"],
        "created_at": "2025-06-01T00:00:00Z", "updated_at": "2025-06-02T00:00:00Z",
        "last_request": "an earlier request",
    });
    if let Some(closed) = closed {
        row["closed"] = closed.into();
    }
    row
}

fn version(tenant: &str) -> Value {
    let manifest = json!({
        "name": "greeter", "version": "1.0.0", "kind": "lambda", "events": ["com.example.order.placed.v1"],
        "purpose": "newsletter", "lambda": { "runtime": "python3.13", "handler": "main.handle" },
        "output": { "events": ["com.example.greeted.v1"], "traits": ["greeting", "score"] },
    });
    json!({
        "tenant": tenant, "part": "extension-version#greeter#1.0.0", "name": "greeter", "version": "1.0.0",
        "state": "ready", "manifest": manifest.to_string(), "digest": "00", "package_key": "p", "upload": "u",
        "created_at": "2026-01-01T00:00:00Z", "revision": 2,
        "code": { "lambda": { "function_arn": "arn", "code_key": "code/x.zip" } },
    })
}

#[test]
fn traits_are_noted_once_with_the_event_that_tells_of_them_and_its_hops() {
    let scene = Scene::new();
    let answer = Answer::of(
        "evt_1",
        json!({ "traits": { "greeting": "Hello", "score": 7 } }),
    );
    for _ in 0..2 {
        assert_eq!(scene.answers(&answer), 0);
    }
    assert_eq!(
        (scene.noted("greeting"), scene.noted("score")),
        (json!("Hello"), json!(7))
    );
    let told = scene.outbox();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["data"]["changed"], json!(["traits"]));
    assert_eq!(told[0]["data"]["tenant_id"], "harbour");
    assert_eq!(
        (&told[0]["fairleadhops"], &told[0]["fairleadextensions"]),
        (&json!(1), &json!("greeter"))
    );
    assert!(!told[0].to_string().contains("Hello"));
}

#[test]
fn the_later_word_stands_in_whichever_order_they_come() {
    let scene = Scene::new();
    let later = Answer {
        at: "2026-01-15T10:00:00Z",
        ..Answer::of("evt_2", json!({ "traits": { "greeting": "Good morning" } }))
    };
    let earlier = Answer::of("evt_1", json!({ "traits": { "greeting": "Hello" } }));
    for answer in [&later, &earlier] {
        assert_eq!(scene.answers(answer), 0);
    }
    assert_eq!(scene.noted("greeting"), "Good morning");
    let taken_back = Answer {
        at: "2026-01-15T11:00:00Z",
        ..Answer::of("evt_3", json!({ "traits": { "greeting": null } }))
    };
    assert_eq!(scene.answers(&taken_back), 0);
    assert_eq!(scene.noted("greeting"), Value::Null);
}

#[test]
fn events_are_accepted_as_any_other_once_and_say_what_caused_them() {
    let scene = Scene::new();
    let events = json!([
        { "type": "com.example.greeted.v1", "data": { "note": "Hello" } },
        { "type": "com.example.greeted.v1", "data": {} },
    ]);
    let answer = Answer::of("evt_1", json!({ "events": events }));
    for _ in 0..2 {
        assert_eq!(scene.answers(&answer), 0);
    }
    let accepted = scene.world.rows("events");
    assert_eq!(accepted.len(), 1);
    assert_eq!(
        (&accepted[0]["tenant"], &accepted[0]["partner"]),
        (&json!("harbour"), &json!("greeter"))
    );
    let event: Value = serde_json::from_str(accepted[0]["body"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&event["fairleadhops"], &event["subject"]),
        (&json!(1), &json!(JANE))
    );
    let refused = scene.world.rows("quarantine");
    assert_eq!(
        refused.len(),
        1,
        "what is not as its schema has it is kept for the tenant"
    );
}

#[test]
fn what_another_tenants_host_made_up_is_not_applied() {
    let scene = Scene::new();
    let own = Answer {
        tenant: "airport",
        ..Answer::of("evt_1", json!({ "traits": { "greeting": "forged" } }))
    };
    let forged = Answer::of("evt_1", json!({ "traits": { "greeting": "forged" } }));
    let about_another = Answer {
        person: Some("prf_01010101010171018101010101010102"),
        ..Answer::of("evt_1", json!({ "traits": { "greeting": "forged" } }))
    };
    for (answer, key) in [
        (&forged, scene.key(&own)),
        (&forged, scene.key(&about_another)),
    ] {
        assert_eq!(scene.brings(&Scene::told(answer, &key)), 0);
    }
    assert_eq!(scene.noted("greeting"), Value::Null);
    let parked = scene.parked();
    assert_eq!(parked.len(), 2);
    assert_eq!(parked[0]["cause"], "the answer is under no seal of its run");
}

#[test]
fn what_the_manifest_does_not_allow_is_not_applied_though_a_host_let_it_pass() {
    let scene = Scene::new();
    let answer = Answer::of("evt_1", json!({ "traits": { "colour": "red" } }));
    assert_eq!(scene.answers(&answer), 0);
    assert_eq!(scene.noted("colour"), Value::Null);
    assert_eq!(
        scene.parked()[0]["cause"],
        "the answer is not what its manifest allows"
    );
}

#[test]
fn of_whoever_is_gone_nothing_is_noted_and_of_whoever_is_being_merged_it_waits() {
    let scene = Scene::new();
    let answer = Answer::of("evt_1", json!({ "traits": { "greeting": "Hello" } }));
    scene.world.put_row("profiles", profile(Some("settling")));
    assert_eq!(scene.answers(&answer), 1, "it stays in the queue");
    scene.world.put_row("profiles", profile(Some("erased")));
    assert_eq!(scene.answers(&answer), 0);
    assert_eq!(scene.noted("greeting"), Value::Null);
}
