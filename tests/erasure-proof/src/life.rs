//! What happens to a person: they live, they are erased, and everybody comes too late.

use std::time::Duration;

use fairlead_crash_points::actors::{
    Person, changes, confirms,
    datasets::{lists, pulls, pushes_to},
    decides, decides_in,
    erasure::{asks_for_erasure, erasures_are_started, erasures_run, partner_obeys},
    gets_a_token,
    identify::{app_says, machine_says},
    login::{Federated, person, reconcile_runs, set_the_pool, signs_in, signs_in_by},
    notices_go_out, operates,
    partner::{agree, looks_up, reads_by_id},
    reads, reads_consents, reads_history, set_the_scene, settling_is_finished, stream_flows,
    sweep_runs,
};
use futures_util::future::join;
use serde_json::{Value, json};
use testkit::{World, engine::EXPORTS_BUCKET};

const EMAIL: &str = "mkemail7q@example.com";
const OTHER_EMAIL: &str = "mkother7q@example.com";
const DEVICE: &str = "mkdevice7q-0123456789";
/// The tag of the text that was read, which goes with the event: it tells of nobody, and bears no marker.
const LANGUAGE: &str = "de-CH";
const REASON: &str = "case of mkreason7q";

/// What is put into every field, and has to be nowhere in the end.
const MARKERS: [&str; 19] = [
    "mkemail7q",
    "30901820",
    "mkgoogle7q",
    "mkgiven7q",
    "mkfamily7q",
    "mkdisplay7q",
    "1903-02-01",
    "mkloc7q",
    "mkdevice7q",
    "mkexternal7q",
    "mktrait7q",
    "mkset7q",
    "mkkey7q",
    "mkvalue7q",
    "mkpushed7q",
    "mkreason7q",
    "mkother7q",
    "mksecond7q",
    "mkexport7q",
];

/// What somebody who has lived can still be called by.
pub struct Lived {
    people: [Person; 2],
    claims: Value,
    profile_id: String,
    markers: Vec<String>,
}

impl Lived {
    /// The markers: those of the fields, and by what the user pool knew the logins.
    #[must_use]
    pub fn markers(&self) -> &[String] {
        &self.markers
    }
}

/// What a machine says of a visitor whom nobody knows.
fn seen() -> Value {
    json!({ "anonymous_id": DEVICE, "traits": { "given_name": "mktrait7q" } })
}

/// What it says of its customer.
fn said() -> Value {
    json!({
        "external_id": "mkexternal7q",
        "anonymous_id": DEVICE,
        "traits": { "given_name": "mktrait7q" },
    })
}

fn google() -> Federated {
    Federated {
        provider: "Google",
        subject: "mkgoogle7q",
        email: EMAIL,
        verified: true,
    }
}

/// A person comes to be known in every way that there is, by two logins and to a partner, all of which
/// turn out to be one's.
pub async fn live(world: &World) -> Lived {
    let pool = world.engines().user_pool();
    let [first, second] = [EMAIL, OTHER_EMAIL].map(|email| {
        let name = pool.sign_up(email, "mkpassword7q").expect("they are new");
        pool.confirm(&name).expect("they were sent a code");
        for (attribute, value) in [
            ("phone_number", "+4930901820"),
            (
                "phone_number_verified",
                if email == EMAIL { "true" } else { "false" },
            ),
            ("given_name", "mkgiven7q"),
            ("family_name", "mkfamily7q"),
        ] {
            pool.set_attribute(&name, attribute, value);
        }
        name
    });
    machine_says(world, &seen()).await;
    let claims = gets_a_token(world, &person(world, &first)).await;
    signs_in_by(world, &google()).await;
    signs_in(world, &person(world, &first)).await;
    let fields = json!({
        "display_name": "mkdisplay7q",
        "birthdate": "1903-02-01",
        "locale": "en-x-mkloc7q",
    });
    changes(world, &claims, fields).await;
    app_says(world, &claims, &json!({ "anonymous_id": DEVICE })).await;
    machine_says(world, &said()).await;
    for purpose in ["account-notices", "newsletter"] {
        decides_in(world, &claims, purpose, "granted", LANGUAGE).await;
    }
    let pushed = [("mkkey7q", Some("mkvalue7q")), ("gone", None)];
    pushes_to(
        world,
        &claims,
        ["mkset7q", "mkpushed7q"],
        &Value::Null,
        &pushed,
    )
    .await;
    tokio_second().await;
    let other = gets_a_token(world, &person(world, &second)).await;
    changes(world, &other, json!({ "given_name": "mksecond7q" })).await;
    pushes_to(
        world,
        &other,
        ["mkset7q", "mkpushed7q"],
        &Value::Null,
        &pushed,
    )
    .await;
    for other in [id(&other), customer(world)] {
        let both = json!({ "profiles": [id(&claims), other] });
        let merged = operates(world, 100, "POST /v1/profiles/merge", &id(&claims), both).await;
        assert!(
            merged.get("merge_id").is_some(),
            "the two are not one: {merged}"
        );
    }
    let profile_id = id(&gets_a_token(world, &person(world, &first)).await);
    reads_by_id(world, &profile_id, REASON).await;
    looks_up(world, EMAIL).await;
    let key = format!("exports/{profile_id}/1.zip");
    let exported = "what mkexport7q has exported".as_bytes();
    world
        .engines()
        .put_object(EXPORTS_BUCKET, &key, "application/zip", exported);
    stream_flows(world).await;
    notices_go_out(world).await;
    let people = [&first, &second].map(|name| person(world, name));
    let subs = people
        .iter()
        .filter_map(|person| person.attributes.get("sub")?.as_str());
    let markers = MARKERS.into_iter().chain(subs).map(str::to_owned).collect();
    Lived {
        people,
        claims,
        profile_id,
        markers,
    }
}

