//! A person looks by which ways they are told, and tries them.

use serde_json::{Value, json};
use testkit::World;

use super::sends;

/// A person asks for a test of notices under an idempotency key.
pub async fn tests_notices_under(world: &World, key: &str, claims: &Value) -> Value {
    let headers = json!({ "idempotency-key": key });
    sends(world, claims, "POST /v1/me/notices/test", headers, None).await
}

/// A person looks by which ways notices reach them.
pub async fn reads_notices(world: &World, claims: &Value) -> Value {
    let answer = sends(world, claims, "GET /v1/me/notices", json!({}), None).await;
    let body = answer.get("body").and_then(Value::as_str);
    let body: Value = serde_json::from_str(body.unwrap_or_default()).unwrap_or_default();
    body.get("ways").cloned().unwrap_or_default()
}
