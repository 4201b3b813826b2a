//! What a schema does not allow, in the words of whoever edited the record.

use jsonschema::{ValidationError, error::ValidationErrorKind};
use serde_json::Value;

use crate::{Mapping, Unfit};

/// Which field is unfit and why. The schema's own message would quote the value.
pub(super) fn unfit(mapping: &Mapping, error: &ValidationError<'_>) -> Unfit {
    let missing = match error.kind() {
        ValidationErrorKind::Required { property } => property.as_str(),
        _ => None,
    };
    let path = error.instance_path().as_str();
    let member = missing
        .or_else(|| path.split('/').nth(1))
        .unwrap_or_default();
    let field = mapping.field_of(member).unwrap_or(&mapping.object);
    Unfit {
        field: field.to_owned(),
        what: what(error.kind()),
    }
}

fn what(kind: &ValidationErrorKind) -> String {
    match kind {
        ValidationErrorKind::Required { .. } => "is missing".to_owned(),
        ValidationErrorKind::Type { .. } => "is of another type".to_owned(),
        ValidationErrorKind::Pattern { pattern } => format!("is not of the form {pattern}"),
        ValidationErrorKind::Format { format } => format!("is no {format}"),
        ValidationErrorKind::MaxLength { limit } => format!("has more than {limit} characters"),
        ValidationErrorKind::MinLength { limit } => format!("has less than {limit} characters"),
        ValidationErrorKind::MaxItems { limit } => format!("has more than {limit} values"),
        ValidationErrorKind::MinItems { limit } => format!("has less than {limit} values"),
        ValidationErrorKind::UniqueItems => "has a value twice".to_owned(),
        ValidationErrorKind::Maximum { limit } => format!("is more than {limit}"),
        ValidationErrorKind::Minimum { limit } => format!("is less than {limit}"),
        ValidationErrorKind::Enum { options } => format!("is none of {}", list(options)),
        ValidationErrorKind::Constant { expected_value } => format!("is not {expected_value}"),
        _ => "is not as it has to be".to_owned(),
    }
}

fn list(options: &Value) -> String {
    let name = |option: &Value| {
        option
            .as_str()
            .map_or_else(|| option.to_string(), str::to_owned)
    };
    let names: Vec<String> = options.as_array().into_iter().flatten().map(name).collect();
    names.join(", ")
}
