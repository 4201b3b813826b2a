//! How a profile looks to the person.

use identity::ProfileId;
use jiff::Timestamp;
use lambda_kit::http::Response;
use profile::{FieldName, Profile};
use serde::Serialize;

/// A profile; what is not known is absent.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct ProfileResponse<'a> {
    profile_id: ProfileId,
    version: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_verified: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number_verified: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    given_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    family_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_zone: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    birthdate: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notices_by_sms: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notices_by_topic: Option<&'a str>,
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    created_at: Timestamp,
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    updated_at: Timestamp,
}

/// A profile as an answer, with its version as its strong `ETag`.
pub(crate) fn profile(profile: &Profile) -> Response {
    let verified = |name| profile.text(name).map(|_| profile.proven(name).is_some());
    let body = ProfileResponse {
        profile_id: profile.profile_id,
        version: profile.version,
        email: profile.text(FieldName::Email),
        email_verified: verified(FieldName::Email),
        phone_number: profile.text(FieldName::PhoneNumber),
        phone_number_verified: verified(FieldName::PhoneNumber),
        given_name: profile.text(FieldName::GivenName),
        family_name: profile.text(FieldName::FamilyName),
        display_name: profile.text(FieldName::DisplayName),
        locale: profile.text(FieldName::Locale),
        time_zone: profile.text(FieldName::TimeZone),
        birthdate: profile.text(FieldName::Birthdate),
        country: profile.text(FieldName::Country),
        notices_by_sms: profile.text(FieldName::NoticesBySms),
        notices_by_topic: profile.text(FieldName::NoticesByTopic),
        created_at: profile.created_at,
        updated_at: profile.updated_at,
    };
    Response::json(200, "application/json", &body).header("etag", etag(profile.version))
}

/// A version as a strong `ETag`.
pub(crate) fn etag(version: u64) -> String {
    format!("\"{version}\"")
}
