//! What happens to a person: they live, they are erased, and a year passes.

use std::time::Duration;

use fairlead_crash_points::actors::{
    Person, audience, changes,
    datasets::pushes_to,
    decides_in,
    erasure::{asks_for_erasure, erasures_are_started, erasures_run, partner_obeys},
    events::{
        KIND, events_flow, events_reach_people, order, people_are_told, posts, takes_orders,
        tells_of_orders,
    },
    export::exports,
    fan_out::{events_fan_out, publishes},
    gets_a_token,
    identify::{app_says, machine_says},
    login::{Federated, person, set_the_pool, signs_in, signs_in_by},
    logins, notices_go_out, operates,
    partner::{agree, looks_up, looks_up_under, reads_by_id},
    patches_under, reads,
    receipts::are_archived,
    running::{
        Registered, does, events_are_dispatched, has_a_host, host_runs, registers,
        results_are_applied,
    },
    set_the_scene, stream_flows,
    uploads::{SCAN, announcement, takes_scans, uploads},
    webhooks::{events_are_matched, subscribes, webhooks_go_out},
};
use futures_util::future::join3;
use profile::FieldName;
use serde_json::{Value, json};
use testkit::World;

use crate::{
    late::{come_late, repeated},
    marks::{
        DATASET, DEVICE, EMAIL, GOOGLE, OTHER_EMAIL, PHONE, REASON, RECORD, SCAN_DATA, awaited,
        events, found_out, mark_of, markers, refused, said, seen, written,
    },
};

/// The tenant with which they deal.
const HARBOUR: &str = "harbour";

/// The tag of the text that was read, which goes with the event: it tells of nobody, and bears no marker.
pub(crate) const LANGUAGE: &str = "de-CH";

/// The longest that a world waits at once, and some more than a year of it.
const WAIT: Duration = Duration::from_hours(6 * 24);
const WAITS: u32 = 62;

/// The key under which their app sends what they write.
pub(crate) const KEY: &str = "8e03978e-40d5-43e8-bc93-6894a57f9324";

/// After their data is gone, and before an answer that is kept is so old that it counts no more.
const REPEATED_AT: Duration = Duration::from_hours(2);

/// What somebody who has lived can still be called by.
pub struct Lived {
    pub(crate) people: [Person; 2],
    pub(crate) claims: Value,
    /// Their profile as their app found it when it wrote under its key.
    pub(crate) before: Value,
    pub(crate) profile_id: String,
    /// One of their logins, as they see it.
    pub(crate) login: Value,
    markers: Vec<String>,
}

impl Lived {
    /// The markers: those of the fields, and by what the user pool knew the logins.
    #[must_use]
    pub fn markers(&self) -> &[String] {
        &self.markers
    }
}

/// The scene in which it happens.
pub fn set(world: &World) {
    set_the_scene(world);
    agree(world);
    set_the_pool(world);
    takes_orders(world);
    tells_of_orders(world);
    takes_scans(world);
    world.put_row(
        "directory",
        json!({
            "tenant": "harbour",
            "part": "agreement#topics",
            "partner": "chandlery",
            "terms": { "account-notices": ["events"] },
        }),
    );
    publishes(world, &[KIND, SCAN], ("account-notices", "topics"));
    has_a_host(world, HARBOUR);
    let code = Registered::greeter(HARBOUR);
    registers(world, &code);
    does(world, HARBOUR, code.name, found_out);
}

/// A person comes to be known in every way that there is, by two logins and to a partner, all of which
/// turn out to be one's.
pub async fn live(world: &World) -> Lived {
    let names = [(EMAIL, "true"), (OTHER_EMAIL, "false")];
    let names = names.map(|(email, is_proven)| sign_up(world, email, is_proven));
    let [first, second] = &names;
    let types = [KIND, "dev.fairlead.profile.updated.v1"];
    subscribes(world, &types, "account-notices").await;
    // Nobody knows yet whom it names, and that they are known comes later than that they go.
    posts(world, &[awaited()]).await;
    events_flow(world).await;
    events_reach_people(world, 0).await;
    machine_says(world, &seen()).await;
    let claims = gets_a_token(world, &person(world, first)).await;
    signs_in_by(world, &google()).await;
    signs_in(world, &person(world, first)).await;
    let before = reads(world, &claims).await;
    patches_under(world, KEY, &claims, &before, written()).await;
    app_says(world, &claims, &json!({ "anonymous_id": DEVICE })).await;
    machine_says(world, &said()).await;
    for purpose in ["account-notices", "newsletter"] {
        decides_in(world, &claims, purpose, "granted", LANGUAGE).await;
    }
    push(world, &claims).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    become_one(world, &claims, &person(world, second)).await;
    let claims_now = gets_a_token(world, &person(world, first)).await;
    let profile_id = id(&claims_now);
    stream_flows(world).await;
    code_runs(world).await;
    audience::is_kept(world).await;
    audience::expiry_runs(world).await;
    is_told_of(world, &profile_id, 1).await;
    posts(world, &[refused(&profile_id)]).await;
    is_read(world, &profile_id).await;
    exports(world, &claims).await;
    notices_go_out(world).await;
    let listed = logins::lists(world, &claims).await;
    let people = [first, second].map(|name| person(world, name));
    let subs = people
        .iter()
        .filter_map(|person| person.attributes.get("sub")?.as_str());
    let markers = markers().map(str::to_owned);
    let markers = markers.chain(subs.map(str::to_owned)).collect();
    Lived {
        people,
        claims,
        before,
        profile_id,
        login: listed
            .pointer("/logins/0/login")
            .cloned()
            .expect("they have logins"),
        markers,
    }
}

