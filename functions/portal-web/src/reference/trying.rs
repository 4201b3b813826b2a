//! A form by which an operation is tried, the request that it makes, and what was answered.

use http::{
    HeaderName, HeaderValue, Method, Request, Response,
    header::{CONTENT_TYPE, HeaderMap},
};
use serde_json::Value;

use super::description::{Operation, Parameter};
use crate::{
    api::{path, query},
    form::Fields,
};

/// What of an answer is shown, in bytes: more is for programs.
const LONGEST: usize = 24_000;

/// The field of the form that holds the body.
const BODY: &str = "body";

/// Headers of an answer that say something about it.
const TELLING: [&str; 9] = [
    "content-type",
    "etag",
    "location",
    "retry-after",
    "fairlead-receipt",
    "idempotency-replayed",
    "ratelimit",
    "ratelimit-policy",
    "allow",
];

/// What stands in the form: for each parameter of the operation its value, and the body.
#[derive(Debug)]
pub(crate) struct Trial {
    pub(crate) fields: Vec<Field>,
    pub(crate) body: Option<String>,
}

/// A field for a parameter.
#[derive(Debug)]
pub(crate) struct Field {
    /// What the field is called: `path.tenant`.
    pub(crate) id: String,
    pub(crate) value: String,
}

/// Why a form makes no request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unsendable {
    /// Something that is needed is not there.
    Missing(String),
    /// Something has characters that can't be sent.
    Characters(String),
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) status: u16,
    /// What the status is called, in the words of HTTP.
    pub(crate) called: &'static str,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    /// Whether there is more of it than is shown.
    pub(crate) is_cut: bool,
}

impl Trial {
    /// What a form begins with: an example of all that is needed, the caller's own tenant, and a key under
    /// which it is done once.
    pub(crate) fn with_examples(
        operation: &Operation<'_>,
        tenant: Option<&str>,
        key: &str,
    ) -> Self {
        let value = |parameter: &Parameter<'_>| match (parameter.name, tenant) {
            ("tenant", Some(tenant)) => tenant.to_owned(),
            ("Idempotency-Key", _) => key.to_owned(),
            _ if parameter.is_required => parameter.example.clone(),
            // What may be left out would narrow down what is answered.
            _ => String::new(),
        };
        let parameters = operation.parameters();
        let fields = parameters.iter().map(|parameter| Field {
            id: id(parameter),
            value: value(parameter),
        });
        Self {
            fields: fields.collect(),
            body: operation.body().map(|(_, example)| example),
        }
    }

    /// What somebody sent.
    pub(crate) fn sent(operation: &Operation<'_>, fields: &Fields) -> Self {
        let parameters = operation.parameters();
        let own = parameters.iter().map(|parameter| {
            let id = id(parameter);
            let value = fields.get(&id).to_owned();
            Field { id, value }
        });
        Self {
            fields: own.collect(),
            body: operation.body().map(|_| fields.get(BODY).to_owned()),
        }
    }

    /// The request that the form makes of `operation`. Whatever stands in it, it is one to the path of that
    /// operation and no other.
    pub(crate) fn request(&self, operation: &Operation<'_>) -> Result<Request<String>, Unsendable> {
        let parameters = operation.parameters();
        let given = parameters.iter().zip(&self.fields);
        let missing = given
            .clone()
            .find(|(parameter, field)| parameter.is_required && field.value.is_empty());
        if let Some((parameter, _)) = missing {
            return Err(Unsendable::Missing(parameter.name.to_owned()));
        }
        let at = |place: &'static str| {
            let given = given.clone();
            given
                .filter(move |(parameter, _)| parameter.place == place)
                .map(|(parameter, field)| (parameter.name, field.value.as_str()))
        };
        let places: Vec<(&str, &str)> = at("path").collect();
        let asked: Vec<(&str, &str)> = at("query").collect();
        let address = query(&address(operation.path, &places), &asked);
        let mut headers = HeaderMap::new();
        for (name, value) in at("header").filter(|(_, value)| !value.is_empty()) {
            let unsendable = || Unsendable::Characters(name.to_owned());
            let header = HeaderName::try_from(name).map_err(|_| unsendable())?;
            headers.insert(header, plain(value).ok_or_else(unsendable)?);
        }
        if let Some((media_type, _)) = operation.body()
            && let Ok(media_type) = HeaderValue::try_from(media_type)
        {
            headers.insert(CONTENT_TYPE, media_type);
        }
        let method = Method::from_bytes(operation.verb().as_bytes());
        let unsendable = || Unsendable::Characters(operation.path.to_owned());
        let mut request = Request::new(self.body.clone().unwrap_or_default());
        *request.method_mut() = method.map_err(|_| unsendable())?;
        *request.uri_mut() = address.parse().map_err(|_| unsendable())?;
        *request.headers_mut() = headers;
        Ok(request)
    }
}

