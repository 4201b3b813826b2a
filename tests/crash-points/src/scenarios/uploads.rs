//! Partners' events that are too large to be sent.

use serde_json::{Value, json};
use testkit::{
    World,
    explore::{Observation, Scenario},
};

use super::{partner::what_was_decided, without_requests};
use crate::actors::{
    Person, decides_on,
    events::{KIND, resubmits, takes_orders},
    gets_a_token, set_the_scene,
    uploads::{SCAN, announcement, announces, completes, fetches_data, puts, takes_scans, uploads},
    webhooks::agree_on_events,
};

const JANE: &str = "prf_01010101010171018101010101010101";

/// One scan is completed before it is there, then uploaded and completed twice, and announced once more;
/// and an order whose data can't be taken is uploaded.
pub(super) struct Uploaded;

impl Scenario for Uploaded {
    fn name(&self) -> &'static str {
        "uploaded"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        takes_orders(world);
        takes_scans(world);
    }

    async fn run(&self, world: &World) -> Value {
        let (data, wrong) = ("a scan of many pages", "{\"orders\":4}");
        let scan = announcement("1", (SCAN, "application/pdf"), JANE, data);
        let told = announces(world, &scan).await;
        let early = completes(world, &told, &scan).await;
        assert!(
            puts(world, &told, data),
            "the link takes what was announced"
        );
        let first = completes(world, &told, &scan).await;
        let again = completes(world, &told, &scan).await;
        let known = announces(world, &scan).await;
        let order = announcement("2", (KIND, "application/json"), JANE, wrong);
        let told = announces(world, &order).await;
        assert!(
            puts(world, &told, wrong),
            "the link takes what was announced"
        );
        let refused = completes(world, &told, &order).await;
        json!([early, first, again, known, refused])
    }

    fn observe(&self, world: &World) -> Observation {
        without_requests(Observation::of(world))
    }
}

/// A scan is completed while its type takes none, and taken again when it does, twice.
pub(super) struct UploadResubmitted;

impl Scenario for UploadResubmitted {
    fn name(&self) -> &'static str {
        "upload-resubmitted"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        takes_orders(world);
        takes_scans(world);
        world.block_on(async {
            let data = "a scan of many pages";
            let scan = announcement("1", (SCAN, "application/pdf"), JANE, data);
            let told = announces(world, &scan).await;
            assert!(
                puts(world, &told, data),
                "the link takes what was announced"
            );
            world.put_row(
                "directory",
                json!({
                    "tenant": "harbour", "part": format!("event-type#{SCAN}"), "revision": 2,
                    "schema": r#"{"type":"object"}"#, "registered_by": "operator", "compatible_since": 1,
                }),
            );
            completes(world, &told, &scan).await;
            takes_scans(world);
        });
    }

    async fn run(&self, world: &World) -> Value {
        let first = resubmits(world, None).await;
        json!([first, resubmits(world, None).await])
    }

    fn observe(&self, world: &World) -> Observation {
        without_requests(Observation::of(world))
    }
}

/// A partner fetches the data of a scan of Jane's, twice while she agrees to that and once when she does no more.
pub(super) struct DataFetched;

impl Scenario for DataFetched {
    fn name(&self) -> &'static str {
        "data-fetched"
    }

    fn setup(&self, world: &World) {
        set_the_scene(world);
        agree_on_events(world);
        takes_orders(world);
        takes_scans(world);
        world.block_on(async {
            let claims = gets_a_token(world, &Person::jane()).await;
            decides_on(world, &claims, "newsletter", "granted").await;
            let jane = claims.get("fairlead:profile").and_then(Value::as_str);
            let jane = jane.expect("the token names a profile");
            let data = "a scan of many pages";
            let scan = announcement("1", (SCAN, "application/pdf"), jane, data);
            uploads(world, &scan, data).await;
        });
    }

    async fn run(&self, world: &World) -> Value {
        let claims = gets_a_token(world, &Person::jane()).await;
        let first = fetches_data(world).await;
        let again = fetches_data(world).await;
        decides_on(world, &claims, "newsletter", "withdrawn").await;
        json!([first, again, fetches_data(world).await])
    }

    fn observe(&self, world: &World) -> Observation {
        what_was_decided(world)
    }
}
