//! Flows that break, and what becomes of them.

use serde_json::{Value, json};
use testkit::{
    World,
    engine::{FlowWorld, Rows},
    explore::{Observation, Scenario},
};

use crate::actors::flows::{
    CHANGES, OUTCOMES, a_run_failed, cloudformation_asks, described, flows_are_at_work,
    flows_are_looked_after, is_deactivated, is_decided, minutes_pass, one_of_two_is_taken,
};

/// A flow breaks in a way that can be mended, an outcome waits meanwhile, and nobody is told.
pub(super) struct Mended {
    name: &'static str,
    breaks: fn(&FlowWorld),
    /// What AppFlow says when it broke; `None` if it is found by looking.
    says: Option<Said>,
    /// What passes by itself.
    passes: fn(&FlowWorld),
    /// Whether outcomes are written again, and may be taken twice.
    is_redriven: bool,
}

#[derive(Clone, Copy)]
enum Said {
    Deactivated,
    RunFailed(&'static str),
}

impl Mended {
    pub(super) const DEACTIVATED: Self = Self {
        name: "flow-deactivated",
        breaks: |flows| flows.put_into(CHANGES, "Draft", ""),
        says: Some(Said::Deactivated),
        passes: |_| {},
        is_redriven: false,
    };
    pub(super) const ERRORED: Self = Self {
        name: "flow-errored",
        breaks: |flows| flows.put_into(OUTCOMES, "Errored", ""),
        says: None,
        passes: |_| {},
        is_redriven: false,
    };
    pub(super) const SUSPENDED: Self = Self {
        name: "flow-suspended",
        breaks: |flows| flows.put_into(OUTCOMES, "Suspended", ""),
        says: None,
        passes: |_| {},
        is_redriven: false,
    };
    pub(super) const SESSION_OVER: Self = Self {
        name: "flow-session-over",
        breaks: |flows| flows.end_session(true),
        says: None,
        passes: |_| {},
        is_redriven: false,
    };
    pub(super) const DRIFTED: Self = Self {
        name: "flow-drifted",
        breaks: |flows| {
            let api = "destinationFlowConfigList/0/destinationConnectorProperties/Salesforce/dataTransferApi";
            flows.change(OUTCOMES, api, "AUTOMATIC".into());
        },
        says: None,
        passes: |_| {},
        is_redriven: false,
    };
    pub(super) const THROTTLED: Self = Self {
        name: "flow-throttled",
        breaks: |flows| flows.make_of_rows(OUTCOMES, Rows::Throttled),
        says: Some(Said::RunFailed("REQUEST_LIMIT_EXCEEDED")),
        passes: |flows| flows.make_of_rows(OUTCOMES, Rows::Taken),
        is_redriven: true,
    };
    pub(super) const REJECTED: Self = Self {
        name: "flow-rejected",
        breaks: |flows| flows.make_of_rows(OUTCOMES, Rows::Refused),
        says: Some(Said::RunFailed("REQUIRED_FIELD_MISSING")),
        passes: |flows| flows.make_of_rows(OUTCOMES, Rows::Taken),
        is_redriven: true,
    };
    pub(super) const IDLE: Self = Self {
        name: "flow-idle",
        breaks: |flows| flows.make_of_rows(OUTCOMES, Rows::Overlooked),
        says: None,
        passes: |flows| flows.make_of_rows(OUTCOMES, Rows::Taken),
        is_redriven: true,
    };
}

impl Scenario for Mended {
    fn name(&self) -> &str {
        self.name
    }

    fn setup(&self, world: &World) {
        flows_are_at_work(world);
    }

    async fn run(&self, world: &World) -> Value {
        let flows = world.engines().flows();
        (self.breaks)(flows);
        is_decided(world, 4);
        minutes_pass(world, 2).await;
        match self.says {
            Some(Said::Deactivated) => is_deactivated(world, CHANGES, "").await,
            Some(Said::RunFailed(error)) => a_run_failed(world, OUTCOMES, error).await,
            None => flows_are_looked_after(world).await,
        }
        (self.passes)(flows);
        for _ in 0..3 {
            minutes_pass(world, 5).await;
            flows_are_looked_after(world).await;
        }
        json!([flows.accepted(), told(world)])
    }

    fn observe(&self, world: &World) -> Observation {
        let without: &[&str] = if self.is_redriven { &["accepted"] } else { &[] };
        of_rows(world, without)
    }
}

/// A run takes one of two outcomes. Both are written again, since nobody can tell which it took; whoever is
/// cut off between them leaves none behind.
pub(super) struct OverlookedInPart;

impl Scenario for OverlookedInPart {
    fn name(&self) -> &'static str {
        "flow-overlooked-in-part"
    }

