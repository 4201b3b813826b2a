//! How what the world has is kept in its tables.

use serde_json::{Value, json};
use tenancy::write_key_part;

use crate::world::{DELIVERY, Known, SEEN, SUBSCRIPTION};

pub(crate) fn tenant(tenant: &str) -> Value {
    json!({ "tenant": tenant, "part": "tenant", "display_name": tenant })
}

pub(crate) fn partner(tenant: &str) -> Value {
    json!({ "tenant": tenant, "part": "partner#chandlery", "display_name": "The Chandlery" })
}

pub(crate) fn purpose(tenant: &str, name: &str) -> Value {
    json!({
        "tenant": tenant,
        "part": format!("purpose#{name}"),
        "display_name": name,
        "legal_basis": "consent",
        "text_versions": ["2026-01"],
    })
}

/// A type of events that the tenant takes, whatever their data.
pub(crate) fn event_type(tenant: &str, kind: &str) -> Value {
    json!({
        "tenant": tenant,
        "part": format!("event-type#{kind}"),
        "schema": "{}",
        "revision": 1,
        "registered_by": "operator",
    })
}

/// That whoever consented to the newsletter is told of such events.
pub(crate) fn notification_rule(tenant: &str, kind: &str) -> Value {
    json!({
        "tenant": tenant,
        "part": format!("notification-rule#{kind}"),
        "purpose": "newsletter",
        "texts": { "en": "News." },
        "state": "active",
    })
}

/// The tenant's own words for a message to people.
pub(crate) fn message(tenant: &str) -> Value {
    json!({ "tenant": tenant, "part": "message#sign-up#en", "subject": "Your code for {tenant}" })
}

/// That a system of the tenant's partner may send webhooks.
pub(crate) fn hook(tenant: &str) -> Value {
    json!({ "tenant": tenant, "part": "hook#chandlery/orders" })
}

/// That events are published to the tenant's partner.
pub(crate) fn fan_out(tenant: &str) -> Value {
    json!({
        "tenant": tenant,
        "part": "fan-out#chandlery",
        "agreement": "letters",
        "purpose": "newsletter",
        "types": [SEEN],
    })
}

/// Which identifiers are nobody's, whatever the tenant.
pub(crate) fn identifier_rules() -> Value {
    json!({ "tenant": "*", "part": "identifier-rules", "blocked": ["nobody-17"] })
}

/// A write key of the tenant's partner.
pub(crate) fn write_key(tenant: &str, key: &str) -> Value {
    json!({
        "tenant": "*",
        "part": write_key_part(key),
        "owner_tenant": tenant,
        "partner": "chandlery",
    })
}

/// An app client of the tenant's partner, which has no agreement any more.
pub(crate) fn former_client(tenant: &str, client: &str) -> Value {
    json!({
        "tenant": format!("client#{client}"),
        "part": "client",
        "owner_tenant": tenant,
        "partner": "chandlery",
    })
}

/// An event that was refused before its type was there; it is called by the name of somebody.
pub(crate) fn rejected(tenant: &str, person: Known) -> Value {
    let event = json!({
        "specversion": "1.0", "id": "refused", "source": "/door", "type": SEEN, "data": {},
    });
    json!({
        "sender": format!("{tenant}#chandlery"),
        "rejected_id": format!("rej_{}", name(person)),
        "received_at": "2026-01-14T09:00:00Z",
        "problem": { "type": "https://fairlead.dev/problems/unknown-event-type" },
        "raw": event.to_string(),
        "bytes": event.to_string().len(),
        "digest": "digest",
        "state": "waiting",
        "expires_at": 1_900_000_000,
    })
}

/// That the tenant's partner is told of events.
pub(crate) fn subscription(tenant: &str) -> Value {
    json!({
        "tenant": tenant,
        "part": format!("subscription#chandlery#{SUBSCRIPTION}"),
        "partner": "chandlery",
        "subscription_id": SUBSCRIPTION,
        "url": "https://chandlery.example.com/webhooks",
        "types": [SEEN],
        "purpose": "newsletter",
        "agreement": "letters",
        "scopes": ["fairlead/profile.read"],
        "state": "active",
        "secrets": { "current": "whsec_AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=" },
        "circuit": { "state": "closed", "failures": 0 },
        "created_at": "2026-01-14T09:00:00Z",
        "updated_at": "2026-01-14T09:00:00Z",
        "last_request": "an earlier request",
        "version": 1,
    })
}

/// That it was told of one.
pub(crate) fn delivery(tenant: &str) -> Value {
    json!({
        "subscription": format!("{tenant}#chandlery#{SUBSCRIPTION}"),
        "delivery_id": DELIVERY,
        "tenant": tenant,
        "partner": "chandlery",
        "subscription_id": SUBSCRIPTION,
        "type": SEEN,
        "message": { "of": "partner", "event": format!("{tenant}#abc") },
        "created_at": "2026-01-14T09:00:00Z",
        "state": "delivered",
        "attempts": 1,
        "tried": [{ "at": "2026-01-14T09:00:01Z", "outcome": "delivered", "status": 204 }],
        "expires_at": 1_900_000_000,
        "version": 3,
    })
}

/// What a queue brings of an event about somebody, with what no event on the bus has.
pub(crate) fn announcement(person: Known) -> String {
    json!({
        "detail-type": "com.example.seen.v1",
        "detail": { "id": "evt-1", "subject": person.id, "data": { "name": person.marker } },
    })
    .to_string()
}

