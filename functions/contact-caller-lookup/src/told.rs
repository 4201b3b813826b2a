//! What a flow is told of who calls.

use std::collections::BTreeSet;

use access::{Reason, ReceiptId};
use contact::{Answer, Form};
use lambda_kit::redact::Redacted;
use partner::Given;
use profile::{FieldName, TimelineItem};
use serde_json::{Map, Value, json};
use tenancy::Segment;

/// As long as what an event says may be, to be told with it.
const LONGEST_BODY: usize = 4 * 1024;

/// What came of a look-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// It is known who calls, and something may be told of them.
    Found,
    /// Nobody is known by the number, or nobody that the tenant deals with.
    Unknown,
    /// The number is not one person's alone, or nobody proved that it is theirs.
    Ambiguous,
    /// The number is withheld.
    Withheld,
    /// Agreement or person do not allow it.
    Refused,
    /// It can't be told now.
    Unavailable,
}

/// What is told.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) status: Status,
    receipt: Option<ReceiptId>,
    reason: Option<Reason>,
    known: Option<Known>,
}

/// What may be told of a person.
#[derive(Debug)]
pub(crate) struct Known {
    profile_id: String,
    /// The profile's fields that may be read.
    fields: Redacted<Map<String, Value>>,
    withheld: Vec<&'static str>,
    segments: BTreeSet<Segment>,
    /// The newest first.
    events: Redacted<Vec<Value>>,
    is_part: bool,
}

impl Status {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Unknown => "unknown",
            Self::Ambiguous => "ambiguous",
            Self::Withheld => "withheld",
            Self::Refused => "refused",
            Self::Unavailable => "unavailable",
        }
    }

    /// By which name it is counted.
    pub(crate) const fn metric(self) -> &'static str {
        match self {
            Self::Found => "callers_found",
            Self::Unknown => "callers_unknown",
            Self::Ambiguous => "callers_ambiguous",
            Self::Withheld => "callers_withheld",
            Self::Refused => "callers_refused",
            Self::Unavailable => "callers_unavailable",
        }
    }

    /// That and nothing else.
    pub(crate) const fn told(self) -> Told {
        Told {
            status: self,
            receipt: None,
            reason: None,
            known: None,
        }
    }
}

impl Told {
    pub(crate) fn under(mut self, receipt: ReceiptId) -> Self {
        self.receipt = Some(receipt);
        self
    }

    /// Of a refusal its reason is told, which concerns the agreement; what concerns the person is not.
    pub(crate) fn because(mut self, reason: Reason) -> Self {
        if matches!(self.status, Status::Refused) {
            self.reason = Some(reason);
        }
        self
    }

    pub(crate) fn of(mut self, known: Known) -> Self {
        self.known = Some(known);
        self
    }

    pub(crate) fn into_answer(self, form: Form) -> Answer {
        let answer = Answer::new(form)
            .text("status", self.status.as_str())
            .flag("found", self.status == Status::Found)
            .maybe("reason", self.reason.map(Reason::as_str))
            .maybe("receipt_id", self.receipt.map(|id| id.to_string()));
        match self.known {
            Some(known) => known.into_answer(answer),
            None => answer,
        }
    }
}

impl Known {
    pub(crate) fn of(given: &Given<'_>) -> Self {
        let fields = match json!(given.data) {
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        let withheld = given.withheld.iter();
        Self {
            profile_id: given.profile_id.to_string(),
            fields: Redacted::new(fields),
            withheld: withheld.map(|withheld| withheld.group.as_str()).collect(),
            segments: BTreeSet::new(),
            events: Redacted::default(),
            is_part: false,
        }
    }

    pub(crate) fn with(mut self, segments: BTreeSet<Segment>, events: &[TimelineItem]) -> Self {
        self.segments = segments;
        self.events = Redacted::new(events.iter().map(event).collect());
        self
    }

    /// The same without what could not be read in time.
    pub(crate) fn in_part(mut self) -> Self {
        self.is_part = true;
        self
    }

    fn field(&self, name: FieldName) -> Option<&str> {
        self.fields.expose().get(name.as_str())?.as_str()
    }

    /// As they want to be called, or else by their names.
    fn name(&self) -> Option<String> {
        let given = self.field(FieldName::GivenName);
        let family = self.field(FieldName::FamilyName);
        let names: Vec<&str> = given.into_iter().chain(family).collect();
        let names = (!names.is_empty()).then(|| names.join(" "));
        self.field(FieldName::DisplayName)
            .map(str::to_owned)
            .or(names)
    }

    fn into_answer(self, answer: Answer) -> Answer {
        let last = self.events.expose().first();
        let last = |member: &str| last?.get(member)?.as_str();
        let answer = answer
            .text("profile_id", &self.profile_id)
            .maybe("name", self.name())
            .maybe("last_event_type", last("type"))
            .maybe("last_event_at", last("time"))
            .list("segments", self.segments.iter().map(Segment::as_str))
            .list("withheld", &self.withheld)
            .flag("partial", self.is_part);
        let fields = [
            ("given_name", FieldName::GivenName),
            ("family_name", FieldName::FamilyName),
            ("language", FieldName::Locale),
            ("country", FieldName::Country),
            ("time_zone", FieldName::TimeZone),
        ];
        let answer = fields.into_iter().fold(answer, |answer, (name, field)| {
            answer.maybe(name, self.field(field))
        });
        answer.only_json("events", self.events.into_inner().into())
    }
}

/// An event as an agent sees it: with what it says, if that is short.
fn event(item: &TimelineItem) -> Value {
    let mut event = json!({
        "type": item.kind,
        "time": item.time,
        "partner": item.partner,
        "source": item.source,
        "id": item.id,
    });
    let body = item.body.as_ref().map(|body| body.expose().as_str());
    let body = body.filter(|body| body.len() <= LONGEST_BODY);
    let data = body.and_then(|body| {
        let whole: Value = serde_json::from_str(body).ok()?;
        whole.get("data").cloned()
    });
    if let (Some(data), Some(members)) = (data, event.as_object_mut()) {
        members.insert("data".to_owned(), data);
    }
    event
}
