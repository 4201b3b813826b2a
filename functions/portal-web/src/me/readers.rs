//! Who read what of somebody, and why.

use std::{collections::BTreeSet, sync::Arc};

use askama::Template;
use axum::extract::State;

use super::wire::{ReceiptResponse, ReceiptsResponse};
use crate::{
    api::{Answer, Caller, query},
    config::Portal,
    failure::{Answered, Failure},
    form::{Fields, Query},
    visit::Visit,
};

/// How many pages of the API are looked through for one of ours, fifty receipts each.
const PAGES: usize = 4;

/// Which receipts are shown.
struct Filter<'a> {
    partner: &'a str,
    purpose: &'a str,
    outcome: &'a str,
}

#[derive(Template)]
#[template(path = "me/readers.html")]
struct Page<'a> {
    v: &'a Visit,
    receipts: Vec<&'a ReceiptResponse>,
    filter: Filter<'a>,
    partners: BTreeSet<(&'a str, &'a str)>,
    purposes: BTreeSet<&'a str>,
    outcomes: [&'static str; 3],
    next: Option<String>,
}

pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Query(asked): Query,
) -> Answered {
    let filter = Filter::read(&asked);
    let read = read(visit.api(&portal)?, asked.get("cursor"), &filter).await?;
    let all = || read.receipts.iter();
    visit.page(&Page {
        v: &visit,
        receipts: all().filter(|receipt| filter.takes(receipt)).collect(),
        partners: all()
            .map(|each| (each.partner.as_str(), each.who()))
            .collect(),
        purposes: all().map(|each| each.purpose.as_str()).collect(),
        outcomes: ["allowed", "partly", "refused"],
        next: read.next.as_deref().map(|cursor| filter.address(cursor)),
        filter,
    })
}

/// Receipts from `cursor` on: a page of them, or as many pages as it takes to find some that `filter`
/// takes.
async fn read(
    api: Caller<'_>,
    cursor: &str,
    filter: &Filter<'_>,
) -> Result<ReceiptsResponse, Failure> {
    let mut cursor = cursor.to_owned();
    let mut read = ReceiptsResponse {
        receipts: Vec::new(),
        next: None,
    };
    for _ in 0..PAGES {
        let path = query("/v1/me/receipts", &[("cursor", &cursor)]);
        let page: Answer<ReceiptsResponse> = api.get(&path).await?;
        let found = page
            .body
            .receipts
            .iter()
            .any(|receipt| filter.takes(receipt));
        read.receipts.extend(page.body.receipts);
        read.next = page.body.next;
        match &read.next {
            Some(next) if !found => cursor.clone_from(next),
            _ => break,
        }
    }
    Ok(read)
}

impl<'a> Filter<'a> {
    fn read(asked: &'a Fields) -> Self {
        Self {
            partner: asked.get("partner"),
            purpose: asked.get("purpose"),
            outcome: asked.get("outcome"),
        }
    }

    fn takes(&self, receipt: &ReceiptResponse) -> bool {
        let agrees = |asked: &str, value: &str| asked.is_empty() || asked == value;
        agrees(self.partner, &receipt.partner)
            && agrees(self.purpose, &receipt.purpose)
            && agrees(self.outcome, &receipt.outcome)
    }

    /// The page from `cursor` on, of the same filter.
    fn address(&self, cursor: &str) -> String {
        let parameters = [
            ("partner", self.partner),
            ("purpose", self.purpose),
            ("outcome", self.outcome),
            ("cursor", cursor),
        ];
        query("/me/readers", &parameters)
    }
}
