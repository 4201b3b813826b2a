//! Values of Salesforce's fields, as they are kept: so that a row can hold whatever comes.

use serde_json::{Number, Value};

/// The longest text of a field, in characters. What is longer is kept so far that it is seen to be.
pub(crate) const LONGEST: usize = 4_000;

/// Numbers beyond this are no configuration; DynamoDB holds none beyond 10^125.
const LARGEST: f64 = 1e15;

/// `value` in a form that a row holds: a text, a number, a truth or nothing.
pub(crate) fn tame(value: &Value) -> Value {
    match value {
        Value::Null | Value::Bool(_) => value.clone(),
        Value::Number(number) if is_plain(number) => value.clone(),
        Value::String(text) => cut(text).into(),
        other => cut(&other.to_string()).into(),
    }
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST.saturating_add(1)).collect()
}

/// Whether a number can be told from every other one wherever it is kept.
pub(crate) fn is_plain(number: &Number) -> bool {
    let is_large = number.as_f64().is_none_or(|number| number.abs() > LARGEST);
    !is_large
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_no_row_holds_is_kept_as_a_text() {
        let large = tame(&json!(1e300));
        assert_eq!(large.as_str().unwrap().parse(), Ok(1e300));
        assert_eq!(tame(&json!({ "a": [1] })), json!(r#"{"a":[1]}"#));
        assert_eq!(tame(&json!(12)), json!(12));
        assert_eq!(tame(&json!(null)), json!(null));
    }

    #[test]
    fn a_text_that_is_too_long_is_kept_so_far_that_it_is_seen_to_be() {
        let long = "é".repeat(LONGEST + 100);
        let kept = tame(&long.into());
        assert_eq!(kept.as_str().unwrap().chars().count(), LONGEST + 1);
    }
}
