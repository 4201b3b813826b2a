//! What points at somebody, as an operator sees it: of which kind, how sure, and by whom.

use identity::{IdentifierKind, ProfileId};
use jiff::Timestamp;
use lambda_kit::http::Response;
use profile::{Claimant, IdentifierPage, KnownIdentifier};
use serde::Serialize;
use tenancy::{PartnerId, TenantId};

/// Some of what points at a person.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct IdentifiersResponse<'a> {
    profile_id: ProfileId,
    identifiers: Vec<IdentifierResponse<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Something that points at a person, without what it says.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct IdentifierResponse<'a> {
    /// The member of the person that it came with.
    member: ProfileId,
    kind: IdentifierKind,
    /// By which one identifier is told from another: the beginning of a keyed hash.
    digest: &'a str,
    verified: bool,
    by: Word,
    /// The partner whose word it is, if that is one of the operator's tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    partner: Option<&'a PartnerId>,
    /// Where the login is, of one at another provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<&'a str>,
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    since: Timestamp,
}

/// Whose word it is that an identifier is the person's.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = IdentifierWord))]
#[serde(rename_all = "snake_case")]
pub(crate) enum Word {
    /// A login of theirs, or the person themselves.
    Person,
    /// A partner.
    Partner,
}

/// Some of what points at a person, for an operator of `tenant`.
pub(crate) fn identifiers(page: &IdentifierPage, tenant: Option<&TenantId>) -> Response {
    let identifiers = page.identifiers.iter().map(|known| of(known, tenant));
    super::json(&IdentifiersResponse {
        profile_id: page.profile_id,
        identifiers: identifiers.collect(),
        next: page.next.as_ref().map(ToString::to_string),
    })
}

/// Of another tenant's partner it is told that it is one, and not which.
fn of<'a>(known: &'a KnownIdentifier, tenant: Option<&TenantId>) -> IdentifierResponse<'a> {
    let partner = match &known.asserted_by {
        Some(Claimant::Partner(of, partner)) => Some((of, partner)),
        Some(Claimant::Login) | None => None,
    };
    IdentifierResponse {
        member: known.member,
        kind: known.kind,
        digest: &known.digest,
        verified: known.verified,
        by: match partner {
            Some(_) => Word::Partner,
            None => Word::Person,
        },
        partner: partner
            .filter(|(of, _)| Some(*of) == tenant)
            .map(|(_, partner)| partner),
        provider: known.provider.as_deref(),
        since: known.since,
    }
}
