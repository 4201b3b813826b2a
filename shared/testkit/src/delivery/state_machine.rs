//! A state machine's execution, as Step Functions runs it: as much of the Amazon States Language as
//! Fairlead's definitions have. What it does not know it refuses, so that no definition is explored
//! otherwise than it is deployed.

use std::time::Duration;

use jiff::Timestamp;
use lambda_kit::Invocation;
use serde_json::{Value, json, value::RawValue};

use super::attempt::attempt;
use crate::World;

/// How long a task's function may run.
const FUNCTION_TIMEOUT: Duration = Duration::from_mins(1);

/// An execution that goes round in circles comes to no end.
const MAX_STATES: usize = 1_000;

/// How an execution ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Ended {
    /// In the `Succeed` state of that name, with this output.
    Succeeded(String, Value),
    /// In a `Fail` state, or in a task that was given up and has no `Catch`, with its error.
    Failed(String),
}

/// Runs an execution of `definition` on `input`. A task goes to `functions` under the name that
/// stands in its resource's `${…}`; where it fails or its process dies it comes again as its `Retry`
/// has it, and then goes where its `Catch` says.
///
/// # Panics
/// If the definition has anything that is not known here, or comes to no end.
pub async fn state_machine(
    world: &World,
    definition: &Value,
    input: Value,
    functions: impl AsyncFn(&str, &RawValue, Invocation) -> Result<Value, String>,
) -> Ended {
    let mut data = input;
    let mut name = text(definition, "StartAt").to_owned();
    for _ in 0..MAX_STATES {
        let state = definition.pointer(&format!("/States/{name}"));
        let state = state.unwrap_or_else(|| panic!("the definition has no state {name}"));
        let next = match text(state, "Type") {
            "Succeed" => return Ended::Succeeded(name, data),
            "Fail" => return Ended::Failed(text(state, "Error").to_owned()),
            "Wait" => {
                wait(world, state, &data).await;
                text(state, "Next")
            }
            "Choice" => choose(state, &data),
            "Task" => match task(world, state, &mut data, &functions).await {
                Ok(next) => next,
                Err(error) => return Ended::Failed(error),
            },
            other => panic!("{name} is of an unknown type: {other}"),
        };
        name = next.to_owned();
    }
    panic!("the execution comes to no end; its last state: {name}")
}

async fn task<'a>(
    world: &World,
    state: &'a Value,
    data: &mut Value,
    functions: &impl AsyncFn(&str, &RawValue, Invocation) -> Result<Value, String>,
) -> Result<&'a str, String> {
    let resource = text(state, "Resource");
    let function = resource
        .strip_prefix("${")
        .and_then(|rest| rest.strip_suffix('}'));
    let function = function.unwrap_or_else(|| panic!("{resource} names no function"));
    let handler = async |event: &RawValue, invocation| functions(function, event, invocation).await;
    let retry = state.pointer("/Retry/0").expect("a task has a Retry");
    assert_eq!(retry.get("ErrorEquals"), Some(&json!(["States.ALL"])));
    let figure = |name: &str| {
        retry
            .get(name)
            .and_then(Value::as_f64)
            .expect("a Retry is whole")
    };
    let mut pause = figure("IntervalSeconds");
    let mut left = figure("MaxAttempts");
    let failure = loop {
        match attempt(world, FUNCTION_TIMEOUT, data, &handler).await {
            Ok(output) => {
                put(
                    data,
                    state.get("ResultPath").and_then(Value::as_str),
                    output,
                );
                return Ok(text(state, "Next"));
            }
            Err(cause) if left < 1.0 => break cause,
            Err(_) => {}
        }
        left -= 1.0;
        tokio::time::sleep(Duration::from_secs_f64(pause)).await;
        pause = (pause * figure("BackoffRate")).min(figure("MaxDelaySeconds"));
    };
    let Some(catch) = state.pointer("/Catch/0") else {
        return Err("FunctionError".to_owned());
    };
    assert_eq!(catch.get("ErrorEquals"), Some(&json!(["States.ALL"])));
    let failure = json!({ "Error": "FunctionError", "Cause": failure });
    put(
        data,
        catch.get("ResultPath").and_then(Value::as_str),
        failure,
    );
    Ok(text(catch, "Next"))
}

async fn wait(world: &World, state: &Value, data: &Value) {
    let until = at(data, text(state, "TimestampPath")).and_then(Value::as_str);
    let until: Timestamp = until
        .and_then(|until| until.parse().ok())
        .expect("a Wait has a time");
    let left = until.duration_since(world.clock().now());
    tokio::time::sleep(Duration::try_from(left).unwrap_or_default()).await;
}

fn choose<'a>(state: &'a Value, data: &Value) -> &'a str {
    let rules = state.get("Choices").and_then(Value::as_array);
    let mut rules = rules.into_iter().flatten();
    let rule = rules.find(|rule| holds(rule, data));
    rule.map_or_else(|| text(state, "Default"), |rule| text(rule, "Next"))
}

fn holds(rule: &Value, data: &Value) -> bool {
    if let Some(all) = rule.get("And").and_then(Value::as_array) {
        return all.iter().all(|rule| holds(rule, data));
    }
    let found = at(data, text(rule, "Variable"));
    if let Some(present) = rule.get("IsPresent").and_then(Value::as_bool) {
        return found.is_some() == present;
    }
    let expected = rule
        .get("StringEquals")
        .or_else(|| rule.get("BooleanEquals"));
    let expected = expected.unwrap_or_else(|| panic!("an unknown comparison: {rule}"));
    // Step Functions fails an execution in which a variable is not there.
    found.unwrap_or_else(|| panic!("there is nothing for {rule} in {data}")) == expected
}

/// What `$.a.b` leads to.
fn at<'a>(data: &'a Value, path: &str) -> Option<&'a Value> {
    let path = path.strip_prefix('$').expect("a path begins with $");
    data.pointer(&path.replace('.', "/"))
}

/// Puts a result where `$.a` leads, or in the place of everything.
fn put(data: &mut Value, path: Option<&str>, result: Value) {
    match path.and_then(|path| path.strip_prefix("$.")) {
        None => *data = result,
        Some(name) => {
            let object = data
                .as_object_mut()
                .expect("an execution's data is an object");
            object.insert(name.to_owned(), result);
        }
    }
}

fn text<'a>(object: &'a Value, name: &str) -> &'a str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}
