//! Who a message is about.

use std::fmt;

use cloudevent::Payload;
use serde_json::{Map, Value};

use crate::Kind;

/// The longest id of a person.
pub(crate) const LONGEST_ID: usize = 256;

/// Who a message is about, by the sender's ids.
#[derive(Clone, PartialEq, Eq)]
pub enum Person {
    /// Somebody whom the sender knows.
    User {
        /// By this id.
        user_id: String,
        /// And, on this device, by this one too.
        anonymous_id: Option<String>,
    },
    /// Somebody whom the sender does not know, by their device.
    Anonymous {
        /// The device's id.
        anonymous_id: String,
    },
    /// Somebody who gets another id: `alias`.
    Renamed {
        /// The id that they have from now on.
        user_id: String,
        /// The one that they had: a user's or a device's.
        previous_id: String,
    },
}

/// What a message says of a person.
#[derive(Clone, PartialEq)]
pub struct Subject {
    /// Which kind of message it is.
    pub kind: Kind,
    /// Who.
    pub person: Person,
    /// What is known of them, where the message is to say so: `identify`.
    pub traits: Map<String, Value>,
}

impl fmt::Debug for Person {
    /// Without the ids: they are often e-mail addresses.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::User { .. } => "User([redacted])",
            Self::Anonymous { .. } => "Anonymous([redacted])",
            Self::Renamed { .. } => "Renamed([redacted])",
        })
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subject")
            .field("kind", &self.kind)
            .field("person", &self.person)
            .finish_non_exhaustive()
    }
}

/// Who the data of one of our events is about; `None` if it is not one that [`read`](crate::read)
/// made.
#[must_use]
pub fn subject(data: &Payload) -> Option<Subject> {
    let Payload::Json(json) = data else {
        return None;
    };
    let message: Map<String, Value> = serde_json::from_str(json.get()).ok()?;
    let kind = Kind::from_name(message.get("type")?.as_str()?)?;
    let find = |name: &str| message.get(name).and_then(id);
    let traits = match kind {
        Kind::Identify => traits(&message),
        _ => Map::new(),
    };
    let person = person(kind, find)?;
    Some(Subject {
        kind,
        person,
        traits,
    })
}

/// What is known of them: where Segment has it, and where the SDKs of `RudderStack` put it.
fn traits(message: &Map<String, Value>) -> Map<String, Value> {
    let of_context = message
        .get("context")
        .and_then(|context| context.get("traits"));
    let all = [of_context, message.get("traits")].into_iter().flatten();
    let all = all.filter_map(Value::as_object).flatten();
    all.map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// Who it is about, from its ids.
pub(crate) fn person(kind: Kind, id: impl Fn(&str) -> Option<String>) -> Option<Person> {
    match (kind, id("userId"), id("anonymousId")) {
        (Kind::Alias, Some(user_id), _) => Some(Person::Renamed {
            user_id,
            previous_id: id("previousId")?,
        }),
        (Kind::Alias, None, _) | (_, None, None) => None,
        (_, Some(user_id), anonymous_id) => Some(Person::User {
            user_id,
            anonymous_id,
        }),
        (_, None, Some(anonymous_id)) => Some(Person::Anonymous { anonymous_id }),
    }
}

/// An id as senders write one: a text, or an integer. One that is empty is none.
pub(crate) fn id(value: &Value) -> Option<String> {
    let id = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) if number.is_i64() || number.is_u64() => number.to_string(),
        _ => return None,
    };
    (!id.is_empty()).then_some(id)
}