/// The id of the profile that the machine's customer has.
fn customer(world: &World) -> String {
    let text = |row: &Value, name: &str| row.get(name).and_then(Value::as_str).map(str::to_owned);
    let is_named = |row: &Value| {
        let key = text(row, "identifier");
        key.is_some_and(|key| key.starts_with("external#"))
    };
    let rows = world.rows("identifiers");
    let row = rows.iter().find(|row| is_named(row));
    row.and_then(|row| text(row, "profile_id"))
        .unwrap_or_default()
}

async fn tokio_second() {
    tokio::time::sleep(Duration::from_secs(1)).await;
}

fn id(claims: &Value) -> String {
    let id = claims.get("fairlead:profile").and_then(Value::as_str);
    id.unwrap_or_default().to_owned()
}

/// The scene in which it happens.
pub fn set(world: &World) {
    set_the_scene(world);
    agree(world);
    set_the_pool(world);
}

/// The person asks to be erased, and is, while others go on writing.
pub async fn leave(world: &World, lived: &Lived) {
    asks_for_erasure(world, &lived.claims).await;
    stream_flows(world).await;
    erasures_are_started(world).await;
    come_late(world, lived).await;
    join(erasures_run(world), partner_obeys(world)).await;
    stream_flows(world).await;
}

/// Everything is delivered late and again: triggers, events, partners' words, devices, operators,
/// and the state machine itself.
pub async fn come_late(world: &World, lived: &Lived) {
    for person in &lived.people {
        confirms(world, person).await;
        gets_a_token(world, person).await;
        signs_in(world, person).await;
    }
    reconcile_runs(world).await;
    machine_says(world, &said()).await;
    let claims = &lived.claims;
    app_says(world, claims, &json!({ "anonymous_id": DEVICE })).await;
    changes(world, claims, json!({ "display_name": "mkdisplay7q" })).await;
    decides_in(world, claims, "newsletter", "withdrawn", LANGUAGE).await;
    let pushed = [("mkkey7q", Some("mkvalue7q"))];
    pushes_to(
        world,
        claims,
        ["mkset7q", "mkpushed7q"],
        &Value::Null,
        &pushed,
    )
    .await;
    reads_by_id(world, &lived.profile_id, REASON).await;
    let both = json!({ "profiles": [lived.profile_id, id(claims)] });
    operates(world, 100, "POST /v1/profiles/merge", &id(claims), both).await;
    stream_flows(world).await;
    sweep_runs(world).await;
    notices_go_out(world).await;
    settling_is_finished(world, 100).await;
}

/// The routes at which the person's token, which lives on for an hour, is answered with anything but
/// that there is no such profile.
pub async fn opened(world: &World, lived: &Lived) -> Vec<String> {
    let claims = &lived.claims;
    let pushed = [("mkkey7q", Some("mkvalue7q"))];
    let push = pushes_to(
        world,
        claims,
        ["mkset7q", "mkpushed7q"],
        &Value::Null,
        &pushed,
    );
    let answers = [
        ("GET /v1/me", reads(world, claims).await),
        ("GET /v1/me/consents", reads_consents(world, claims).await),
        (
            "GET /v1/me/consents/{purpose}",
            reads_history(world, claims, "newsletter").await,
        ),
        (
            "PUT /v1/me/consents/{purpose}",
            decides(world, claims, "granted").await,
        ),
        ("GET /v1/me/datasets", lists(world, claims).await),
        (
            "GET /v1/me/datasets/{name}",
            pulls(world, claims, &Value::Null).await,
        ),
        ("PATCH /v1/me/datasets/{name}", push.await.1),
    ];
    let opened = answers
        .into_iter()
        .filter(|(_, answer)| !answer.to_string().contains("/problems/no-such-profile"));
    opened.map(|(route, _)| route.to_owned()).collect()
}

/// The state machine is started and run again, from its beginning.
pub async fn erase_again(world: &World) {
    erasures_are_started(world).await;
    erasures_run(world).await;
    stream_flows(world).await;
}
