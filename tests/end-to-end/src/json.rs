//! Reading documents that may not be as they should.

use anyhow::{Context as _, Result};
use serde_json::Value;

/// The text at `pointer` in `document`.
pub fn text<'a>(document: &'a Value, pointer: &str) -> Result<&'a str> {
    let found = document.pointer(pointer).and_then(Value::as_str);
    found.with_context(|| format!("there is no {pointer} in {document}"))
}
