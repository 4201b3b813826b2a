//! How persons look to an operator who says who is one: ids and names, nothing of what is known of them.

mod identifiers;

use identity::{IdentifierKind, MergeId, ProfileId};
use jiff::Timestamp;
use lambda_kit::http::Response;
use profile::{FieldName, Joined, LogPage, MergeStatus, Parted, Preview};
use serde::Serialize;

#[cfg(feature = "openapi")]
pub(crate) use self::identifiers::IdentifiersResponse;
pub(crate) use self::identifiers::identifiers;

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct JoinedResponse {
    profile_id: ProfileId,
    #[serde(skip_serializing_if = "Option::is_none")]
    merge_id: Option<MergeId>,
}

/// What `POST /v1/profiles/merge` answers, without and with `dry_run`.
#[cfg(feature = "openapi")]
#[derive(utoipa::ToSchema)]
#[serde(untagged)]
#[allow(
    dead_code,
    reason = "the description of the two reads it, and nothing makes it"
)]
pub(crate) enum MergedResponse<'a> {
    Joined(JoinedResponse),
    Preview(PreviewResponse<'a>),
}

/// Two who are one, and by what that is undone.
pub(crate) fn joined(joined: Joined) -> Response {
    json(&JoinedResponse {
        profile_id: joined.profile_id,
        merge_id: joined.merge_id,
    })
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct PartedResponse {
    profile_id: ProfileId,
    #[serde(rename = "restored_id")]
    restored: ProfileId,
    merge_id: MergeId,
}

/// One who is two again.
pub(crate) fn parted(parted: Parted, merge_id: MergeId) -> Response {
    json(&PartedResponse {
        profile_id: parted.profile_id,
        restored: parted.restored,
        merge_id,
    })
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct PreviewResponse<'a> {
    dry_run: bool,
    profile_id: ProfileId,
    #[serde(skip_serializing_if = "Option::is_none")]
    absorbed_id: Option<ProfileId>,
    fields: Vec<FieldChange>,
    consents: Vec<ConsentChange<'a>>,
    /// Left out where more than 500 members would be absorbed.
    #[serde(skip_serializing_if = "Option::is_none")]
    identifiers: Option<usize>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct FieldChange {
    field: FieldName,
    from: ProfileId,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct ConsentChange<'a> {
    tenant: &'a str,
    purpose: &'a str,
    from: ProfileId,
}

/// What a merge would do.
pub(crate) fn preview(preview: &Preview) -> Response {
    let fields = preview.fields.iter().map(|change| FieldChange {
        field: change.what,
        from: change.from,
    });
    let consents = preview.consents.iter().filter_map(|change| {
        let (tenant, purpose) = change.what.strip_prefix("consent#")?.split_once('#')?;
        Some(ConsentChange {
            tenant,
            purpose,
            from: change.from,
        })
    });
    json(&PreviewResponse {
        dry_run: true,
        profile_id: preview.profile_id,
        absorbed_id: preview.absorbed,
        fields: fields.collect(),
        consents: consents.collect(),
        identifiers: preview.identifiers,
    })
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct MergesResponse {
    merges: Vec<MergeResponse>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct MergeResponse {
    merge_id: MergeId,
    profile_id: ProfileId,
    absorbed_id: ProfileId,
    status: MergeStatus,
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    at: Timestamp,
    by: By,
    #[serde(skip_serializing_if = "Option::is_none")]
    operator: Option<String>,
    request_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    undone_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    undone_by_request: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<openapi::Moment>))]
    undone_at: Option<Timestamp>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub(crate) enum By {
    Identifier(IdentifierKind),
    Operator(Operator),
}

/// By no identifier.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub(crate) enum Operator {
    Operator,
}

/// Some of a person's merges.
pub(crate) fn merges(page: &LogPage) -> Response {
    let merges = page.merges.iter().map(|merge| MergeResponse {
        merge_id: merge.merge_id,
        profile_id: merge.profile_id,
        absorbed_id: merge.absorbed,
        status: merge.status,
        at: merge.at,
        by: merge
            .by_kind
            .map_or(By::Operator(Operator::Operator), By::Identifier),
        operator: merge.by_operator.clone().map(String::from),
        request_id: merge.request_id.clone(),
        undone_by: merge.undone_by_operator.clone().map(String::from),
        undone_by_request: merge.undone_by_request.clone(),
        undone_at: merge.undone_at,
    });
    json(&MergesResponse {
        merges: merges.collect(),
        next: page.next.map(|next| next.to_string()),
    })
}

fn json(body: &impl Serialize) -> Response {
    Response::json(200, "application/json", body)
}