pub(crate) fn agreement(tenant: &str) -> Value {
    json!({
        "tenant": tenant,
        "part": "agreement#letters",
        "partner": "chandlery",
        "terms": { "newsletter": ["names", "contacts", "events"] },
    })
}

pub(crate) fn profile(id: &str, marker: &str) -> Value {
    let field = |value: String, verified: bool| json!({ "value": value, "at": "2025-06-01T00:00:00Z", "source": "login", "verified": verified });
    json!({
        "profile_id": id,
        "part": "profile",
        "version": 3,
        "fields": {
            "given_name": field(marker.to_owned(), false),
            "email": field(format!("{marker}@example.com"), true),
        },
        "created_at": "2025-06-01T00:00:00Z",
        "updated_at": "2025-06-02T00:00:00Z",
        "last_request": "an earlier request",
    })
}

pub(crate) fn dataset(person: Known) -> Value {
    let name = name(person);
    json!({
        "profile_id": person.id,
        "part": format!("dataset#{name}"),
        "name": name,
        "version": 1_768_467_600_123_u64,
        "keys": 1,
        "bytes": 4,
        "floor": 0,
        "modified_at": "2026-01-15T09:00:00.123Z",
        "last_push": "an earlier push",
    })
}

/// That the person has one dataset.
pub(crate) fn count_of_datasets(person: Known) -> Value {
    json!({ "profile_id": person.id, "part": "datasets", "count": 1, "floor": 0 })
}

/// What `tenant` calls the person: by their name.
pub(crate) fn segment(person: Known, tenant: &str) -> Value {
    json!({
        "profile_id": person.id,
        "part": format!("traits#{tenant}"),
        "tenant": tenant,
        "partner": "chandlery",
        "segments": [name(person)],
        "at": "2025-06-01T00:00:00Z",
    })
}

pub(crate) fn consent(id: &str, tenant: &str, purpose: &str) -> Value {
    json!({
        "profile_id": id,
        "part": format!("consent#{tenant}#{purpose}"),
        "tenant": tenant,
        "purpose": purpose,
        "ruling": "granted",
        "text_version": "2026-01",
        "surface": "self-service",
        "decided_at": "2025-07-01T00:00:00Z",
        "version": 1,
    })
}

pub(crate) fn receipt(number: u64, person: Known, tenant: &str) -> Value {
    let id = receipt_id(number);
    json!({
        "profile_id": person.id,
        "receipt_id": id,
        "partner_day": format!("{tenant}#chandlery#2026-01-15#{}", number % 4),
        "tenant": tenant,
        "partner": "chandlery",
        "agreement": "letters",
        "purpose": "newsletter",
        "legal_basis": "consent",
        "reason": person.marker,
        "outcome": "allowed",
        "allowed": ["names"],
        "withheld": {},
        "policies": ["by-consent"],
        "at": "2026-01-15T09:00:00Z",
        "request_id": "request-0",
        "expires_at": 1_800_000_000_u64,
    })
}

/// The id of a receipt of the day that is asked about.
fn receipt_id(number: u64) -> String {
    format!(
        "rcp_{:012x}70008000{number:012x}",
        1_768_467_600_000_u64 + number
    )
}

/// What is left of a profile.
pub(crate) fn erased(id: &str, erasure_id: &str) -> Value {
    json!({
        "profile_id": id,
        "part": "profile",
        "closed": "erased",
        "erasure_id": erasure_id,
        "erased_at": "2026-01-04T09:00:00Z",
    })
}

/// An erasure that came to its end.
pub(crate) fn erasure(id: &str, state: &str, person: Known) -> Value {
    json!({
        "erasure_id": id,
        "part": "erasure",
        "state": state,
        "profile_id": person.id,
        "members": 1,
        "requested_at": "2026-01-01T09:00:00Z",
        "removal_at": "2026-01-04T09:00:00Z",
        "request_id": "request-0",
        "ended_at": "2026-01-05T09:00:00Z",
    })
}

/// The partner of `tenant` was told of an erasure, and has not acknowledged it yet.
pub(crate) fn told(id: &str, person: Known, tenant: &str) -> Value {
    json!({
        "erasure_id": id,
        "part": format!("partner#{tenant}#chandlery"),
        "tenant": tenant,
        "partner": "chandlery",
        "profiles": [person.id],
        "told_at": "2026-01-04T09:00:00Z",
        "acknowledge_by": "2026-01-18T09:00:00Z",
        "open_for": format!("{tenant}#chandlery"),
    })
}

pub(crate) fn certificate(id: &str, tenant: &str) -> Value {
    json!({
        "schema_version": "fairlead.erasure/1",
        "erasure_id": id,
        "requested_at": "2026-01-01T09:00:00Z",
        "frozen_at": "2026-01-01T09:00:00Z",
        "logins_removed_at": "2026-01-04T09:00:00Z",
        "data_removed_at": "2026-01-04T09:00:00Z",
        "erased": { "profiles": 1, "logins": 1, "identifiers": 1, "records": 1, "reasons_in_receipts": 0 },
        "kept": ["hashes of identifiers", "receipts without names and reasons"],
        "recipients": [
            { "tenant": tenant, "partner": "chandlery", "told_at": "2026-01-04T09:00:00Z", "reminders": 0 },
        ],
        "acknowledge_by": "2026-01-18T09:00:00Z",
        "issued_at": "2026-01-05T09:00:00Z",
    })
}

/// By which what only they use is called.
fn name(person: Known) -> &'static str {
    person.marker.trim_start_matches("marker-")
}
