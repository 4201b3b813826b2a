//! Whoever comes too late, and what the token of somebody who was erased opens.

use fairlead_crash_points::actors::{
    audience, changes, confirms,
    datasets::{self, asks_to_delete, pulls, pushes_to},
    decides, decides_in,
    events::{
        events_are_swept, events_flow, events_reach_people, people_are_known, reads_timeline,
    },
    export::asks_for_export,
    gets_a_token,
    identify::{app_says, machine_says},
    login::{reconcile_runs, signs_in},
    logins::{self, takes_off_one},
    notices_go_out, operates,
    partner::{asks_for, reads_by_id},
    patches_under, reads, reads_consents, reads_history,
    receipts::reads_receipts,
    settling_is_finished, stream_flows, sweep_runs,
};
use serde_json::{Value, json};
use testkit::World;

use crate::{
    life::{KEY, LANGUAGE, Lived, code_runs, id, is_told_of},
    marks::{DATASET, DEVICE, REASON, RECORD, called, said, written},
};

/// Everything is delivered late and again: triggers, events, partners' words and questions, devices,
/// operators, and the state machine itself.
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
    changes(world, claims, written()).await;
    decides_in(world, claims, "newsletter", "withdrawn", LANGUAGE).await;
    pushes_to(world, claims, DATASET, &Value::Null, &[RECORD]).await;
    reads_by_id(world, &lived.profile_id, REASON).await;
    asks_for(world, &called(), REASON).await;
    // By whatever id the partner has of them, and once more each time.
    let n = u32::try_from(world.rows("events").len()).unwrap_or_default();
    is_told_of(world, &lived.profile_id, n + 2).await;
    let both = json!({ "profiles": [lived.profile_id, id(claims)] });
    operates(world, 100, "POST /v1/profiles/merge", &id(claims), both).await;
    stream_flows(world).await;
    sweep_runs(world).await;
    notices_go_out(world).await;
    settling_is_finished(world, 100).await;
    code_runs(world).await;
    audience::is_kept(world).await;
    audience::expiry_runs(world).await;
}

/// Their app sends what they wrote once more, under its key; the route at which that was answered with
/// anything but that there is no such profile.
pub(crate) async fn repeated(world: &World, lived: &Lived) -> Option<String> {
    let (claims, before) = (&lived.claims, &lived.before);
    let answer = patches_under(world, KEY, claims, before, written()).await;
    let is_closed = answer.to_string().contains("/problems/no-such-profile");
    (!is_closed).then(|| "PATCH /v1/me, sent again under its key".to_owned())
}

/// The routes at which the person's token, which lives on for an hour, is answered with anything but
/// that there is no such profile.
pub async fn opened(world: &World, lived: &Lived) -> Vec<String> {
    let claims = &lived.claims;
    let device = json!({ "anonymous_id": DEVICE });
    let pushed = pushes_to(world, claims, DATASET, &Value::Null, &[RECORD]).await;
    let answers = [
        ("GET /v1/me", reads(world, claims).await),
        ("GET /v1/me/events", reads_timeline(world, claims).await),
        ("GET /v1/me/consents", reads_consents(world, claims).await),
        (
            "GET /v1/me/consents/{purpose}",
            reads_history(world, claims, "newsletter").await,
        ),
        (
            "PUT /v1/me/consents/{purpose}",
            decides(world, claims, "granted").await,
        ),
        ("GET /v1/me/datasets", datasets::lists(world, claims).await),
        (
            "GET /v1/me/datasets/{name}",
            pulls(world, claims, &Value::Null).await,
        ),
        ("PATCH /v1/me/datasets/{name}", pushed.1),
        (
            "DELETE /v1/me/datasets/{name}",
            asks_to_delete(world, claims).await,
        ),
        ("GET /v1/me/receipts", reads_receipts(world, claims).await),
        ("POST /v1/me/export", asks_for_export(world, claims).await),
        ("GET /v1/me/logins", logins::lists(world, claims).await),
        (
            "DELETE /v1/me/logins/{login}",
            takes_off_one(world, claims, &lived.login).await.1,
        ),
        ("POST /v1/identify", app_says(world, claims, &device).await),
    ];
    let opened = answers
        .into_iter()
        .filter(|(_, answer)| !answer.to_string().contains("/problems/no-such-profile"));
    opened.map(|(route, _)| route.to_owned()).collect()
}

/// What waited for the erasure's end is told of again, and that somebody came to be known.
pub async fn events_come_again(world: &World) {
    let before = world.published_events().len();
    people_are_known(world, 0).await;
    events_are_swept(world).await;
    events_flow(world).await;
    events_reach_people(world, before).await;
}
