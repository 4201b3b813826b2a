//! AppFlow: connector profiles, and flows with their runs, in REST-JSON. What becomes of flows beside that,
//! which Salesforce and people do, is in [`FlowWorld`].

mod world;

use bytes::Bytes;
use http::{Response, StatusCode};
use lambda_kit::clock::Clock;
use serde_json::{Map, Value, json};

use super::answer;
use crate::Call;

use self::world::State;
pub use self::world::{FlowWorld, Rows, SimulatedFlow};

/// An HTTP status, an error code and a message.
type Refusal = (StatusCode, &'static str, String);

/// The operations, by their paths.
const PATHS: [(&str, &str); 11] = [
    ("/create-connector-profile", "CreateConnectorProfile"),
    ("/update-connector-profile", "UpdateConnectorProfile"),
    ("/delete-connector-profile", "DeleteConnectorProfile"),
    ("/describe-connector-profiles", "DescribeConnectorProfiles"),
    ("/create-flow", "CreateFlow"),
    ("/update-flow", "UpdateFlow"),
    ("/delete-flow", "DeleteFlow"),
    ("/start-flow", "StartFlow"),
    ("/stop-flow", "StopFlow"),
    ("/describe-flow", "DescribeFlow"),
    (
        "/describe-flow-execution-records",
        "DescribeFlowExecutionRecords",
    ),
];

/// What of a request describes a flow.
const DESCRIPTION: [&str; 4] = [
    "triggerConfig",
    "sourceFlowConfig",
    "destinationFlowConfigList",
    "tasks",
];

/// The operation that a `POST` to `path` asks for, if it is one of AppFlow's.
pub(crate) fn operation(path: &str) -> Option<&'static str> {
    let known = PATHS.iter().find(|(known, _)| *known == path);
    known.map(|(_, operation)| *operation)
}

pub(super) struct AppFlow {
    world: FlowWorld,
}

impl AppFlow {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            world: FlowWorld::new(clock),
        }
    }

    pub(super) const fn world(&self) -> &FlowWorld {
        &self.world
    }

    pub(super) fn call(&self, call: &Call) -> Response<Bytes> {
        let input = &call.input;
        let now = self.world.now();
        let mut state = self.world.state();
        let state = &mut *state;
        let answered = match call.operation.as_str() {
            "CreateConnectorProfile" => create_profile(state, input),
            "UpdateConnectorProfile" => update_profile(state, input),
            "DeleteConnectorProfile" => delete_profile(state, input),
            "DescribeConnectorProfiles" => Ok(describe_profiles(state, input)),
            "CreateFlow" => create_flow(state, input),
            "UpdateFlow" => update_flow(state, input),
            "DeleteFlow" => delete_flow(state, input),
            "StartFlow" => start_flow(state, input),
            "StopFlow" => stop_flow(state, input),
            "DescribeFlow" => describe_flow(state, input),
            "DescribeFlowExecutionRecords" => describe_runs(state, input, now.as_second()),
            other => Err((
                StatusCode::BAD_REQUEST,
                "ValidationException",
                format!("testkit's AppFlow has no {other}"),
            )),
        };
        match answered {
            Ok(output) => answer::json(StatusCode::OK, &output),
            Err((status, code, message)) => answer::json_error(status, code, &message),
        }
    }
}

fn create_profile(state: &mut State, input: &Value) -> Result<Value, Refusal> {
    let name = required(input, "connectorProfileName")?;
    let token = text(input, "clientToken");
    if let Some(known) = state.profiles.get(name) {
        return match token {
            Some(token) if known.get("token").and_then(Value::as_str) == Some(token) => {
                Ok(profile_arn(name))
            }
            _ => Err(conflict("A connector profile of that name exists")),
        };
    }
    check_profile(state, input)?;
    let profile = json!({ "config": input.get("connectorProfileConfig"), "token": token });
    state.profiles.insert(name.to_owned(), profile);
    Ok(profile_arn(name))
}

fn update_profile(state: &mut State, input: &Value) -> Result<Value, Refusal> {
    let name = required(input, "connectorProfileName")?;
    if !state.profiles.contains_key(name) {
        return Err(not_found("The connector profile does not exist"));
    }
    check_profile(state, input)?;
    state.signed_in = true;
    if let Some(profile) = state.profiles.get_mut(name).and_then(Value::as_object_mut) {
        let config = input.get("connectorProfileConfig").cloned();
        profile.insert("config".to_owned(), config.unwrap_or_default());
    }
    Ok(profile_arn(name))
}

