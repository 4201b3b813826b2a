//! What people do and what the audiences make of it, through the code under test.

use std::{collections::BTreeSet, time::Duration};

use consent::{Consent, ConsentError, ConsentReader, ConsentWriter, Decision, Ruling};
use erasure::{
    DataEraser, ErasureError, ErasureIdSource, ErasureReader, ErasureRequester, EventRemover,
    ExportRemover, Freezer, LoginRemover, RefusedRemover, Requesting, Term,
};
use event::{Cause, Surface};
use identity::{ErasureId, ProfileId};
use lambda_kit::{aws::CallBudget, config::Environment};
use serde_json::{Value, json, value::to_raw_value};
use tenancy::PurposeDefinition;
use testkit::{
    World,
    engine::{CLAIMS_BUCKET, EVENTS_BUCKET, EXPORTS_BUCKET, USER_POOL},
    tokens::Token,
};

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
    let client = Token::client_row("harbour", "chandlery", "letters");
    world.put_row("directory", client);
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
        said_at: None,
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

/// A person asks by the login of `member` to be erased, and is, as the state machine does it: their
/// profiles are closed, and once they can't take it back, their logins and rows are removed.
pub async fn leaves(world: &World, member: ProfileId) {
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let reader = ErasureReader::new(&sdk, "erasures");
    let id = asks_to_leave(world, &reader, member).await;
    let freezer = Freezer::new(&sdk, reader.clone(), "profiles", world.clock(), world.ids());
    let frozen = freezer.freeze(&id).await;
    frozen.expect("the profiles are closed");
    // The time for taking it back ends with a whole second.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let logins = LoginRemover::new(&sdk, reader.clone(), "profiles", USER_POOL, world.clock());
    let removed = logins.remove(&id, || true).await;
    assert!(
        removed.expect("the logins are removed").done,
        "{member} has logins left"
    );
    let exports = ExportRemover::new(&sdk, EXPORTS_BUCKET);
    let events = EventRemover::new(&sdk, ["events", "waiting"], [EVENTS_BUCKET, CLAIMS_BUCKET]);
    let refused = RefusedRemover::new(&sdk, "quarantine", EVENTS_BUCKET);
    let tables = ["profiles", "identifiers", "receipts"];
    let data = DataEraser::new(
        &sdk,
        reader,
        tables,
        (exports, events, refused),
        world.clock(),
        world.ids(),
    );
    let removed = data.erase(&id, || true).await;
    assert!(
        removed.expect("the rows are removed").done,
        "{member} has rows left"
    );
}

/// The erasure that was begun, without a time for taking it back.
async fn asks_to_leave(world: &World, reader: &ErasureReader, member: ProfileId) -> ErasureId {
    const GRACE: &str = "ERASURE_GRACE_SECONDS";
    let grace = Term::from_environment(&Environment::from_pairs([(GRACE, "0")]), GRACE);
    let ids = world.ids();
    let erasure_ids = ErasureIdSource::from_fn(move || Some(ids.uuid().into_bytes()));
    let requester = ErasureRequester::new(
        &world.sdk_config(&CallBudget::HTTP),
        reader.clone(),
        "profiles",
        (world.clock(), world.ids(), erasure_ids),
        grace.expect("it is a number of seconds"),
    );
    let cause = Cause {
        request_id: "leaves".to_owned(),
    };
    for _ in 0..ATTEMPTS {
        match requester.request(member, Requesting::Person, &cause).await {
            Ok(erasure) => return erasure.erasure_id,
            Err(ErasureError::Settling | ErasureError::Contended) => {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            Err(error) => panic!("{member} can't leave: {error}"),
        }
    }
    panic!("{member} can't leave, however often they try")
}

/// The events that were written until now and that the rule on the bus passes on, whether or not they
/// were delivered before.
#[must_use]
pub fn events(world: &World) -> Vec<Value> {
    let rows = world.rows("profiles").into_iter();
    let events = rows.filter_map(|row| {
        let event = row.get("event")?.as_str()?.to_owned();
        serde_json::from_str(&event).ok()
    });
    let concerns = |event: &Value| {
        let kind = event["type"].as_str().unwrap_or_default();
        let passed_over = [".told.v1", ".reminded.v1", ".completed.v1"];
        !passed_over.iter().any(|end| kind.ends_with(end))
    };
    events.filter(concerns).collect()
}

/// Whom the audience has, by its rows: whoever is there without being visible is decided on, and gets
/// a receipt, at each reading.
#[must_use]
pub fn listed(world: &World) -> BTreeSet<String> {
    let rows = world.rows("audiences").into_iter();
    let memberships = rows.filter(|row| row["part"] == "harbour#newsletter");
    memberships
        .filter_map(|row| Some(row["audience"].as_str()?.to_owned()))
        .collect()
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

/// The schedule starts consent-expiry, and partner-audience gets the events that it writes.
pub async fn expiry_runs(world: &World) {
    use consent_expiry::{App, handle};
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let app = App::new(&world.environment(), &sdk, world.clock(), world.ids());
    let app = app.expect("the environment is whole");
    let done = handle(&app, world.invocation(LIMIT)).await;
    done.expect("the run gets through");
    let mut ended = events(world);
    ended.retain(|event| event["type"] == "dev.fairlead.consent.expired.v1");
    are_delivered(world, &ended).await;
}
