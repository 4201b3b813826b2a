//! The HTTP API in process: what API Gateway does before a function, and the functions.

use std::{collections::BTreeMap, time::Duration};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use erasure::ErasureIdSource;
use http::{Request, Response};
use lambda_kit::{aws::CallBudget, http::Response as Answer};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json, value::to_raw_value};
use tenancy::WriteKeySource;
use testkit::{World, tokens::WEB_CLIENT};

const READ: Option<&str> = Some("fairlead/profile.read");
const WRITE: Option<&str> = Some("fairlead/profile.write");

/// A route of the API: which function answers it, and the scope for which its authorizer looks.
struct Route {
    key: &'static str,
    function: Function,
    scope: Option<&'static str>,
}

#[derive(Clone, Copy)]
enum Function {
    Profile,
    Receipts,
    Logins,
    Erasure,
    Merge,
    DeadLetters,
    Operations,
    Directory,
    Clients,
    Partners,
    Rejected,
    EventTypes,
    Extensions,
    Docs,
}

const fn route(key: &'static str, function: Function, scope: Option<&'static str>) -> Route {
    Route {
        key,
        function,
        scope,
    }
}

/// Those that pages ask, as `cdk/lib/stacks/api.ts` has them.
const ROUTES: &[Route] = &[
    route("GET /v1/me", Function::Profile, READ),
    route("PATCH /v1/me", Function::Profile, WRITE),
    route("GET /v1/me/consents", Function::Profile, READ),
    route("GET /v1/me/consents/{purpose}", Function::Profile, READ),
    route("PUT /v1/me/consents/{purpose}", Function::Profile, WRITE),
    route("GET /v1/me/notices", Function::Profile, READ),
    route("POST /v1/me/notices/test", Function::Profile, WRITE),
    route("GET /v1/me/receipts", Function::Receipts, READ),
    route("GET /v1/me/logins", Function::Logins, READ),
    route("DELETE /v1/me/logins/{login}", Function::Logins, WRITE),
    route("DELETE /v1/me", Function::Erasure, WRITE),
    route("GET /v1/me/erasure", Function::Erasure, READ),
    route("DELETE /v1/me/erasure", Function::Erasure, WRITE),
    route("GET /v1/erasures/{erasure_id}", Function::Erasure, None),
    route(
        "GET /v1/erasures/{erasure_id}/certificate",
        Function::Erasure,
        None,
    ),
    route("GET /openapi.json", Function::Docs, None),
    route("GET /v1/receipts", Function::Receipts, None),
    route("GET /v1/receipts/summary", Function::Receipts, None),
    route("POST /v1/profiles/merge", Function::Merge, None),
    route(
        "GET /v1/profiles/{profile_id}/merges",
        Function::Merge,
        None,
    ),
    route(
        "GET /v1/profiles/{profile_id}/identifiers",
        Function::Merge,
        None,
    ),
    route(
        "POST /v1/profiles/{profile_id}/split",
        Function::Merge,
        None,
    ),
    route("GET /v1/dead-letters", Function::DeadLetters, None),
    route("GET /v1/dead-letters/{queue}", Function::DeadLetters, None),
    route(
        "POST /v1/dead-letters/{queue}/redrive",
        Function::DeadLetters,
        None,
    ),
    route("GET /v1/operations/house", Function::Operations, None),
    route("GET /v1/operations/flows", Function::Operations, None),
    route("GET /v1/directory/{tenant}", Function::Directory, None),
    route(
        "GET /v1/directory/{tenant}/partners",
        Function::Directory,
        None,
    ),
    route(
        "GET /v1/directory/{tenant}/partners/{partner}",
        Function::Directory,
        None,
    ),
    route(
        "GET /v1/directory/{tenant}/purposes",
        Function::Directory,
        None,
    ),
    route(
        "GET /v1/directory/{tenant}/purposes/{purpose}",
        Function::Directory,
        None,
    ),
    route(
        "PUT /v1/directory/{tenant}/purposes/{purpose}",
        Function::Directory,
        None,
    ),
    route(
        "GET /v1/directory/{tenant}/notification-rules",
        Function::Directory,
        None,
    ),
    route(
        "GET /v1/directory/{tenant}/notification-rules/{type}",
        Function::Directory,
        None,
    ),
    route(
        "PUT /v1/directory/{tenant}/notification-rules/{type}",
        Function::Directory,
        None,
    ),
    route(
        "GET /v1/directory/{tenant}/agreements",
        Function::Directory,
        None,
    ),
    route(
        "GET /v1/directory/{tenant}/agreements/{agreement}",
        Function::Directory,
        None,
    ),
    route(
        "PUT /v1/directory/{tenant}/agreements/{agreement}",
        Function::Directory,
        None,
    ),
    route(
        "GET /v1/directory/{tenant}/partners/{partner}/write-keys",
        Function::Directory,
        None,
    ),
    route(
        "POST /v1/directory/{tenant}/partners/{partner}/write-keys",
        Function::Directory,
        None,
    ),
    route(
        "DELETE /v1/directory/{tenant}/partners/{partner}/write-keys/{write_key_id}",
        Function::Directory,
        None,
    ),
    route(
        "PUT /v1/directory/{tenant}/partners/{partner}",
        Function::Directory,
        None,
    ),
    route(
        "GET /v1/directory/{tenant}/partners/{partner}/clients",
        Function::Clients,
        None,
    ),
    route(
        "POST /v1/directory/{tenant}/partners/{partner}/clients",
        Function::Clients,
        None,
    ),
    route(
        "DELETE /v1/directory/{tenant}/partners/{partner}/clients/{client}",
        Function::Clients,
        None,
    ),
    route("POST /v1/profiles/resolve", Function::Partners, None),
    route(
        "GET /v1/profiles/{profile_id}/events",
        Function::Partners,
        None,
    ),
    route("GET /v1/events/rejected", Function::Rejected, None),
    route(
        "POST /v1/events/rejected/{rejected_id}/resubmit",
        Function::Rejected,
        None,
    ),
    route("GET /v1/event-types", Function::EventTypes, None),
    route("GET /v1/event-types/{type}", Function::EventTypes, None),
    route("PUT /v1/event-types/{type}", Function::EventTypes, None),
    route(
        "GET /v1/directory/{tenant}/extensions",
        Function::Extensions,
        None,
    ),
    route(
        "GET /v1/directory/{tenant}/extensions/{extension}",
        Function::Extensions,
        None,
    ),
    route(
        "GET /v1/directory/{tenant}/extensions/{extension}/usage",
        Function::Extensions,
        None,
    ),
    route(
        "POST /v1/directory/{tenant}/extensions/{extension}/disable",
        Function::Extensions,
        None,
    ),
];

