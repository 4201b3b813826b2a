//! What every answer says to browsers about what may be done with it.

use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::config::Portal;

/// Nothing from anywhere but here, no script and no style within a page, no frame around one, and forms
/// to nobody but us.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A year, in seconds, and for the hosts below as well.
const HSTS: &str = "max-age=31536000; includeSubDomains";

const ALWAYS: [(&str, &str); 6] = [
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// Adds them. What an answer says by itself stays.
pub(crate) fn add(headers: &mut HeaderMap, portal: &Portal) {
    for (name, value) in ALWAYS {
        let name = HeaderName::from_static(name);
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
