//! What happens to flows beside what AppFlow is asked: runs, what Salesforce makes of them, and people.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use lambda_kit::clock::Clock;
use serde_json::{Map, Value, json};

use crate::engine::{StoredObject, answer::numbered_id};

const ID_MAKER: u32 = 0xf1_0000;

/// What Salesforce makes of the rows that a flow brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rows {
    /// It takes them.
    #[default]
    Taken,
    /// It refuses them.
    Refused,
    /// It has taken as many requests as it takes.
    Throttled,
    /// The flow brings none, and says that all is well.
    Overlooked,
}

/// A flow.
#[derive(Debug, Clone, PartialEq)]
pub struct SimulatedFlow {
    /// How it was described.
    pub description: Map<String, Value>,
    /// `Active`, or another of AppFlow's words.
    pub status: String,
    /// What AppFlow says about that.
    pub message: String,
    /// Its runs, the oldest first, as `DescribeFlowExecutionRecords` has them.
    pub runs: Vec<Value>,
    /// The tokens by which it was started, each once.
    pub started_by: Vec<String>,
    pub(super) made_by: Option<String>,
    pub(super) stays_off: bool,
    rows: Rows,
    /// When the last run that ended well began.
    taken_until: Option<Timestamp>,
}

impl SimulatedFlow {
    pub(super) fn new(description: Map<String, Value>) -> Self {
        Self {
            description,
            status: "Draft".to_owned(),
            message: String::new(),
            runs: Vec::new(),
            started_by: Vec::new(),
            made_by: None,
            stays_off: false,
            rows: Rows::default(),
            taken_until: None,
        }
    }

