//! Every route that is described, called by everyone: who may call it does, and nobody else.

use anyhow::{Context as _, Result, ensure};
use fairlead_end_to_end::callers::{self, Caller};
use fairlead_end_to_end::fairlead::Fairlead;
use fairlead_end_to_end::http::Answer;
use serde_json::Value;

use crate::visitor::running;

/// What is said of the API: the routes come from here, so that none is left out.
const DESCRIPTION: &str = include_str!("../../../../docs/openapi.json");

/// What ends the caller, and so comes last.
const LAST: &str = "delete /v1/me";

/// What tells callers what they can use.
const SHOWN: &str = "get /openapi.json";

/// Problems that say that the caller is not the one to call.
const NOT_FOR_THEM: [&str; 3] = ["no-profile-in-token", "scope-missing", "wrong-principal"];

/// A route, with the examples of its description filled in.
struct Route {
    key: String,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    requirements: Vec<Value>,
    is_behind_authorizer: bool,
    refuses_bad_tokens: bool,
}

impl Route {
    fn of(document: &Value, path: &str, method: &str, operation: &Value) -> Result<Self> {
        let mut filled = path.to_owned();
        let mut query = form_urlencoded::Serializer::new(String::new());
        let mut headers = Vec::new();
        let parameters = operation.get("parameters").and_then(Value::as_array);
        for parameter in parameters.into_iter().flatten() {
            let name = text(parameter, "/name")?;
            let schema = text(parameter, "/schema/$ref")?;
            let pointer = schema.trim_start_matches('#');
            let example = document.pointer(&format!("{pointer}/examples/0"));
            let example = example.with_context(|| format!("{schema} has no example"))?;
            let example = example
                .as_str()
                .map_or_else(|| example.to_string(), str::to_owned);
            match text(parameter, "/in")? {
                "path" => filled = filled.replace(&format!("{{{name}}}"), &example),
                "header" => headers.push((name.to_owned(), example)),
                _ => {
                    query.append_pair(name, &example);
                }
            }
        }
        let content = operation.pointer("/requestBody/content");
        let content = content
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .next();
        let mut body = Vec::new();
        if let Some((media_type, content)) = content {
            headers.push(("content-type".to_owned(), media_type.clone()));
            body = serde_json::to_vec(content.get("example").unwrap_or(&Value::Null))?;
        }
        let query = query.finish();
        if !query.is_empty() {
            filled = format!("{filled}?{query}");
        }
        let security = operation.get("security").and_then(Value::as_array);
        Ok(Self {
            key: format!("{method} {path}"),
            method: method.to_uppercase(),
            path: filled,
            headers,
            body,
            requirements: security
                .context("an operation says who may call it")?
                .clone(),
            is_behind_authorizer: operation
                .pointer("/responses/401/content/application~1json")
                .is_some(),
            refuses_bad_tokens: operation.pointer("/responses/401").is_some(),
        })
    }

    /// Whether `caller` is one of those whom it says that it is for. The authorizer takes tokens of
    /// `web_client` alone: operators have another one.
    fn is_open_to(&self, caller: &Caller, web_client: &str) -> bool {
        let has_bad_token = caller.schemes.is_empty() && caller.authorization.is_some();
        if has_bad_token && self.refuses_bad_tokens {
            return false;
        }
        if self.is_behind_authorizer && caller.client.as_deref() != Some(web_client) {
            return false;
        }
        let meets = |requirement: &Value| {
            let mut schemes = requirement.as_object().into_iter().flatten();
            schemes.all(|(scheme, scopes)| {
                let mut scopes = scopes.as_array().into_iter().flatten();
                caller.schemes.contains(&scheme.as_str())
                    && scopes.all(|scope| caller.scopes.iter().any(|each| scope == each.as_str()))
            })
        };
        self.requirements.is_empty() || self.requirements.iter().any(meets)
    }

    /// Whether it is for whoever has a key or a secret of a partner, and not for a token.
    fn takes_a_key(&self) -> bool {
        let mut schemes = self.requirements.iter().filter_map(Value::as_object);
        schemes.any(|each| each.contains_key("write_key") || each.contains_key("signature"))
    }

