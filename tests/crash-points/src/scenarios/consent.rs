//! A person decides what their data may be used for.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{
    World,
    explore::{Observation, Scenario},
};

use super::without_requests;
use crate::actors::{
    Person,
    audience::{expiry_runs, is_kept},
    changes, decides, decides_on, define_purpose, gets_a_token, notices_go_out, reads_consents,
    reads_history, reads_with_gpc, set_the_scene, stream_flows,
};

/// A person looks at what they never decided on, agrees, and changes their mind.
pub(super) struct Consent;

impl Scenario for Consent {
    fn name(&self) -> &'static str {
        "consent"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
    }

    async fn run(&self, world: &World) -> Value {
        let claims = gets_a_token(world, &Person::jane()).await;
        json!([
            reads_consents(world, &claims).await,
            decides(world, &claims, "granted").await,
            decides(world, &claims, "withdrawn").await,
            reads_history(world, &claims, "account-notices").await,
        ])
    }
}

/// A person who agreed to all uses a browser with Global Privacy Control, twice: the one purpose that
/// is a sale is withdrawn, once.
pub(super) struct GlobalPrivacyControl;

impl Scenario for GlobalPrivacyControl {
    fn name(&self) -> &'static str {
        "global-privacy-control"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        world.block_on(async {
            let claims = gets_a_token(world, &Person::jane()).await;
            decides_on(world, &claims, "newsletter", "granted").await;
            decides_on(world, &claims, "partner-offers", "granted").await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        let claims = gets_a_token(world, &Person::jane()).await;
        json!([
            reads_with_gpc(world, &claims).await,
            reads_with_gpc(world, &claims).await,
            reads_consents(world, &claims).await,
        ])
    }
}

/// A person agreed to notices for a day, and changed their profile when it was over: no notice goes
/// out. They agree again, and one does.
pub(super) struct Expired;

impl Scenario for Expired {
    fn name(&self) -> &'static str {
        "expired"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        define_purpose(world, "account-notices", "consent", false, Some(1));
        world.block_on(async {
            let claims = gets_a_token(world, &Person::jane()).await;
            decides(world, &claims, "granted").await;
            tokio::time::sleep(Duration::from_hours(24)).await;
            changes(world, &claims, json!({ "display_name": "J." })).await;
            stream_flows(world).await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        notices_go_out(world).await;
        assert!(
            world.notifications().is_empty(),
            "a notice went out after its consent ran out"
        );
        let claims = gets_a_token(world, &Person::jane()).await;
        decides(world, &claims, "granted").await;
        notices_go_out(world).await;
        Value::Null
    }

    /// The end of a grant and the next one are written one after the other; what a request began that
    /// died is finished by its repetition.
    fn observe(&self, world: &World) -> Observation {
        without_requests(Observation::of(world))
    }
}

/// A person agreed for a day, and agrees again when it was over, before the schedule comes: that the
/// first grant ended is told once, and the second one stands.
pub(super) struct Renewed;

impl Scenario for Renewed {
    fn name(&self) -> &'static str {
        "renewed-after-its-end"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        define_purpose(world, "account-notices", "consent", false, Some(1));
        world.block_on(async {
            let claims = gets_a_token(world, &Person::jane()).await;
            decides(world, &claims, "granted").await;
            stream_flows(world).await;
            is_kept(world).await;
            tokio::time::sleep(Duration::from_hours(24)).await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        let claims = gets_a_token(world, &Person::jane()).await;
        let granted = decides(world, &claims, "granted").await;
        expiry_runs(world).await;
        stream_flows(world).await;
        let history = reads_history(world, &claims, "account-notices").await;
        assert_eq!(history.get("state"), Some(&"granted".into()));
        let records = history.get("history").and_then(Value::as_array);
        let records = records.into_iter().flatten();
        let told: Vec<&str> = records
            .filter_map(|record| record.get("decision").and_then(Value::as_str))
            .collect();
        assert_eq!(told, ["granted", "expired", "granted"]);
        granted
    }

    /// What a request began that died is finished by its repetition.
    fn observe(&self, world: &World) -> Observation {
        without_requests(Observation::of(world))
    }
}
