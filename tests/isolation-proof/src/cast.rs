//! Who there is: tenants whose names begin alike, their people, and their code.

use std::sync::{Arc, Mutex, PoisonError};

use cloudevent::Incoming;
use fairlead_crash_points::actors::running::{
    GREETED, Registered, UPDATED, does, has_a_host, registers,
};
use intake::EventItem;
use serde_json::{Value, json};
use testkit::{World, engine::Behaviour};

/// One begins as the next, and a third as both do.
pub const TENANTS: [&str; 4] = ["harbour", "harbour-shop", "harbour-s", "airport"];

/// What partners tell.
pub const ORDERS: &str = "com.example.order.placed.v1";

/// What nothing but a tenant's own bytes hold: a text, after which comes its number.
#[must_use]
pub fn marker(tenant: usize) -> String {
    format!("cnry{tenant}x")
}

/// The people: with which tenants each deals, and to which of them they agreed.
pub const PEOPLE: [(&str, &[usize], &[usize]); 4] = [
    (
        "prf_01010101010171018101010101010101",
        &[0, 1, 3],
        &[0, 1, 3],
    ),
    ("prf_01010101010171018101010101010102", &[0, 2], &[2]),
    ("prf_01010101010171018101010101010103", &[1, 2, 3], &[1]),
    ("prf_01010101010171018101010101010104", &[3], &[3]),
];

/// What code was given, and whose it was.
pub type Given = Arc<Mutex<Vec<(usize, String)>>>;

/// Tenants with hosts and code, which answers with what it is given.
pub fn set_up(world: &World) -> Given {
    let given = Given::default();
    for (number, tenant) in TENANTS.iter().enumerate() {
        world.put_row(
            "directory",
            json!({
                "tenant": tenant, "part": "purpose#newsletter", "display_name": "newsletter",
                "legal_basis": "consent", "text_versions": ["2026-01"],
            }),
        );
        world.put_row(
            "directory",
            json!({
                "tenant": tenant, "part": format!("event-type#{GREETED}"), "revision": 1,
                "schema": json!({ "type": "object" }).to_string(), "registered_by": "operator",
            }),
        );
        has_a_host(world, tenant);
        let types = [UPDATED, ORDERS, "dev.fairlead.consent.granted.v1", GREETED];
        for (name, is_ordered) in [("greeter", false), ("scorer", true)] {
            let extension = Registered {
                name,
                types: &types,
                is_ordered,
                ..Registered::greeter(tenant)
            };
            registers(world, &extension);
            let given = Arc::clone(&given);
            does(world, tenant, name, move |event| {
                let text = event.to_string();
                let mut given = given.lock().unwrap_or_else(PoisonError::into_inner);
                given.push((number, text.clone()));
                drop(given);
                answer(number, &text)
            });
        }
    }
    for (profile, tenants, agreed) in PEOPLE {
        is_there(world, profile, tenants);
        for tenant in agreed {
            agrees(world, profile, TENANTS[*tenant]);
        }
    }
    given
}

/// Code answers with a marker of its tenant, and now and then gives up with one.
fn answer(tenant: usize, event: &str) -> Behaviour {
    let length = event.len();
    let own = format!("{}{length}", marker(tenant));
    if length.is_multiple_of(7) {
        return Behaviour::Throws {
            kind: "ValueError".to_owned(),
            message: own,
        };
    }
    Behaviour::Returns(json!({
        "traits": { "greeting": own },
        "events": [{ "type": GREETED, "data": { "note": own } }],
        "output": own,
    }))
}

fn is_there(world: &World, profile: &str, tenants: &[usize]) {
    let tenants: Vec<&str> = tenants.iter().map(|tenant| TENANTS[*tenant]).collect();
    world.put_row(
        "profiles",
        json!({
            "profile_id": profile, "part": "profile", "version": 3, "fields": {}, "tenants": tenants,
            "created_at": "2025-06-01T00:00:00Z", "updated_at": "2025-06-02T00:00:00Z",
            "last_request": "an earlier request",
        }),
    );
}

