//! Amazon AppFlow, and what breaks there: which events get through, and which rows get to Salesforce.

use fairlead_salesforce_local::csv_rows::Run;
use fairlead_salesforce_local::org::Org;
use fastrand::Rng;
use flow::{FlowMaker, FlowStarter, Flows, ProfileKeeper};
use jiff::Timestamp;
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json};
use testkit::{
    World,
    engine::{Rows, SALESFORCE_OUTCOMES_BUCKET},
};

use crate::operators::Kind;

/// The flow that brings outcomes.
const OUTCOMES: &str = "fairlead-simulated-salesforce-outcomes";

/// The part of a flow that somebody changes by hand.
const DRIFTED: &str =
    "destinationFlowConfigList/0/destinationConnectorProperties/Salesforce/dataTransferApi";

/// What breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// A flow of changes is switched off, and AppFlow says so.
    Deactivated,
    /// It is suspended, and nobody says so.
    Suspended,
    /// It is in error.
    Errored,
    /// Salesforce ends the session of all flows.
    SessionOver,
    /// The flow of outcomes is switched off.
    OutcomesOff,
    /// Somebody changed the flow of outcomes by hand.
    Drifted,
    /// Salesforce takes no more for a while.
    Throttled,
    /// It refuses rows for a while.
    Refused,
    /// The flow overlooks files for a while.
    Overlooked,
    /// The credentials are of no use, until people see to that.
    Credentials,
    /// One event is dropped on its way.
    Dropped,
}

/// AppFlow.
#[derive(Debug, Default)]
pub struct AppFlow {
    /// Up to when files were taken.
    taken_until: Option<Timestamp>,
    runs: usize,
    drops: usize,
    /// What passes by itself, and in how many minutes.
    passing: Option<u32>,
    /// Whether people have to see to the credentials.
    locked_out: Option<u32>,
    /// What mending came to, as the function says it.
    pub tried: u64,
    /// Flows that were well again.
    pub mended: u64,
    /// Flows that people were told of.
    pub given_up: u64,
}

impl Trouble {
    const ALL: [Self; 11] = [
        Self::Deactivated,
        Self::Suspended,
        Self::Errored,
        Self::SessionOver,
        Self::OutcomesOff,
        Self::Drifted,
        Self::Throttled,
        Self::Refused,
        Self::Overlooked,
        Self::Credentials,
        Self::Dropped,
    ];

    /// One of them.
    pub fn any(random: &mut Rng) -> Self {
        Self::ALL[random.usize(..Self::ALL.len())]
    }
}

/// The flow that brings the changes of a kind.
#[must_use]
pub const fn changes(kind: Kind) -> &'static str {
    match kind {
        Kind::Holiday => "fairlead-simulated-salesforce-holiday-changes",
        Kind::Routing => "fairlead-simulated-salesforce-routing-changes",
    }
}

/// All flows are there and at work.
pub fn set_up(world: &World) {
    let environment = world.environment();
    let described = environment.required("SALESFORCE_FLOWS");
    let flows = Flows::read(described.expect("the environment is whole"));
    let flows = flows.expect("the flows are described");
    let sdk = world.sdk_config(&CallBudget::BATCH);
    world.engines().put_salesforce_grant();
    world.block_on(async {
        let keeper = ProfileKeeper::new(&sdk, &sdk);
        let profile = keeper.make(&flows, "profile").await;
        profile.expect("the connection is made");
        let (maker, switch) = (FlowMaker::new(&sdk), FlowStarter::new(&sdk));
        for flow in flows.each() {
            let made = maker
                .make(&flow, None, &format!("make-{}", flow.name))
                .await;
            made.expect("the flow is made");
            let token = format!("start-{}", flow.name);
            let started = switch.start(&flow.name, &token).await;
            started.expect("the flow is started");
        }
    });
}

impl AppFlow {
    /// Something breaks; gives what AppFlow says of it, if it says anything.
    pub fn breaks(
        &mut self,
        world: &World,
        trouble: Trouble,
        kind: Kind,
        random: &mut Rng,
    ) -> Option<Value> {
        let flows = world.engines().flows();
        let flow = changes(kind);
        match trouble {
            Trouble::Deactivated => {
                flows.put_into(flow, "Draft", "");
                return Some(deactivated(flow));
            }
            Trouble::Suspended => flows.put_into(flow, "Suspended", ""),
            Trouble::Errored => flows.put_into(flow, "Errored", "an internal error"),
            Trouble::SessionOver => flows.end_session(true),
            Trouble::OutcomesOff => flows.put_into(OUTCOMES, "Suspended", ""),
            Trouble::Drifted => flows.change(OUTCOMES, DRIFTED, "AUTOMATIC".into()),
            Trouble::Throttled => self.passes(world, Rows::Throttled, random),
            Trouble::Refused => self.passes(world, Rows::Refused, random),
            Trouble::Overlooked => self.passes(world, Rows::Overlooked, random),
            Trouble::Credentials => {
                flows.end_session(false);
                self.locked_out = Some(random.u32(20..90));
            }
            Trouble::Dropped => self.drops += 1,
        }
        None
    }

