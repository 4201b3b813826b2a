//! Questions that are asked again under their idempotency key. Each is decided anew, since what was
//! allowed may be withdrawn by now; a decision that is the same keeps the receipt that it has.

use access::{Receipt, ReceiptId};
use lambda_kit::{
    idempotency::{AnswerStore, Key},
    planted,
    problem::Problem,
};
use serde::{Deserialize, Serialize};

/// Which receipt a decision has.
#[derive(Clone, Serialize, Deserialize)]
struct Noted {
    /// A keyed digest of the decision.
    decision: String,
    receipt_id: ReceiptId,
}

impl Noted {
    fn of(key: &Key, receipt: &Receipt) -> Self {
        let decision = receipt.decision().unwrap_or_default();
        Self {
            decision: key.digest(decision.as_bytes()),
            receipt_id: receipt.receipt_id,
        }
    }
}

/// The receipts of the decisions that `made` are the receipts of: those that an earlier run of the
/// request of `key` made for the same decisions, and these where it decided otherwise. One more call
/// if there is a key, none if not.
pub(crate) async fn receipts(
    answers: &AnswerStore,
    key: Option<&Key>,
    made: Vec<Receipt>,
) -> Result<Vec<Receipt>, Problem> {
    let Some(key) = key.filter(|_| !planted::is_on("repetition-has-another-receipt")) else {
        return Ok(made);
    };
    let noted: Vec<Noted> = made.iter().map(|made| Noted::of(key, made)).collect();
    let agreed = answers
        .agree(key, noted, |before, made| reconcile(before, made))
        .await?;
    let receipts = made.into_iter().zip(agreed);
    Ok(receipts
        .map(|(receipt, noted)| receipt.under(noted.receipt_id))
        .collect())
}

/// What is `made` now, with the receipts of `before` where the decision is the same.
fn reconcile(before: Vec<Noted>, made: &[Noted]) -> Vec<Noted> {
    let mut before = before.into_iter();
    let each = made.iter().map(|made| {
        let before = before.next();
        before
            .filter(|before| before.decision == made.decision)
            .unwrap_or_else(|| made.clone())
    });
    each.collect()
}
