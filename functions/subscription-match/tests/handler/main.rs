//! The handler on a simulated AWS: who is told of what, once.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::collections::BTreeSet;

use identity::{ExternalId, Identifier, IdentifierKey};
use lambda_kit::{aws::CallBudget, redact::Redacted};
use serde_json::{Value, json};
use subscription::{State, Subscription, Ticket, Wanted, Whose};
use subscription_match::{App, handle};
use testkit::{World, delivery};
use webhook::Secret;

const JANE: &str = "prf_01010101010171018101010101010101";
const ORDERS: &str = "com.example.order.placed.v1";
const UPDATED: &str = "dev.fairlead.profile.updated.v1";
const TOLD: &str = "dev.fairlead.erasure.told.v1";
const REMINDED: &str = "dev.fairlead.erasure.reminded.v1";

fn subscribe(world: &World, tenant: &str, partner: &str, types: &[&str], state: State) {
    let whose = Whose {
        tenant: &tenant.parse().unwrap(),
        partner: &partner.parse().unwrap(),
        agreement: None,
        scopes: &BTreeSet::new(),
    };
    let wanted = Wanted {
        url: Redacted::new("https://example.com/".to_owned()),
        types: types.iter().map(|kind| kind.parse().unwrap()).collect(),
        purpose: "newsletter".parse().unwrap(),
        state,
    };
    let secret = Secret::from_bytes(&[1; 32]).unwrap();
    let now = world.clock().now();
    let subscription = Subscription::new(whose, wanted, &secret, "request-1", now);
    let row = serde_json::to_value(subscription).unwrap();
    world.put_row("subscriptions", row);
}

/// The CRM's event, which says of whom it is by these attributes.
fn accept(world: &World, attributes: &Value) {
    let mut body = json!({
        "specversion": "1.0", "id": "1", "source": "/shops/17", "type": ORDERS,
        "time": "2026-01-15T08:59:00Z", "data": {},
    });
    let members = attributes.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(members);
    world.put_row(
        "events",
        json!({
            "event": "harbour#abc", "tenant": "harbour", "partner": "crm", "source": "/shops/17",
            "id": "1", "type": ORDERS, "time": "2026-01-15T08:59:00Z",
            "accepted_at": "2026-01-15T09:00:00Z", "request_id": "request-1", "digest": "abc",
            "body": body.to_string(), "expires_at": 4_102_444_800_i64,
        }),
    );
}

/// What the CRM calls C-17 leads to what `row` says.
fn is_called(world: &World, row: &Value) {
    let id = ExternalId::new("harbour", "crm", "C-17").unwrap();
    let key = IdentifierKey::from_environment(&world.environment()).unwrap();
    let mut row = row.clone();
    row["identifier"] = Identifier::External(id).key(&key).into();
    world.put_row("identifiers", row);
}

/// Jane deals with the harbour, and the CRM sent an event of her.
fn world() -> World {
    let world = World::new(1);
    accept(&world, &json!({ "subject": JANE }));
    world.put_row(
        "profiles",
        json!({
            "profile_id": JANE, "part": "profile", "version": 3, "fields": {},
            "created_at": "2025-06-01T00:00:00Z", "updated_at": "2025-06-02T00:00:00Z",
            "last_request": "an earlier request", "tenants": ["harbour"],
        }),
    );
    for (tenant, partner) in [
        ("harbour", "chandlery"),
        ("harbour", "crm"),
        ("airport", "crm"),
    ] {
        subscribe(
            &world,
            tenant,
            partner,
            &[ORDERS, UPDATED, TOLD, REMINDED],
            State::Active,
        );
    }
    world
}

fn announced(kind: &str) -> String {
    let detail = json!({
        "specversion": "1.0", "id": "1", "source": "/shops/17", "type": kind,
        "time": "2026-01-15T08:59:00Z", "dataref": "fairlead:event:harbour#abc",
        "tenantid": "harbour", "partnerid": "crm", "correlationid": "request-1",
    });
    json!({ "version": "0", "detail": detail }).to_string()
}

