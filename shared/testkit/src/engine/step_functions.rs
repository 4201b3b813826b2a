//! Step Functions: `StartExecution`, in AWS JSON.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::{Value, json};

use super::{answer, names::ERASURE_MACHINE};
use crate::Call;

/// What an execution's name may have at most.
const LONGEST_NAME: usize = 80;

/// A state machine's execution that was started.
#[derive(Debug, Clone, PartialEq)]
pub struct Execution {
    /// The state machine's ARN.
    pub machine: String,
    /// By what nobody else is started.
    pub name: String,
    /// What it begins with.
    pub input: Value,
}

#[derive(Default)]
pub(super) struct StepFunctions {
    started: Mutex<Vec<Execution>>,
}

impl StepFunctions {
    pub(super) fn call(&self, call: &Call) -> Response<Bytes> {
        let answered = match call.operation.as_str() {
            "StartExecution" => self.start(&call.input),
            other => Err((
                "UnknownOperationException",
                format!("testkit's Step Functions has no {other}"),
            )),
        };
        match answered {
            Ok(output) => answer::json(StatusCode::OK, &output),
            Err((code, message)) => answer::json_error(StatusCode::BAD_REQUEST, code, &message),
        }
    }

    pub(super) fn executions(&self) -> Vec<Execution> {
        self.started
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The same name with the same input is the same execution; with another one it is refused
    /// (<https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html>).
    fn start(&self, input: &Value) -> Result<Value, (&'static str, String)> {
        let text = |name: &str| input.get(name).and_then(Value::as_str).unwrap_or_default();
        let (machine, name) = (text("stateMachineArn"), text("name"));
        if machine != ERASURE_MACHINE {
            let message = format!("State Machine Does Not Exist: {machine}");
            return Err(("StateMachineDoesNotExist", message));
        }
        let well_formed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        if !(1..=LONGEST_NAME).contains(&name.len()) || !name.bytes().all(well_formed) {
            return Err(("InvalidName", format!("Invalid Name: {name}")));
        }
        let input: Value = serde_json::from_str(text("input")).map_err(|_| {
            (
                "InvalidExecutionInput",
                "Invalid State Machine Execution Input".to_owned(),
            )
        })?;
        let execution = Execution {
            machine: machine.to_owned(),
            name: name.to_owned(),
            input,
        };
        let mut started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
        match started.iter().find(|known| known.name == name) {
            Some(known) if *known != execution => {
                return Err((
                    "ExecutionAlreadyExists",
                    format!("Execution Already Exists: {name}"),
                ));
            }
            Some(_) => {}
            None => started.push(execution),
        }
        let arn = machine.replace(":stateMachine:", ":execution:");
        Ok(json!({ "executionArn": format!("{arn}:{name}"), "startDate": 1_768_467_600 }))
    }
}
