//! A person's app around profile-export, and whoever it gives the link to.

use bytes::Bytes;
use http::Request;
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use testkit::{
    World, delivery,
    engine::{EXPORTS_BUCKET, StoredObject},
};

use super::access_token;

/// The app asks for all that is held on the person, again until it is answered; the answer's body.
pub async fn asks_for_export(world: &World, claims: &Value) -> Value {
    let request = json!({
        "routeKey": "POST /v1/me/export",
        "headers": {},
        "requestContext": { "requestId": "", "authorizer": { "jwt": { "claims": access_token(claims) } } },
    });
    let answer = delivery::http_client(world, &request, async |request, invocation| {
        use profile_export::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app, request, invocation).await
    });
    let answer = answer.await.expect("the API answers");
    let body = answer.get("body").and_then(Value::as_str);
    serde_json::from_str(body.expect("an answer has a body")).expect("an answer is JSON")
}

/// The app does so, and follows the link: what is in the archive.
pub async fn exports(world: &World, claims: &Value) -> Value {
    let body = asks_for_export(world, claims).await;
    let link = body.get("url").and_then(Value::as_str).unwrap_or_default();
    let request = Request::get(link).body(Bytes::new());
    let opened = world.engines().call(&request.expect("it is a link"));
    let objects = world.objects(EXPORTS_BUCKET);
    let object = objects.iter().find(|object| object.body == *opened.body());
    let files = object.and_then(StoredObject::unzipped);
    let files = files.expect("the link opens an archive").into_iter();
    files
        .map(|(name, content)| {
            // The person's id stands in the name of each file, and is in each row as well.
            let name = name.rsplit('/').next().unwrap_or_default().to_owned();
            let rows: Value = serde_json::from_slice(&content).expect("a file is JSON");
            (name, rows)
        })
        .filter(|(name, _)| name != "export.json")
        .collect::<serde_json::Map<_, _>>()
        .into()
}
