//! Two tenants with a partner of the same name each, and people who dealt with one of them or none.

use identity::{Identifier, IdentifierKey};
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json, value::to_raw_value};
use std::time::Duration;
use testkit::{World, tokens::Token};

pub(crate) const HARBOUR: &str = "harbour";
pub(crate) const AIRPORT: &str = "airport";

/// Somebody whom an answer may tell of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    pub(crate) id: &'static str,
    /// Stands in all that is kept of them, and nowhere else.
    pub(crate) marker: &'static str,
}

/// Who calls, and consented to the harbour's newsletter.
pub(crate) const JANE: Known = Known {
    id: "prf_01010101010171018101010101010101",
    marker: "marker-jane",
};
/// Who never decided on anything.
const JOAN: Known = Known {
    id: "prf_02020202020272028202020202020202",
    marker: "marker-joan",
};
/// Who consented to the airport's newsletter alone.
const JULE: Known = Known {
    id: "prf_03030303030373038303030303030303",
    marker: "marker-jule",
};
/// Who was erased.
const ERIN: Known = Known {
    id: "prf_04040404040474048404040404040404",
    marker: "marker-erin",
};
/// Who went through a merge, and consented to the harbour's newsletter.
const MARY: Known = Known {
    id: "prf_05050505050575058505050505050505",
    marker: "marker-mary",
};
/// Who became one with Mary.
const MAUD: &str = "prf_06060606060676068606060606060606";
/// Nobody.
const NOBODY: &str = "prf_0f0f0f0f0f0f7f0f8f0f0f0f0f0f0f0f";

/// Everybody whom an answer may tell of.
pub(crate) fn people() -> impl Iterator<Item = Known> {
    [JANE, JOAN, JULE, ERIN, MARY].into_iter()
}

/// Whom, or whose, a request names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    /// The caller's own, where they are a person.
    Jane,
    /// Another person's.
    Joan,
    /// A person's of another tenant.
    Jule,
    /// An erased person's.
    Erin,
    /// Of a person who was merged.
    Mary,
    /// Of nobody.
    Nobody,
    /// None at all.
    Malformed,
}

impl Subject {
    /// All of them.
    pub(crate) const ALL: [Self; 7] = [
        Self::Jane,
        Self::Joan,
        Self::Jule,
        Self::Erin,
        Self::Mary,
        Self::Nobody,
        Self::Malformed,
    ];

    /// The id of their profile.
    pub(crate) const fn profile(self) -> &'static str {
        match self {
            Self::Jane => JANE.id,
            Self::Joan => JOAN.id,
            Self::Jule => JULE.id,
            Self::Erin => ERIN.id,
            Self::Mary => MARY.id,
            Self::Nobody => NOBODY,
            Self::Malformed => "prf_1",
        }
    }

    /// Their address.
    pub(crate) const fn address(self) -> &'static str {
        match self {
            Self::Jane => "marker-jane@example.com",
            Self::Joan => "marker-joan@example.com",
            Self::Jule => "marker-jule@example.com",
            Self::Erin => "marker-erin@example.com",
            Self::Mary => "marker-mary@example.com",
            Self::Nobody => "nobody@example.com",
            Self::Malformed => "no address",
        }
    }

    /// A name that only they use: of a dataset of theirs.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Jane => "jane",
            Self::Joan => "joan",
            Self::Jule => "jule",
            Self::Erin => "erin",
            Self::Mary => "mary",
            Self::Nobody => "nobody",
            Self::Malformed => "no name",
        }
    }
}

/// A world with all of them.
pub(crate) fn world() -> World {
    let world = World::new(1);
    for tenant in [HARBOUR, AIRPORT] {
        world.put_row("directory", purpose(tenant, "newsletter"));
        world.put_row("directory", purpose(tenant, &format!("{tenant}-offers")));
        world.put_row(
            "directory",
            json!({
                "tenant": tenant,
                "part": "agreement#letters",
                "partner": "chandlery",
                "terms": { "newsletter": ["names", "contacts"] },
            }),
        );
    }
    for person in [JANE, JOAN, JULE, MARY] {
        world.put_row("profiles", profile(person.id, person.marker));
        world.put_row("profiles", dataset(person));
        point(&world, &format!("{}@example.com", person.marker), person.id);
    }
    world.put_row("profiles", profile(MAUD, "marker-mary"));
    world.put_row(
        "profiles",
        json!({ "profile_id": ERIN.id, "part": "profile", "closed": "erased" }),
    );
    for (person, tenant) in [(JANE, HARBOUR), (MARY, HARBOUR), (JULE, AIRPORT)] {
        world.put_row("profiles", consent(person.id, tenant));
    }
    for (number, (person, tenant)) in (1..).zip([(JANE, HARBOUR), (JOAN, HARBOUR), (JULE, AIRPORT)])
    {
        world.put_row("receipts", receipt(number, person, tenant));
    }
    world
}

/// Makes Mary and Maud one, and says by which merge.
pub(crate) fn merge(world: &World) -> String {
    let token = Token::operator(world.clock().now(), JANE.id).scope("fairlead/profile.merge");
    let request = json!({
        "routeKey": "POST /v1/profiles/merge",
        "headers": { "authorization": token.bearer(), "content-type": "application/json" },
        "body": json!({ "profiles": [MARY.id, MAUD] }).to_string(),
        "requestContext": { "requestId": "request-0" },
    });
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let environment = world.environment();
    let app = profile_merge::App::new(&environment, &sdk, world.clock(), world.ids()).unwrap();
    let event = to_raw_value(&request).unwrap();
    let invocation = world.invocation(Duration::from_secs(10));
    let answer = world.block_on(profile_merge::handle(&app, &event, invocation));
    let body: Value = serde_json::from_str(&answer.unwrap().body.unwrap()).unwrap();
    body["merge_id"]
        .as_str()
        .expect("Mary and Maud become one")
        .to_owned()
}

fn purpose(tenant: &str, name: &str) -> Value {
    json!({
        "tenant": tenant,
        "part": format!("purpose#{name}"),
        "display_name": name,
        "legal_basis": "consent",
        "text_versions": ["2026-01"],
    })
}

fn profile(id: &str, marker: &str) -> Value {
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

fn dataset(person: Known) -> Value {
    let name = person.marker.trim_start_matches("marker-");
    json!({
        "profile_id": person.id,
        "part": format!("dataset#{name}"),
        "name": name,
        "version": 1_768_467_600_123_u64,
        "keys": 1,
        "bytes": 4,
        "modified_at": "2026-01-15T09:00:00.123Z",
        "push": "an earlier push",
    })
}

fn consent(id: &str, tenant: &str) -> Value {
    json!({
        "profile_id": id,
        "part": format!("consent#{tenant}#newsletter"),
        "tenant": tenant,
        "purpose": "newsletter",
        "ruling": "granted",
        "text_version": "2026-01",
        "surface": "self-service",
        "decided_at": "2025-07-01T00:00:00Z",
        "version": 1,
    })
}

fn receipt(number: u64, person: Known, tenant: &str) -> Value {
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

fn point(world: &World, address: &str, id: &str) {
    let key = IdentifierKey::from_environment(&world.environment()).unwrap();
    let identifier = Identifier::Email(address.parse().unwrap());
    world.put_row(
        "identifiers",
        json!({ "identifier": identifier.key(&key), "profile_id": id, "member": id, "verified": true }),
    );
}