fn of_fairlead(kind: &str, data: &Value) -> String {
    let detail = json!({
        "specversion": "1.0", "id": "evt_1", "source": "dev.fairlead.profile", "type": kind,
        "subject": JANE, "time": "2026-01-15T08:59:00Z", "datacontenttype": "application/json",
        "data": data,
    });
    json!({ "version": "0", "detail": detail }).to_string()
}

/// How many messages end as dead letters.
fn deliver(world: &World, bodies: &[String]) -> usize {
    let bodies = bodies.to_vec();
    let outcome = delivery::sqs(
        world,
        "subscriptions-in",
        bodies,
        async |event, invocation| {
            let sdk = world.sdk_config(&CallBudget::BATCH);
            let app = App::new(&world.environment(), &sdk, world.clock()).unwrap();
            handle(&app, event, invocation).await
        },
    );
    world.block_on(outcome).dead_letters.len()
}

/// Who is to be told.
fn told(world: &World) -> BTreeSet<String> {
    let rows = world.rows("deliveries");
    let whose = |row: &Value| {
        let (tenant, partner) = (row["tenant"].as_str()?, row["partner"].as_str()?);
        Some(format!("{tenant}/{partner}"))
    };
    rows.iter().filter_map(whose).collect()
}

fn names<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
    names.map(str::to_owned).into()
}

#[test]
fn the_tenants_partners_that_want_an_event_are_told_of_it_once() {
    let world = world();
    subscribe(&world, "harbour", "lighthouse", &[UPDATED], State::Active);
    subscribe(&world, "harbour", "pier", &[ORDERS], State::Disabled);
    for _ in 0..2 {
        assert_eq!(deliver(&world, &[announced(ORDERS), announced(ORDERS)]), 0);
    }
    assert_eq!(told(&world), names(["harbour/chandlery", "harbour/crm"]));
    assert_eq!(world.rows("deliveries").len(), 2);
    let queued = world.sent_messages("webhooks").into_iter();
    let queued: BTreeSet<String> = queued.map(|message| message.body).collect();
    assert_eq!(queued.len(), 2);
    let ticket = Ticket::read(queued.first().unwrap()).unwrap();
    let rows = world.rows("deliveries");
    assert!(
        rows.iter()
            .any(|row| row["delivery_id"] == ticket.delivery_id.as_str())
    );
    assert_eq!(
        rows[0]["message"],
        json!({ "of": "partner", "event": "harbour#abc" })
    );
    assert_eq!(rows[0]["due_at"], "2026-01-15T09:01:00.000Z");
}

#[test]
fn of_whom_nobody_knows_yet_partners_are_told_once_they_are_known() {
    let world = world();
    accept(&world, &json!({ "fairleadidentifier": "external:C-17" }));
    assert_eq!(deliver(&world, &[announced(ORDERS)]), 0);
    assert_eq!(told(&world), BTreeSet::new());
    assert_eq!(world.rows("waiting").len(), 1);
    is_called(
        &world,
        &json!({ "profile_id": JANE, "member": JANE, "verified": true }),
    );
    for _ in 0..2 {
        assert_eq!(deliver(&world, &[announced(ORDERS)]), 0);
    }
    assert_eq!(told(&world), names(["harbour/chandlery", "harbour/crm"]));
    assert_eq!(world.rows("deliveries").len(), 2);
}

#[test]
fn what_nobody_wants_does_not_wait() {
    let world = world();
    accept(&world, &json!({ "fairleadidentifier": "external:C-17" }));
    let other = announced("com.example.order.cancelled.v1");
    assert_eq!(deliver(&world, &[other]), 0);
    assert_eq!(world.rows("waiting"), Vec::<Value>::new());
}