/// The functions, each in a process of its own for each request.
pub(crate) struct Api<'a> {
    world: &'a World,
}

/// Builds a function's app and has it answer an event.
macro_rules! call {
    ($function:ident, $world:expr, $event:expr $(, $more:expr)*) => {
        call!($function with ($world.ids() $(, $more)*), $world, $event)
    };
    ($function:ident with ($($more:expr),*), $world:expr, $event:expr) => {{
        let sdk = $world.sdk_config(&CallBudget::HTTP);
        let clock = $world.clock();
        let app = $function::App::new(&$world.environment(), &sdk, clock $(, $more)*);
        let app = app.expect("the function has all that it reads");
        let invocation = $world.invocation(Duration::from_secs(10));
        $function::handle(&app, $event, invocation).await.expect("it is a request")
    }};
}

impl<'a> Api<'a> {
    pub(crate) const fn new(world: &'a World) -> Self {
        Self { world }
    }

    pub(crate) async fn answer(&self, request: &Request<String>) -> Response<String> {
        let found = ROUTES
            .iter()
            .find_map(|route| Some((route, parameters(route.key, request)?)));
        let Some((route, parameters)) = found else {
            return plain(404, "Not Found");
        };
        let claims = match route.scope.map(|scope| authorized(request, scope)) {
            Some(Err(refused)) => return *refused,
            Some(Ok(claims)) => Some(claims),
            None => None,
        };
        // Two requests of one id were one, which API Gateway brought twice.
        let id = self.world.ids().uuid().to_string();
        let mut context = json!({ "requestId": id });
        if let (Some(claims), Some(context)) = (claims, context.as_object_mut()) {
            context.insert(
                "authorizer".to_owned(),
                json!({ "jwt": { "claims": claims } }),
            );
        }
        let event = to_raw_value(&event(route.key, request, &parameters, &context));
        let answer = self
            .call(route.function, &event.expect("JSON is JSON"))
            .await;
        let mut response = Response::builder().status(answer.status_code);
        for (name, value) in &answer.headers {
            response = response.header(name.as_ref(), value);
        }
        let response = response.body(answer.body.unwrap_or_default());
        response.expect("an answer is an answer")
    }

