//! What pages are dressed with: compiled in, under a name that changes with what it says.

use axum::{
    extract::Path,
    response::{IntoResponse, Response},
};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

use crate::failure::Failure;

/// How each file is called in pages. The version changes whenever a file does, so that browsers may keep
/// each for good; a test holds the two together.
pub(crate) const STYLE: &str = "/assets/1/style.css";
pub(crate) const HTMX: &str = "/assets/2.0.7/htmx.min.js";
pub(crate) const LOGO: &str = "/assets/1/logo.svg";

const FILES: [(&str, &str, &str); 3] = [
    (
        STYLE,
        "text/css; charset=utf-8",
        include_str!("../assets/style.css"),
    ),
    (
        HTMX,
        "text/javascript; charset=utf-8",
        include_str!("../assets/htmx-2.0.7.min.js"),
    ),
    (LOGO, "image/svg+xml", include_str!("../assets/logo.svg")),
];

/// One of them.
#[expect(clippy::unused_async, reason = "the router takes async functions")]
pub(crate) async fn show(
    Path((version, name)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let path = format!("/assets/{version}/{name}");
    let file = FILES.iter().find(|(own, ..)| *own == path);
    let (_, kind, text) = file.ok_or(Failure::NotFound)?;
    let for_good = "public, max-age=31536000, immutable";
    Ok(([(CONTENT_TYPE, *kind), (CACHE_CONTROL, for_good)], *text).into_response())
}
