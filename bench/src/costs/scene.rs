//! The world that is counted in, and the functions that answer in it.

use std::time::Duration;

use identity::{Identifier, IdentifierKey};
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json, value::RawValue};
use testkit::{World, tokens::Token};

const LIMIT: Duration = Duration::from_secs(10);

/// A function's process.
pub(super) type Handler = Box<dyn Fn(&World, &RawValue) -> Value>;

/// A new process of a function; `$ids` where it makes ids.
macro_rules! function {
    ($name:ident, $budget:ident $(, $ids:ident)?) => {
        pub(super) fn $name(world: &World) -> Handler {
            use ::$name::{App, handle};
            let sdk = world.sdk_config(&CallBudget::$budget);
            let app = App::new(&world.environment(), &sdk, world.clock() $(, world.$ids())?)
                .expect("the environment is whole");
            Box::new(move |world, event| {
                let answer = world.block_on(handle(&app, event, world.invocation(LIMIT)));
                serde_json::to_value(answer.expect("it answers")).expect("an answer is JSON")
            })
        }
    };
}

function!(contact_config_lookup, CONTACT);
function!(contact_caller_lookup, CONTACT, ids);
function!(identity_post_confirmation, COGNITO, ids);
function!(identity_pre_token_generation, COGNITO, ids);
function!(profile_api, HTTP, ids);
function!(profile_datasets, HTTP, ids);
function!(profile_identify, HTTP, ids);
function!(profile_merge, HTTP, ids);
function!(partner_api, HTTP, ids);
function!(receipt_api, HTTP, ids);

/// A hundred people who agreed to the newsletter, one of them with a second profile, and a partner
/// that may send it to them; a contact centre, and when it is open.
pub(super) fn scene() -> World {
    let world = World::new(1);
    for row in [
        json!({ "tenant": "client#web", "part": "client", "owner_tenant": "harbour" }),
        json!({
            "tenant": "client#machine", "part": "client", "owner_tenant": "harbour",
            "partner": "chandlery", "agreement": "letters",
        }),
        Token::client_row("harbour", "chandlery", "letters"),
        json!({
            "tenant": "harbour", "part": "purpose#newsletter", "display_name": "Newsletter",
            "legal_basis": "consent", "text_versions": ["2026-01"],
        }),
        json!({
            "tenant": "harbour", "part": "agreement#letters", "partner": "chandlery",
            "terms": { "newsletter": ["names", "contacts"] },
        }),
        json!({
            "tenant": "harbour", "part": "purpose#customer-service", "display_name": "Customer service",
            "legal_basis": "contract", "text_versions": ["2026-01"],
        }),
        json!({
            "tenant": "harbour", "part": "agreement#customer-service", "partner": "contact-centre",
            "terms": { "customer-service": ["names", "demographics", "events"] },
        }),
    ] {
        world.put_row("directory", row);
    }
    let key = IdentifierKey::from_environment(&world.environment());
    let key = key.expect("the environment is whole");
    for n in 0..100 {
        put_person(&world, n, &key);
    }
    let phone = PHONE.parse().expect("it is a number");
    put_identifier(&world, &Identifier::Phone(phone), CALLER, &key);
    let mut rows = world.rows("profiles").into_iter();
    let caller = json!(id(CALLER));
    let mut profile = rows
        .find(|row| row["profile_id"] == caller && row["part"] == "profile")
        .expect("the caller is one of them");
    profile["tenants"] = json!(["harbour"]);
    world.put_row("profiles", profile);
    let hours = json!({
        "name": "Office", "days": ["mon", "tue", "wed", "thu", "fri"], "opens": "08:00", "closes": "18:00",
        "time_zone": "Europe/Berlin",
    });
    let engines = world.engines();
    engines.put_published("contact", &[("opening-hours", hours)]);
    world.put_row(
        "profiles",
        json!({ "profile_id": id(500), "part": "profile", "closed": "merged", "merged_into": id(0) }),
    );
    world
}

fn put_person(world: &World, n: u32, key: &IdentifierKey) {
    let field = |value: &str| json!({ "value": value, "verified": true, "at": "2025-06-01T00:00:00Z", "source": "login" });
    world.put_row(
        "profiles",
        json!({
            "profile_id": id(n),
            "part": "profile",
            "version": 3,
            "fields": {
                "email": field(&email(n)),
                "phone_number": field(PHONE),
                "given_name": field("Jane"),
                "family_name": field("Keel"),
                "birthdate": field("1990-12-31"),
                "locale": field("de-CH"),
            },
            "known_by": ["login"],
            "created_at": "2025-06-01T00:00:00Z",
            "updated_at": "2025-06-02T00:00:00Z",
            "last_request": "an earlier request",
        }),
    );
    world.put_row(
        "profiles",
        json!({
            "profile_id": id(n), "part": "consent#harbour#newsletter", "tenant": "harbour",
            "purpose": "newsletter", "ruling": "granted", "text_version": "2026-01",
            "surface": "self-service", "decided_at": "2025-07-01T00:00:00Z", "version": 1,
        }),
    );
    let address = email(n).parse().expect("it is an address");
    put_identifier(world, &Identifier::Email(address), n, key);
}

fn put_identifier(world: &World, identifier: &Identifier, n: u32, key: &IdentifierKey) {
    world.put_row(
        "identifiers",
        json!({
            "identifier": identifier.key(key), "profile_id": id(n), "member": id(n), "verified": true,
            "at": "2025-06-01T00:00:00Z",
        }),
    );
}

/// Which of them deals with the tenant, and calls.
const CALLER: u32 = 50;

/// The number by which they call.
pub(super) const PHONE: &str = "+4930901820";

/// The id of the `n`th person.
pub(super) fn id(n: u32) -> String {
    format!("prf_{n:032x}")
}

/// The address of the `n`th person.
pub(super) fn email(n: u32) -> String {
    format!("person-{n}@example.com")
}
