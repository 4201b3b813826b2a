//! What people do and what the audiences make of it, through the code under test.

use std::time::Duration;

use consent::{Consent, ConsentError, ConsentReader, ConsentWriter, Decision, Ruling};
use event::{Cause, Surface};
use identity::ProfileId;
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json, value::to_raw_value};
use tenancy::PurposeDefinition;
use testkit::World;

/// How often an actor tries again what met another one.
const ATTEMPTS: usize = 20;

const LIMIT: Duration = Duration::from_secs(30);

/// The purpose: a grant stands for a day.
fn purpose() -> Value {
    json!({
        "tenant": "harbour", "part": "purpose#newsletter", "display_name": "Newsletter",
        "legal_basis": "consent", "text_versions": ["2026-01"], "valid_for_days": 1,
    })
}

/// The tenant has a purpose, and an agreement with the chandlery about names.
pub fn set_the_scene(world: &World) {
    world.put_row("directory", purpose());
    world.put_row(
        "directory",
        json!({
            "tenant": "harbour", "part": "agreement#letters", "partner": "chandlery",
            "terms": { "newsletter": ["names"] },
        }),
    );
}

/// A person decides by the login of `member`; what holds then.
pub async fn decides(world: &World, member: ProfileId, is_yes: bool) -> Consent {
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let reader = ConsentReader::new(&sdk, "profiles");
    let writer = ConsentWriter::new(reader, world.clock(), world.ids());
    let definition: PurposeDefinition = serde_json::from_value(purpose()).expect("it is a purpose");
    let decision = Decision {
        ruling: if is_yes {
            Ruling::Granted
        } else {
            Ruling::Withdrawn
        },
        text_version: "2026-01".parse().ok(),
        language: None,
        surface: Surface::SelfService,
        overrides_gpc: false,
    };
    let cause = Cause {
        request_id: "decides".to_owned(),
    };
    for _ in 0..ATTEMPTS {
        match writer.decide(member, &definition, &decision, &cause).await {
            Ok(consent) => return consent,
            Err(ConsentError::Settling | ConsentError::Contended) => {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            Err(error) => panic!("{member} can't decide: {error}"),
        }
    }
    panic!("{member} can't decide, however often they try")
}

/// The events that were written until now, whether or not they were delivered before.
#[must_use]
pub fn events(world: &World) -> Vec<Value> {
    let rows = world.rows("profiles").into_iter();
    let events = rows.filter_map(|row| {
        let event = row.get("event")?.as_str()?.to_owned();
        serde_json::from_str(&event).ok()
    });
    events.collect()
}

/// Events reach partner-audience, again until all of them are dealt with.
pub async fn are_delivered(world: &World, events: &[Value]) {
    use partner_audience::{App, handle};
    let mut left: Vec<&Value> = events.iter().collect();
    for _ in 0..ATTEMPTS {
        let records = left.iter().enumerate().map(|(n, event)| {
            json!({ "messageId": n.to_string(), "body": json!({ "detail": event }).to_string() })
        });
        let batch = json!({ "Records": records.collect::<Vec<_>>() });
        let batch = to_raw_value(&batch).expect("a batch is JSON");
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app = App::new(&world.environment(), &sdk, world.clock());
        let app = app.expect("the environment is whole");
        let answer = handle(&app, &batch, world.invocation(LIMIT)).await;
        let failed = answer.expect("it is a batch").batch_item_failures;
        let failed: Vec<usize> = failed
            .iter()
            .filter_map(|failed| failed.item_identifier.parse().ok())
            .collect();
        left = failed.into_iter().map(|place| left[place]).collect();
        if left.is_empty() {
            return;
        }
    }
    panic!(
        "{} events are not dealt with, however often they come",
        left.len()
    )
}

/// The schedule starts partner-expiry.
pub async fn expiry_runs(world: &World) {
    use partner_expiry::{App, handle};
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let app = App::new(&world.environment(), &sdk, world.clock());
    let app = app.expect("the environment is whole");
    let done = handle(&app, world.invocation(LIMIT)).await;
    done.expect("the run gets through");
}
