//! Jane, who agreed to a newsletter, and a partner that takes events of her by a topic.

use std::{collections::BTreeMap, fmt::Write as _};

use aws_sdk_s3::Client;
use cloudevent::{Incoming, Limits};
use event_fanout::{App, handle};
use identity::{ExternalId, Identifier, IdentifierKey};
use intake::{EventItem, Upload};
use lambda_kit::aws::CallBudget;
use payload::{Buckets, PayloadReader, Received};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use testkit::{
    World, delivery,
    engine::{Notification, StoredObject},
};

pub(crate) const JANE: &str = "prf_01010101010171018101010101010101";
pub(crate) const ORDERS: &str = "com.example.order.placed.v1";
const SCANS: &str = "com.example.scan.made.v1";

pub(crate) struct Scene {
    pub(crate) world: World,
}

/// What Jane said about the newsletter.
pub(crate) fn consent(ruling: &str) -> Value {
    json!({
        "profile_id": JANE,
        "part": "consent#harbour#newsletter",
        "tenant": "harbour",
        "purpose": "newsletter",
        "ruling": ruling,
        "text_version": "2026-01",
        "surface": "self-service",
        "decided_at": "2025-07-01T00:00:00Z",
        "version": 1,
    })
}

/// Jane's profile, which is as `closed` says.
pub(crate) fn profile(closed: Option<&str>) -> Value {
    let mut row = json!({
        "profile_id": JANE, "part": "profile", "version": 3, "fields": {},
        "created_at": "2025-06-01T00:00:00Z", "updated_at": "2025-06-02T00:00:00Z",
        "last_request": "an earlier request",
    });
    if let Some(closed) = closed {
        row["closed"] = closed.into();
    }
    row
}

impl Scene {
    pub(crate) fn new() -> Self {
        let world = World::new(1);
        world.put_row(
            "directory",
            json!({
                "tenant": "harbour",
                "part": "purpose#newsletter",
                "display_name": "newsletter",
                "legal_basis": "consent",
                "text_versions": ["2026-01"],
            }),
        );
        world.put_row(
            "directory",
            json!({
                "tenant": "harbour",
                "part": "agreement#letters",
                "partner": "chandlery",
                "terms": { "newsletter": ["names", "events"] },
            }),
        );
        world.put_row("profiles", profile(None));
        world.put_row("profiles", consent("granted"));
        let scene = Self { world };
        scene.publishes_to("chandlery", &[ORDERS, SCANS]);
        scene
    }

    /// The tenant publishes events of these types to the partner.
    pub(crate) fn publishes_to(&self, partner: &str, types: &[&str]) {
        self.world.put_row(
            "directory",
            json!({
                "tenant": "harbour",
                "part": format!("fan-out#{partner}"),
                "agreement": "letters",
                "purpose": "newsletter",
                "types": types,
            }),
        );
    }

    /// An order with a note of that length was accepted; what the queue brings of it.
    pub(crate) fn order(&self, subject: &str, note: usize) -> String {
        self.order_of("subject", subject, note)
    }

    /// The same of whom its attribute `named` names.
    pub(crate) fn order_of(&self, named: &str, whom: &str, note: usize) -> String {
        let json = json!({
            "specversion": "1.0", "id": "1", "source": "/shops/17", "type": ORDERS,
            "time": "2026-01-15T08:59:00Z", named: whom,
            "data": { "order": "canary", "note": "x".repeat(note) },
        });
        let event = Incoming::from_json(&json.to_string()).unwrap();
        let whose = (&"harbour".parse().unwrap(), &"crm".parse().unwrap());
        let now = self.world.clock().now();
        let (item, beside) = EventItem::new(&event, whose, "request-1", "events", now);
        let beside = beside.map(String::into_bytes);
        self.accepted(item, beside)
    }

