//! EventBridge Scheduler: `CreateSchedule` of schedules that run once, in REST-JSON.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use bytes::Bytes;
use http::{Response, StatusCode};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde_json::{Value, json};

use super::{answer, names::SCHEDULE_GROUP};
use crate::Call;

/// What a schedule's name may have at most.
const LONGEST_NAME: usize = 64;

/// Something that is to be called once.
#[derive(Debug, Clone, PartialEq)]
pub struct OneOffSchedule {
    /// By what nobody else is scheduled.
    pub name: String,
    /// When.
    pub at: Timestamp,
    /// What is called.
    pub target: String,
    /// With which event.
    pub input: Value,
}

#[derive(Default)]
pub(super) struct Scheduler {
    schedules: Mutex<BTreeMap<String, OneOffSchedule>>,
}

/// An HTTP status, an error code and a message.
type Refusal = (StatusCode, &'static str, String);

impl Scheduler {
    pub(super) fn call(&self, call: &Call) -> Response<Bytes> {
        let answered = match call.operation.as_str() {
            "CreateSchedule" => self.create(&call.input),
            other => Err(invalid(&format!("testkit's Scheduler has no {other}"))),
        };
        match answered {
            Ok(output) => answer::json(StatusCode::OK, &output),
            Err((status, code, message)) => answer::json_error(status, code, &message),
        }
    }

    /// Those that are due at `now`, which are gone then, as they asked to be.
    pub(super) fn take_due(&self, now: Timestamp) -> Vec<OneOffSchedule> {
        let mut schedules = self
            .schedules
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut due: Vec<OneOffSchedule> = schedules
            .values()
            .filter(|schedule| schedule.at <= now)
            .cloned()
            .collect();
        schedules.retain(|_, schedule| schedule.at > now);
        drop(schedules);
        due.sort_by_key(|schedule| schedule.at);
        due
    }

    pub(super) fn all(&self) -> Vec<OneOffSchedule> {
        let schedules = self
            .schedules
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        schedules.values().cloned().collect()
    }

    fn create(&self, input: &Value) -> Result<Value, Refusal> {
        let text = |name: &str| input.get(name).and_then(Value::as_str);
        let name = text("Name").unwrap_or_default();
        let well_formed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        if !(1..=LONGEST_NAME).contains(&name.len()) || !name.bytes().all(well_formed) {
            return Err(invalid("Name is not valid"));
        }
        if text("GroupName") != Some(SCHEDULE_GROUP) {
            let message = "The schedule group does not exist".to_owned();
            return Err((StatusCode::NOT_FOUND, "ResourceNotFoundException", message));
        }
        if text("ActionAfterCompletion") != Some("DELETE") {
            return Err(invalid("testkit's schedules are gone when they are done"));
        }
        let at = text("ScheduleExpression").and_then(|expression| {
            let at = expression.strip_prefix("at(")?.strip_suffix(')')?;
            let at: DateTime = at.parse().ok()?;
            Some(at.to_zoned(TimeZone::UTC).ok()?.timestamp())
        });
        let at = at.ok_or_else(|| invalid("ScheduleExpression is not valid"))?;
        let target = input.get("Target").cloned().unwrap_or_default();
        let of_target = |name: &str| target.get(name).and_then(Value::as_str);
        let (Some(arn), Some(_)) = (of_target("Arn"), of_target("RoleArn")) else {
            return Err(invalid("Target is not whole"));
        };
        let event = of_target("Input").and_then(|input| serde_json::from_str(input).ok());
        let schedule = OneOffSchedule {
            name: name.to_owned(),
            at,
            target: arn.to_owned(),
            input: event.ok_or_else(|| invalid("Input is no JSON"))?,
        };
        let mut schedules = self
            .schedules
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if schedules.contains_key(name) {
            let message = format!("Schedule {name} already exists.");
            return Err((StatusCode::CONFLICT, "ConflictException", message));
        }
        schedules.insert(name.to_owned(), schedule);
        drop(schedules);
        let arn =
            format!("arn:aws:scheduler:eu-central-1:111122223333:schedule/{SCHEDULE_GROUP}/{name}");
        Ok(json!({ "ScheduleArn": arn }))
    }
}

fn invalid(message: &str) -> Refusal {
    let message = message.to_owned();
    (StatusCode::BAD_REQUEST, "ValidationException", message)
}