    fn passes(&mut self, world: &World, rows: Rows, random: &mut Rng) {
        world.engines().flows().make_of_rows(OUTCOMES, rows);
        self.passing = Some(random.u32(2..30));
    }

    /// Whether an event of that kind gets through.
    pub fn lets_through(&mut self, world: &World, kind: Kind) -> bool {
        if self.drops > 0 {
            self.drops -= 1;
            return false;
        }
        let flow = world.engines().flows().flow(changes(kind));
        flow.is_some_and(|flow| flow.status == "Active")
    }

    /// A minute passes: what passes by itself does, and the flow of outcomes runs. Gives the records whose
    /// outcome is another one in Salesforce.
    pub fn minute_passes(&mut self, world: &World, org: &mut Org) -> Vec<String> {
        if is_over(&mut self.passing) {
            world.engines().flows().make_of_rows(OUTCOMES, Rows::Taken);
        }
        if is_over(&mut self.locked_out) {
            world.engines().flows().mend_credentials();
        }
        self.run(world, org)
    }

    /// Whatever passes by itself has passed.
    pub fn clears_up(&mut self, world: &World) {
        (self.passing, self.locked_out, self.drops) = (None, None, 0);
        let flows = world.engines().flows();
        flows.make_of_rows(OUTCOMES, Rows::Taken);
        flows.mend_credentials();
    }

    /// Counts what mending came to.
    pub fn is_looked_after(&mut self, done: &Value) {
        let count = |name: &str| done.get(name).and_then(Value::as_u64).unwrap_or_default();
        self.tried += count("tried");
        self.mended += count("mended");
        self.given_up += count("given_up");
    }

    /// What of the flows is not as it has to be.
    #[must_use]
    pub fn broken(world: &World) -> Vec<String> {
        let flows = world.engines().flows();
        let names = [changes(Kind::Holiday), changes(Kind::Routing), OUTCOMES];
        let broken = names.into_iter().filter(|name| {
            let flow = flows.flow(name);
            flow.is_none_or(|flow| flow.status != "Active")
        });
        broken
            .map(|name| format!("{name} is not at work"))
            .collect()
    }

    fn run(&mut self, world: &World, org: &mut Org) -> Vec<String> {
        let now = world.clock().now();
        world
            .engines()
            .run_flow(OUTCOMES, SALESFORCE_OUTCOMES_BUCKET);
        let flow = world.engines().flows().flow(OUTCOMES);
        let runs = flow.map(|flow| flow.runs).unwrap_or_default();
        if runs.len() == self.runs {
            return Vec::new();
        }
        self.runs = runs.len();
        let last = runs.last().cloned().unwrap_or_default();
        if last.get("executionStatus") != Some(&json!("Successful")) {
            return Vec::new();
        }
        let processed = last.pointer("/executionResult/recordsProcessed");
        let until = self.taken_until.replace(now);
        if processed.and_then(Value::as_u64) == Some(0) {
            return Vec::new();
        }
        let mut files = world.objects(SALESFORCE_OUTCOMES_BUCKET);
        files.retain(|file| {
            let is_new = until.is_none_or(|until| file.last_modified > until);
            is_new && file.last_modified <= now
        });
        let mut run = Run::default();
        for file in &files {
            run.take(org, &file.body, now, |_| None);
        }
        assert_eq!(run.rejected, [], "a file can't be read");
        run.records().map(str::to_owned).collect()
    }
}

/// Whether what was to take so many minutes is over with this one.
fn is_over(left: &mut Option<u32>) -> bool {
    let Some(minutes) = left else {
        return false;
    };
    *minutes = minutes.saturating_sub(1);
    let is_over = *minutes == 0;
    if is_over {
        *left = None;
    }
    is_over
}

fn deactivated(flow: &str) -> Value {
    json!({
        "source": "aws.appflow",
        "detail-type": "AppFlow Event Flow Deactivated",
        "detail": {
            "flow-name": flow, "deactivation-reason": "", "deactivation-time": "2026-01-15T09:01:00.000Z[UTC]",
        },
    })
}
