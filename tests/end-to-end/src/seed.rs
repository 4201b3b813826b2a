//! The small world: a tenant with its partner, two people and an operator; and a second tenant.

pub mod airport;
pub mod contact_centre;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::aws::JsonService;
use crate::cognito::MachineClient;
use crate::fairlead::Fairlead;
use crate::person::Person;

/// The brand.
pub const TENANT: &str = "harbour";
/// The brand's partner.
pub const PARTNER: &str = "chandlery";
/// The write key of the partner's pages: the directory has its SHA-256 alone.
pub const WRITE_KEY: &str = "wk-chandlery-website";
/// The SHA-256 of that.
const WRITE_KEY_DIGEST: &str = "45e8e4c9dbf95f4d52b6f119f6ed6246ec83d4574792fa551f062c9c9cb8052f";
/// The partner's system that sends webhooks.
pub const SYSTEM: &str = "orders";
/// What it signs them with.
pub const HOOK_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// How the names of such secrets begin on this machine.
const HOOK_SECRETS: &str = "fairlead/local/hooks";
/// What the partner may ask for.
pub const AGREEMENT: &str = "chandlery-deliveries";
/// What the partner's machine asks its token for, separated by spaces.
pub const PARTNER_SCOPES: &str = "fairlead/profile.read fairlead/profile.identify fairlead/events.write fairlead/subscriptions.write";

/// Who lives in the small world.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct World {
    /// The partner's machine.
    pub partner_client: MachineClient,
}

/// The two people. Nobody confirmed their sign-up: their profiles are made when they first sign in.
#[must_use]
pub fn people() -> [Person; 2] {
    [
        Person::inhabitant("Ada", "Keel", "+15550000001"),
        Person::inhabitant("Ben", "Spar", "+15550000002"),
    ]
}

/// Who looks after the people of the brand.
#[must_use]
pub fn operator() -> Person {
    Person::inhabitant("Olga", "Helm", "+15550000003")
}

/// The group whose members are operators.
pub(crate) const OPERATORS: &str = "operators";

/// Fills an empty deployment.
pub fn seed(fairlead: &Fairlead) -> Result<World> {
    let partner_client = fairlead
        .pool
        .create_machine_client(PARTNER, PARTNER_SCOPES)?;
    let humans = ["WebClientId", "OperatorsClientId"].map(|client| fairlead.stack.output(client));
    let [web, operators] = humans;
    for row in directory([web?, operators?], &partner_client.id) {
        put_new(fairlead, &row)?;
    }
    airport::seed(fairlead)?;
    contact_centre::seed(fairlead)?;
    let secret = json!({
        "Name": format!("{HOOK_SECRETS}/{TENANT}/{PARTNER}/{SYSTEM}"),
        "SecretString": HOOK_SECRET,
    });
    fairlead
        .aws
        .call(JsonService::SecretsManager, "CreateSecret", &secret)?;
    for person in people().into_iter().chain([operator()]) {
        let mut attributes = person.attributes().to_vec();
        attributes.extend([
            ("email_verified", "true"),
            ("phone_number_verified", "true"),
        ]);
        fairlead
            .pool
            .create_confirmed(&person.email, &person.password, &attributes)?;
    }
    fairlead.pool.add_to_group(&operator().email, OPERATORS)?;
    Ok(World { partner_client })
}

/// What the brand processes data for: name, display name, legal basis, whether it is a sale, and for how
/// many days a grant stands.
const PURPOSES: [(&str, &str, &str, bool, Option<u32>); 4] = [
    (
        "account-notices",
        "Notices about your account",
        "consent",
        false,
        None,
    ),
    (
        "newsletter",
        "The Harbour Letter",
        "consent",
        false,
        Some(730),
    ),
    (
        "partner-offers",
        "Offers of our partners",
        "consent",
        true,
        None,
    ),
    (
        "customer-service",
        "Customer service",
        "contract",
        false,
        None,
    ),
];

