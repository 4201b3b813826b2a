//! What there is of somebody, at one glance.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect},
};
use futures_util::future::join3;

use super::wire::{ConsentsResponse, ProfileResponse, ReceiptResponse, ReceiptsResponse};
use crate::{config::Portal, failure::Answered, visit::Visit};

/// How many of the latest receipts are shown.
const LATEST: usize = 3;

#[derive(Template)]
#[template(path = "me/overview.html")]
struct Page<'a> {
    v: &'a Visit,
    profile: &'a ProfileResponse,
    /// How many purposes the person granted, and of how many; none of somebody who deals with no tenant.
    granted: Option<(usize, usize)>,
    latest: &'a [ReceiptResponse],
}

pub(crate) async fn show(State(portal): State<Arc<Portal>>, visit: Visit) -> Answered {
    let api = visit.api(&portal)?;
    let (profile, consents, receipts) = join3(
        api.get::<ProfileResponse>("/v1/me"),
        api.get::<ConsentsResponse>("/v1/me/consents"),
        api.get::<ReceiptsResponse>("/v1/me/receipts"),
    )
    .await;
    let profile = match profile {
        // Somebody who asked to be erased is told how far that is.
        Err(refusal) if refusal.is("no-such-profile") => {
            return Ok(Redirect::to("/me/delete").into_response());
        }
        profile => profile?.body,
    };
    let consents = match consents {
        Err(refusal) if refusal.is("no-tenant-in-token") => None,
        consents => Some(consents?.body),
    };
    let granted = consents.map(|consents| {
        let purposes = consents
            .purposes
            .iter()
            .filter(|each| each.is_for_the_person());
        let granted = purposes.clone().filter(|each| each.is_granted());
        (granted.count(), purposes.count())
    });
    let receipts = receipts?.body.receipts;
    visit.page(&Page {
        v: &visit,
        profile: &profile,
        granted,
        latest: receipts
            .get(..LATEST.min(receipts.len()))
            .unwrap_or_default(),
    })
}