    fn part(&self, pointer: &str) -> &str {
        let (first, rest) = pointer.split_once('/').unwrap_or((pointer, ""));
        let part = self.description.get(first);
        let part = part.and_then(|part| part.pointer(&format!("/{rest}")));
        part.and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn trigger(&self) -> &str {
        self.part("triggerConfig/triggerType")
    }

    /// Whether it reaches Salesforce by the connector profile.
    pub(super) fn uses(&self, profile: &str) -> bool {
        [
            "sourceFlowConfig/connectorProfileName",
            "destinationFlowConfigList/0/connectorProfileName",
        ]
        .iter()
        .any(|pointer| self.part(pointer) == profile)
    }
}

pub(super) struct State {
    pub(super) profiles: BTreeMap<String, Value>,
    pub(super) flows: BTreeMap<String, SimulatedFlow>,
    pub(super) refuses_credentials: bool,
    pub(super) signed_in: bool,
    /// What rows said last, by their record.
    accepted: BTreeMap<String, String>,
    runs: usize,
}

/// AppFlow's flows, as Salesforce and people see them. Clones are one and the same.
#[derive(Clone)]
pub struct FlowWorld {
    clock: Clock,
    state: Arc<Mutex<State>>,
}

impl FlowWorld {
    pub(super) fn new(clock: Clock) -> Self {
        let state = State {
            profiles: BTreeMap::new(),
            flows: BTreeMap::new(),
            refuses_credentials: false,
            signed_in: true,
            accepted: BTreeMap::new(),
            runs: 0,
        };
        Self {
            clock,
            state: Arc::new(Mutex::new(state)),
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A flow, if there is one of that name.
    #[must_use]
    pub fn flow(&self, name: &str) -> Option<SimulatedFlow> {
        self.state().flows.get(name).cloned()
    }

    /// All flows and connector profiles, as two runs are compared by them.
    #[must_use]
    pub fn described(&self) -> Vec<Value> {
        let state = self.state();
        let flows = state.flows.iter().map(|(name, flow)| {
            json!({ "flow": name, "status": flow.status, "description": flow.description })
        });
        let profiles = state.profiles.iter();
        let profiles = profiles
            .map(|(name, profile)| json!({ "profile": name, "config": profile.get("config") }));
        flows.chain(profiles).collect()
    }

    /// What Salesforce has of each record: the name of the file that said it last.
    #[must_use]
    pub fn accepted(&self) -> Vec<Value> {
        let state = self.state();
        let accepted = state.accepted.iter();
        accepted
            .map(|(record, file)| json!({ "record": record, "file": file }))
            .collect()
    }

    /// AppFlow, or somebody, puts a flow into a state.
    ///
    /// # Panics
    /// If there is no such flow.
    pub fn put_into(&self, name: &str, status: &str, message: &str) {
        self.with(name, |flow| {
            status.clone_into(&mut flow.status);
            message.clone_into(&mut flow.message);
        });
    }

    /// Somebody changes a part of a flow's description to `value`: `destinationFlowConfigList/0/…`.
    ///
    /// # Panics
    /// If there is no such flow, or no such part of it.
    pub fn change(&self, name: &str, part: &str, value: Value) {
        self.with(name, |flow| {
            let (first, rest) = part.split_once('/').unwrap_or((part, ""));
            let part = flow.description.get_mut(first);
            let part = part.and_then(|part| part.pointer_mut(&format!("/{rest}")));
            *part.expect("the flow has that part") = value;
        });
    }

    /// However often it is switched on, the flow does not stay so.
    ///
    /// # Panics
    /// If there is no such flow.
    pub fn keep_off(&self, name: &str, stays_off: bool) {
        self.with(name, |flow| flow.stays_off = stays_off);
    }

    /// From now on that becomes of the rows that a flow brings.
    ///
    /// # Panics
    /// If there is no such flow.
    pub fn make_of_rows(&self, name: &str, rows: Rows) {
        self.with(name, |flow| flow.rows = rows);
    }

    /// Salesforce ends the connection's session, and lets it sign in anew or not.
    pub fn end_session(&self, may_sign_in: bool) {
        let mut state = self.state();
        state.signed_in = false;
        state.refuses_credentials = !may_sign_in;
        for flow in state.flows.values_mut() {
            if flow.status == "Active" {
                "Errored".clone_into(&mut flow.status);
                "Authentication failed: INVALID_SESSION_ID".clone_into(&mut flow.message);
            }
        }
    }

    /// The connection's client may sign in again: people put another secret there.
    pub fn mend_credentials(&self) {
        self.state().refuses_credentials = false;
    }

    /// A scheduled flow's time has come: if it is at work, it takes those of `files` that were written
    /// since its last run that ended well.
    pub fn run(&self, name: &str, files: &[StoredObject]) {
        let now = self.now();
        let mut state = self.state();
        let State {
            flows,
            accepted,
            runs,
            ..
        } = &mut *state;
        let Some(flow) = flows.get_mut(name).filter(|flow| flow.status == "Active") else {
            return;
        };
        *runs += 1;
        let is_new = |file: &&StoredObject| {
            let is_since = flow
                .taken_until
                .is_none_or(|until| file.last_modified > until);
            is_since && file.last_modified <= now
        };
        let new: Vec<&StoredObject> = files.iter().filter(is_new).collect();
        let count = new.len();
        let result = match flow.rows {
            Rows::Taken => {
                for file in new {
                    let name = file.key.rsplit('/').next().unwrap_or_default();
                    let record = name.split("-event-").next().unwrap_or_default();
                    accepted.insert(record.to_owned(), name.to_owned());
                }
                json!({ "recordsProcessed": count })
            }
            Rows::Overlooked => json!({ "recordsProcessed": 0 }),
            Rows::Refused if count == 0 => json!({ "recordsProcessed": 0 }),
            Rows::Refused => failed(count, "REQUIRED_FIELD_MISSING: [Name]", count),
            Rows::Throttled => failed(0, "REQUEST_LIMIT_EXCEEDED", 0),
        };
        let is_well = result.get("errorInfo").is_none();
        if is_well {
            flow.taken_until = Some(now);
        }
        flow.runs.push(json!({
            "executionId": numbered_id(ID_MAKER, *runs),
            "executionStatus": if is_well { "Successful" } else { "Error" },
            "executionResult": result,
            "startedAt": now.as_second(),
            "lastUpdatedAt": now.as_second(),
        }));
    }

    fn with(&self, name: &str, change: impl FnOnce(&mut SimulatedFlow)) {
        let mut state = self.state();
        change(state.flows.get_mut(name).expect("there is such a flow"));
    }
}

fn failed(processed: usize, message: &str, failures: usize) -> Value {
    json!({
        "recordsProcessed": processed,
        "errorInfo": { "putFailuresCount": failures, "executionMessage": message },
    })
}