/// AppFlow signs in while it makes a profile: what Salesforce refuses makes none.
fn check_profile(state: &State, input: &Value) -> Result<(), Refusal> {
    let credentials = input
        .pointer("/connectorProfileConfig/connectorProfileCredentials/Salesforce")
        .ok_or_else(|| invalid("The profile has no credentials for Salesforce"))?;
    required(credentials, "clientCredentialsArn")?;
    if text(credentials, "oAuth2GrantType") == Some("CLIENT_CREDENTIALS") {
        return Err(invalid(
            "CLIENT_CREDENTIALS is not supported for Salesforce",
        ));
    }
    required(credentials, "refreshToken")?;
    if state.refuses_credentials {
        return Err((
            StatusCode::UNAUTHORIZED,
            "ConnectorAuthenticationException",
            "invalid_client".to_owned(),
        ));
    }
    Ok(())
}

fn delete_profile(state: &mut State, input: &Value) -> Result<Value, Refusal> {
    let name = required(input, "connectorProfileName")?;
    if !state.profiles.contains_key(name) {
        return Err(not_found("The connector profile does not exist"));
    }
    let is_used = state.flows.values().any(|flow| flow.uses(name));
    if is_used {
        return Err(conflict("The connector profile is used by a flow"));
    }
    state.profiles.remove(name);
    Ok(json!({}))
}

fn describe_profiles(state: &State, input: &Value) -> Value {
    let names = input.get("connectorProfileNames").and_then(Value::as_array);
    let is_asked_for = |name: &str| {
        names.is_none_or(|names| names.iter().any(|asked| asked.as_str() == Some(name)))
    };
    let profiles = state.profiles.keys().filter(|name| is_asked_for(name));
    let details: Vec<Value> = profiles
        .map(|name| json!({ "connectorProfileName": name, "connectorType": "Salesforce" }))
        .collect();
    json!({ "connectorProfileDetails": details })
}

fn create_flow(state: &mut State, input: &Value) -> Result<Value, Refusal> {
    let name = required(input, "flowName")?;
    let token = text(input, "clientToken").map(str::to_owned);
    if let Some(known) = state.flows.get(name) {
        return if token.is_some() && known.made_by == token {
            Ok(json!({ "flowArn": flow_arn(name), "flowStatus": known.status }))
        } else {
            Err(conflict("A flow of that name exists"))
        };
    }
    let mut flow = SimulatedFlow::new(description(state, input)?);
    flow.made_by = token;
    state.flows.insert(name.to_owned(), flow);
    Ok(json!({ "flowArn": flow_arn(name), "flowStatus": "Draft" }))
}

fn update_flow(state: &mut State, input: &Value) -> Result<Value, Refusal> {
    let description = description(state, input)?;
    let flow = named(state, input)?;
    if flow.status == "Active" {
        return Err(conflict("A flow that is active can't be changed"));
    }
    flow.description = description;
    Ok(json!({ "flowStatus": flow.status }))
}

/// What describes a flow, which has to be whole and has to name a profile that there is.
fn description(state: &State, input: &Value) -> Result<Map<String, Value>, Refusal> {
    let mut description = Map::new();
    for name in DESCRIPTION {
        let part = input.get(name).filter(|part| !part.is_null());
        let part = part.ok_or_else(|| invalid(&format!("{name} is missing")))?;
        description.insert(name.to_owned(), part.clone());
    }
    let flow = SimulatedFlow::new(description.clone());
    if !state.profiles.keys().any(|name| flow.uses(name)) {
        return Err(not_found("The connector profile does not exist"));
    }
    Ok(description)
}

fn delete_flow(state: &mut State, input: &Value) -> Result<Value, Refusal> {
    let flow = named(state, input)?;
    if flow.status == "Active" {
        return Err(conflict("A flow that is active can't be removed"));
    }
    state.flows.remove(required(input, "flowName")?);
    Ok(json!({}))
}