/// The types of events that the brand takes, each with the schema of its data.
fn event_types() -> [(&'static str, Value); 2] {
    let text = json!({ "type": "string", "maxLength": 256 });
    [
        (
            ORDER_PLACED,
            json!({
                "type": "object",
                "properties": { "order": text, "amount": { "type": "integer", "minimum": 0 } },
                "required": ["order"],
            }),
        ),
        (
            "com.example.page.viewed.v1",
            json!({ "type": "object", "properties": { "page": text }, "required": ["page"] }),
        ),
    ]
}

/// That somebody ordered something.
pub const ORDER_PLACED: &str = "com.example.order.placed.v1";

/// What whoever consented to the newsletter is told of it.
pub const ORDER_NOTICE: &str = "Your order was placed.";

/// The version of every purpose's text.
pub const TEXT_VERSION: &str = "2026-01";

/// The rows of the `directory` table.
fn directory(humans: [&str; 2], partner_client: &str) -> Vec<Value> {
    let mut rows = vec![
        json!({
            "tenant": TENANT,
            "part": "tenant",
            "display_name": "Harbour Stores",
            "app_clients": humans,
        }),
        json!({ "tenant": "*", "part": format!("tenant#{TENANT}") }),
        json!({
            "tenant": TENANT,
            "part": format!("partner#{PARTNER}"),
            "display_name": "The Chandlery",
            // As many as tools make that try out the API.
            "requests_per_minute": 100_000,
        }),
        json!({
            "tenant": TENANT,
            "part": format!("agreement#{AGREEMENT}"),
            "partner": PARTNER,
            "terms": { "newsletter": ["names", "contacts", "events"], "customer-service": ["names"] },
        }),
        json!({
            "tenant": format!("client#{partner_client}"),
            "part": "client",
            "owner_tenant": TENANT,
            "partner": PARTNER,
            "agreement": AGREEMENT,
        }),
    ];
    rows.push(json!({
        "tenant": "*",
        "part": format!("write-key#{WRITE_KEY_DIGEST}"),
        "owner_tenant": TENANT,
        "partner": PARTNER,
    }));
    rows.push(json!({
        "tenant": TENANT,
        "part": format!("hook#{PARTNER}/{SYSTEM}"),
        "external_id": "/data/customer",
    }));
    rows.push(json!({
        "tenant": TENANT,
        "part": format!("notification-rule#{ORDER_PLACED}"),
        "purpose": "newsletter",
        "texts": { "en": ORDER_NOTICE },
        "state": "active",
    }));
    rows.extend(humans.map(|client| {
        json!({ "tenant": format!("client#{client}"), "part": "client", "owner_tenant": TENANT })
    }));
    rows.extend(event_types().map(|(kind, schema)| {
        json!({
            "tenant": TENANT,
            "part": format!("event-type#{kind}"),
            "schema": schema.to_string(),
            "revision": 1,
            "registered_by": "operator",
        })
    }));
    rows.extend(
        PURPOSES.map(|(purpose, display_name, legal_basis, is_sale, days)| {
            let mut row = json!({
                "tenant": TENANT,
                "part": format!("purpose#{purpose}"),
                "display_name": display_name,
                "legal_basis": legal_basis,
                "text_versions": [TEXT_VERSION],
                "notices": [{
                    "text_version": TEXT_VERSION,
                    "url": format!("https://harbour.example/privacy/{purpose}/{TEXT_VERSION}"),
                    "sha256": "5e".repeat(32),
                    "recipients": ["Chandlers"],
                    "retention": "Until you withdraw, or leave",
                }],
                "sale_or_sharing": is_sale,
            });
            if let (Some(days), Some(columns)) = (days, row.as_object_mut()) {
                columns.insert("valid_for_days".to_owned(), days.into());
            }
            row
        }),
    );
    rows
}

/// Writes a row that must not be there yet.
pub(crate) fn put_new(fairlead: &Fairlead, row: &Value) -> Result<()> {
    let columns = row.as_object().context("a row is an object")?;
    let item: Value = columns
        .iter()
        .map(|(name, value)| (name.clone(), attribute(value)))
        .collect();
    let body = json!({
        "TableName": fairlead.stack.output("DirectoryTable")?,
        "Item": item,
        "ConditionExpression": "attribute_not_exists(tenant)",
    });
    fairlead
        .aws
        .call(JsonService::DynamoDb, "PutItem", &body)
        .context("seeding the directory")
        .map(drop)
}

/// A value in DynamoDB's own JSON.
fn attribute(value: &Value) -> Value {
    match value {
        Value::Bool(_) => json!({ "BOOL": value }),
        Value::Number(number) => json!({ "N": number.to_string() }),
        Value::Array(values) => json!({ "L": values.iter().map(attribute).collect::<Vec<_>>() }),
        Value::Object(columns) => {
            let columns = columns
                .iter()
                .map(|(name, value)| (name.clone(), attribute(value)));
            json!({ "M": columns.collect::<serde_json::Map<_, _>>() })
        }
        _ => json!({ "S": value }),
    }
}
