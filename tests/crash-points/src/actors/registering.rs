//! A tenant's developers, and what becomes of the code that they push: extension-api, extension-register and
//! extension-sweep around a bucket, a queue, and what AWS runs.

use std::collections::BTreeMap;

use bytes::Bytes;
use extension::{pack, registry::hex};
use http::Request;
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use testkit::{
    World, delivery,
    engine::{ARTEFACTS_BUCKET, Behaviour, EXTENSION_COMPILE, EXTENSION_UPLOADS_QUEUE},
    tokens::Token,
};

/// The developer's own profile.
const OPERATOR: &str = "prf_019bc0e2128070000000000000000009";

/// How code is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    /// A module.
    Wasm,
    /// The same with its events in order.
    Ordered,
    /// In a function of its own.
    Lambda,
}

/// There is a host that was built, something that compiles, and a purpose.
pub fn extensions_can_be_run(world: &World) {
    let engines = world.engines();
    engines.put_object(
        ARTEFACTS_BUCKET,
        "extension-host.zip",
        "application/zip",
        "host",
    );
    engines.functions().behaves(EXTENSION_COMPILE, |module| {
        let [tenant, extension, sha256] = ["tenant", "extension", "sha256"]
            .map(|name| module.get(name).and_then(Value::as_str).unwrap_or_default());
        let key = format!("compiled/{tenant}/{extension}/{sha256}-1.cwasm");
        Behaviour::Returns(json!({ "compiled": { "key": key, "bytes": 5 } }))
    });
    world.put_row(
        "directory",
        json!({
            "tenant": "harbour", "part": "purpose#newsletter", "display_name": "The Harbour Letter",
            "legal_basis": "consent", "text_versions": ["2026-01"],
        }),
    );
}

/// A package of the extension `name`.
#[must_use]
pub fn package(name: &str, version: &str, kind: Pushed) -> Vec<u8> {
    let code = match kind {
        Pushed::Wasm => "kind = \"wasm\"\ncode = \"main.wasm\"\n",
        Pushed::Ordered => "kind = \"wasm\"\ncode = \"main.wasm\"\nordered = true\n",
        Pushed::Lambda => "kind = \"lambda\"\n",
    };
    let own = match kind {
        Pushed::Lambda => "[lambda]\nruntime = \"python3.13\"\nhandler = \"main.handle\"\n",
        _ => "",
    };
    let manifest = format!(
        "name = \"{name}\"\nversion = \"{version}\"\n{code}events = [\"dev.fairlead.profile.updated.v1\"]\n\
         purpose = \"newsletter\"\n{own}"
    );
    let file = match kind {
        Pushed::Lambda => "main.py",
        _ => "main.wasm",
    };
    let files = BTreeMap::from([
        ("extension.toml".to_owned(), manifest.into_bytes()),
        (file.to_owned(), format!("{name} {version}").into_bytes()),
    ]);
    pack(&files)
}

/// A developer pushes a package: announces it until they are answered, puts it where they are told to, and it is
/// registered. What they are told of it in the end.
pub async fn pushes(world: &World, key: &str, name: &str, package: Vec<u8>) -> Value {
    let sha256 = hex(&Sha256::digest(&package));
    let announced = json!({ "bytes": package.len(), "sha256": sha256 });
    let route = "POST /v1/directory/{tenant}/extensions/{extension}/uploads";
    let created = asks(world, route, key, name, &announced).await;
    let put = created.pointer("/body/put").cloned().unwrap_or_default();
    let id = created
        .pointer("/body/upload_id")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let object = uploads(world, &put, package);
    let told = json!({ "Records": [{ "eventName": "ObjectCreated:Put", "s3": { "object": { "key": object } } }] });
    registers(world, [told.to_string()]).await;
    shown(world, name, id).await
}

/// The package is put by its link, from outside of AWS; the key that it has then.
fn uploads(world: &World, put: &Value, package: Vec<u8>) -> String {
    let url = put.get("url").and_then(Value::as_str).unwrap_or_default();
    let mut request = Request::put(url);
    for (name, value) in put
        .get("headers")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        request = request.header(name, value.as_str().unwrap_or_default());
    }
    let request = request
        .body(Bytes::from(package))
        .expect("a link is an address");
    let answer = world.engines().call(&request);
    assert_eq!(answer.status(), 200, "the link takes the package");
    let path = url.split('?').next().unwrap_or_default();
    let at = path.find("uploads/").unwrap_or_default();
    path.get(at..).unwrap_or_default().to_owned()
}

