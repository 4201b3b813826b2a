//! Salesforce's REST API, as far as records are read by it: tokens by client credentials, a record by its
//! id, and queries page by page.

mod soql;

use std::collections::BTreeMap;

use http::{Method, Request, Response, header::AUTHORIZATION};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use self::soql::Query;
use crate::org::{Org, Record};

/// Where tokens are given out.
const TOKEN: &str = "/services/oauth2/token";

/// Below it lie the versions of the API.
const DATA: &str = "/services/data/";

/// As many records as a page has.
const PAGE: usize = 2_000;

/// As many results are remembered of which not all was read.
const REMEMBERED: usize = 16;

/// Who may read, and what they have not read to the end.
#[derive(Clone, Debug, Default)]
pub struct Rest {
    /// The client's id and secret, and where the org is.
    pub client: Client,
    tokens: u64,
    /// Up to which the tokens are over.
    expired: u64,
    results: BTreeMap<u64, Vec<Value>>,
    queries: u64,
}

/// By what the reader is known.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Client {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: String,
    /// Where the org is, without a path.
    pub url: String,
}

type Answer = Response<Vec<u8>>;

impl Rest {
    /// Whether a request is one for this API.
    #[must_use]
    pub fn is_meant(path: &str) -> bool {
        path == TOKEN || path.starts_with(DATA)
    }

    /// No token that was given out is valid any more.
    pub const fn expire_tokens(&mut self) {
        self.expired = self.tokens;
    }

    /// Answers, at `now`, a request of which [`is_meant`](Self::is_meant) holds.
    pub fn answer(&mut self, org: &Org, request: &Request<Vec<u8>>, now: Timestamp) -> Answer {
        let mut answer = self.answer_undated(org, request);
        // Readers go by it: what was committed before is in the answer.
        let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        if let Ok(date) = http::HeaderValue::from_str(&date) {
            answer.headers_mut().insert(http::header::DATE, date);
        }
        answer
    }

    fn answer_undated(&mut self, org: &Org, request: &Request<Vec<u8>>) -> Answer {
        let path = request.uri().path();
        if path == TOKEN {
            return self.token(request);
        }
        if !self.is_signed_in(request) {
            return refusal(401, "INVALID_SESSION_ID", "Session expired or invalid");
        }
        if request.method() != Method::GET {
            return refusal(405, "METHOD_NOT_ALLOWED", "HTTP Method not allowed");
        }
        let below = path
            .strip_prefix(DATA)
            .and_then(|rest| rest.split_once('/'));
        let (version, resource) = below.unwrap_or_default();
        match resource.split_once('/') {
            Some(("query" | "queryAll", locator)) => self.next_page(version, locator),
            None if matches!(resource, "query" | "queryAll") => {
                let asked = parameter(request, "q").unwrap_or_default();
                self.query(org, version, (&asked, resource == "queryAll"))
            }
            Some(("sobjects", rest)) => sobject(org, version, rest),
            _ => not_found(),
        }
    }

    fn token(&mut self, request: &Request<Vec<u8>>) -> Answer {
        let form: BTreeMap<String, String> = form_urlencoded::parse(request.body())
            .into_owned()
            .collect();
        let said = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        let client = (said("client_id"), said("client_secret"));
        let is_known = client == (self.client.id.as_str(), self.client.secret.as_str());
        if said("grant_type") != "client_credentials" {
            let error = json!({ "error": "unsupported_grant_type" });
            return json_answer(400, &error);
        }
        if !is_known || self.client.id.is_empty() {
            let error = json!({ "error": "invalid_client", "error_description": "invalid client credentials" });
            return json_answer(400, &error);
        }
        self.tokens += 1;
        let token = json!({
            "access_token": format!("{TOKENS}{}", self.tokens),
            "instance_url": self.client.url,
            "token_type": "Bearer",
            "scope": "api",
        });
        json_answer(200, &token)
    }