    /// A scan was uploaded and accepted; what the queue brings of it.
    pub(crate) fn scan(&self, data: Vec<u8>) -> String {
        let sha256 = Sha256::digest(&data);
        let sha256 = sha256.iter().fold(String::new(), |mut digits, byte| {
            write!(digits, "{byte:02x}").unwrap();
            digits
        });
        let announced = json!({
            "event": {
                "specversion": "1.0", "id": "1", "source": "/scanners/3", "type": SCANS,
                "time": "2026-01-15T08:59:00Z", "subject": JANE,
                "datacontenttype": "application/pdf",
            },
            "bytes": data.len(),
            "sha256": sha256,
        });
        let now = self.world.clock().now();
        let limits = Limits::at(now);
        let upload = Upload::read(announced.to_string().as_bytes(), &limits).unwrap();
        let whose = (&"harbour".parse().unwrap(), &"crm".parse().unwrap());
        let item = EventItem::uploaded(&upload, whose, "request-1", "events", now);
        self.accepted(item, Some(data))
    }

    fn accepted(&self, item: EventItem, beside: Option<Vec<u8>>) -> String {
        if let Some(bytes) = beside {
            let key = item.body_key.as_deref().unwrap();
            let engines = self.world.engines();
            engines.put_object("events", key, "application/octet-stream", bytes);
        }
        let detail = serde_json::to_value(item.announcement()).unwrap();
        let row = serde_json::to_value(item).unwrap();
        self.world.put_row("events", row);
        json!({ "detail": detail }).to_string()
    }

    /// What the CRM calls C-17 leads to what `row` says.
    pub(crate) fn is_called(&self, row: &Value) {
        let id = ExternalId::new("harbour", "crm", "C-17").unwrap();
        let key = IdentifierKey::from_environment(&self.world.environment()).unwrap();
        let mut row = row.clone();
        row["identifier"] = Identifier::External(id).key(&key).into();
        self.world.put_row("identifiers", row);
    }

    /// What the event said was removed.
    pub(crate) fn remove(&self) {
        self.world.put_row("events", self.removed());
    }

    /// The event's row once what it said was removed.
    pub(crate) fn removed(&self) -> Value {
        let mut row = self.world.rows("events")[0].clone();
        let members = row.as_object_mut().unwrap();
        for name in ["body", "envelope", "body_bucket", "body_key", "body_bytes"] {
            members.remove(name);
        }
        row
    }

    /// The chandlery's queue brings the message; how many end as dead letters.
    pub(crate) fn deliver(&self, body: &str) -> usize {
        self.deliver_from("fan-out-harbour_chandlery", body)
    }

    /// The same of that queue.
    pub(crate) fn deliver_from(&self, queue: &str, body: &str) -> usize {
        let world = &self.world;
        let bodies = [body.to_owned()];
        let outcome = delivery::sqs(world, queue, bodies, async |event, invocation| {
            let sdk = world.sdk_config(&CallBudget::BATCH);
            let app = App::new(&world.environment(), &sdk, world.clock(), world.ids()).unwrap();
            handle(&app, event, invocation).await
        });
        world.block_on(outcome).dead_letters.len()
    }

    pub(crate) fn published(&self) -> Vec<Notification> {
        self.world.notifications()
    }

    pub(crate) fn copies(&self) -> Vec<StoredObject> {
        self.world.objects("claims")
    }

    pub(crate) fn receipts(&self) -> Vec<Value> {
        self.world.rows("receipts")
    }

    /// The event that the partner gets by a message.
    pub(crate) fn received(&self, message: &str, attributes: &BTreeMap<String, String>) -> Value {
        let size = attributes.get("ExtendedPayloadSize").map(String::as_str);
        let buckets = Buckets::only(["claims"]);
        let text = match Received::read(message.to_owned(), size, &buckets).unwrap() {
            Received::Inline(text) => text,
            Received::Claim(claim) => {
                let client = Client::new(&self.world.sdk_config(&CallBudget::BATCH));
                let reader = PayloadReader::new(client);
                let text = self.world.block_on(reader.text(&claim, 1_000_000));
                text.unwrap()
            }
        };
        serde_json::from_str(&text).unwrap()
    }
}
