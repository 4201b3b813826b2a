//! AppFlow's API: `POST /describe-flow` and its like, in JSON.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{EXPIRED, Execution, Flow, Flows, Status};

/// How AppFlow refuses something.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ApiError {
    /// The HTTP status.
    pub status: u16,
    /// The name of the exception.
    pub code: &'static str,
    /// What it says.
    pub message: String,
}

/// What a flow is made of.
const CONFIG: [&str; 6] = [
    "description",
    "triggerConfig",
    "sourceFlowConfig",
    "destinationFlowConfigList",
    "tasks",
    "kmsArn",
];

/// What has to be there when one is made or replaced.
const REQUIRED: [&str; 4] = [
    "triggerConfig",
    "sourceFlowConfig",
    "destinationFlowConfigList",
    "tasks",
];

type Answer = Result<Value, ApiError>;

impl Flows {
    /// Whether `operation` is one that is answered here.
    #[must_use]
    pub fn has(operation: &str) -> bool {
        operation.ends_with("-flow")
            || operation.ends_with("-flows")
            || operation.ends_with("connector-profile")
            || operation.ends_with("connector-profiles")
            || operation.starts_with("describe-flow-")
            || operation == "cancel-flow-executions"
    }

    /// Answers an operation, by its path without the slash.
    pub fn answer(&mut self, operation: &str, input: &Value) -> Answer {
        let name = text(input, "flowName");
        match operation {
            "create-flow" => self.create(name, input),
            "describe-flow" => self.describe(name),
            "update-flow" => self.update(name, input),
            "start-flow" => self.start(name),
            "stop-flow" => self.stop(name),
            "delete-flow" => self.delete(name),
            "list-flows" => Ok(self.list()),
            "describe-flow-execution-records" => self.executions(name),
            "cancel-flow-executions" => Ok(json!({ "invalidExecutions": [] })),
            "create-connector-profile" => self.profile(input, false),
            "update-connector-profile" => self.profile(input, true),
            "describe-connector-profiles" => Ok(self.profiles()),
            "delete-connector-profile" => self.delete_profile(text(input, "connectorProfileName")),
            other => Err(refused(
                400,
                "ValidationException",
                &format!("there is no {other} here"),
            )),
        }
    }

    fn create(&mut self, name: &str, input: &Value) -> Answer {
        if self.by_name.contains_key(name) {
            let message = format!("Flow with name {name} already exists.");
            return Err(refused(409, "ConflictException", &message));
        }
        let flow = Flow::new(config(input)?, Status::Draft);
        let status = flow.status.name();
        self.by_name.insert(name.to_owned(), flow);
        Ok(json!({ "flowArn": self.arn(name), "flowStatus": status }))
    }

    fn update(&mut self, name: &str, input: &Value) -> Answer {
        let config = config(input)?;
        if self.is_locked_out {
            let message = "Authentication of the connector failed";
            return Err(refused(401, "ConnectorAuthenticationException", message));
        }
        let flow = self.known(name)?;
        if flow.status == Status::Active {
            let message = "A flow that is active can't be changed";
            return Err(refused(409, "ConflictException", message));
        }
        flow.config = config;
        Ok(json!({ "flowStatus": flow.status.name() }))
    }

    /// Activates what is scheduled or brought about by events: no execution comes of that. Without a
    /// connection it fails at once.
    fn start(&mut self, name: &str) -> Answer {
        let arn = self.arn(name);
        let is_locked_out = self.is_locked_out;
        let flow = self.known(name)?;
        if is_locked_out {
            flow.stop(Status::Errored, EXPIRED);
        } else {
            flow.status = Status::Active;
            flow.message = None;
        }
        Ok(json!({ "flowArn": arn, "flowStatus": flow.status.name() }))
    }

    fn stop(&mut self, name: &str) -> Answer {
        let arn = self.arn(name);
        let flow = self.known(name)?;
        flow.stop(Status::Suspended, "The flow was deactivated.");
        Ok(json!({ "flowArn": arn, "flowStatus": flow.status.name() }))
    }

    fn delete(&mut self, name: &str) -> Answer {
        self.known(name)?;
        self.by_name.remove(name);
        Ok(json!({}))
    }

    fn describe(&mut self, name: &str) -> Answer {
        let arn = self.arn(name);
        let flow = self.known(name)?;
        let mut answer = flow.config.as_object().cloned().unwrap_or_default();
        answer.insert("flowName".to_owned(), name.into());
        answer.insert("flowArn".to_owned(), arn.into());
        answer.insert("flowStatus".to_owned(), flow.status.name().into());
        if let Some(message) = &flow.message {
            answer.insert("flowStatusMessage".to_owned(), message.as_str().into());
        }
        if let Some(last) = flow.executions.last() {
            let details = json!({
                "mostRecentExecutionStatus": status(last),
                "mostRecentExecutionMessage": message(last),
                "mostRecentExecutionTime": seconds(last.at),
            });
            answer.insert("lastRunExecutionDetails".to_owned(), details);
        }
        Ok(Value::Object(answer))
    }