    async fn call(&self, function: Function, event: &serde_json::value::RawValue) -> Answer {
        let world = self.world;
        match function {
            Function::Profile => call!(profile_api, world, event),
            Function::Receipts => call!(receipt_api, world, event),
            Function::Logins => call!(identity_logins, world, event),
            Function::Erasure => call!(erasure_api, world, event, ErasureIdSource::system()),
            Function::Merge => call!(profile_merge, world, event),
            Function::DeadLetters => call!(dead_letters_api, world, event),
            Function::Operations => call!(operations_api with (), world, event),
            Function::Directory => call!(directory_api, world, event, WriteKeySource::system()),
            Function::Clients => call!(directory_clients, world, event),
            Function::Partners => call!(partner_api, world, event),
            Function::Rejected => call!(event_rejected, world, event),
            Function::EventTypes => call!(event_types, world, event),
            Function::Extensions => call!(extension_api, world, event),
            Function::Docs => {
                let sdk = world.sdk_config(&CallBudget::HTTP);
                let app = docs_api::App::new(&world.environment(), &sdk, world.clock());
                let app = app.expect("the function has all that it reads");
                let invocation = world.invocation(Duration::from_secs(10));
                let answer = docs_api::handle(&app, event, invocation).await;
                answer.expect("it is a request")
            }
        }
    }
}

/// What API Gateway's authorizer says of a token: its claims, if it lets the request through. The
/// signature is the user pool's, since nobody else hands pages a token.
fn authorized(request: &Request<String>, scope: &str) -> Result<Value, Box<Response<String>>> {
    let header = request.headers().get("authorization");
    let claims: Option<Value> = header.and_then(|header| {
        let payload = header.to_str().ok()?.split('.').nth(1)?;
        let payload = BASE64_URL_SAFE_NO_PAD.decode(payload).ok()?;
        serde_json::from_slice(&payload).ok()
    });
    let claims = claims.ok_or_else(|| Box::new(plain(401, "Unauthorized")))?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    if text("client_id") != WEB_CLIENT {
        return Err(Box::new(plain(401, "Unauthorized")));
    }
    if !text("scope").split(' ').any(|granted| granted == scope) {
        return Err(Box::new(plain(403, "Forbidden")));
    }
    Ok(claims)
}

/// What API Gateway answers by itself.
fn plain(status: u16, message: &str) -> Response<String> {
    let body = json!({ "message": message }).to_string();
    let response = Response::builder().status(status).body(body);
    response.expect("a status and a text are an answer")
}

fn event(
    key: &str,
    request: &Request<String>,
    parameters: &BTreeMap<String, String>,
    context: &Value,
) -> Value {
    let headers = request.headers().iter();
    let headers: Map<String, Value> = headers
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().into()))
        .collect();
    let query = request.uri().query().unwrap_or_default();
    let query: BTreeMap<String, String> = form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    json!({
        "version": "2.0",
        "routeKey": key,
        "rawPath": request.uri().path(),
        "headers": headers,
        "pathParameters": parameters,
        "queryStringParameters": query,
        "requestContext": context,
        "body": request.body(),
        "isBase64Encoded": false,
    })
}

/// The parameters of a request's path, if the request is for this route.
fn parameters(key: &str, request: &Request<String>) -> Option<BTreeMap<String, String>> {
    let (method, pattern) = key.split_once(' ')?;
    let path = request.uri().path();
    if request.method() != method || pattern.split('/').count() != path.split('/').count() {
        return None;
    }
    let mut parameters = BTreeMap::new();
    for (expected, found) in pattern.split('/').zip(path.split('/')) {
        let name = expected
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        match name {
            Some(name) => {
                let value = percent_decode_str(found).decode_utf8_lossy();
                parameters.insert(name.to_owned(), value.into_owned());
            }
            None if expected == found => {}
            None => return None,
        }
    }
    Some(parameters)
}
