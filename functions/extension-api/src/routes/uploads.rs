//! `/v1/directory/{tenant}/extensions/{extension}/uploads`

use std::{collections::BTreeMap, time::Duration};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use extension::registry::{Quotas, Upload, UploadId, UploadKey};
use jiff::Timestamp;
use lambda_kit::{
    http::{Request, Response},
    objects::Announced,
    problem::Problem,
};
use serde::{Deserialize, Serialize};
use token::Operator;

use crate::{App, problems, representation, request};

/// For how long a package may begin to be uploaded by its link.
const LINK: Duration = Duration::from_mins(15);

/// What a package is.
const ARCHIVE: &str = "application/zip";

/// What the fields take.
const FIELDS: &[(&str, &str)] = &[("bytes", BYTES), ("sha256", SHA256)];
const BYTES: &str = "How many bytes the package has: from 1 to 20,971,520.";
const SHA256: &str = "The SHA-256 of the package in 64 hexadecimal digits.";

/// What an upload is named by.
const ID: &str = "An upload is named by upl_ followed by 32 hexadecimal digits.";

/// The package that is to be uploaded.
#[derive(Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct ExtensionUploadRequest {
    /// How many bytes it has.
    bytes: u64,
    /// Their SHA-256, in hexadecimal digits.
    sha256: String,
}

/// By which the package is uploaded.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct CreatedUploadResponse {
    upload_id: String,
    put: PackageLink,
}

/// The request by which the package is uploaded: a PUT.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
struct PackageLink {
    #[cfg_attr(feature = "openapi", schema(format = "uri"))]
    url: String,
    /// Headers that have to be sent, as they are.
    headers: BTreeMap<String, String>,
    #[cfg_attr(feature = "openapi", schema(value_type = openapi::Moment))]
    expires_at: Timestamp,
}

/// `POST …/uploads`: a link that takes one package for this extension of this tenant, once. Whose it is stands in
/// the link: nothing that the package says makes it another one's.
pub(crate) async fn create(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let (tenant, extension) = request::own_extension(request, operator)?;
    let body: ExtensionUploadRequest = request::body(request, FIELDS)?;
    if !(1..=Quotas::UPLOAD).contains(&body.bytes) {
        return Err(problems::invalid_field("bytes", BYTES));
    }
    let digest = digest(&body.sha256).ok_or_else(|| problems::invalid_field("sha256", SHA256))?;
    let id = UploadId::of(&tenant, &extension, request.id());
    let key = UploadKey {
        tenant,
        extension,
        id,
    };
    let now = app.clock.now();
    let upload = Upload::waiting(operator.sub.as_str(), now);
    let begun = app.uploads.begin(&key, &upload).await;
    // A repetition finds what it began.
    _ = begun.map_err(|error| problems::unavailable(&error))?;
    let announced = Announced {
        content_type: ARCHIVE,
        bytes: body.bytes,
        sha256: &digest,
    };
    let link = app
        .linker
        .link(&key.to_string(), announced, now, LINK)
        .await;
    let link = link.map_err(|error| problems::unavailable(&error))?;
    let body = CreatedUploadResponse {
        upload_id: key.id.to_string(),
        put: PackageLink {
            url: link.url.into_inner(),
            headers: link.headers,
            expires_at: now + LINK,
        },
    };
    Ok(representation::json(201, &body))
}

/// `GET …/uploads/{upload_id}`: how far it is, and what is wrong with it.
pub(crate) async fn show(
    app: &App,
    request: &Request,
    operator: &Operator,
) -> Result<Response, Problem> {
    let (tenant, extension) = request::own_extension(request, operator)?;
    let key = UploadKey {
        tenant,
        extension,
        id: request::parameter(request, "upload_id", ID)?,
    };
    let found = app.uploads.find(&key).await;
    let found = found.map_err(|error| problems::unavailable(&error))?;
    let upload = found.ok_or_else(problems::no_such_upload)?;
    Ok(representation::upload(&key.id, &upload))
}

/// A digest in hexadecimal digits, as S3 has it.
fn digest(text: &str) -> Option<String> {
    let is_digest = text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
    let bytes = is_digest.then(|| {
        let pairs = (0..text.len()).step_by(2);
        pairs
            .filter_map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
            .collect::<Vec<u8>>()
    })?;
    Some(BASE64_STANDARD.encode(bytes))
}
