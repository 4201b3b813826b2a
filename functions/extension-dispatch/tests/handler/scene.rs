//! Tenants with code of their own, and Jane, who deals with them.

use cloudevent::Incoming;
use extension_dispatch::{App, handle};
use intake::EventItem;
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use testkit::{
    World, delivery,
    engine::{SentMessage, queue_url},
};

pub(crate) const JANE: &str = "prf_01010101010171018101010101010101";
pub(crate) const ORDERS: &str = "com.example.order.placed.v1";
pub(crate) const UPDATED: &str = "dev.fairlead.profile.updated.v1";

pub(crate) struct Scene {
    pub(crate) world: World,
}

impl Scene {
    /// Jane deals with harbour and the airport, and agreed to the newsletter of both.
    pub(crate) fn new() -> Self {
        let world = World::new(1);
        let scene = Self { world };
        for tenant in ["harbour", "airport"] {
            scene.has_purpose(tenant);
            scene.agrees(tenant, "granted");
        }
        scene.is_there(None);
        scene
    }

    fn has_purpose(&self, tenant: &str) {
        let row = json!({
            "tenant": tenant, "part": "purpose#newsletter", "display_name": "newsletter",
            "legal_basis": "consent", "text_versions": ["2026-01"],
        });
        self.world.put_row("directory", row);
    }

    pub(crate) fn agrees(&self, tenant: &str, ruling: &str) {
        let row = json!({
            "profile_id": JANE, "part": format!("consent#{tenant}#newsletter"), "tenant": tenant,
            "purpose": "newsletter", "ruling": ruling, "text_version": "2026-01",
            "surface": "self-service", "decided_at": "2025-07-01T00:00:00Z", "version": 1,
        });
        self.world.put_row("profiles", row);
    }

    /// Jane's profile, which is as `closed` says.
    pub(crate) fn is_there(&self, closed: Option<&str>) {
        let mut row = json!({
            "profile_id": JANE, "part": "profile", "version": 3, "fields": {},
            "tenants": ["harbour", "airport"],
            "created_at": "2025-06-01T00:00:00Z", "updated_at": "2025-06-02T00:00:00Z",
            "last_request": "an earlier request",
        });
        if let Some(closed) = closed {
            row["closed"] = closed.into();
        }
        self.world.put_row("profiles", row);
    }

    /// The tenant has a host, which is as far as `state` says.
    pub(crate) fn has_a_host(&self, tenant: &str, state: &str) {
        let queue = format!("extension-{tenant}");
        let fifo = format!("extension-{tenant}.fifo");
        for queue in [&queue, &fifo] {
            self.world.engines().make_queue(queue);
        }
        let row = json!({
            "tenant": tenant, "part": "extension-host", "state": state, "extensions": 1, "ordered": true,
            "queue_url": queue_url(&queue), "queue_arn": "arn", "fifo_url": queue_url(&fifo), "fifo_arn": "arn",
            "dead_letters_url": "dead", "dead_letters_arn": "arn", "function_arn": "arn", "role_arn": "arn",
            "revision": 1,
        });
        self.world.put_row("directory", row);
    }

    /// The tenant registered an extension, with what `change` says that is not as ever.
    pub(crate) fn registers(&self, tenant: &str, name: &str, change: &Value) {
        let at = "2026-01-01T00:00:00Z";
        let mut row = json!({
            "tenant": tenant, "part": format!("extension#{name}"), "name": name, "state": "active",
            "active": "1.0.0", "kind": "wasm", "events": [UPDATED, ORDERS], "purpose": "newsletter",
            "ordered": false, "timeout_ms": 1000, "revision": 2, "told": 2,
            "created_at": at, "changed_at": at, "changed_by": "operator", "last_request": "r-1",
        });
        for (member, value) in change.as_object().into_iter().flatten() {
            row[member] = value.clone();
        }
        self.world.put_row("directory", row);
    }

    /// An order was accepted, with attributes beyond the usual; what the bus tells of it.
    pub(crate) fn order(&self, tenant: &str, id: &str, more: &Value) -> String {
        let mut order = json!({
            "specversion": "1.0", "id": id, "source": "/shops/17", "type": ORDERS,
            "time": "2026-01-15T08:59:00Z", "subject": JANE, "data": { "order": id, "country": "DE" },
        });
        for (member, value) in more.as_object().into_iter().flatten() {
            order[member] = value.clone();
        }
        let event = Incoming::from_json(&order.to_string()).unwrap();
        let whose = (&tenant.parse().unwrap(), &"crm".parse().unwrap());
        let now = self.world.clock().now();
        let (item, beside) = EventItem::new(&event, whose, "request-1", "events", now);
        if let (Some(body), Some(key)) = (beside, item.body_key.as_deref()) {
            let engines = self.world.engines();
            engines.put_object("events", key, "application/json", body.into_bytes());
        }
        let detail = serde_json::to_value(item.announcement()).unwrap();
        self.world
            .put_row("events", serde_json::to_value(item).unwrap());
        json!({ "detail": detail }).to_string()
    }

    /// Jane changed on the pages of `tenant`.
    pub(crate) fn updated(number: usize, tenant: &str, changed: &[&str]) -> String {
        let event = json!({
            "specversion": "1.0", "id": format!("evt_{number:032x}"), "source": "dev.fairlead.profile",
            "type": UPDATED, "subject": JANE, "time": "2026-01-15T09:00:00Z",
            "datacontenttype": "application/json", "correlationid": "r-1",
            "data": { "profile_id": JANE, "version": 4, "tenant_id": tenant, "changed": changed },
        });
        json!({ "detail": event }).to_string()
    }

    /// The intake brings these; how many end as dead letters.
    pub(crate) fn brings(&self, bodies: &[String]) -> usize {
        let world = &self.world;
        let app = self.app();
        let bodies = bodies.to_vec();
        let outcome = delivery::sqs(
            world,
            "extension-intake",
            bodies,
            async |event, invocation| handle(&app, event, invocation).await,
        );
        world.block_on(outcome).dead_letters.len()
    }

    pub(crate) fn app(&self) -> App {
        let world = &self.world;
        let sdk = world.sdk_config(&CallBudget::BATCH);
        App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap()
    }

    pub(crate) fn queue(&self, name: &str) -> Vec<SentMessage> {
        self.world.sent_messages(name)
    }

    /// What was parked, and why.
    pub(crate) fn parked(&self) -> Vec<Value> {
        let parked = self.world.sent_messages("parking").into_iter();
        parked
            .map(|message| serde_json::from_str(&message.body).unwrap())
            .collect()
    }
}
