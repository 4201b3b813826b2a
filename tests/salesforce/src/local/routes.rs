//! Who asks for what: Salesforce's REST API, AppFlow's API, the developer's commands, and the page.

use std::collections::BTreeMap;

use http::header::{HOST, LOCATION, ORIGIN};
use http::{HeaderValue, Method, Request, Response};
use serde_json::{Value, json};

use super::Shared;
use super::state::{Edit, OPERATOR};
use crate::appflow::{ApiError, Flows, Trouble};
use crate::page;
use crate::rest::{Rest, json_answer};
use crate::wire::Telling;

type Answer = Response<Vec<u8>>;

/// How the names begin of what is typed into a record's fields.
pub(crate) const FIELD: &str = "field.";

/// Answers a request.
pub(super) fn answer(shared: &Shared, request: &Request<Vec<u8>>) -> Answer {
    if !is_from_here(request) {
        return told(403, "this is for programs and pages of this machine alone");
    }
    let path = request.uri().path();
    let below = path.trim_start_matches('/');
    if Rest::is_meant(path) {
        let mut state = shared.state();
        let super::State { org, rest, .. } = &mut *state;
        return rest.answer(org, request, Shared::now());
    }
    match (
        request.method(),
        below.split('/').collect::<Vec<_>>().as_slice(),
    ) {
        (&Method::GET, [""]) => html(page::page(&shared.state(), &parameters(request))),
        (&Method::POST, ["edit"]) => redirected(shared, request),
        (&Method::POST, ["break"]) => broken_by_page(shared, request),
        (&Method::GET, ["local", "records"]) => {
            let state = shared.state();
            let records = state.org.records(None).map(|record| state.shown(record));
            json_answer(200, &records.collect())
        }
        (&Method::GET, ["local", "records", id]) => {
            let state = shared.state();
            match state.org.record(id) {
                Some(record) => json_answer(200, &state.shown(record)),
                None => told(404, "there is no such record"),
            }
        }
        (&Method::POST, ["local", "records"]) => edit(shared, request),
        (&Method::GET, ["local", "flows"]) => json_answer(200, &shared.state().shown_flows()),
        (&Method::POST, ["local", "flows", flow]) => {
            let form = form(request);
            breaks(shared, flow, &form)
        }
        (&Method::POST, [operation]) if Flows::has(operation) => {
            appflow(shared, operation, request)
        }
        _ => told(404, "there is nothing here"),
    }
}

