//! Secrets Manager: `GetSecretValue` by version stage, in AWS JSON.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::{Value, json};

use super::answer;
use crate::Call;

/// A secret's versions that have a stage.
#[derive(Clone)]
struct Secret {
    current: String,
    previous: Option<String>,
}

#[derive(Default)]
pub(super) struct SecretsManager {
    secrets: Mutex<BTreeMap<String, Secret>>,
}

impl SecretsManager {
    pub(super) fn call(&self, call: &Call) -> Response<Bytes> {
        let answered = match call.operation.as_str() {
            "GetSecretValue" => self.value(&call.input),
            other => Err((
                "UnknownOperationException",
                format!("testkit's Secrets Manager has no {other}"),
            )),
        };
        match answered {
            Ok(output) => answer::json(StatusCode::OK, &output),
            Err((code, message)) => answer::json_error(StatusCode::BAD_REQUEST, code, &message),
        }
    }

    /// Gives a secret a new version: the one before it stays, as the previous one.
    pub(super) fn put(&self, name: &str, value: &str) {
        let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        let previous = secrets.get(name).map(|secret| secret.current.clone());
        let current = value.to_owned();
        secrets.insert(name.to_owned(), Secret { current, previous });
    }

    /// A stage that no version has is as good as no secret
    /// (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html>).
    fn value(&self, input: &Value) -> Result<Value, (&'static str, String)> {
        let text = |name: &str| input.get(name).and_then(Value::as_str);
        let name = text("SecretId").unwrap_or_default();
        let stage = text("VersionStage").unwrap_or("AWSCURRENT");
        let secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        let value = secrets.get(name).and_then(|secret| match stage {
            "AWSCURRENT" => Some(secret.current.clone()),
            "AWSPREVIOUS" => secret.previous.clone(),
            _ => None,
        });
        let value = value.ok_or_else(|| {
            let message = "Secrets Manager can't find the specified secret.".to_owned();
            ("ResourceNotFoundException", message)
        })?;
        Ok(json!({ "Name": name, "SecretString": value, "VersionStages": [stage] }))
    }
}
