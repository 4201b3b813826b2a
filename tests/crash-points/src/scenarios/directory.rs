//! Operators define what others read, and let partners' machines in.

use serde_json::{Value, json};
use testkit::{
    World,
    explore::{Observation, Scenario},
};

use super::idempotency::with_states_alone;
use crate::actors::directory::{
    On, defines, makes_client, makes_write_key, removes_client, revokes_write_key,
};

/// One key for each request.
const KEYS: [&str; 8] = [
    "8e03978e-40d5-43e8-bc93-6894a57f9324",
    "0d2a1f5b-6c3e-4f18-9a47-5be1c7d20f36",
    "c41b9e07-25d8-4a6f-8b13-f90e6a3d7c52",
    "57f3a8d1-e96c-4b20-a5d4-1c8e0b7f2a93",
    "a6e2c905-7b14-4d3f-8c69-d05b81f4e7a2",
    "3b90d7f6-1e85-42ca-b7d8-64a2f9c0e351",
    "e8150c3a-92d7-4f6b-8e04-7ac3b1d95f28",
    "1f6d94b7-c0a3-4e58-9d72-b85e06c1a3f4",
];

/// A tenant with a partner and an agreement, as operators defined them earlier.
fn harbour(world: &World) {
    for row in [
        json!({ "tenant": "harbour", "part": "tenant", "display_name": "Harbour Stores" }),
        json!({ "tenant": "harbour", "part": "partner#chandlery", "display_name": "The Chandlery" }),
        json!({
            "tenant": "harbour",
            "part": "purpose#newsletter",
            "display_name": "The Harbour Letter",
            "legal_basis": "consent",
            "text_versions": ["2026-01"],
        }),
        json!({
            "tenant": "harbour",
            "part": "agreement#deliveries",
            "partner": "chandlery",
            "terms": { "newsletter": ["names"] },
        }),
    ] {
        world.put_row("directory", row);
    }
}

/// An operator defines a tenant with its app clients, a purpose and a partner, and agrees with it; words for
/// a message, and the rules for identifiers; that a system of the partner sends webhooks, and what is
/// published to it.
pub(super) struct Defined;

impl Scenario for Defined {
    fn name(&self) -> &'static str {
        "directory-defined"
    }

    fn setup(&self, _world: &World) {}

    async fn run(&self, world: &World) -> Value {
        let [
            tenant,
            purpose,
            partner,
            agreement,
            message,
            rules,
            hook,
            fan_out,
        ] = KEYS;
        let harbour = json!({ "display_name": "Harbour Stores", "app_clients": ["1webclient"] });
        let letter = json!({
            "display_name": "The Harbour Letter",
            "legal_basis": "consent",
            "text_versions": ["2026-01"],
        });
        let chandlery = json!({ "display_name": "The Chandlery" });
        let terms =
            json!({ "partner": "chandlery", "terms": { "newsletter": ["names", "events"] } });
        let words = json!({ "subject": "Your code for {tenant}", "sms": "{####}" });
        let blocked = json!({ "blocked": ["office@example.com"], "limits": { "email": 20 } });
        let sent = json!({ "external_id": "/data/customer" });
        let published = json!({
            "agreement": "deliveries",
            "purpose": "newsletter",
            "types": ["dev.fairlead.segment.track.v1"],
        });
        let answers = [
            defines(world, tenant, ("tenant", "harbour"), On::Nothing, harbour).await,
            defines(
                world,
                purpose,
                ("purpose", "newsletter"),
                On::Nothing,
                letter,
            )
            .await,
            defines(
                world,
                partner,
                ("partner", "chandlery"),
                On::Nothing,
                chandlery,
            )
            .await,
            defines(
                world,
                agreement,
                ("agreement", "deliveries"),
                On::Nothing,
                terms,
            )
            .await,
            defines(world, message, ("language", "de"), On::Nothing, words).await,
            defines(world, rules, ("rules", "all"), On::Nothing, blocked).await,
            defines(world, hook, ("source", "shop"), On::Nothing, sent).await,
            defines(
                world,
                fan_out,
                ("fan-out", "chandlery"),
                On::Nothing,
                published,
            )
            .await,
        ];
        json!(answers)
    }

    fn observe(&self, world: &World) -> Observation {
        with_states_alone(Observation::of(world))
    }
}

/// Two operators change a partner on top of the same version: one of them is told to look again.
pub(super) struct DirectoryOvertaken;

impl Scenario for DirectoryOvertaken {
    fn name(&self) -> &'static str {
        "directory-overtaken"
    }

    fn setup(&self, world: &World) {
        harbour(world);
    }

    async fn run(&self, world: &World) -> Value {
        let [one, other, ..] = KEYS;
        let named = |name: &str| json!({ "display_name": name });
        let place = ("partner", "chandlery");
        let first = defines(world, one, place, On::Version(0), named("Chandlers")).await;
        let second = defines(world, other, place, On::Version(0), named("Chandlery Ltd")).await;
        json!([first, second])
    }

    fn observe(&self, world: &World) -> Observation {
        with_states_alone(Observation::of(world))
    }
}

/// An operator asks for an app client until they are told its secret: there is one client, and the
/// directory knows it.
pub(super) struct ClientMade;

impl Scenario for ClientMade {
    fn name(&self) -> &'static str {
        "partner-client"
    }

    fn setup(&self, world: &World) {
        harbour(world);
    }

    async fn run(&self, world: &World) -> Value {
        let [key, ..] = KEYS;
        let made = makes_client(world, key).await;
        assert_eq!(makes_client(world, key).await, made);
        made
    }

    fn observe(&self, world: &World) -> Observation {
        with_states_alone(Observation::of(world))
    }
}

/// A partner's secret is renewed: by a second app client, after which the first one goes.
pub(super) struct ClientReplaced;

impl Scenario for ClientReplaced {
    fn name(&self) -> &'static str {
        "partner-client-replaced"
    }

    fn setup(&self, world: &World) {
        harbour(world);
        let [first, ..] = KEYS;
        world.block_on(makes_client(world, first));
    }

    async fn run(&self, world: &World) -> Value {
        let [first, second, removal, ..] = KEYS;
        let old = makes_client(world, first).await;
        let new = makes_client(world, second).await;
        let old = old.pointer("/body/client").cloned().unwrap_or_default();
        let removed = removes_client(world, removal, &old).await;
        json!([new, removed])
    }

    fn observe(&self, world: &World) -> Observation {
        with_states_alone(Observation::of(world))
    }
}

/// An operator asks for a write key until they are told it, and for another one; then the first one is
/// revoked, and opens nothing.
pub(super) struct WriteKeyReplaced;

impl Scenario for WriteKeyReplaced {
    fn name(&self) -> &'static str {
        "write-key-replaced"
    }

    fn setup(&self, world: &World) {
        harbour(world);
    }

    async fn run(&self, world: &World) -> Value {
        let [first, second, removal, ..] = KEYS;
        let old = makes_write_key(world, first, 1).await;
        assert_eq!(makes_write_key(world, first, 1).await, old);
        let new = makes_write_key(world, second, 2).await;
        let id = old.pointer("/body/write_key_id").cloned();
        let revoked = revokes_write_key(world, removal, &id.unwrap_or_default()).await;
        json!([old, new, revoked])
    }

    fn observe(&self, world: &World) -> Observation {
        with_states_alone(Observation::of(world))
    }
}