#[test]
fn of_somebody_who_was_erased_and_of_what_is_gone_nobody_is_told() {
    let world = world();
    accept(&world, &json!({ "fairleadidentifier": "external:C-17" }));
    is_called(&world, &json!({ "erased_at": "2026-01-01T09:00:00Z" }));
    let gone = announced(ORDERS).replace("harbour#abc", "harbour#gone");
    assert_eq!(deliver(&world, &[announced(ORDERS), gone]), 0);
    assert_eq!(told(&world), BTreeSet::new());
    assert_eq!(world.rows("waiting"), Vec::<Value>::new());
}

#[test]
fn whether_what_names_nobody_may_be_told_is_decided_when_it_is_sent() {
    let world = world();
    accept(&world, &json!({ "subject": "order 4711" }));
    assert_eq!(deliver(&world, &[announced(ORDERS)]), 0);
    assert_eq!(told(&world), names(["harbour/chandlery", "harbour/crm"]));
}

#[test]
fn of_a_change_hear_the_partners_of_those_with_whom_the_person_deals() {
    let world = world();
    let data = json!({ "profile_id": JANE, "version": 4, "changed": ["locale"] });
    assert_eq!(deliver(&world, &[of_fairlead(UPDATED, &data)]), 0);
    assert_eq!(told(&world), names(["harbour/chandlery", "harbour/crm"]));
    let message = world.rows("deliveries")[0]["message"].to_string();
    assert!(!message.contains("locale"), "{message}");
}

#[test]
fn of_all_that_an_array_tells_they_hear_whoevers_events_they_are() {
    let world = world();
    let data = json!({ "profile_id": JANE, "version": 4, "changed": ["locale"] });
    let array = format!("[{}, {}]", announced(ORDERS), of_fairlead(UPDATED, &data));
    assert_eq!(deliver(&world, &[array]), 0);
    assert_eq!(told(&world), names(["harbour/chandlery", "harbour/crm"]));
    assert_eq!(world.rows("deliveries").len(), 4);
    assert_eq!(deliver(&world, &["[]".to_owned()]), 1);
}

#[test]
fn of_what_it_is_to_erase_one_partner_hears() {
    let data = json!({
        "profile_id": JANE, "erasure_id": "era_0123456789abcdef0123456789abcdef",
        "tenant_id": "harbour", "partner_id": "chandlery", "acknowledge_by": "2026-01-29T09:00:00Z",
    });
    for kind in [TOLD, REMINDED] {
        let world = world();
        for _ in 0..2 {
            assert_eq!(deliver(&world, &[of_fairlead(kind, &data)]), 0);
        }
        assert_eq!(told(&world), names(["harbour/chandlery"]), "{kind}");
        let rows = world.rows("deliveries");
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0]["type"], kind);
    }
}

#[test]
fn of_what_a_person_asked_for_and_took_back_no_partner_hears() {
    let world = world();
    let asked = json!({
        "profile_id": JANE, "erasure_id": "era_0123456789abcdef0123456789abcdef",
        "removal_at": "2026-01-18T09:00:00Z",
    });
    let asked = of_fairlead("dev.fairlead.erasure.requested.v1", &asked);
    assert_eq!(deliver(&world, &[asked]), 0);
    assert_eq!(told(&world), BTreeSet::new());
}

#[test]
fn of_somebody_who_is_gone_nobody_hears_that_they_changed() {
    let world = world();
    let gone = json!({ "profile_id": JANE, "part": "profile", "closed": "erased" });
    world.put_row("profiles", gone);
    let data = json!({ "profile_id": JANE, "version": 4, "changed": ["locale"] });
    assert_eq!(deliver(&world, &[of_fairlead(UPDATED, &data)]), 0);
    assert_eq!(told(&world), BTreeSet::new());
}

#[test]
fn what_tells_of_nothing_ends_as_a_dead_letter() {
    assert_eq!(deliver(&world(), &["canary".to_owned()]), 1);
}