    fn is_signed_in(&self, request: &Request<Vec<u8>>) -> bool {
        let said = request.headers().get(AUTHORIZATION);
        let said = said.and_then(|value| value.to_str().ok());
        let number = said.and_then(|said| said.strip_prefix("Bearer ")?.strip_prefix(TOKENS));
        let number = number.and_then(|number| number.parse::<u64>().ok());
        number.is_some_and(|number| number > self.expired && number <= self.tokens)
    }

    fn query(&mut self, org: &Org, version: &str, (asked, with_deleted): (&str, bool)) -> Answer {
        let Some(query) = Query::read(asked) else {
            return refusal(400, "MALFORMED_QUERY", "unexpected token");
        };
        let found = query.run(org, with_deleted, |record| described(record, version));
        self.queries += 1;
        let number = self.queries;
        if self.results.len() == REMEMBERED {
            self.results.pop_first();
        }
        self.results.insert(number, found);
        self.page(version, number, 0)
    }

    fn next_page(&self, version: &str, locator: &str) -> Answer {
        let place = locator.split_once('-').and_then(|(number, from)| {
            Some((number.parse::<u64>().ok()?, from.parse::<usize>().ok()?))
        });
        match place {
            Some((number, from)) => self.page(version, number, from),
            None => refusal(400, "INVALID_QUERY_LOCATOR", "invalid query locator"),
        }
    }

    fn page(&self, version: &str, number: u64, from: usize) -> Answer {
        let Some(found) = self.results.get(&number) else {
            return refusal(400, "INVALID_QUERY_LOCATOR", "invalid query locator");
        };
        let records: Vec<&Value> = found.iter().skip(from).take(PAGE).collect();
        let next = from + PAGE;
        let mut body = Map::new();
        body.insert("totalSize".to_owned(), found.len().into());
        body.insert("done".to_owned(), (next >= found.len()).into());
        body.insert("records".to_owned(), json!(records));
        if next < found.len() {
            let url = format!("{DATA}{version}/query/{number:015}-{next}");
            body.insert("nextRecordsUrl".to_owned(), url.into());
        }
        json_answer(200, &Value::Object(body))
    }
}

/// How tokens begin.
const TOKENS: &str = "local-";

/// A record by its object and id. What is deleted is gone for this resource.
fn sobject(org: &Org, version: &str, rest: &str) -> Answer {
    let record = rest.split_once('/').and_then(|(object, id)| {
        let record = org.record(id)?;
        (record.object == object).then_some(record)
    });
    match record {
        Some(record) if record.is_deleted => refusal(404, "ENTITY_IS_DELETED", "entity is deleted"),
        Some(record) => json_answer(200, &Value::Object(described(record, version))),
        None => not_found(),
    }
}

/// A record with all that it says of itself.
#[must_use]
pub fn described(record: &Record, version: &str) -> Map<String, Value> {
    let mut all: Map<String, Value> = Map::new();
    let url = format!("{DATA}{version}/sobjects/{}/{}", record.object, record.id);
    let of_itself = [
        ("attributes", json!({ "type": record.object, "url": url })),
        ("Id", record.id.as_str().into()),
        ("IsDeleted", record.is_deleted.into()),
        ("CreatedDate", stamp(record.created_at).into()),
        ("LastModifiedDate", stamp(record.modified_at).into()),
        ("LastModifiedById", record.modified_by.as_str().into()),
        ("SystemModstamp", stamp(record.modified_at).into()),
    ];
    all.extend(of_itself.map(|(name, value)| (name.to_owned(), value)));
    let fields = record.fields.iter();
    all.extend(fields.map(|(name, value)| (name.clone(), value.clone())));
    all
}

/// A moment as the REST API has it: whole seconds, and its zone is `+0000`.
fn stamp(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.000+0000").to_string()
}

fn parameter(request: &Request<Vec<u8>>, name: &str) -> Option<String> {
    let query = request.uri().query()?;
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let found = pairs.find(|(found, _)| found == name);
    found.map(|(_, value)| value.into_owned())
}

fn not_found() -> Answer {
    refusal(404, "NOT_FOUND", "The requested resource does not exist")
}

