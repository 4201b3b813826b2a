//! The flows that there have to be, as the CDK app describes them to both functions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Shape, Trigger};

/// Under which keys outcomes lie in their bucket.
pub(crate) const OUTCOMES_PREFIX: &str = "outcomes";

/// Below which prefix of their bucket AppFlow leaves rows that Salesforce refuses.
pub(crate) const REJECTED_PREFIX: &str = "rejected";

/// The columns of an outcome's file, each of which is a field of the object in Salesforce, and of which
/// type that is.
pub(crate) const OUTCOME_FIELDS: [(&str, &str); 5] = [
    ("Record_ID__c", "string"),
    ("Action__c", "string"),
    ("Result__c", "string"),
    ("Reason__c", "string"),
    ("Time__c", "datetime"),
];

/// All of them, and the connection by which they reach Salesforce.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flows {
    /// How the names of flows begin in AppFlow, by their stage.
    pub prefix: String,
    /// The connector profile's name.
    pub profile: String,
    /// Where the organisation is: `https://….my.salesforce.com`.
    pub instance_url: String,
    /// Whether it is a sandbox.
    #[serde(default)]
    pub sandbox: bool,
    /// The secret with the client's id and secret, which AppFlow reads, and with the refresh token that
    /// AppFlow was granted: `clientId`, `clientSecret` and `refreshToken`.
    pub credentials_arn: String,
    /// The key under which AppFlow keeps the connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_arn: Option<String>,
    /// The partner event source that changes arrive at.
    pub event_source: String,
    /// The bucket for events that are too large for a bus.
    pub events_bucket: String,
    /// The flows that bring changes: from which event channel each does.
    pub changes: BTreeMap<String, String>,
    /// The flow that takes outcomes back.
    pub outcomes: Outcomes,
}

/// The flow that takes outcomes back to Salesforce.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcomes {
    /// Its name.
    pub name: String,
    /// The object that rows go into.
    pub object: String,
    /// The bucket that files lie in.
    pub bucket: String,
    /// The bucket for what Salesforce refuses.
    pub errors_bucket: String,
    /// How often it runs, as AppFlow has it: `rate(1minutes)`.
    pub schedule: String,
}

/// What is described can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the flows that there have to be can't be read")]
pub struct UnreadableFlows;

/// Which way a flow goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Changes, from Salesforce.
    In,
    /// Outcomes, to Salesforce.
    Out,
}

/// One flow that there has to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// Its name in AppFlow.
    pub name: String,
    /// Which way it goes.
    pub direction: Direction,
    /// How it has to be made.
    pub shape: Shape,
    /// How often it runs, if it runs by the time.
    pub schedule: Option<String>,
}

impl Flows {
    /// Reads what stands in an environment variable.
    pub fn read(text: &str) -> Result<Self, UnreadableFlows> {
        serde_json::from_str(text).map_err(|_| UnreadableFlows)
    }

    /// Each flow by itself; the one that takes outcomes back is the last.
    #[must_use]
    pub fn each(&self) -> Vec<Expected> {
        let changes = self.changes.iter();
        let changes = changes.map(|(name, object)| self.change_flow(name, object));
        changes.chain([self.outcome_flow()]).collect()
    }

    /// The flow of this name in AppFlow, if it is one of ours.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<Expected> {
        self.each().into_iter().find(|flow| flow.name == name)
    }

    fn change_flow(&self, name: &str, object: &str) -> Expected {
        Expected {
            name: format!("{}{name}", self.prefix),
            direction: Direction::In,
            shape: Shape {
                trigger: Trigger::Event,
                source: object.to_owned(),
                destination: self.event_source.clone(),
                profile: self.profile.clone(),
                errors_bucket: self.events_bucket.clone(),
                writing: None,
                fields: Vec::new(),
            },
            schedule: None,
        }
    }

    fn outcome_flow(&self) -> Expected {
        let outcomes = &self.outcomes;
        Expected {
            name: format!("{}{}", self.prefix, outcomes.name),
            direction: Direction::Out,
            shape: Shape {
                trigger: Trigger::Scheduled,
                source: format!("{}/{OUTCOMES_PREFIX}", outcomes.bucket),
                destination: outcomes.object.clone(),
                profile: self.profile.clone(),
                errors_bucket: outcomes.errors_bucket.clone(),
                writing: Some(writing("UPSERT", "Record_ID__c", "REST_SYNC", true)),
                fields: OUTCOME_FIELDS.map(|(name, _)| name.to_owned()).into(),
            },
            schedule: Some(outcomes.schedule.clone()),
        }
    }
}

/// How rows are written, in one word that can be compared.
pub(crate) fn writing(operation: &str, by: &str, api: &str, stops: bool) -> String {
    let end = if stops { "stop" } else { "go-on" };
    format!("{operation} {by} {api} {end}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Part;

    const TEXT: &str = r#"{
        "prefix": "fairlead-dev-", "profile": "fairlead-dev-salesforce",
        "instance_url": "https://harbour.my.salesforce.com",
        "credentials_arn": "arn:aws:secretsmanager:eu-central-1:111122223333:secret:salesforce",
        "event_source": "aws.partner/appflow/salesforce.com/111122223333/fairlead-dev",
        "events_bucket": "events",
        "changes": { "salesforce-holiday-changes": "Holiday__ChangeEvent" },
        "outcomes": { "name": "salesforce-outcomes", "object": "Fairlead_Outcome__c", "bucket": "outcomes",
                      "errors_bucket": "errors", "schedule": "rate(1minutes)" }
    }"#;

    #[test]
    fn each_flow_is_named_by_its_stage_and_outcomes_go_last() {
        let flows = Flows::read(TEXT).unwrap();
        let each = flows.each();
        let names: Vec<&str> = each.iter().map(|flow| flow.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "fairlead-dev-salesforce-holiday-changes",
                "fairlead-dev-salesforce-outcomes"
            ]
        );
        assert!(flows.named("somebody-elses").is_none());
        assert_eq!(flows.named(names[0]).unwrap().direction, Direction::In);
    }

    #[test]
    fn what_differs_is_named_and_the_order_of_fields_is_no_difference() {
        let flows = Flows::read(TEXT).unwrap();
        let expected = flows.each().pop().unwrap().shape;
        let mut found = expected.clone();
        found.fields.reverse();
        assert_eq!(found.differs_from(&expected), []);
        found.writing = Some(writing("INSERT", "Record_ID__c", "REST_SYNC", true));
        found.source = "another/outcomes".to_owned();
        assert_eq!(found.differs_from(&expected), [Part::Source, Part::Writing]);
    }

    #[test]
    fn a_word_that_is_mistyped_is_no_description() {
        let mistyped = TEXT
            .replace("\"sandbox\"", "")
            .replace("events_bucket", "event_bucket");
        assert_eq!(Flows::read(&mistyped), Err(UnreadableFlows));
    }
}