/// What the developer is told of an upload.
async fn shown(world: &World, name: &str, id: &str) -> Value {
    let route = "GET /v1/directory/{tenant}/extensions/{extension}/uploads/{upload_id}";
    let mut request = request(world, route, "", name, &Value::Null);
    if let Some(parameters) = request
        .get_mut("pathParameters")
        .and_then(Value::as_object_mut)
    {
        parameters.insert("upload_id".to_owned(), id.into());
    }
    let mut told = answers(world, request).await;
    if let Some(body) = told.get_mut("body").and_then(Value::as_object_mut) {
        body.remove("upload_id");
    }
    told
}

/// A developer asks for something under an idempotency key, until they are answered.
pub async fn asks(world: &World, route: &str, key: &str, name: &str, body: &Value) -> Value {
    answers(world, request(world, route, key, name, body)).await
}

/// A developer has another version run, or none.
pub async fn switches(world: &World, key: &str, name: &str, what: &str, body: &Value) -> Value {
    let route = format!("POST /v1/directory/{{tenant}}/extensions/{{extension}}/{what}");
    status(&asks(world, &route, key, name, body).await)
}

/// A developer removes an extension, and all that there is of it goes.
pub async fn removes(world: &World, key: &str, name: &str) -> Value {
    let before = world.sent_messages(EXTENSION_UPLOADS_QUEUE).len();
    let route = "DELETE /v1/directory/{tenant}/extensions/{extension}";
    let told = asks(world, route, key, name, &Value::Null).await;
    tasks_are_done(world, before).await;
    status(&told)
}

/// Everything that was to be done about extensions since so many messages is done.
pub async fn tasks_are_done(world: &World, since: usize) {
    let sent = world.sent_messages(EXTENSION_UPLOADS_QUEUE);
    registers(
        world,
        sent.into_iter().skip(since).map(|message| message.body),
    )
    .await;
}

/// The sweep goes through all tenants, and what it tells is done.
pub async fn sweeps(world: &World) {
    let before = world.sent_messages(EXTENSION_UPLOADS_QUEUE).len();
    let nothing = json!({});
    let swept = delivery::schedule(world, &nothing, async |_, invocation| {
        use extension_sweep::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app =
            App::new(&world.environment(), &sdk, world.clock()).expect("the environment is whole");
        handle(&app, &invocation).await
    });
    swept.await.expect("the sweep comes to its end");
    tasks_are_done(world, before).await;
}

async fn registers(world: &World, bodies: impl IntoIterator<Item = String>) {
    for body in bodies {
        let done = delivery::sqs(
            world,
            EXTENSION_UPLOADS_QUEUE,
            [body],
            async |batch, invocation| {
                use extension_register::{App, handle};
                let sdk = world.sdk_config(&CallBudget::BATCH);
                let app = App::new(&world.environment(), &sdk, world.clock())
                    .expect("the environment is whole");
                handle(&app, batch, invocation).await
            },
        );
        assert_eq!(
            done.await.dead_letters,
            [],
            "what is uploaded is registered"
        );
    }
}

fn request(world: &World, route: &str, key: &str, name: &str, body: &Value) -> Value {
    let token = Token::operator(world.clock().now(), OPERATOR);
    let token = token.scope("fairlead/extensions.read fairlead/extensions.write");
    let mut headers =
        json!({ "authorization": token.bearer(), "content-type": "application/json" });
    if let (false, Some(headers)) = (key.is_empty(), headers.as_object_mut()) {
        headers.insert("idempotency-key".to_owned(), key.into());
    }
    json!({
        "routeKey": route,
        "headers": headers,
        "pathParameters": { "tenant": "harbour", "extension": name },
        "body": (!body.is_null()).then(|| body.to_string()),
        "requestContext": { "requestId": "" },
    })
}

async fn answers(world: &World, request: Value) -> Value {
    let answer = delivery::http_client(world, &request, async |request, invocation| {
        use extension_api::{App, handle};
        let sdk = world.sdk_config(&CallBudget::HTTP);
        let app = App::new(&world.environment(), &sdk, world.clock(), world.ids())
            .expect("the environment is whole");
        handle(&app, request, invocation).await
    });
    let answer = answer.await.expect("the API answers");
    let body = answer.get("body").and_then(Value::as_str);
    let body: Option<Value> = body.and_then(|body| serde_json::from_str(body).ok());
    json!({ "status": answer.get("statusCode"), "body": body })
}

/// The status, and which versions run and are gone back to.
fn status(told: &Value) -> Value {
    let of = |member: &str| told.pointer(&format!("/body/{member}")).cloned();
    json!([
        told.get("status"),
        of("state"),
        of("active"),
        of("previous")
    ])
}