fn refusal(status: u16, code: &str, message: &str) -> Answer {
    json_answer(status, &json!([{ "errorCode": code, "message": message }]))
}

/// An answer in JSON.
pub(crate) fn json_answer(status: u16, body: &Value) -> Answer {
    let mut answer = Response::new(body.to_string().into_bytes());
    let status = http::StatusCode::from_u16(status);
    *answer.status_mut() = status.unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    let kind = http::HeaderValue::from_static("application/json;charset=UTF-8");
    answer
        .headers_mut()
        .insert(http::header::CONTENT_TYPE, kind);
    answer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::org::Fields;

    const AT: Timestamp = Timestamp::constant(1_790_842_529, 0);

    fn client() -> Client {
        Client {
            id: "client".to_owned(),
            secret: "secret".to_owned(),
            url: "http://127.0.0.1:1".to_owned(),
        }
    }

    fn org() -> (Org, Vec<String>) {
        let mut org = Org::default();
        let names = ["One", "Two", "Three"].map(|name| {
            let fields = Fields::from([("Name".to_owned(), name.into())]);
            let commit = org.create("Holiday__c", fields, "005", AT);
            commit.record_ids.into_iter().next().unwrap()
        });
        (org, names.into())
    }

    fn rest() -> Rest {
        Rest {
            client: client(),
            ..Rest::default()
        }
    }

    fn read(answer: &Answer) -> Value {
        serde_json::from_slice(answer.body()).unwrap()
    }

    fn sign_in(rest: &mut Rest, org: &Org, secret: &str) -> Answer {
        let form = format!("grant_type=client_credentials&client_id=client&client_secret={secret}");
        let request = Request::post(TOKEN).body(form.into_bytes()).unwrap();
        rest.answer(org, &request, AT)
    }

    fn ask(rest: &mut Rest, org: &Org, path: &str, token: &str) -> Answer {
        let request = Request::get(path).header(AUTHORIZATION, format!("Bearer {token}"));
        rest.answer(org, &request.body(Vec::new()).unwrap(), AT)
    }

    #[test]
    fn nobody_reads_without_a_token_that_is_valid() {
        let ((org, ids), mut rest) = (org(), rest());
        assert_eq!(sign_in(&mut rest, &org, "other").status(), 400);
        let token = read(&sign_in(&mut rest, &org, "secret"))["access_token"].clone();
        let token = token.as_str().unwrap();
        let path = format!("/services/data/v64.0/sobjects/Holiday__c/{}", ids[0]);
        assert_eq!(read(&ask(&mut rest, &org, &path, token))["Name"], "One");
        rest.expire_tokens();
        assert_eq!(ask(&mut rest, &org, &path, token).status(), 401);
    }

    #[test]
    fn deleted_records_are_in_the_answer_to_queries_of_all() {
        let ((mut org, ids), mut rest) = (org(), rest());
        let token = read(&sign_in(&mut rest, &org, "secret"))["access_token"].clone();
        let token = token.as_str().unwrap();
        org.delete(&ids[..1], "005", AT).unwrap();
        let query = format!(
            "SELECT+Id,+Name,+IsDeleted+FROM+Holiday__c+WHERE+Id+IN+('{}','{}')+ORDER+BY+SystemModstamp,+Id",
            ids[0], ids[2]
        );
        let mut size = |resource: &str| {
            let path = format!("/services/data/v64.0/{resource}?q={query}");
            read(&ask(&mut rest, &org, &path, token))["totalSize"].clone()
        };
        assert_eq!((size("queryAll"), size("query")), (2.into(), 1.into()));
    }

    #[test]
    fn what_is_no_query_is_refused() {
        let ((org, _), mut rest) = (org(), rest());
        let token = read(&sign_in(&mut rest, &org, "secret"))["access_token"].clone();
        let path = "/services/data/v64.0/query?q=DROP+Holiday__c";
        let answer = ask(&mut rest, &org, path, token.as_str().unwrap());
        assert_eq!(answer.status(), 400);
    }
}
