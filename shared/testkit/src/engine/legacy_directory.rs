//! The directory that people are brought over from, as `docs/user-migration.md` describes it.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::Value;

use super::{answer, names::LEGACY_DIRECTORY_SECRET};
use crate::Call;

#[derive(Default)]
pub(super) struct LegacyDirectory {
    people: Mutex<BTreeMap<String, Person>>,
}

struct Person {
    password: String,
    answer: Value,
}

impl LegacyDirectory {
    pub(super) fn put(&self, username: &str, password: &str, answer: &Value) {
        let person = Person {
            password: password.to_owned(),
            answer: answer.clone(),
        };
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        people.insert(username.to_owned(), person);
    }

    pub(super) fn call(&self, call: &Call) -> Response<Bytes> {
        let text = |name: &str| call.input.get(name).and_then(Value::as_str);
        if text("authorization") != Some(&format!("Bearer {LEGACY_DIRECTORY_SECRET}")) {
            return refusal(StatusCode::FORBIDDEN);
        }
        let people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        let person = text("username").and_then(|username| people.get(username));
        match (call.operation.as_str(), person) {
            ("authenticate" | "look-up", None) => refusal(StatusCode::NOT_FOUND),
            ("authenticate", Some(person)) if text("password") != Some(&person.password) => {
                refusal(StatusCode::UNAUTHORIZED)
            }
            ("authenticate" | "look-up", Some(person)) => {
                answer::json(StatusCode::OK, &person.answer)
            }
            _ => refusal(StatusCode::METHOD_NOT_ALLOWED),
        }
    }
}

fn refusal(status: StatusCode) -> Response<Bytes> {
    answer::json(status, &Value::Null)
}