/// They sign up; the pool's name for them.
fn sign_up(world: &World, email: &str, is_phone_proven: &str) -> String {
    let pool = world.engines().user_pool();
    let name = pool.sign_up(email, "mkpassword7q").expect("they are new");
    pool.confirm(&name).expect("they were sent a code");
    for (attribute, value) in [
        ("phone_number", PHONE),
        ("phone_number_verified", is_phone_proven),
        ("given_name", mark_of(FieldName::GivenName).text),
        ("family_name", mark_of(FieldName::FamilyName).text),
    ] {
        pool.set_attribute(&name, attribute, value);
    }
    name
}

fn google() -> Federated {
    Federated {
        provider: "Google",
        subject: GOOGLE,
        email: EMAIL,
        verified: true,
    }
}

/// A device pushes a record, and that another one is gone.
async fn push(world: &World, claims: &Value) {
    let pushed = [RECORD, ("gone", None)];
    pushes_to(world, claims, DATASET, &Value::Null, &pushed).await;
}

/// Their other login writes, and an operator makes it, the partner's customer and them one.
async fn become_one(world: &World, claims: &Value, second: &Person) {
    let other = gets_a_token(world, second).await;
    changes(world, &other, json!({ "given_name": "mksecond7q" })).await;
    push(world, &other).await;
    for other in [id(&other), customer(world)] {
        let both = json!({ "profiles": [id(claims), other] });
        let merged = operates(world, 100, "POST /v1/profiles/merge", &id(claims), both).await;
        assert!(
            merged.get("merge_id").is_some(),
            "the two are not one: {merged}"
        );
    }
}

/// The id of the profile that the machine's customer has.
fn customer(world: &World) -> String {
    let text = |row: &Value, name: &str| row.get(name).and_then(Value::as_str).map(str::to_owned);
    let is_named = |row: &&Value| {
        let key = text(row, "identifier");
        key.is_some_and(|key| key.starts_with("external#"))
    };
    let rows = world.rows("identifiers");
    let row = rows.iter().find(is_named);
    row.and_then(|row| text(row, "profile_id"))
        .expect("the machine has a customer")
}

/// A partner sends events of them, which get where they belong.
pub(crate) async fn is_told_of(world: &World, profile_id: &str, n: u32) {
    let before = world.published_events().len();
    posts(world, &events(profile_id, n)).await;
    // And one that can't be taken, which tells of nobody.
    posts(world, &[order("refused", "", &json!({}))]).await;
    let (name, kind) = (format!("scan-{n}"), (SCAN, "application/pdf"));
    let scan = announcement(&name, kind, profile_id, SCAN_DATA);
    uploads(world, &scan, SCAN_DATA).await;
    events_flow(world).await;
    events_fan_out(world, before).await;
    events_reach_people(world, before).await;
    people_are_told(world).await;
    events_are_matched(world).await;
    webhooks_go_out(world).await;
}

/// Their tenant's own code is given whatever changed of them, all of it again if it was before, and so are its
/// answers.
pub(crate) async fn code_runs(world: &World) {
    events_are_dispatched(world, 0).await;
    host_runs(world, HARBOUR, 0).await;
    results_are_applied(world, 0).await;
}

/// A partner reads of them, and one of the receipts is so old that it goes to the archive.
async fn is_read(world: &World, profile_id: &str) {
    reads_by_id(world, profile_id, REASON).await;
    looks_up(world, EMAIL).await;
    looks_up_under(world, "1f0c6c1e-7a43-4d0c-9a53-2b1a5e0c7d11", EMAIL).await;
    let receipts = world.rows("receipts");
    let has_reason = |row: &&Value| row.get("reason").is_some_and(|reason| reason == REASON);
    let old = receipts.iter().find(has_reason).cloned();
    let mut old = old.expect("a receipt has the partner's reason");
    let columns = old.as_object_mut().expect("a row is an object");
    let id = "rcp_019bc10dd48070008000000000000001";
    columns.insert("receipt_id".to_owned(), id.into());
    let ended = world.clock().now().as_second() - 1;
    columns.insert("expires_at".to_owned(), ended.into());
    world.put_row("receipts", old);
    world.engines().expire("receipts");
    are_archived(world).await;
}

pub(crate) fn id(claims: &Value) -> String {
    let id = claims.get("fairlead:profile").and_then(Value::as_str);
    id.unwrap_or_default().to_owned()
}

/// The person asks to be erased, and is, while others go on writing. Returns the routes at which their
/// app was still given an answer that had been kept for it.
pub async fn leave(world: &World, lived: &Lived) -> Vec<String> {
    asks_for_erasure(world, &lived.claims).await;
    let leaving = repeated(world, lived).await;
    stream_flows(world).await;
    erasures_are_started(world).await;
    come_late(world, lived).await;
    // What is refused later than the rows go, its sender keeps until it runs out.
    posts(world, &[refused(&id(&lived.claims))]).await;
    let later = async {
        tokio::time::sleep(REPEATED_AT).await;
        repeated(world, lived).await
    };
    let (_, _, erased) = join3(erasures_run(world), partner_obeys(world), later).await;
    stream_flows(world).await;
    audience::is_kept(world).await;
    leaving.into_iter().chain(erased).collect()
}

/// The state machine is started and run again, from its beginning.
pub async fn erase_again(world: &World) {
    erasures_are_started(world).await;
    erasures_run(world).await;
    stream_flows(world).await;
}

/// More than a year passes: what has a time to live is gone, and the receipts are in the archive.
pub fn a_year_passes(world: &World) {
    for _ in 0..WAITS {
        world.advance(WAIT);
    }
    for table in world.engines().tables() {
        world.engines().expire(table);
    }
    world.block_on(are_archived(world));
}
