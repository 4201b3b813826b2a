//! Jane, who agreed to a newsletter, and a partner that is told of her by webhooks.

use std::collections::BTreeSet;

use cloudevent::{Incoming, Limits};
use identity::{ExternalId, Identifier, IdentifierKey};
use intake::{EventItem, Upload};
use lambda_kit::{aws::CallBudget, redact::Redacted};
use serde_json::{Value, json};
use subscription::{Delivery, Message, Notice, State, Subscription, Ticket, Wanted, Whose};
use subscription_deliver::{App, handle};
use testkit::{World, delivery, engine::ReceivedWebhook};
use webhook::Secret;

pub(crate) const JANE: &str = "prf_01010101010171018101010101010101";
/// An erasure of which partners were told.
pub(crate) const ERASURE: &str = "era_0123456789abcdef0123456789abcdef";
pub(crate) const HOST: &str = "chandlery.example.com";
pub(crate) const ENDPOINT: &str = "https://chandlery.example.com/hooks";

const ORDERS: &str = "com.example.order.placed.v1";
/// That a subscription was disabled, and not by its partner.
pub(crate) const ENDS: &str = "dev.fairlead.subscription.disabled.v1";
const TRACKED: &str = "dev.fairlead.segment.track.v1";

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

/// What is told of Jane.
pub(crate) fn notice(erasure: Option<&str>) -> Notice {
    Notice {
        id: "evt_0198f2a1b3c47d5e8f90a1b2c3d4e508".to_owned(),
        time: "2026-01-15T08:59:00Z".parse().unwrap(),
        profile_id: JANE.parse().unwrap(),
        absorbed_id: None,
        erasure_id: erasure.map(str::to_owned),
    }
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
            "profiles",
            json!({
                "profile_id": JANE, "part": "profile", "version": 3, "fields": {},
                "created_at": "2025-06-01T00:00:00Z", "updated_at": "2025-06-02T00:00:00Z",
                "last_request": "an earlier request",
            }),
        );
        world.put_row("profiles", consent("granted"));
        let scene = Self { world };
        scene.agree(&["names", "events"]);
        let row = serde_json::to_value(scene.subscription()).unwrap();
        scene.world.put_row("subscriptions", row);
        scene
    }

    pub(crate) fn agree(&self, groups: &[&str]) {
        self.world.put_row(
            "directory",
            json!({
                "tenant": "harbour",
                "part": "agreement#letters",
                "partner": "chandlery",
                "terms": { "newsletter": groups },
            }),
        );
    }

    /// The secret that was made `n`th.
    pub(crate) fn secret(n: u8) -> String {
        Self::made(n).expose()
    }

    fn made(n: u8) -> Secret {
        Secret::from_bytes(&[n; 32]).unwrap()
    }

    fn subscription(&self) -> Subscription {
        let agreement = "letters".parse().unwrap();
        let whose = Whose {
            tenant: &"harbour".parse().unwrap(),
            partner: &"chandlery".parse().unwrap(),
            agreement: Some(&agreement),
            scopes: &BTreeSet::from(["fairlead/profile.read".to_owned()]),
        };
        let types = [
            ORDERS,
            TRACKED,
            "dev.fairlead.profile.updated.v1",
            "dev.fairlead.erasure.told.v1",
            "dev.fairlead.erasure.reminded.v1",
        ];
        let wanted = Wanted {
            url: Redacted::new(ENDPOINT.to_owned()),
            types: types.iter().map(|kind| kind.parse().unwrap()).collect(),
            purpose: "newsletter".parse().unwrap(),
            state: State::Active,
        };
        let now = self.world.clock().now();
        Subscription::new(whose, wanted, &Self::made(1), "request-1", now)
    }

    /// The partner wants to be told of the end of its subscriptions, somewhere else.
    pub(crate) fn hears_of_ends(&self, host: &str) {
        let wanted = Wanted {
            url: Redacted::new(format!("https://{host}/hooks")),
            types: BTreeSet::from([ENDS.parse().unwrap()]),
            purpose: "newsletter".parse().unwrap(),
            state: State::Active,
        };
        let whose = Whose {
            tenant: &"harbour".parse().unwrap(),
            partner: &"chandlery".parse().unwrap(),
            agreement: None,
            scopes: &BTreeSet::new(),
        };
        let now = self.world.clock().now();
        let other = Subscription::new(whose, wanted, &Self::made(3), "request-3", now);
        let row = serde_json::to_value(other).unwrap();
        self.world.put_row("subscriptions", row);
    }

    /// The subscription by which the partner is told of orders, as it stands.
    pub(crate) fn told_of_orders(&self) -> Subscription {
        let mut rows = self.world.rows("subscriptions").into_iter();
        let row = rows.find(|row| row["url"] == ENDPOINT).unwrap();
        serde_json::from_value(row).unwrap()
    }

    /// The partner makes another secret.
    pub(crate) fn rotate(&self) {
        let now = self.world.clock().now();
        let rotated = self
            .subscription()
            .rotated(&Self::made(2), "request-2", now);
        let row = serde_json::to_value(rotated).unwrap();
        self.world.put_row("subscriptions", row);
    }

    /// An order was accepted, and is to be sent.
    pub(crate) fn event(&self, id: &str, subject: Option<&str>) -> Delivery {
        let mut json = json!({
            "specversion": "1.0", "id": id, "source": "/shops/17", "type": ORDERS,
            "time": "2026-01-15T08:59:00Z", "data": { "order": "canary" },
        });
        if let Some(subject) = subject {
            json["subject"] = subject.into();
        }
        self.accepted(&json)
    }

    /// What an SDK on the CRM's pages sent about whom the CRM calls `user` was accepted likewise.
    pub(crate) fn message(&self, user: &str) -> Delivery {
        self.accepted(&json!({
            "specversion": "1.0", "id": user, "source": "segment:harbour/crm", "type": TRACKED,
            "time": "2026-01-15T08:59:00Z", "datacontenttype": "application/json",
            "data": { "type": "track", "userId": user, "event": "Order placed" },
        }))
    }

    /// The CRM calls Jane `user`.
    pub(crate) fn is_called(&self, user: &str) {
        let key = IdentifierKey::from_environment(&self.world.environment()).unwrap();
        let user = Identifier::External(ExternalId::new("harbour", "crm", user).unwrap());
        self.world.put_row(
            "identifiers",
            json!({
                "identifier": user.key(&key), "profile_id": JANE, "member": JANE, "verified": true,
            }),
        );
    }

    fn accepted(&self, json: &Value) -> Delivery {
        let event = Incoming::from_json(&json.to_string()).unwrap();
        let whose = (&"harbour".parse().unwrap(), &"crm".parse().unwrap());
        let now = self.world.clock().now();
        let (item, _) = EventItem::new(&event, whose, "request-1", "events", now);
        self.kept(item)
    }

    /// An order whose data was uploaded was accepted likewise.
    pub(crate) fn uploaded(&self, id: &str) -> Delivery {
        let announced = json!({
            "event": {
                "specversion": "1.0", "id": id, "source": "/shops/17", "type": ORDERS,
                "time": "2026-01-15T08:59:00Z", "subject": JANE,
            },
            "bytes": 2,
            "sha256": "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
        });
        let now = self.world.clock().now();
        let limits = Limits::at(now);
        let upload = Upload::read(announced.to_string().as_bytes(), &limits).unwrap();
        let whose = (&"harbour".parse().unwrap(), &"crm".parse().unwrap());
        self.kept(EventItem::uploaded(
            &upload,
            whose,
            "request-1",
            "events",
            now,
        ))
    }

    fn kept(&self, item: EventItem) -> Delivery {
        let key = item.event.as_str().to_owned();
        let kind = item.kind.clone();
        let row = serde_json::to_value(item).unwrap();
        self.world.put_row("events", row);
        let message = Message::Partner { event: key.clone() };
        self.put(&kind, &key, message)
    }

    /// A partner was told that it has to erase `people`, and in the end says that it has.
    pub(crate) fn is_to_erase(
        &self,
        partner: &str,
        people: &[&str],
        acknowledged_at: Option<&str>,
    ) {
        let mut row = json!({
            "erasure_id": ERASURE,
            "part": format!("partner#harbour#{partner}"),
            "tenant": "harbour",
            "partner": partner,
            "profiles": people,
            "told_at": "2026-01-15T08:58:00Z",
            "reminders": 1,
            "acknowledge_by": "2026-01-29T08:58:00Z",
        });
        if let Some(at) = acknowledged_at {
            row["acknowledged_at"] = at.into();
        }
        self.world.put_row("erasures", row);
    }

    /// The same of something that Fairlead tells.
    pub(crate) fn notice(&self, kind: &str, notice: Notice) -> Delivery {
        let event = notice.id.clone();
        self.put(kind, &event, Message::Fairlead(notice))
    }

    fn put(&self, kind: &str, event: &str, message: Message) -> Delivery {
        let now = self.world.clock().now();
        let time = "2026-01-15T08:59:00Z".parse().unwrap();
        let subscription = self.subscription();
        let kind = kind.parse().unwrap();
        let delivery = Delivery::new(&subscription, kind, (event, time), message, now);
        let row = serde_json::to_value(&delivery).unwrap();
        self.world.put_row("deliveries", row);
        delivery
    }

    /// The queue brings the delivery.
    pub(crate) fn deliver(&self, delivery: &Delivery) {
        let ticket = Ticket {
            subscription: delivery.subscription.clone(),
            delivery_id: delivery.delivery_id.clone(),
        };
        let world = &self.world;
        let bodies = [serde_json::to_string(&ticket).unwrap()];
        let outcome = delivery::sqs(world, "webhooks", bodies, async |event, invocation| {
            let sdk = world.sdk_config(&CallBudget::BATCH);
            let environment = world.environment();
            let (ids, outside) = (world.ids(), world.outside());
            let app = App::new(&environment, &sdk, world.clock(), ids, outside).unwrap();
            handle(&app, event, invocation).await
        });
        assert_eq!(world.block_on(outcome).dead_letters, []);
    }

    pub(crate) fn received(&self) -> Vec<ReceivedWebhook> {
        self.world.engines().received_webhooks()
    }

    /// The one delivery that there is.
    pub(crate) fn delivery(&self) -> Value {
        self.world.rows("deliveries")[0].clone()
    }
}
