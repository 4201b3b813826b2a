//! Salesforce, as far as records are read of it: tokens by client credentials, and queries page by page
//! (<https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_queryall.htm>).

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header::DATE};
use lambda_kit::clock::Clock;
use serde_json::{Map, Value, json};

use super::answer;
use crate::{Call, Service};

/// What the simulated reader's secret says.
const CLIENT: (&str, &str) = ("simulated-client", "simulated-secret-of-salesforce");

/// As many records as one page has, unless a test says otherwise.
const PAGE: usize = 2_000;

/// The paths of everything that Salesforce answers.
const TOKEN: &str = "/services/oauth2/token";
const VERSIONS: &str = "/services/data/";

/// The call of a request for Salesforce.
pub(crate) fn read(request: &Request<Bytes>) -> Option<Call> {
    let path = request.uri().path();
    let (operation, text) = if path == TOKEN && request.method() == Method::POST {
        ("Token", std::str::from_utf8(request.body()).ok()?)
    } else {
        let rest = path.strip_prefix(VERSIONS)?;
        let (_, resource) = rest.split_once('/')?;
        let operation = if resource.starts_with("queryAll") || resource.starts_with("query/") {
            "QueryAll"
        } else {
            "Unknown"
        };
        (operation, request.uri().query().unwrap_or_default())
    };
    let mut input: Map<String, Value> = form_urlencoded::parse(text.as_bytes())
        .map(|(name, value)| (name.into_owned(), value.into_owned().into()))
        .collect();
    let authorization = request.headers().get("authorization");
    let authorization = authorization.and_then(|value| value.to_str().ok());
    input.insert("Authorization".to_owned(), authorization.into());
    input.insert("Path".to_owned(), path.into());
    let mut input = Value::from(input);
    input.sort_all_objects();
    Some(Call {
        service: Service::Salesforce,
        operation: operation.to_owned(),
        input,
    })
}

/// The records of Salesforce, and who may read them.
pub struct Salesforce {
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// By object and id.
    records: BTreeMap<String, BTreeMap<String, Value>>,
    page: Option<usize>,
    /// How many tokens were given out, and up to which they are over.
    tokens: usize,
    expired: usize,
    /// The results that are still to be fetched.
    results: Vec<Vec<Value>>,
}