    fn setup(&self, world: &World) {
        flows_are_at_work(world);
    }

    async fn run(&self, world: &World) -> Value {
        one_of_two_is_taken(world).await;
        minutes_pass(world, 2).await;
        for _ in 0..4 {
            flows_are_looked_after(world).await;
            minutes_pass(world, 5).await;
        }
        json!([world.engines().flows().accepted(), told(world)])
    }

    fn observe(&self, world: &World) -> Observation {
        of_rows(world, &["accepted"])
    }
}

/// A flow breaks in a way that can't be mended for an hour: people are told once, and once more when it is
/// well.
pub(super) struct GivenUp {
    name: &'static str,
    breaks: fn(&FlowWorld),
    mends: fn(&FlowWorld),
}

impl GivenUp {
    pub(super) const CREDENTIALS: Self = Self {
        name: "flow-credentials",
        breaks: |flows| {
            flows.end_session(false);
            flows.put_into(OUTCOMES, "Active", "");
        },
        mends: FlowWorld::mend_credentials,
    };
    pub(super) const STAYS_OFF: Self = Self {
        name: "flow-stays-off",
        breaks: |flows| {
            flows.keep_off(CHANGES, true);
            flows.put_into(CHANGES, "Suspended", "");
        },
        mends: |flows| flows.keep_off(CHANGES, false),
    };
}

impl Scenario for GivenUp {
    fn name(&self) -> &str {
        self.name
    }

    fn setup(&self, world: &World) {
        flows_are_at_work(world);
    }

    async fn run(&self, world: &World) -> Value {
        let flows = world.engines().flows();
        (self.breaks)(flows);
        is_deactivated(world, CHANGES, "").await;
        minutes_pass(world, 40).await;
        is_deactivated(world, CHANGES, "").await;
        minutes_pass(world, 61).await;
        is_deactivated(world, CHANGES, "").await;
        (self.mends)(flows);
        for _ in 0..2 {
            minutes_pass(world, 61).await;
            is_deactivated(world, CHANGES, "").await;
        }
        told(world)
    }

    fn observe(&self, world: &World) -> Observation {
        of_rows(world, &[])
    }
}

/// One outcome more was decided than Salesforce took.
pub(super) struct Gap;

impl Scenario for Gap {
    fn name(&self) -> &'static str {
        "flow-gap"
    }

    fn setup(&self, world: &World) {
        flows_are_at_work(world);
    }

    async fn run(&self, world: &World) -> Value {
        for _ in 0..4 {
            flows_are_looked_after(world).await;
            minutes_pass(world, 5).await;
        }
        told(world)
    }

    fn observe(&self, world: &World) -> Observation {
        of_rows(world, &["accepted"])
    }
}

/// CloudFormation makes flows, makes other flows of them, and removes them.
pub(super) struct Connected;

impl Scenario for Connected {
    fn name(&self) -> &'static str {
        "flows-connected"
    }

    fn setup(&self, _world: &World) {}

    async fn run(&self, world: &World) -> Value {
        let first = described(world);
        let mut second = first.clone();
        if let Some(changes) = second.get_mut("changes").and_then(Value::as_object_mut) {
            changes.remove("salesforce-routing-changes");
            changes.insert(
                "salesforce-roster-changes".to_owned(),
                "Roster__ChangeEvent".into(),
            );
        }
        let flows = world.engines().flows();
        cloudformation_asks(world, "Create", &first, None).await;
        let made = flows.described();
        cloudformation_asks(world, "Update", &second, Some(&first)).await;
        let changed = flows.described();
        cloudformation_asks(world, "Delete", &second, None).await;
        json!([made, changed])
    }
}

/// What the support team was told, each message once.
fn told(world: &World) -> Value {
    let notifications = world.notifications();
    let mut subjects: Vec<String> = notifications
        .into_iter()
        .filter_map(|notification| {
            let key = notification.attributes.get("idempotency.key").cloned()?;
            Some(format!("{key} {}", notification.subject?))
        })
        .collect();
    subjects.sort();
    subjects.dedup();
    subjects.into()
}

/// Without how often a row was written, which is a matter of how often somebody was cut off, and `without`
/// some other columns; and without what says that something is well that nobody was told of, as no row does.
fn of_rows(world: &World, without: &[&str]) -> Observation {
    let mut observation = Observation::of(world);
    let says_nothing = |row: &Value| {
        row.get("state").is_some_and(|state| state == "well")
            && row.get("told").is_some_and(|told| told == false)
    };
    let rows = observation.rows.entry("config".to_owned()).or_default();
    rows.retain(|row| !says_nothing(row));
    for row in rows {
        if let Some(columns) = row.as_object_mut() {
            columns.remove("version");
            for column in without {
                columns.remove(*column);
            }
        }
    }
    observation
}
