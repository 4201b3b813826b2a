//! What Amazon Connect sends with "Invoke AWS Lambda function". Whatever may be null or missing is taken
//! as absent, and what is not known here is passed over
//! (<https://docs.aws.amazon.com/connect/latest/adminguide/connect-lambda-functions.html>).

use std::{collections::BTreeMap, fmt};

use jiff::Timestamp;
use lambda_kit::redact::Redacted;
use serde_json::{Value, value::RawValue};

use crate::{Caller, Form, Question, Zone};

/// As long as a parameter may be: nothing that is asked for has more.
const LONGEST: usize = 512;

/// What was delivered is no contact of Connect's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the event is not of the form in which Amazon Connect invokes a function")]
pub struct UnreadableRequest;

/// What a flow asks, and of which contact.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    contact_id: Option<String>,
    customer: Option<Redacted<String>>,
    queues: Vec<String>,
    language: Option<String>,
    /// By their names in small letters.
    parameters: BTreeMap<String, Redacted<String>>,
}

impl Request {
    /// Reads the event.
    pub fn read(event: &RawValue) -> Result<Self, UnreadableRequest> {
        let event: Value = serde_json::from_str(event.get()).map_err(|_| UnreadableRequest)?;
        let details = event.get("Details").filter(|details| details.is_object());
        let details = details.ok_or(UnreadableRequest)?;
        let contact = |path: &str| text(details.pointer(&format!("/ContactData/{path}")));
        let is_phone =
            contact("CustomerEndpoint/Type").is_none_or(|kind| kind == "TELEPHONE_NUMBER");
        let parameters = details.get("Parameters").and_then(Value::as_object);
        let parameters = parameters
            .into_iter()
            .flatten()
            .filter_map(|(name, value)| {
                let value = text(Some(value))?;
                Some((name.trim().to_lowercase(), Redacted::new(value)))
            });
        Ok(Self {
            contact_id: contact("ContactId").filter(|id| is_id(id)),
            customer: contact("CustomerEndpoint/Address")
                .filter(|_| is_phone)
                .map(Redacted::new),
            queues: ["Queue/Name", "Queue/ARN"]
                .into_iter()
                .filter_map(contact)
                .collect(),
            language: contact("LanguageCode"),
            parameters: parameters.collect(),
        })
    }

    /// The contact's id, by which a call can be found in Connect.
    #[must_use]
    pub fn contact_id(&self) -> Option<&str> {
        self.contact_id.as_deref()
    }

    /// In which form the flow reads the answer: `format` is `JSON`, or else it is texts.
    #[must_use]
    pub fn form(&self) -> Form {
        match self.parameter("format") {
            Some(format) if format.eq_ignore_ascii_case("json") => Form::Json,
            _ => Form::StringMap,
        }
    }

    /// Who calls: by the parameter `phone_number`, or else by the number that the call comes from.
    #[must_use]
    pub fn caller(&self) -> Caller {
        let customer = self
            .customer
            .as_ref()
            .map(|number| number.expose().as_str());
        Caller::of(self.parameter("phone_number").or(customer))
    }

    /// What it asks of the configuration, and the names of the parameters that can't be understood; they
    /// count as absent. It is about `now` unless it says when.
    #[must_use]
    pub fn question(&self, now: Timestamp) -> (Question, Vec<&'static str>) {
        let mut ignored = Vec::new();
        let mut parsed = Parsed {
            request: self,
            ignored: &mut ignored,
        };
        let country = parsed.get("country", country);
        let language = parsed.get("language", language);
        let zone = parsed.get("time_zone", |text| text.parse::<Zone>().ok());
        let at = parsed.get("at", |text| text.parse::<Timestamp>().ok());
        let queue = self.parameter("queue").map(str::to_owned);
        let question = Question {
            queues: queue.map_or_else(|| self.queues.clone(), |queue| vec![queue]),
            country,
            region: self.parameter("region").map(str::to_owned),
            language: language.or_else(|| self.language.as_deref().and_then(self::language)),
            zone,
            at: at.unwrap_or(now),
        };
        (question, ignored)
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters
            .get(name)
            .map(|value| value.expose().as_str())
    }
}

/// Parameters as what they mean.
struct Parsed<'a> {
    request: &'a Request,
    ignored: &'a mut Vec<&'static str>,
}

impl Parsed<'_> {
    fn get<T>(&mut self, name: &'static str, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let read = read(self.request.parameter(name)?);
        if read.is_none() {
            self.ignored.push(name);
        }
        read
    }
}

/// A text that says something, and a number or a yes as one. A flow that has no value sends an empty text.
fn text(value: Option<&Value>) -> Option<String> {
    let text = match value? {
        Value::String(text) => text.trim().to_owned(),
        value @ (Value::Number(_) | Value::Bool(_)) => value.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    (1..=LONGEST).contains(&text.len()).then_some(text)
}

fn is_id(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    text.len() <= 64 && text.bytes().all(is_part)
}

fn country(text: &str) -> Option<String> {
    let is_code = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_code.then(|| text.to_ascii_uppercase())
}

/// A language's tag; some write it with an underscore.
fn language(text: &str) -> Option<String> {
    let tag = text.replace('_', "-");
    let is_part = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    (tag.len() <= 35 && tag.split('-').all(is_part)).then_some(tag)
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("contact_id", &self.contact_id)
            .field("parameters", &self.parameters.keys())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
