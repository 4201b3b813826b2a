//! What pages are dressed with: compiled in, each under a name that changes with what it says.

use std::sync::LazyLock;

use axum::{
    extract::Path,
    response::{IntoResponse, Response},
};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use sha2::{Digest as _, Sha256};

use crate::failure::Failure;

/// The stylesheet.
pub(crate) static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("style.css", "text/css; charset=utf-8", look::STYLE));

/// The script, which others wrote: assets/htmx-2.0.7.LICENSE.
pub(crate) static HTMX: LazyLock<Asset> = LazyLock::new(|| {
    let text = include_str!("../assets/htmx-2.0.7.min.js");
    Asset::new("htmx.js", "text/javascript; charset=utf-8", text)
});

/// The logo.
pub(crate) static LOGO: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("logo.svg", "image/svg+xml", look::LOGO));

/// One of them.
pub(crate) struct Asset {
    path: String,
    kind: &'static str,
    text: &'static str,
}

impl Asset {
    fn new(name: &str, kind: &'static str, text: &'static str) -> Self {
        let digest: [u8; 32] = Sha256::digest(text).into();
        // As much of it as tells one text from the one before.
        let [a, b, c, d, ..] = digest;
        let version = u32::from_be_bytes([a, b, c, d]);
        Self {
            path: format!("/assets/{version:08x}/{name}"),
            kind,
            text,
        }
    }

    /// Where browsers find it. They may keep it for good: another text has another address.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }
}

/// Shows one of them.
pub(crate) async fn show(
    Path((version, name)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let path = format!("/assets/{version}/{name}");
    let mut assets = [&*STYLE, &*HTMX, &*LOGO].into_iter();
    let asset = assets.find(|asset| asset.path == path);
    let Asset { kind, text, .. } = asset.ok_or(Failure::NotFound)?;
    let for_good = "public, max-age=31536000, immutable";
    Ok(([(CONTENT_TYPE, *kind), (CACHE_CONTROL, for_good)], *text).into_response())
}