    /// Its path in the description, and its method.
    fn place(&self) -> (&str, &str) {
        let (method, path) = self.key.split_once(' ').unwrap_or_default();
        (path, method)
    }

    fn send(&self, fairlead: &Fairlead, caller: &Caller) -> Result<Answer> {
        let headers = self.headers.iter().map(|(name, value)| (&**name, &**value));
        let token = caller
            .authorization
            .as_deref()
            .map(|value| ("authorization", value));
        let headers: Vec<(&str, &str)> = headers.chain(token).collect();
        let api = &fairlead.api;
        api.send(&self.method, &self.path, None, &headers, self.body.clone())
    }
}

fn routes() -> Result<Vec<Route>> {
    let document: Value = serde_json::from_str(DESCRIPTION)?;
    let mut routes = Vec::new();
    let paths = document.get("paths").and_then(Value::as_object);
    for (path, operations) in paths.context("a description has paths")? {
        for (method, operation) in operations.as_object().into_iter().flatten() {
            routes.push(Route::of(&document, path, method, operation)?);
        }
    }
    routes.sort_by_key(|route| route.key == LAST);
    Ok(routes)
}

fn text<'a>(value: &'a Value, pointer: &str) -> Result<&'a str> {
    let text = value.pointer(pointer).and_then(Value::as_str);
    text.with_context(|| format!("there is no {pointer} in {value}"))
}

/// Whether the answer says that the caller has no valid token, or is not the one to call.
fn is_refused(answer: &Answer) -> bool {
    let problem = answer
        .json()
        .ok()
        .and_then(|body| body.get("type").cloned());
    let kind = problem.as_ref().and_then(Value::as_str);
    let name = kind.and_then(|kind| kind.rsplit('/').next());
    match (answer.status, name) {
        (401, _) | (403, None) => true,
        (403, Some(name)) => NOT_FOR_THEM.contains(&name),
        _ => false,
    }
}

#[test]
fn every_route_admits_whom_it_says_it_is_for_and_nobody_else() -> Result<()> {
    let (running, fairlead) = running()?;
    let callers = callers::all(&fairlead, &running)?;
    let web_client = fairlead.stack.output("WebClientId")?;
    let routes = routes()?;
    let mut wrong = Vec::new();
    for route in &routes {
        for caller in &callers {
            let answer = route.send(&fairlead, caller)?;
            if is_refused(&answer) == route.is_open_to(caller, web_client) || answer.status >= 500 {
                wrong.push(format!(
                    "{} by {}: {} {}",
                    route.key,
                    caller.name,
                    answer.status,
                    answer.text()
                ));
            }
        }
    }
    println!("{} routes × {} callers", routes.len(), callers.len());
    ensure!(!routes.is_empty(), "docs/openapi.json has no routes");
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

#[test]
fn every_caller_is_shown_the_routes_that_admit_them_and_no_other() -> Result<()> {
    let (running, fairlead) = running()?;
    let web_client = fairlead.stack.output("WebClientId")?;
    let routes = routes()?;
    let description = routes.iter().find(|route| route.key == SHOWN);
    let description = description.context("the description is at no route")?;
    // Whoever sends events for a partner is shown what its keys and secrets open, which no token does.
    let by_token = routes.iter().filter(|route| !route.takes_a_key());
    let by_token: Vec<&Route> = by_token.collect();
    for caller in callers::honest(&fairlead, &running)? {
        let shown = description.send(&fairlead, &caller)?.expect(200)?.json()?;
        for route in &by_token {
            let (path, method) = route.place();
            let is_shown = shown
                .get("paths")
                .and_then(|paths| paths.get(path))
                .is_some_and(|operations| operations.get(method).is_some());
            ensure!(
                is_shown == route.is_open_to(&caller, web_client),
                "{} to {}: shown {is_shown}",
                route.key,
                caller.name
            );
        }
    }
    Ok(())
}
