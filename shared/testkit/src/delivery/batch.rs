//! What queues and streams have in common: batches of records, and answers that name failures.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Redelivery;
use crate::call::each;

/// The places of the records that a handler reported as failed.
///
/// `Err` if its answer is not well-formed: then the whole batch counts as failed, as it does on
/// AWS for an empty or unknown identifier or a wrong key.
pub fn failed_places(answer: &Value, identifiers: &[String]) -> Result<BTreeSet<usize>, String> {
    if answer
        .get("batchItemFailures")
        .is_some_and(|failures| !failures.is_array() && !failures.is_null())
    {
        return Err("batchItemFailures is no list".to_owned());
    }
    each(answer, "batchItemFailures")
        .map(|failure| {
            let identifier = failure
                .get("itemIdentifier")
                .and_then(Value::as_str)
                .unwrap_or_default();
            identifiers
                .iter()
                .position(|known| known == identifier)
                .ok_or_else(|| {
                    format!("batchItemFailures names '{identifier}', which is not in the batch")
                })
        })
        .collect()
}

/// A batch that failed as a whole, as it comes again.
pub(super) fn redelivered<T>(mut batch: Vec<T>, redelivery: Redelivery) -> Vec<Vec<T>> {
    if redelivery == Redelivery::Same || batch.len() < 2 {
        return vec![batch];
    }
    let second = batch.split_off(batch.len() / 2);
    vec![batch, second]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn identifiers() -> Vec<String> {
        ["a", "b"].map(str::to_owned).to_vec()
    }

    #[test]
    fn no_list_and_an_empty_list_are_success() {
        for answer in [
            json!(null),
            json!({}),
            json!({ "batchItemFailures": null }),
            json!({ "batchItemFailures": [] }),
        ] {
            assert_eq!(
                failed_places(&answer, &identifiers()),
                Ok(BTreeSet::new()),
                "{answer}"
            );
        }
    }

    #[test]
    fn an_empty_unknown_or_misspelt_identifier_fails_the_whole_batch() {
        for failure in [
            json!({ "itemIdentifier": "" }),
            json!({ "itemIdentifier": "c" }),
            json!({ "id": "a" }),
        ] {
            let answer = json!({ "batchItemFailures": [failure] });
            assert!(failed_places(&answer, &identifiers()).is_err(), "{answer}");
        }
    }

    #[test]
    fn a_split_batch_keeps_its_order() {
        assert_eq!(
            redelivered(vec![1, 2, 3], Redelivery::Split),
            [vec![1], vec![2, 3]]
        );
        assert_eq!(redelivered(vec![1], Redelivery::Split), [vec![1]]);
    }
}
