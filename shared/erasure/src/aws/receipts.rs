//! Going through the receipts about a person: the partners' own words go, and to whom anything was given
//! by them is put on record with the erasure.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::Update;
use identity::ErasureId;
use lambda_kit::{
    dynamodb::{Row, text, transact, transact_update},
    planted,
};
use tenancy::{PartnerId, TenantId};

use super::{
    DataEraser, ErasureError, TRANSACTION_ITEMS, reading::attribute, trail::Place, writes::put_once,
};
use crate::recipient::open_for;

impl DataEraser {
    /// Takes the partners' own words out of the receipts in `place`, which stay as evidence under the
    /// bare id, and puts on record whom anything was given to; `false` if there was no time for all.
    pub(super) async fn go_through_receipts(
        &self,
        id: &ErasureId,
        place: &Place,
        has_time: &impl Fn() -> bool,
    ) -> Result<bool, ErasureError> {
        let partition = place.receipts(&self.receipts);
        let mut to = BTreeSet::new();
        let mut start = None;
        loop {
            if !has_time() {
                return Ok(false);
            }
            let only = Some("receipt_id, reason, tenant, partner, extension, outcome");
            let page = partition.page(&self.client, start, None, only).await?;
            for row in &page.rows {
                to.extend(given_to(row)?);
            }
            let spoken = page.rows.iter().filter(|row| row.contains_key("reason"));
            let spoken: Vec<&str> = spoken
                .filter_map(|row| attribute(row, "receipt_id"))
                .filter(|_| !planted::is_on("erasure-leaves-reasons"))
                .collect();
            for some in spoken.chunks(TRANSACTION_ITEMS - 1) {
                if !has_time() {
                    return Ok(false);
                }
                self.scrub(id, &place.key, some).await?;
            }
            start = page.next;
            if start.is_none() {
                break;
            }
        }
        let gone_through = place.disclosed(id.clone(), to);
        put_once(&self.client, &self.writes.erasures, &gone_through).await?;
        Ok(true)
    }

    async fn scrub(
        &self,
        id: &ErasureId,
        profile: &str,
        receipts: &[&str],
    ) -> Result<(), ErasureError> {
        let mut items = vec![self.count(id, "reasons", receipts.len())?];
        for receipt in receipts {
            let update = Update::builder()
                .table_name(&self.receipts)
                .key("profile_id", text(profile))
                .key("receipt_id", text(*receipt))
                .update_expression("REMOVE reason")
                .condition_expression("attribute_exists(reason)");
            items.push(transact_update(update)?);
        }
        // A refusal is another run's work, or a receipt that has run out: the next call looks again.
        Ok(transact(&self.client, items).await?)
    }
}

/// The partner that was given something by a receipt, if one was. What a tenant's own code was given is no
/// partner's: nobody is asked to erase it.
fn given_to(receipt: &Row) -> Result<Option<String>, ErasureError> {
    let is_given = matches!(attribute(receipt, "outcome"), Some("allowed" | "partly"));
    if !is_given || attribute(receipt, "extension").is_some() {
        return Ok(None);
    }
    let tenant: Option<TenantId> = attribute(receipt, "tenant").and_then(|name| name.parse().ok());
    let partner: Option<PartnerId> = attribute(receipt, "partner").and_then(|id| id.parse().ok());
    let (tenant, partner) = tenant.zip(partner).ok_or(ErasureError::Malformed)?;
    Ok(Some(open_for(&tenant, &partner)))
}
