//! How app clients look to an operator.

use std::collections::BTreeSet;

use jiff::Timestamp;
use lambda_kit::{http::Response, redact::Redacted};
use serde::Serialize;
use tenancy::{
    AgreementId, AppClientId, ClientState, MachineScope, Page, PartnerClient, PartnerClientId,
};

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct ClientsResponse<'a> {
    clients: Vec<ClientResponse<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<&'a str>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct ClientResponse<'a> {
    client: &'a PartnerClientId,
    state: ClientState,
    agreement: &'a AgreementId,
    scopes: &'a BTreeSet<MachineScope>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<&'a AppClientId>,
    changed_by: &'a str,
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    changed_at: Timestamp,
}

/// What is told once.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct MadeClientResponse<'a> {
    client: &'a PartnerClientId,
    agreement: &'a AgreementId,
    scopes: &'a BTreeSet<MachineScope>,
    client_id: &'a AppClientId,
    client_secret: &'a str,
}

/// The app clients of a partner.
pub(crate) fn list(page: &Page<PartnerClient>) -> Response {
    let clients = page.items.iter().map(|client| ClientResponse {
        client: &client.id,
        state: client.state,
        agreement: &client.agreement,
        scopes: &client.scopes,
        client_id: client.client_id.as_ref(),
        changed_by: &client.changed_by,
        changed_at: client.changed_at,
    });
    let body = ClientsResponse {
        clients: clients.collect(),
        next: page.next.as_deref(),
    };
    Response::json(200, "application/json", &body)
}

/// An app client that was made, with its secret.
pub(crate) fn made(
    client: &PartnerClientId,
    agreement: &AgreementId,
    scopes: &BTreeSet<MachineScope>,
    client_id: &AppClientId,
    secret: &Redacted<String>,
) -> Response {
    let body = MadeClientResponse {
        client,
        agreement,
        scopes,
        client_id,
        client_secret: secret.expose(),
    };
    Response::json(201, "application/json", &body)
}
