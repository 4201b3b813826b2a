//! An event, read.

use std::{collections::BTreeMap, fmt};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use jiff::Timestamp;
use serde_json::value::RawValue;

use crate::{Limits, structured};

/// An event as it came in, whichever mode it came by.
#[derive(Clone)]
pub struct Incoming {
    /// With `source` the event's identity.
    pub id: String,
    /// Where it happened.
    pub source: String,
    /// Its `type`.
    pub kind: String,
    /// When it happened.
    pub time: Option<Timestamp>,
    /// What it is about, in terms of its source. Senders may put anything here: it is personal.
    pub subject: Option<String>,
    /// What `data` is; `application/json` where an event in JSON does not say.
    pub datacontenttype: Option<String>,
    /// The schema that the sender says `data` follows.
    pub dataschema: Option<String>,
    /// Attributes beyond those of the specification.
    pub extensions: BTreeMap<String, Extension>,
    /// What it says.
    pub data: Option<Payload>,
}

/// The value of an extension attribute. A header has texts only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extension {
    /// A text: of the specification's types a string, a time, a URI or bytes.
    Text(String),
    /// An integer.
    Integer(i32),
    /// A boolean.
    Boolean(bool),
}

/// An event's data.
#[derive(Clone)]
pub enum Payload {
    /// JSON that was checked, without white space between its tokens.
    Json(Box<RawValue>),
    /// A text of another kind.
    Text(String),
    /// Bytes.
    Binary(Vec<u8>),
}

impl Incoming {
    /// The event in structured mode. It is the same text for the same event, by whichever mode and
    /// in whichever order of its attributes it came: members in a fixed order, compact.
    #[must_use]
    pub fn to_json(&self) -> String {
        self.written(self.time)
    }

    /// The same without the time: what a sender says alike whenever it says it again. The time of
    /// what comes with a clock of its own is corrected by when it arrived, and so is another one for
    /// each arrival of the same event. Whether two are the same is told by this.
    #[must_use]
    pub fn to_json_without_time(&self) -> String {
        self.written(None)
    }

    fn written(&self, time: Option<Timestamp>) -> String {
        let mut object = Object::new();
        object.text("specversion", "1.0");
        object.text("id", &self.id);
        object.text("source", &self.source);
        object.text("type", &self.kind);
        object.optional("subject", self.subject.as_deref());
        let time = time.map(|time| time.to_string());
        object.optional("time", time.as_deref());
        object.optional("datacontenttype", self.datacontenttype.as_deref());
        object.optional("dataschema", self.dataschema.as_deref());
        for (name, value) in &self.extensions {
            match value {
                Extension::Text(text) => object.text(name, text),
                Extension::Integer(number) => object.raw(name, &number.to_string()),
                Extension::Boolean(is_so) => object.raw(name, &is_so.to_string()),
            }
        }
        match &self.data {
            Some(Payload::Json(json)) => object.raw("data", json.get()),
            Some(Payload::Text(text)) => object.text("data", text),
            Some(Payload::Binary(bytes)) => {
                object.text("data_base64", &BASE64_STANDARD.encode(bytes));
            }
            None => (),
        }
        object.end()
    }

    /// Reads back what [`Incoming::to_json`] made, Fairlead's own events too.
    #[must_use]
    pub fn from_json(json: &str) -> Option<Self> {
        structured::event(json.as_bytes(), &Limits::none()).ok()
    }
}

impl PartialEq for Incoming {
    /// Whether both say the same.
    fn eq(&self, other: &Self) -> bool {
        self.to_json() == other.to_json()
    }
}

impl fmt::Debug for Incoming {
    /// Which event it is, and nothing of what it says.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Incoming")
            .field("id", &self.id)
            .field("source", &self.source)
            .field("kind", &self.kind)
            .field("time", &self.time)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Json(_) => "Json([redacted])",
            Self::Text(_) => "Text([redacted])",
            Self::Binary(_) => "Binary([redacted])",
        })
    }
}

/// A JSON object in the making.
struct Object(String);

impl Object {
    fn new() -> Self {
        Self(String::from("{"))
    }

    fn raw(&mut self, name: &str, json: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.0.push_str(&quoted(name));
        self.0.push(':');
        self.0.push_str(json);
    }

    fn text(&mut self, name: &str, text: &str) {
        self.raw(name, &quoted(text));
    }

    fn optional(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(name, text);
        }
    }

    fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
