//! People who want to be erased, the state machine that does it, and partners who are told.

use std::time::Duration;

use erasure::{ErasureError, ErasureIdSource, Progress};
use lambda_kit::{Invocation, aws::CallBudget};
use serde_json::{Value, json, value::RawValue};
use testkit::{
    World,
    delivery::{self, Ended},
    tokens::Token,
};

use super::{access_token, operators_request};

/// The state machine as it is deployed.
const DEFINITION: &str = include_str!("../../../../cdk/erasure.asl.json");

/// How long it is between two looks of a partner at what it has to erase.
const PARTNERS_ROUND: Duration = Duration::from_hours(12);

/// Somebody sends a request to erasure-api, again until it is answered. Returns the status, and the
/// body if there is one.
async fn sends(
    world: &World,
    route: &str,
    id: &str,
    headers: Value,
    claims: Option<&Value>,
) -> Value {
    let authorizer = claims.map(|claims| json!({ "jwt": { "claims": access_token(claims) } }));
    let request = json!({
        "routeKey": route,
        "headers": headers,
        "pathParameters": { "erasure_id": id },
        "requestContext": { "requestId": "", "authorizer": authorizer },
    });
    answered(world, &request).await
}

/// The status of the answer to a request that is sent until it is answered, and the body if there is one.
async fn answered(world: &World, request: &Value) -> Value {
    let answer = delivery::http_client(world, request, async |request, invocation| {
        use erasure_api::{App, handle};
        let sdk = world.sdk_config(&CallBudget::HTTP);
        let ids = world.ids();
        let erasure_ids = ErasureIdSource::from_fn(move || Some(ids.uuid().into_bytes()));
        let app = App::new(
            &world.environment(),
            &sdk,
            world.clock(),
            world.ids(),
            erasure_ids,
        )
        .expect("the environment is whole");
        handle(&app, request, invocation).await
    });
    let answer = answer.await.expect("the API answers");
    let body = answer.get("body").and_then(Value::as_str);
    let body = body.map(|body| serde_json::from_str::<Value>(body).expect("an answer is JSON"));
    json!({ "status": answer.get("statusCode"), "body": body })
}

/// A person asks to be erased; returns the answer.
pub async fn asks_for_erasure(world: &World, claims: &Value) -> Value {
    sends(world, "DELETE /v1/me", "", json!({}), Some(claims)).await
}

/// An operator asks for the erasure of the person of `profile`; returns the answer.
pub async fn operator_asks_for_erasure(world: &World, profile: &str) -> Value {
    let route = "POST /v1/profiles/{profile_id}/erasure";
    let case = json!({ "case": "desk/17" });
    let request = operators_request(world, "erase", route, profile, &case);
    answered(world, &request).await
}

/// A person takes it back; returns the answer.
pub async fn takes_it_back(world: &World, claims: &Value) -> Value {
    sends(world, "DELETE /v1/me/erasure", "", json!({}), Some(claims)).await
}

/// A person looks how far it is.
pub async fn looks_at_own(world: &World, claims: &Value) -> Value {
    sends(world, "GET /v1/me/erasure", "", json!({}), Some(claims)).await
}

/// Whoever has the id looks how far it is.
pub async fn looks_at(world: &World, id: &str) -> Value {
    sends(world, "GET /v1/erasures/{erasure_id}", id, json!({}), None).await
}

/// The id of the erasure that an answer tells of.
#[must_use]
pub fn erasure_of(answer: &Value) -> String {
    let id = answer.pointer("/body/erasure_id").and_then(Value::as_str);
    id.unwrap_or_default().to_owned()
}

/// A partner's machine looks what it has to erase.
pub async fn lists(world: &World, partner: &str) -> Value {
    let headers = json!({ "authorization": bearer(world, partner) });
    sends(world, "GET /v1/erasures", "", headers, None).await
}

/// A partner's machine says that it has erased what it was given.
pub async fn acknowledges(world: &World, partner: &str, id: &str) -> Value {
    let headers = json!({ "authorization": bearer(world, partner) });
    let route = "POST /v1/erasures/{erasure_id}/ack";
    sends(world, route, id, headers, None).await
}

fn bearer(world: &World, partner: &str) -> String {
    let row = Token::client_row("harbour", partner, "letters");
    world.put_row("directory", row);
    let token = Token::machine(world.clock().now(), "harbour", partner, "letters");
    token.scope("fairlead/profile.read").bearer()
}

/// The chandlery looks twice a day what it has to erase, and says so once it has.
pub async fn partner_obeys(world: &World) -> Value {
    for _ in 0..4 {
        tokio::time::sleep(PARTNERS_ROUND).await;
        let open = lists(world, "chandlery").await;
        let told = open.pointer("/body/erasures/0").cloned();
        if let Some(told) = told {
            let id = told.get("erasure_id").and_then(Value::as_str);
            let said = acknowledges(world, "chandlery", id.unwrap_or_default()).await;
            return json!([told, said, lists(world, "chandlery").await]);
        }
    }
    Value::Null
}

/// What was asked for reaches erasure-start, which starts it.
pub async fn erasures_are_started(world: &World) {
    let published = world.published_events().into_iter();
    let asked = published.filter(|event| event.detail_type == "dev.fairlead.erasure.requested.v1");
    let bodies: Vec<String> = asked
        .map(|event| json!({ "version": "0", "detail": event.detail }).to_string())
        .collect();
    let outcome = delivery::sqs(world, "erasures", bodies, async |event, invocation| {
        use erasure_start::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app =
            App::new(&world.environment(), &sdk, world.clock()).expect("the environment is whole");
        handle(&app, event, invocation).await
    });
    assert_eq!(outcome.await.dead_letters, []);
}

/// Step Functions runs what was started, to its end; returns the ends.
pub async fn erasures_run(world: &World) -> Value {
    let definition: Value = serde_json::from_str(DEFINITION).expect("the definition is JSON");
    let mut ends = Vec::new();
    for execution in world.engines().executions() {
        let functions = async |function: &str, event: &RawValue, invocation: Invocation| {
            step(world, function, event, invocation).await
        };
        let ended = delivery::state_machine(world, &definition, execution.input, functions).await;
        ends.push(match ended {
            Ended::Succeeded(state, _) => state,
            Ended::Failed(error) => error,
        });
    }
    ends.into()
}

/// One call of one of the state machine's functions.
async fn step(
    world: &World,
    function: &str,
    event: &RawValue,
    invocation: Invocation,
) -> Result<Value, String> {
    let (environment, clock, ids) = (world.environment(), world.clock(), world.ids());
    let sdk = world.sdk_config(&CallBudget::BATCH);
    macro_rules! call {
        ($function:ident, $($sources:expr),+) => {{
            let app = $function::App::new(&environment, &sdk, $($sources),+);
            let app = app.expect("the environment is whole");
            answer($function::handle(&app, event, invocation).await)
        }};
    }
    match function {
        "erasure-freeze" => call!(erasure_freeze, clock, ids),
        "erasure-release" => call!(erasure_release, clock, ids),
        "erasure-logins" => call!(erasure_logins, clock),
        "erasure-data" => call!(erasure_data, clock, ids),
        "erasure-partners" => call!(erasure_partners, clock, ids),
        "erasure-reminders" => call!(erasure_reminders, clock, ids),
        "erasure-certify" => call!(erasure_certify, clock, ids),
        other => panic!("the state machine calls {other}"),
    }
}

fn answer(progress: Result<Progress, ErasureError>) -> Result<Value, String> {
    let progress = progress.map_err(|error| error.to_string())?;
    serde_json::to_value(progress).map_err(|error| error.to_string())
}