fn start_flow(state: &mut State, input: &Value) -> Result<Value, Refusal> {
    let works = state.signed_in && !state.refuses_credentials;
    let name = required(input, "flowName")?.to_owned();
    let token = text(input, "clientToken").map(str::to_owned);
    let flow = named(state, input)?;
    let is_repeated = token.is_some() && flow.started_by.last() == token.as_ref();
    if !is_repeated {
        flow.started_by.extend(token);
        let (status, message) = if !works {
            ("Errored", "Authentication failed: INVALID_SESSION_ID")
        } else if flow.stays_off {
            ("Suspended", "")
        } else {
            ("Active", "")
        };
        status.clone_into(&mut flow.status);
        message.clone_into(&mut flow.message);
    }
    Ok(json!({ "flowArn": flow_arn(&name), "flowStatus": flow.status, "executionId": null }))
}

fn stop_flow(state: &mut State, input: &Value) -> Result<Value, Refusal> {
    let flow = named(state, input)?;
    if flow.trigger() == "OnDemand" {
        return Err((
            StatusCode::BAD_REQUEST,
            "UnsupportedOperationException",
            "On-demand flows can't be stopped".to_owned(),
        ));
    }
    if flow.status == "Active" {
        "Suspended".clone_into(&mut flow.status);
    }
    Ok(json!({ "flowStatus": flow.status }))
}

fn describe_flow(state: &mut State, input: &Value) -> Result<Value, Refusal> {
    let name = required(input, "flowName")?.to_owned();
    let flow = named(state, input)?;
    let mut answer = flow.description.clone();
    answer.insert("flowName".to_owned(), name.clone().into());
    answer.insert("flowArn".to_owned(), flow_arn(&name).into());
    answer.insert("flowStatus".to_owned(), flow.status.clone().into());
    if !flow.message.is_empty() {
        answer.insert("flowStatusMessage".to_owned(), flow.message.clone().into());
    }
    if let Some(run) = flow.runs.last() {
        let last = json!({
            "mostRecentExecutionStatus": run.get("executionStatus"),
            "mostRecentExecutionMessage": run.pointer("/executionResult/errorInfo/executionMessage"),
            "mostRecentExecutionTime": run.get("startedAt"),
        });
        answer.insert("lastRunExecutionDetails".to_owned(), last);
    }
    Ok(answer.into())
}

/// The newest first, as AppFlow tells them.
fn describe_runs(state: &mut State, input: &Value, now: i64) -> Result<Value, Refusal> {
    let most = input.get("maxResults").and_then(Value::as_u64);
    let most = usize::try_from(most.unwrap_or(20)).unwrap_or(20);
    if most > 100 {
        return Err(invalid("maxResults must be at most 100"));
    }
    let flow = named(state, input)?;
    let runs: Vec<&Value> = flow.runs.iter().rev().take(most).collect();
    let is_more = flow.runs.len() > most;
    Ok(json!({
        "flowExecutions": runs,
        "nextToken": is_more.then(|| format!("before-{now}")),
    }))
}

fn named<'a>(state: &'a mut State, input: &Value) -> Result<&'a mut SimulatedFlow, Refusal> {
    let name = required(input, "flowName")?;
    let flow = state.flows.get_mut(name);
    flow.ok_or_else(|| not_found("The flow does not exist"))
}

fn flow_arn(name: &str) -> String {
    format!("arn:aws:appflow:eu-central-1:111122223333:flow/{name}")
}

fn profile_arn(name: &str) -> Value {
    json!({ "connectorProfileArn": format!("arn:aws:appflow:eu-central-1:111122223333:connectorprofile/{name}") })
}

fn not_found(message: &str) -> Refusal {
    let message = message.to_owned();
    (StatusCode::NOT_FOUND, "ResourceNotFoundException", message)
}

fn conflict(message: &str) -> Refusal {
    (
        StatusCode::CONFLICT,
        "ConflictException",
        message.to_owned(),
    )
}

fn invalid(message: &str) -> Refusal {
    let message = message.to_owned();
    (StatusCode::BAD_REQUEST, "ValidationException", message)
}

fn required<'a>(input: &'a Value, name: &str) -> Result<&'a str, Refusal> {
    text(input, name).ok_or_else(|| invalid(&format!("{name} is missing")))
}

fn text<'a>(input: &'a Value, name: &str) -> Option<&'a str> {
    input.get(name)?.as_str().filter(|text| !text.is_empty())
}
