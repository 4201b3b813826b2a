//! Cognito, as far as anybody may ask a user pool: the keys with which its tokens are checked.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::Value;

use super::{
    answer::{json_error, raw},
    names::USER_POOL,
};
use crate::{Call, tokens};

/// The user pool's public side.
pub(super) struct Cognito {
    keys: Mutex<String>,
}

impl Default for Cognito {
    fn default() -> Self {
        Self {
            keys: Mutex::new(tokens::key_set().to_string()),
        }
    }
}

impl Cognito {
    pub(super) fn call(&self, call: &Call) -> Response<Bytes> {
        let pool = call.input.get("UserPoolId").and_then(Value::as_str);
        if pool != Some(USER_POOL) {
            return json_error(
                StatusCode::BAD_REQUEST,
                "ResourceNotFoundException",
                "User pool does not exist.",
            );
        }
        let keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        raw(StatusCode::OK, "application/json", keys.clone())
    }

    pub(super) fn serve_keys(&self, text: &str) {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        text.clone_into(&mut keys);
    }
}