impl Salesforce {
    /// Without records, on `clock`'s time.
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            clock,
            state: Mutex::default(),
        }
    }

    /// What the secret of the reader says.
    #[must_use]
    pub fn secret() -> String {
        json!({ "client_id": CLIENT.0, "client_secret": CLIENT.1 }).to_string()
    }

    /// Puts a record there, as if somebody had made or changed it. What it lacks is empty.
    pub fn put(&self, object: &str, record: &Value) {
        let id = text(record, "Id").to_owned();
        let mut state = self.state();
        let records = state.records.entry(object.to_owned()).or_default();
        records.insert(id, record.clone());
    }

    /// Removes a record for good: no query finds it any more.
    pub fn purge(&self, object: &str, id: &str) {
        let mut state = self.state();
        if let Some(records) = state.records.get_mut(object) {
            records.remove(id);
        }
    }

    /// From now on a page has `records` records.
    pub fn page_by(&self, records: usize) {
        self.state().page = Some(records);
    }

    /// All tokens that were given out are over.
    pub fn expire_tokens(&self) {
        let mut state = self.state();
        state.expired = state.tokens;
    }

    /// How many tokens were given out.
    #[must_use]
    pub fn tokens(&self) -> usize {
        self.state().tokens
    }

    pub(super) fn call(&self, call: &Call) -> Response<Bytes> {
        let mut answer = self.answer(call);
        // As HTTP writes times, in whole seconds.
        let now = self.clock.now().strftime("%a, %d %b %Y %H:%M:%S GMT");
        if let Ok(now) = now.to_string().parse() {
            answer.headers_mut().insert(DATE, now);
        }
        answer
    }

    fn answer(&self, call: &Call) -> Response<Bytes> {
        let mut state = self.state();
        match call.operation.as_str() {
            "Token" => state.token(&call.input),
            "QueryAll" if !state.is_known(&call.input) => refusal(
                StatusCode::UNAUTHORIZED,
                "INVALID_SESSION_ID",
                "Session expired or invalid",
            ),
            "QueryAll" => state.query(&call.input),
            _ => refusal(
                StatusCode::NOT_FOUND,
                "NOT_FOUND",
                "The requested resource does not exist",
            ),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn token(&mut self, input: &Value) -> Response<Bytes> {
        let is_client = (text(input, "client_id"), text(input, "client_secret")) == CLIENT;
        if text(input, "grant_type") != "client_credentials" || !is_client {
            let body = json!({ "error": "invalid_client", "error_description": "invalid client credentials" });
            return answer::json(StatusCode::BAD_REQUEST, &body);
        }
        self.tokens += 1;
        let token = format!("simulated-token-{}", self.tokens);
        let body = json!({
            "access_token": token,
            "instance_url": "https://harbour.my.salesforce.com",
            "token_type": "Bearer",
        });
        answer::json(StatusCode::OK, &body)
    }

    fn is_known(&self, input: &Value) -> bool {
        let number = text(input, "Authorization").strip_prefix("Bearer simulated-token-");
        let number = number.and_then(|number| number.parse::<usize>().ok());
        number.is_some_and(|number| number > self.expired && number <= self.tokens)
    }

    fn query(&mut self, input: &Value) -> Response<Bytes> {
        let (result, from) = if let Some(place) = locator(text(input, "Path")) {
            place
        } else {
            let Some(found) = self.find(text(input, "q")) else {
                return refusal(
                    StatusCode::BAD_REQUEST,
                    "MALFORMED_QUERY",
                    "unexpected token",
                );
            };
            self.results.push(found);
            (self.results.len() - 1, 0)
        };
        let Some(found) = self.results.get(result) else {
            return refusal(
                StatusCode::BAD_REQUEST,
                "INVALID_QUERY_LOCATOR",
                "invalid query locator",
            );
        };
        let page = self.page.unwrap_or(PAGE);
        let records: Vec<&Value> = found.iter().skip(from).take(page).collect();
        let next = from + page;
        let mut body =
            json!({ "totalSize": found.len(), "done": next >= found.len(), "records": records });
        if let (true, Value::Object(body)) = (next < found.len(), &mut body) {
            let url = format!("{VERSIONS}v62.0/query/{result:015}-{next}");
            body.insert("nextRecordsUrl".to_owned(), url.into());
        }
        answer::json(StatusCode::OK, &body)
    }

    /// The records that a query of the one shape asks for: some by their ids, or what changed since.
    fn find(&self, query: &str) -> Option<Vec<Value>> {
        let (fields, rest) = query.strip_prefix("SELECT ")?.split_once(" FROM ")?;
        let (object, rest) = rest.split_once(" WHERE ")?;
        let (condition, order) = rest.split_once(" ORDER BY ")?;
        if order != "SystemModstamp, Id" {
            return None;
        }
        let ids = condition.strip_prefix("Id IN (");
        let ids = ids.and_then(|list| list.strip_suffix(')'));
        let since = condition.strip_prefix("SystemModstamp >= ");
        if ids.is_none() && since.is_none() {
            return None;
        }
        let is_meant = |record: &&Value| {
            let id = format!("'{}'", text(record, "Id"));
            let of_ids = ids.is_none_or(|ids| ids.split(',').any(|one| one == id));
            // Salesforce writes `+0000` and queries say `Z`: both begin with the same.
            let stamp = text(record, "SystemModstamp");
            let is_later = since.is_none_or(|since| stamp.get(..19) >= since.get(..19));
            of_ids && is_later
        };
        let records = self.records.get(object).into_iter();
        let records = records.flat_map(BTreeMap::values).filter(is_meant);
        let mut found: Vec<Value> = records
            .map(|record| selected(object, fields, record))
            .collect();
        let place = |record: &Value| {
            let place = (text(record, "SystemModstamp"), text(record, "Id"));
            (place.0.to_owned(), place.1.to_owned())
        };
        found.sort_by_key(place);
        Some(found)
    }
}

/// The fields of a record that a query names, null where it has none, as Salesforce answers.
fn selected(object: &str, fields: &str, record: &Value) -> Value {
    let kind = json!({ "type": object });
    let fields = fields.split(", ").map(|field| {
        let value = record.get(field).cloned().unwrap_or_default();
        (field.to_owned(), value)
    });
    [("attributes".to_owned(), kind)]
        .into_iter()
        .chain(fields)
        .collect()
}

/// Which result, and from which record on.
fn locator(path: &str) -> Option<(usize, usize)> {
    let (_, locator) = path.split_once("/query/")?;
    let (result, from) = locator.split_once('-')?;
    Some((result.parse().ok()?, from.parse().ok()?))
}

fn refusal(status: StatusCode, code: &str, message: &str) -> Response<Bytes> {
    answer::json(status, &json!([{ "errorCode": code, "message": message }]))
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}
