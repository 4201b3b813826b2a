//! What an operator's tenant processes data for.

use serde::Deserialize;

use crate::{
    api::{Answer, Caller, path, query},
    failure::Failure,
};

/// How many pages are read, fifty purposes each.
const PAGES: usize = 20;

/// `GET /v1/directory/{tenant}/purposes`.
#[derive(Deserialize)]
struct PurposesResponse {
    purposes: Vec<PurposeResponse>,
    #[serde(default)]
    next: Option<String>,
}

/// One of them.
#[derive(Deserialize)]
pub(super) struct PurposeResponse {
    pub(super) purpose: String,
    pub(super) display_name: String,
    pub(super) legal_basis: String,
}

/// All purposes of the tenant: one that was left out would be taken out of an agreement that is changed.
pub(super) async fn all(api: Caller<'_>, tenant: &str) -> Result<Vec<PurposeResponse>, Failure> {
    let of_api = path(&["v1", "directory", tenant, "purposes"]);
    let mut purposes = Vec::new();
    let mut cursor = String::new();
    for _ in 0..PAGES {
        let page = query(&of_api, &[("cursor", &cursor)]);
        let page: Answer<PurposesResponse> = api.get(&page).await?;
        purposes.extend(page.body.purposes);
        match page.body.next {
            Some(next) => cursor = next,
            None => return Ok(purposes),
        }
    }
    tracing::error!("a tenant has more purposes than a page can show");
    Err(Failure::Unavailable)
}