fn agrees(world: &World, profile: &str, tenant: &str) {
    world.put_row(
        "profiles",
        json!({
            "profile_id": profile, "part": format!("consent#{tenant}#newsletter"), "tenant": tenant,
            "purpose": "newsletter", "ruling": "granted", "text_version": "2026-01",
            "surface": "self-service", "decided_at": "2025-07-01T00:00:00Z", "version": 1,
        }),
    );
}

/// An order of a partner of `tenant` was accepted, with markers in every field, larger than a row if it is to be;
/// what the bus tells of it.
pub fn order(
    world: &World,
    tenant: usize,
    number: usize,
    person: Option<&str>,
    is_large: bool,
) -> String {
    let own = format!("{}{number}", marker(tenant));
    let note = if is_large {
        format!("{own}{}", "x".repeat(310 * 1024))
    } else {
        own.clone()
    };
    let mut order = json!({
        "specversion": "1.0", "id": own, "source": format!("/shops/{own}"), "type": ORDERS,
        "time": "2026-01-15T08:59:00Z", "dataschema": format!("https://example.com/{own}"),
        "channel": own, "datacontenttype": "application/json",
        "data": { "order": own, "note": note, "lines": [{ "article": own }] },
    });
    order["subject"] = person.map_or_else(|| own.clone(), str::to_owned).into();
    let event = Incoming::from_json(&order.to_string()).expect("it is an event");
    let whose = (
        &TENANTS[tenant].parse().expect("it is a name"),
        &format!("crm-{own}").parse().expect("it is a name"),
    );
    let now = world.clock().now();
    let (item, beside) = EventItem::new(&event, whose, &own, "events", now);
    if let (Some(body), Some(key)) = (beside, item.body_key.as_deref()) {
        let engines = world.engines();
        engines.put_object(
            "events",
            key,
            "application/cloudevents+json",
            body.into_bytes(),
        );
    }
    let detail = serde_json::to_value(item.announcement()).expect("it is JSON");
    world.put_row("events", serde_json::to_value(item).expect("it is JSON"));
    json!({ "detail": detail }).to_string()
}

/// A person agreed to something of `tenant`, or changed on its pages.
#[must_use]
pub fn own(tenant: usize, number: usize, person: &str, is_consent: bool) -> String {
    let name = TENANTS[tenant];
    let marked = format!("{}{number}", marker(tenant));
    let (kind, source, data) = if is_consent {
        let data = json!({
            "profile_id": person, "version": number + 1, "tenant_id": name, "purpose": "newsletter",
            "text_version": marked, "surface": "self-service",
        });
        (
            "dev.fairlead.consent.granted.v1",
            "dev.fairlead.consent",
            data,
        )
    } else {
        let data = json!({
            "profile_id": person, "version": number + 2, "tenant_id": name,
            "changed": ["locale", "segments"],
        });
        (UPDATED, "dev.fairlead.profile", data)
    };
    let event = json!({
        "specversion": "1.0", "id": format!("evt_{number:032x}"), "source": source, "type": kind,
        "subject": person, "time": "2026-01-15T08:59:00Z", "datacontenttype": "application/json",
        "correlationid": marked, "data": data,
    });
    json!({ "detail": event }).to_string()
}

/// What code was given so far.
#[must_use]
pub fn given_so_far(given: &Given) -> Vec<(usize, String)> {
    given.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// A message as it would lie in the queue of `to`, had somebody put one of `from`'s there, as it is or pointing to
/// where that tenant's event lies.
#[must_use]
pub fn astray(body: &str, from: usize, to: usize, is_relabelled: bool) -> String {
    if !is_relabelled {
        return body.to_owned();
    }
    let mut message: Value = serde_json::from_str(body).unwrap_or_default();
    message["tenant"] = TENANTS[to].into();
    message["event_id"] = format!("astray-{from}").into();
    message.to_string()
}
