//! What AppFlow tells the default bus of its flows: every count is a text, and a moment has its zone behind it.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Execution, Flows};
use crate::wire::moment;

/// An event of AppFlow's own.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Such as `AppFlow End Flow Run Report`.
    pub detail_type: &'static str,
    /// What it tells.
    pub detail: Value,
    /// When it was.
    pub at: Timestamp,
}

impl Report {
    /// It as a rule's target gets it.
    #[must_use]
    pub fn envelope(&self, account: &str, region: &str) -> Value {
        let millisecond = self.at.as_millisecond();
        json!({
            "version": "0",
            "id": format!("0b2b4f0e-1111-4222-8333-{millisecond:012x}"),
            "detail-type": self.detail_type,
            "source": "aws.appflow",
            "account": account,
            "time": self.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "region": region,
            // A digest and no ARN.
            "resources": ["bd3275d267f032646f926d73a98d12c2"],
            "detail": self.detail,
        })
    }
}

impl Flows {
    pub(super) fn deactivated(&self, name: &str, reason: &str, at: Timestamp) -> Report {
        let mut detail = self.about(name);
        add(&mut detail, "deactivation-reason", reason);
        add(&mut detail, "deactivation-time", &zoned(at));
        let is_scheduled = detail.get("trigger-type") == Some(&json!("SCHEDULED"));
        let detail_type = if is_scheduled {
            "AppFlow Scheduled Flow Deactivated"
        } else {
            "AppFlow Event Flow Deactivated"
        };
        Report {
            detail_type,
            detail,
            at,
        }
    }

    pub(super) fn run_ended(&self, name: &str, execution: &Execution) -> Report {
        let mut detail = self.about(name);
        let (status, run, error) = match &execution.result {
            Ok(run) if run.rejected.is_empty() => ("Execution Successful", Some(run), None),
            Ok(run) => {
                let error = "The request failed because the destination rejected records";
                ("Execution Failed", Some(run), Some(error.to_owned()))
            }
            Err(error) => ("Execution Failed", None, Some(error.clone())),
        };
        let count = |count: Option<usize>| count.unwrap_or_default().to_string();
        for (name, value) in [
            ("execution-id", execution.id.clone()),
            ("start-time", zoned(execution.at)),
            ("end-time", zoned(execution.at)),
            ("status", status.to_owned()),
            (
                "num-of-records-processed",
                count(run.map(|run| run.processed)),
            ),
            (
                "num-of-record-failures",
                count(run.map(|run| run.rejected.len())),
            ),
            ("num-of-records-filtered", count(None)),
            (
                "num-of-documents-processed",
                count(run.map(|run| run.files)),
            ),
            ("data-processed", count(run.map(|run| run.bytes))),
        ] {
            add(&mut detail, name, &value);
        }
        if let Some(error) = error {
            add(&mut detail, "error", &error);
        }
        Report {
            detail_type: "AppFlow End Flow Run Report",
            detail,
            at: execution.at,
        }
    }

    /// What every event says of its flow.
    fn about(&self, name: &str) -> Value {
        let config = self.flow(name).map(|flow| &flow.config);
        let text = |pointer: &str| {
            let found = config.and_then(|config| config.pointer(pointer));
            found.and_then(Value::as_str).unwrap_or_default()
        };
        let trigger = text("/triggerConfig/triggerType").to_uppercase();
        let is_scheduled = trigger == "SCHEDULED";
        let profile = text("/sourceFlowConfig/connectorProfileName");
        let (source, destination) = if is_scheduled {
            let profile = text("/destinationFlowConfigList/0/connectorProfileName");
            ("S3".to_owned(), format!("Salesforce/{profile}"))
        } else {
            (format!("Salesforce/{profile}"), "EventBridge".to_owned())
        };
        json!({
            "flow-name": name,
            "flow-arn": self.arn(name),
            "created-by": format!("arn:aws:sts::{}:assumed-role/Admin/session", self.account),
            "source": source,
            "destination": destination,
            "source-object": text("/sourceFlowConfig/sourceConnectorProperties/Salesforce/object"),
            "destination-object": text("/destinationFlowConfigList/0/destinationConnectorProperties/Salesforce/object"),
            "trigger-type": trigger,
        })
    }

    pub(super) fn arn(&self, name: &str) -> String {
        format!(
            "arn:aws:appflow:{}:{}:flow/{name}",
            self.region, self.account
        )
    }
}

fn add(detail: &mut Value, name: &str, value: &str) {
    if let Some(members) = detail.as_object_mut() {
        members.insert(name.to_owned(), value.into());
    }
}

fn zoned(at: Timestamp) -> String {
    format!("{}[UTC]", moment(at))
}
