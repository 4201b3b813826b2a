//! What functions there are, and how they behave.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde_json::{Map, Value, json};

use crate::engine::names::{ACCOUNT, REGION};

/// What comes of an invocation.
#[derive(Debug, Clone, PartialEq)]
pub enum Behaviour {
    /// The function answers.
    Returns(Value),
    /// It fails: Lambda says so, and of what kind its error was.
    Throws {
        /// `errorType`.
        kind: String,
        /// `errorMessage`.
        message: String,
    },
}

type Behaves = dyn Fn(&Value) -> Behaviour + Send + Sync;

/// The functions, as tests see them.
#[derive(Default)]
pub struct Functions {
    state: Mutex<State>,
    behaviours: Mutex<BTreeMap<String, Box<Behaves>>>,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) functions: BTreeMap<String, Function>,
    pub(super) mappings: BTreeMap<String, Mapping>,
    /// How many mappings were made.
    pub(super) mapped: usize,
}

/// A function.
pub(super) struct Function {
    pub(super) configuration: Map<String, Value>,
    pub(super) code: Code,
    pub(super) tags: Value,
    pub(super) reserved: Option<u64>,
    /// What was published: code and configuration.
    pub(super) versions: Vec<(String, Map<String, Value>)>,
}

/// Where code came from, and its SHA-256 in base64.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Code {
    pub(super) bucket: String,
    pub(super) key: String,
    pub(super) digest: String,
}

/// What calls a function.
pub(super) struct Mapping {
    pub(super) source: String,
    pub(super) function: String,
    pub(super) settings: Map<String, Value>,
}

impl Functions {
    /// From now on the function of that name or ARN, qualified or not, does this when it is invoked.
    pub fn behaves(&self, name: &str, does: impl Fn(&Value) -> Behaviour + Send + Sync + 'static) {
        let mut all = self
            .behaviours
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let name = name.rsplit(":function:").next().unwrap_or_default();
        all.insert(name.to_owned(), Box::new(does));
    }

    /// What functions there are, as a test compares them.
    #[must_use]
    pub fn described(&self) -> Vec<Value> {
        let state = self.state();
        let told = state.functions.iter().map(|(name, function)| {
            json!({
                "name": name, "configuration": function.configuration, "tags": function.tags,
                "code": format!("{}/{}", function.code.bucket, function.code.key),
                "reserved": function.reserved, "versions": function.versions.len(),
            })
        });
        told.collect()
    }

    /// What calls them.
    #[must_use]
    pub fn mappings(&self) -> Vec<Value> {
        let state = self.state();
        let told = state.mappings.values().map(|mapping| {
            json!({ "source": mapping.source, "function": mapping.function, "settings": mapping.settings })
        });
        told.collect()
    }

    /// Somebody removes a function by hand, and what calls it stays.
    pub fn remove(&self, name: &str) {
        self.state().functions.remove(name);
    }

    /// Somebody removes by hand whatever calls a function.
    pub fn unmap(&self, name: &str) {
        self.state()
            .mappings
            .retain(|_, mapping| mapping.function != name);
    }

    /// Somebody changes a function by hand.
    pub fn change(&self, name: &str, setting: &str, value: Value) {
        let mut state = self.state();
        let function = state
            .functions
            .get_mut(name)
            .expect("there is such a function");
        function.configuration.insert(setting.to_owned(), value);
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn answer(&self, name: &str, payload: &Value) -> Option<Behaviour> {
        let all = self
            .behaviours
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let bare = name.split(':').next().unwrap_or_default();
        let does = all.get(name).or_else(|| all.get(bare))?;
        Some(does(payload))
    }
}

impl Function {
    /// A version of what the function is now: the last one, if nothing changed since.
    pub(super) fn publish(&mut self) -> String {
        let now = (self.code.digest.clone(), self.configuration.clone());
        if self.versions.last() != Some(&now) {
            self.versions.push(now);
        }
        self.versions.len().to_string()
    }

    /// What is told of a version.
    pub(super) fn shown(&self, name: &str, version: &str) -> Value {
        let place = version.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
        let published = place.and_then(|place| self.versions.get(place));
        let (digest, configuration) = match published {
            Some((digest, configuration)) => (digest, configuration),
            None => (&self.code.digest, &self.configuration),
        };
        let mut told = configuration.clone();
        let mut arn = arn(name);
        if published.is_some() {
            arn = format!("{arn}:{version}");
        }
        for (name, value) in [
            ("FunctionArn", arn.as_str()),
            ("CodeSha256", digest),
            ("Version", version),
            ("State", "Active"),
            ("LastUpdateStatus", "Successful"),
        ] {
            told.insert(name.to_owned(), value.into());
        }
        told.into()
    }
}

pub(super) fn arn(name: &str) -> String {
    format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}")
}