    fn list(&self) -> Value {
        let flows = self.by_name.iter().map(|(name, flow)| {
            json!({
                "flowName": name,
                "flowArn": self.arn(name),
                "flowStatus": flow.status.name(),
                "triggerType": flow.config.pointer("/triggerConfig/triggerType"),
            })
        });
        json!({ "flows": flows.collect::<Vec<_>>() })
    }

    fn executions(&mut self, name: &str) -> Answer {
        let flow = self.known(name)?;
        let executions = flow.executions.iter().rev().map(|each| {
            let run = each.result.as_ref().ok();
            json!({
                "executionId": each.id,
                "executionStatus": status(each),
                "executionResult": {
                    "errorInfo": {
                        "putFailuresCount": run.map_or(0, |run| run.rejected.len()),
                        "executionMessage": message(each),
                    },
                    "bytesProcessed": run.map_or(0, |run| run.bytes),
                    "bytesWritten": run.map_or(0, |run| run.bytes),
                    "recordsProcessed": run.map_or(0, |run| run.processed),
                },
                "startedAt": seconds(each.at),
                "lastUpdatedAt": seconds(each.at),
            })
        });
        Ok(json!({ "flowExecutions": executions.collect::<Vec<_>>() }))
    }

    /// Whoever brings credentials is let in again.
    fn profile(&mut self, input: &Value, is_known: bool) -> Answer {
        let name = text(input, "connectorProfileName");
        if self.profiles.contains_key(name) != is_known {
            let (status, code) = if is_known {
                (404, "ResourceNotFoundException")
            } else {
                (409, "ConflictException")
            };
            return Err(refused(status, code, &format!("connector profile {name}")));
        }
        let credentials = input.pointer("/connectorProfileConfig/connectorProfileCredentials");
        if credentials.is_none() {
            let message = "connectorProfileCredentials is required";
            return Err(refused(400, "ValidationException", message));
        }
        self.is_locked_out = false;
        let mut kept = input.clone();
        // What opens something is shown to nobody.
        if let Some(config) = kept
            .get_mut("connectorProfileConfig")
            .and_then(Value::as_object_mut)
        {
            config.remove("connectorProfileCredentials");
        }
        self.profiles.insert(name.to_owned(), kept);
        Ok(json!({ "connectorProfileArn": self.profile_arn(name) }))
    }

    fn profiles(&self) -> Value {
        let details = self.profiles.iter().map(|(name, profile)| {
            let properties = profile.pointer("/connectorProfileConfig/connectorProfileProperties");
            json!({
                "connectorProfileName": name,
                "connectorProfileArn": self.profile_arn(name),
                "connectorType": "Salesforce",
                "connectionMode": "Public",
                "connectorProfileProperties": properties,
            })
        });
        json!({ "connectorProfileDetails": details.collect::<Vec<_>>() })
    }

    fn delete_profile(&mut self, name: &str) -> Answer {
        match self.profiles.remove(name) {
            Some(_) => Ok(json!({})),
            None => Err(refused(404, "ResourceNotFoundException", name)),
        }
    }

    fn profile_arn(&self, name: &str) -> String {
        let (region, account) = (&self.region, &self.account);
        format!("arn:aws:appflow:{region}:{account}:connectorprofile/{name}")
    }

    fn known(&mut self, name: &str) -> Result<&mut Flow, ApiError> {
        let message = format!("Could not find a flow by name: {name}");
        let flow = self.by_name.get_mut(name);
        flow.ok_or_else(|| refused(404, "ResourceNotFoundException", &message))
    }
}

fn config(input: &Value) -> Answer {
    for name in REQUIRED {
        if input.get(name).is_none_or(Value::is_null) {
            let message = format!("{name} is required");
            return Err(refused(400, "ValidationException", &message));
        }
    }
    let members = CONFIG.iter().filter_map(|name| {
        let value = input.get(*name)?;
        Some(((*name).to_owned(), value.clone()))
    });
    Ok(Value::Object(members.collect::<Map<_, _>>()))
}

fn status(execution: &Execution) -> &'static str {
    match &execution.result {
        Ok(run) if run.rejected.is_empty() => "Successful",
        _ => "Error",
    }
}

fn message(execution: &Execution) -> String {
    match &execution.result {
        Ok(run) if run.rejected.is_empty() => String::new(),
        Ok(run) => format!("The destination rejected {} records", run.rejected.len()),
        Err(error) => error.clone(),
    }
}

fn seconds(at: Timestamp) -> Value {
    // A number with a fraction, as AWS has it; there is none to show.
    at.as_second().into()
}

fn text<'a>(input: &'a Value, name: &str) -> &'a str {
    input.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn refused(status: u16, code: &'static str, message: &str) -> ApiError {
    ApiError {
        status,
        code,
        message: message.to_owned(),
    }
}
