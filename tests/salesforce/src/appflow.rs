//! What stands in for AppFlow: flows with their states, and the operations of its API that Fairlead calls.

mod api;
mod report;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::csv_rows::Run;

pub use self::api::ApiError;
pub use self::report::Report;

/// As many executions of a flow are remembered.
const REMEMBERED: usize = 50;

/// How far a flow is, by AppFlow's own words.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Status {
    /// It runs, or waits for what makes it run.
    Active,
    /// It was never activated.
    Draft,
    /// It was deactivated.
    Suspended,
    /// It was deactivated since it failed.
    Errored,
}

/// What can be made to go wrong with a flow.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Trouble {
    /// Somebody deactivates it, and an event tells of that.
    Deactivated,
    /// It is deactivated, and nobody tells.
    Suspended,
    /// It fails and is deactivated.
    Errored,
    /// The credentials of the connection that all flows share are valid no more.
    Credentials,
    /// The next runs fail since Salesforce takes no more for now.
    Throttled(usize),
    /// The next rows are rejected by Salesforce.
    Rejects(usize),
    /// The next files are passed over, as if they were not there.
    Skips(usize),
    /// The next events get lost on their way.
    Drops(usize),
}

/// One execution of a flow.
#[derive(Clone, Debug, PartialEq)]
pub struct Execution {
    /// Its id.
    pub id: String,
    /// When it began.
    pub at: Timestamp,
    /// What it came to; otherwise why it failed.
    pub result: Result<Run, String>,
}

/// A flow.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    /// How far it is.
    pub status: Status,
    /// Why, if it says.
    pub message: Option<String>,
    /// What it was created or updated with.
    pub config: Value,
    /// Its executions, the latest one last.
    pub executions: Vec<Execution>,
    throttled: usize,
    rejects: usize,
    skips: usize,
    drops: usize,
}

/// All flows of an account, and the connection to Salesforce.
#[derive(Clone, Debug, Default)]
pub struct Flows {
    account: String,
    region: String,
    by_name: BTreeMap<String, Flow>,
    /// The profiles by name, as they were configured.
    profiles: BTreeMap<String, Value>,
    is_locked_out: bool,
    executions: u64,
}

impl Status {
    /// As `flowStatus` says it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Draft => "Draft",
            Self::Suspended => "Suspended",
            Self::Errored => "Errored",
        }
    }
}

impl Trouble {
    /// The one that is called `name`, so often where it is of some events, rows, files or runs.
    #[must_use]
    pub fn named(name: &str, times: usize) -> Option<Self> {
        Some(match name {
            "deactivated" => Self::Deactivated,
            "suspended" => Self::Suspended,
            "errored" => Self::Errored,
            "credentials" => Self::Credentials,
            "throttled" => Self::Throttled(times),
            "rejects" => Self::Rejects(times),
            "skips" => Self::Skips(times),
            "drops" => Self::Drops(times),
            _ => return None,
        })
    }
}

impl Flow {
    fn new(config: Value, status: Status) -> Self {
        Self {
            status,
            message: None,
            config,
            executions: Vec::new(),
            throttled: 0,
            rejects: 0,
            skips: 0,
            drops: 0,
        }
    }

    fn stop(&mut self, status: Status, message: &str) {
        self.status = status;
        self.message = Some(message.to_owned());
    }
}

impl Flows {
    /// No flow yet.
    #[must_use]
    pub fn of(account: &str, region: &str) -> Self {
        Self {
            account: account.to_owned(),
            region: region.to_owned(),
            ..Self::default()
        }
    }

    /// A flow that is there and active, with `config` as `CreateFlow` takes it.
    pub fn put(&mut self, name: &str, config: Value) {
        let flow = Flow::new(config, Status::Active);
        self.by_name.insert(name.to_owned(), flow);
    }

    /// A connection that is there.
    pub fn put_profile(&mut self, name: &str) {
        self.profiles.insert(name.to_owned(), Value::Null);
    }

