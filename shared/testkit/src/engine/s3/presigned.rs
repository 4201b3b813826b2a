//! Links that are signed: who has one may do the one thing with the one object that it was made
//! for, until it expires.
//!
//! Source: Amazon S3 API reference, "Authenticating requests: using query parameters (AWS
//! Signature Version 4)".

use form_urlencoded::parse;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use ring::hmac::{HMAC_SHA256, Key, sign};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{Refusal, denied, text};
use crate::engine::{answer::hex, names::SECRET_ACCESS_KEY};

/// A link holds for seven days at most.
const LONGEST_SECONDS: i64 = 7 * 24 * 60 * 60;

/// The link was signed by the simulated account as it is, and has not expired.
pub(super) fn check(link: &Value, now: Timestamp) -> Result<(), Refusal> {
    let raw_query = text(link, "Query").unwrap_or_default();
    let parameter = |name: &str| {
        let mut parameters = parse(raw_query.as_bytes());
        let found = parameters.find(|(known, _)| known == name);
        found.map(|(_, value)| value.into_owned()).ok_or_else(|| {
            let message = "Query-string authentication version 4 requires the X-Amz-Algorithm, \
                           X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and \
                           X-Amz-Expires parameters.";
            (
                StatusCode::BAD_REQUEST,
                "AuthorizationQueryParametersError",
                message.to_owned(),
            )
        })
    };
    let moment = parameter("X-Amz-Date")?;
    let seconds: i64 = parameter("X-Amz-Expires")?.parse().unwrap_or_default();
    let signed_at = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", &moment)
        .ok()
        .and_then(|at| at.to_zoned(jiff::tz::TimeZone::UTC).ok())
        .map(|at| at.timestamp())
        .filter(|_| (1..=LONGEST_SECONDS).contains(&seconds))
        .ok_or_else(|| denied("Invalid date or expiry"))?;
    if now >= signed_at + SignedDuration::from_secs(seconds) {
        return Err(denied("Request has expired"));
    }
    let credential = parameter("X-Amz-Credential")?;
    let scope = credential.split_once('/').map(|(_, scope)| scope);
    let scope = scope.ok_or_else(|| denied("Invalid credential"))?;
    let signed = parameter("X-Amz-SignedHeaders")?;
    let canonical = canonical_request(link, raw_query, &signed)?;
    let to_sign = format!(
        "AWS4-HMAC-SHA256\n{moment}\n{scope}\n{}",
        hex(Sha256::digest(canonical))
    );
    if parameter("X-Amz-Signature")? == signature(scope, &to_sign) {
        return Ok(());
    }
    let message = "The request signature we calculated does not match the signature you provided. \
                   Check your key and signing method.";
    Err((
        StatusCode::FORBIDDEN,
        "SignatureDoesNotMatch",
        message.to_owned(),
    ))
}

/// A body is as long as the request says that was signed.
pub(super) fn check_length(link: &Value, bytes: usize) -> Result<(), Refusal> {
    let told = link
        .get("Headers")
        .and_then(|headers| text(headers, "content-length"));
    if told.is_none_or(|told| told == bytes.to_string()) {
        return Ok(());
    }
    let message =
        "You did not provide the number of bytes specified by the Content-Length HTTP header";
    Err((
        StatusCode::BAD_REQUEST,
        "IncompleteBody",
        message.to_owned(),
    ))
}

/// As the link says it, its query sorted and without the signature, with the headers that it was
/// signed with. What S3 reads of other headers has to be signed, too.
fn canonical_request(link: &Value, raw_query: &str, signed: &str) -> Result<String, Refusal> {
    let part = |name| text(link, name).unwrap_or_default();
    let names: Vec<&str> = signed.split(';').collect();
    let headers = link.get("Headers").and_then(Value::as_object);
    let mut sent = headers.into_iter().flatten().map(|(name, _)| name.as_str());
    let is_unsigned = |name: &str| name.starts_with("x-amz-") && !names.contains(&name);
    if !names.contains(&"host") || sent.any(is_unsigned) {
        return Err(denied(
            "There were headers present in the request which were not signed",
        ));
    }
    let lines = names.iter().map(|name| {
        let value = match *name {
            "host" => Some(part("Host")),
            name => link.get("Headers").and_then(|headers| text(headers, name)),
        };
        let value = value.ok_or_else(|| denied("A header that was signed is missing"))?;
        Ok(format!("{name}:{}\n", value.trim()))
    });
    let lines = lines.collect::<Result<String, Refusal>>()?;
    let mut query: Vec<&str> = raw_query
        .split('&')
        .filter(|pair| !pair.starts_with("X-Amz-Signature="))
        .collect();
    query.sort_unstable();
    Ok(format!(
        "{}\n{}\n{}\n{lines}\n{signed}\nUNSIGNED-PAYLOAD",
        part("Method"),
        part("Path"),
        query.join("&"),
    ))
}

fn signature(scope: &str, to_sign: &str) -> String {
    let secret = format!("AWS4{SECRET_ACCESS_KEY}").into_bytes();
    let key = scope.split('/').fold(secret, |key, part| {
        let key = Key::new(HMAC_SHA256, &key);
        sign(&key, part.as_bytes()).as_ref().to_vec()
    });
    hex(sign(&Key::new(HMAC_SHA256, &key), to_sign.as_bytes()))
}
