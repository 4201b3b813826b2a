//! What every answer says to browsers about what may be done with it.

use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::config::Portal;

/// Nothing from anywhere but here, no script and no style within a page, no frame around one, and forms
/// to nobody but us. A picture within a page is one of its charts' files: there are none but ours.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A year, in seconds, and for the hosts below as well.
const HSTS: &str = "max-age=31536000; includeSubDomains";

const ALWAYS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// Adds them. What an answer says by itself stays.
pub(crate) fn add(headers: &mut HeaderMap, portal: &Portal) {
    for (name, value) in ALWAYS {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    if portal.origin.as_str().starts_with("https:") {
        let hsts = HeaderValue::from_static(HSTS);
        headers
            .entry(header::STRICT_TRANSPORT_SECURITY)
            .or_insert(hsts);
    }
    // A page is of whoever asked for it: no cache may keep it, and none show it after they have gone.
    let no_store = HeaderValue::from_static("no-store");
    headers.entry(header::CACHE_CONTROL).or_insert(no_store);
}
