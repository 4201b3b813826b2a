//! JSON Schema 2020-12 for what an extension puts out.

use jsonschema::{PatternOptions, Validator};
use serde_json::Value;

/// A schema that can't be held to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no JSON Schema 2020-12 that stands for itself")]
pub(crate) struct InvalidSchema;

/// Compiles a schema. Nothing is fetched for it, and a pattern takes no longer for a longer text than that is
/// longer.
pub(crate) fn compile(schema: &Value) -> Result<Validator, InvalidSchema> {
    jsonschema::draft202012::options()
        .offline()
        .should_validate_formats(true)
        .with_pattern_options(PatternOptions::regex())
        .build(schema)
        .map_err(|_| InvalidSchema)
}