/// A page of somebody else's may neither read nor write here, under whatever name it calls.
fn is_from_here(request: &Request<Vec<u8>>) -> bool {
    let text = |name| {
        request
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let is_local = |host: &str| {
        let name = host.split(':').next().unwrap_or_default();
        matches!(name, "127.0.0.1" | "localhost")
    };
    let host_is_local = text(HOST).is_none_or(is_local);
    let origin = text(ORIGIN);
    let origin_is_local = origin.is_none_or(|origin| {
        origin
            .strip_prefix("http://")
            .is_some_and(|origin| Some(origin) == text(HOST))
    });
    host_is_local && origin_is_local
}

fn appflow(shared: &Shared, operation: &str, request: &Request<Vec<u8>>) -> Answer {
    let input: Value = serde_json::from_slice(request.body()).unwrap_or_default();
    match shared.state().flows.answer(operation, &input) {
        Ok(output) => json_answer(200, &output),
        Err(ApiError {
            status,
            code,
            message,
        }) => {
            let mut answer = json_answer(status, &json!({ "message": message }));
            let code = HeaderValue::from_static(code);
            answer.headers_mut().insert("x-amzn-errortype", code);
            answer
        }
    }
}

fn edit(shared: &Shared, request: &Request<Vec<u8>>) -> Answer {
    match edited(shared, &form(request)) {
        Ok(records) => json_answer(200, &json!({ "records": records })),
        Err(message) => told(400, &message),
    }
}

/// Does an edit and tells the bus of it.
fn edited(shared: &Shared, form: &BTreeMap<String, String>) -> Result<Vec<String>, String> {
    let edit = read_edit(form)?;
    let now = Shared::now();
    let done = shared.state().edit(&edit, now);
    let (records, events) = done.map_err(|refused| refused.to_string())?;
    let Some(cloud) = shared.cloud() else {
        return Ok(records);
    };
    for event in &events {
        cloud.put(event).map_err(|error| format!("{error:#}"))?;
    }
    Ok(records)
}

fn read_edit(form: &BTreeMap<String, String>) -> Result<Edit, String> {
    let said = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let telling = match said("telling") {
        "" => Telling::default(),
        name => Telling::named(name).ok_or_else(|| format!("nothing is told by {name}"))?,
    };
    let records = said("records").split(',').map(str::trim);
    let records = records.filter(|id| !id.is_empty()).map(str::to_owned);
    let records: Vec<String> = records.collect();
    if records.is_empty() && said("object").is_empty() {
        return Err("an edit is of records or makes one of an object".to_owned());
    }
    let typed = form.iter().filter_map(|(name, value)| {
        let name = name.strip_prefix(FIELD)?;
        Some((name.to_owned(), value.clone()))
    });
    let by = Some(said("by")).filter(|by| !by.is_empty());
    Ok(Edit {
        object: said("object").to_owned(),
        records,
        typed: typed.collect(),
        action: said("action").to_owned(),
        by: Some(by.unwrap_or(OPERATOR).to_owned()),
        telling,
    })
}

fn breaks(shared: &Shared, flow: &str, form: &BTreeMap<String, String>) -> Answer {
    match broken(shared, flow, form) {
        Ok(()) => json_answer(200, &json!({ "flow": flow })),
        Err(message) => told(400, &message),
    }
}

/// Breaks a flow, and has whoever mends it told if AppFlow would tell.
fn broken(shared: &Shared, flow: &str, form: &BTreeMap<String, String>) -> Result<(), String> {
    let said = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let times = said("times").parse().unwrap_or(1);
    let trouble = said("trouble");
    let trouble =
        Trouble::named(trouble, times).ok_or_else(|| format!("there is no trouble {trouble}"))?;
    let now = Shared::now();
    let mut state = shared.state();
    if state.flows.flow(flow).is_none() {
        return Err(format!("there is no flow {flow}"));
    }
    let report = state.breaks(flow, trouble, now);
    drop(state);
    match (report, shared.cloud()) {
        (Some(report), Some(cloud)) => cloud.tell(&report).map_err(|error| format!("{error:#}")),
        _ => Ok(()),
    }
}

fn redirected(shared: &Shared, request: &Request<Vec<u8>>) -> Answer {
    match edited(shared, &form(request)) {
        Ok(records) => see(&format!("/?record={}", records.join(","))),
        Err(message) => told(400, &message),
    }
}

fn broken_by_page(shared: &Shared, request: &Request<Vec<u8>>) -> Answer {
    let form = form(request);
    let flow = form.get("flow").map(String::as_str).unwrap_or_default();
    match broken(shared, flow, &form) {
        Ok(()) => see("/"),
        Err(message) => told(400, &message),
    }
}

fn form(request: &Request<Vec<u8>>) -> BTreeMap<String, String> {
    form_urlencoded::parse(request.body())
        .into_owned()
        .collect()
}

fn parameters(request: &Request<Vec<u8>>) -> BTreeMap<String, String> {
    let query = request.uri().query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

fn told(status: u16, message: &str) -> Answer {
    json_answer(status, &json!({ "message": message }))
}

fn see(place: &str) -> Answer {
    let mut answer = json_answer(303, &Value::Null);
    if let Ok(place) = HeaderValue::from_str(place) {
        answer.headers_mut().insert(LOCATION, place);
    }
    answer
}

fn html(page: String) -> Answer {
    let mut answer = Response::new(page.into_bytes());
    let kind = HeaderValue::from_static("text/html;charset=UTF-8");
    answer
        .headers_mut()
        .insert(http::header::CONTENT_TYPE, kind);
    answer
}