impl Outcome {
    /// An answer as it is shown.
    pub(crate) fn read(answer: &Response<Vec<u8>>) -> Self {
        let headers = TELLING.iter().filter_map(|name| {
            let value = answer.headers().get(*name)?.to_str().ok()?;
            Some(((*name).to_owned(), value.to_owned()))
        });
        let body = match serde_json::from_slice::<Value>(answer.body()) {
            Ok(json) => format!("{json:#}"),
            Err(_) => String::from_utf8_lossy(answer.body()).into_owned(),
        };
        let shown = body.floor_char_boundary(LONGEST);
        Self {
            status: answer.status().as_u16(),
            called: answer.status().canonical_reason().unwrap_or_default(),
            headers: headers.collect(),
            is_cut: shown < body.len(),
            body: body.get(..shown).unwrap_or_default().to_owned(),
        }
    }

    /// Whether it was done.
    pub(crate) const fn is_good(&self) -> bool {
        self.status < 400
    }
}

/// What the field of a parameter is called.
fn id(parameter: &Parameter<'_>) -> String {
    format!("{}.{}", parameter.place, parameter.name)
}

/// The path of an operation with values in the places of its parameters.
fn address(template: &str, values: &[(&str, &str)]) -> String {
    let segments = template.split('/').skip(1).map(|segment| {
        let name = segment
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        let mut values = values.iter();
        let value = values.find_map(|(known, value)| (Some(*known) == name).then_some(*value));
        value.unwrap_or(segment)
    });
    path(&segments.collect::<Vec<_>>())
}

/// `value` as a header, which has no other characters.
fn plain(value: &str) -> Option<HeaderValue> {
    let is_plain = value.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    HeaderValue::try_from(value).ok().filter(|_| is_plain)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("settings", "/v1/me/datasets/settings")]
    #[case("a/../b", "/v1/me/datasets/a%2F..%2Fb")]
    #[case("x?y#z", "/v1/me/datasets/x%3Fy%23z")]
    fn a_value_stays_in_its_place(#[case] value: &str, #[case] expected: &str) {
        let values = [("name", value), ("other", "x")];
        assert_eq!(address("/v1/me/datasets/{name}", &values), expected);
    }

    #[rstest]
    #[case("\"3\"", true)]
    #[case("B\u{fc}ro", false)]
    #[case("a\r\nset-cookie: b", false)]
    fn a_header_has_plain_characters(#[case] value: &str, #[case] is_plain: bool) {
        assert_eq!(plain(value).is_some(), is_plain);
    }

    #[test]
    fn an_answer_is_shown_as_far_as_a_page_can_show_it() {
        let answer = |body: &str| {
            let answer = Response::builder().status(200).header("etag", "\"3\"");
            Outcome::read(&answer.body(body.as_bytes().to_vec()).unwrap())
        };
        let shown = answer(r#"{"a":1}"#);
        assert_eq!(
            (shown.body.as_str(), shown.is_cut),
            ("{\n  \"a\": 1\n}", false)
        );
        assert_eq!(shown.headers, [("etag".to_owned(), "\"3\"".to_owned())]);
        let long = answer(&"\u{fc}".repeat(LONGEST));
        assert!(long.is_cut && long.body.len() <= LONGEST);
    }
}