    /// The flows by name.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Flow)> {
        self.by_name
            .iter()
            .map(|(name, flow)| (name.as_str(), flow))
    }

    /// A flow.
    #[must_use]
    pub fn flow(&self, name: &str) -> Option<&Flow> {
        self.by_name.get(name)
    }

    /// Whether the connection's credentials are valid.
    #[must_use]
    pub const fn is_connected(&self) -> bool {
        !self.is_locked_out
    }

    /// Makes something go wrong; gives what AppFlow tells of it, if it does. Where there is no such flow,
    /// nothing does.
    pub fn make(&mut self, name: &str, trouble: Trouble, at: Timestamp) -> Option<Report> {
        let flow = self.by_name.get_mut(name)?;
        let reason = match trouble {
            Trouble::Deactivated => {
                flow.stop(Status::Suspended, "The flow was deactivated.");
                Some("The flow was deactivated by a user")
            }
            Trouble::Suspended => {
                flow.stop(Status::Suspended, "The flow was suspended.");
                None
            }
            Trouble::Errored => {
                let reason = "The connector failed with an internal error";
                flow.stop(Status::Errored, reason);
                Some(reason)
            }
            Trouble::Credentials => {
                self.is_locked_out = true;
                flow.stop(Status::Errored, EXPIRED);
                Some(EXPIRED)
            }
            Trouble::Throttled(times) => {
                flow.throttled += times;
                None
            }
            Trouble::Rejects(times) => {
                flow.rejects += times;
                None
            }
            Trouble::Skips(times) => {
                flow.skips += times;
                None
            }
            Trouble::Drops(times) => {
                flow.drops += times;
                None
            }
        };
        reason.map(|reason| self.deactivated(name, reason, at))
    }

    /// Whether an event gets through the flow of its kind; one that is lost is counted.
    pub fn lets_through(&mut self, name: &str) -> bool {
        let is_connected = !self.is_locked_out;
        let Some(flow) = self.by_name.get_mut(name) else {
            return false;
        };
        if flow.drops > 0 {
            flow.drops -= 1;
            return false;
        }
        flow.status == Status::Active && is_connected
    }

    /// Whether a flow is to run now, and if so, why it fails before it has read anything.
    pub fn begins(&mut self, name: &str) -> Option<Result<(), String>> {
        let is_connected = !self.is_locked_out;
        let flow = self.by_name.get_mut(name)?;
        if flow.status != Status::Active {
            return None;
        }
        if !is_connected {
            return Some(Err(EXPIRED.to_owned()));
        }
        if flow.throttled > 0 {
            flow.throttled -= 1;
            let limit = "REQUEST_LIMIT_EXCEEDED: TotalRequests Limit exceeded";
            return Some(Err(limit.to_owned()));
        }
        Some(Ok(()))
    }

    /// Whether a file is passed over.
    pub fn skips_file(&mut self, name: &str) -> bool {
        self.by_name
            .get_mut(name)
            .is_some_and(|flow| take_one(&mut flow.skips))
    }

    /// Whether a row is rejected, and why.
    pub fn rejects_row(&mut self, name: &str) -> Option<String> {
        let flow = self.by_name.get_mut(name)?;
        let reason = "UNABLE_TO_LOCK_ROW: unable to obtain exclusive access to this record";
        take_one(&mut flow.rejects).then(|| reason.to_owned())
    }

    /// Keeps what came of a run, and gives what AppFlow tells of it. One that could not sign in ends the flow.
    pub fn ended(&mut self, name: &str, result: Result<Run, String>, at: Timestamp) -> Vec<Report> {
        self.executions += 1;
        let id = format!("{:08x}-21e4-4ee3-b70f-4fb55b2ecf79", self.executions);
        let execution = Execution { id, at, result };
        let mut reports = vec![self.run_ended(name, &execution)];
        let is_locked_out = self.is_locked_out;
        let Some(flow) = self.by_name.get_mut(name) else {
            return Vec::new();
        };
        if flow.executions.len() == REMEMBERED {
            flow.executions.remove(0);
        }
        flow.executions.push(execution);
        if is_locked_out {
            flow.stop(Status::Errored, EXPIRED);
            reports.push(self.deactivated(name, EXPIRED, at));
        }
        reports
    }
}

/// What AppFlow says when Salesforce does not let it in.
const EXPIRED: &str = "The request failed because the service Source Salesforce returned the following error: Details: \
     expired access/refresh token, ErrorCode: ConnectorAuthenticationException";

fn take_one(left: &mut usize) -> bool {
    let is_left = *left > 0;
    *left = left.saturating_sub(1);
    is_left
}
