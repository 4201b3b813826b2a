//! AWS Signature Version 4 for requests whose body is at hand.
//!
//! Source: AWS General Reference, "Create a signed AWS API request". The local stack checks
//! signatures and policies as AWS does, so the requests made here have to be signed like any other.

use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderValue, Request, header::HOST};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::stack::Credentials;

/// Where a signature is valid.
pub(crate) struct Scope<'a> {
    pub(crate) region: &'a str,
    pub(crate) service: &'a str,
}

/// Adds `x-amz-date`, `x-amz-content-sha256`, `host` and `authorization` to `request`.
pub(crate) fn sign(
    request: &mut Request<Vec<u8>>,
    credentials: &Credentials,
    scope: &Scope<'_>,
    now: Timestamp,
) -> Result<()> {
    let moment = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    let day = now.strftime("%Y%m%d").to_string();
    let payload_hash = hex(&Sha256::digest(request.body()));
    let authority = request
        .uri()
        .authority()
        .context("a signed request needs an absolute URL")?
        .to_string();

    let headers = request.headers_mut();
    headers.insert(HOST, HeaderValue::from_str(&authority)?);
    headers.insert("x-amz-date", HeaderValue::from_str(&moment)?);
    headers.insert(
        "x-amz-content-sha256",
        HeaderValue::from_str(&payload_hash)?,
    );

    let (signed_headers, canonical) = canonical_request(request, &payload_hash)?;
    let granted = format!("{day}/{}/{}/aws4_request", scope.region, scope.service);
    let to_sign = format!(
        "AWS4-HMAC-SHA256\n{moment}\n{granted}\n{}",
        hex(&Sha256::digest(canonical.as_bytes()))
    );
    let mut key = keyed(
        format!("AWS4{}", credentials.secret_access_key).as_bytes(),
        day.as_bytes(),
    )?;
    for part in [scope.region, scope.service, "aws4_request"] {
        key = keyed(&key, part.as_bytes())?;
    }
    let signature = hex(&keyed(&key, to_sign.as_bytes())?);
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={}/{granted}, SignedHeaders={signed_headers}, Signature={signature}",
        credentials.access_key_id
    );
    request
        .headers_mut()
        .insert("authorization", HeaderValue::from_str(&authorization)?);
    Ok(())
}

/// The names of the signed headers, and the canonical request over them.
fn canonical_request(request: &Request<Vec<u8>>, payload_hash: &str) -> Result<(String, String)> {
    let mut headers: Vec<(&str, &str)> = Vec::new();
    for (name, value) in request.headers() {
        headers.push((name.as_str(), value.to_str()?.trim()));
    }
    headers.sort_unstable();
    let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
    let names = names.join(";");
    let lines = headers
        .iter()
        .map(|(name, value)| [name, ":", value, "\n"].concat());
    let lines: String = lines.collect();
    let query = request
        .uri()
        .query()
        .map(canonical_query)
        .unwrap_or_default();
    let canonical = format!(
        "{}\n{}\n{query}\n{lines}\n{names}\n{payload_hash}",
        request.method(),
        request.uri().path()
    );
    Ok((names, canonical))
}

/// Sorted, and with an `=` behind a name that has no value. The callers' queries need no escapes.
fn canonical_query(query: &str) -> String {
    let mut pairs: Vec<String> = query
        .split('&')
        .map(|pair| {
            if pair.contains('=') {
                pair.to_owned()
            } else {
                format!("{pair}=")
            }
        })
        .collect();
    pairs.sort_unstable();
    pairs.join("&")
}

fn keyed(key: &[u8], data: &[u8]) -> Result<Vec<u8>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).context("a signing key is never too long")?;
    mac.update(data);
    Ok(mac.finalize().into_bytes().to_vec())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a `String` does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expected value was computed with botocore 1.43.106.
    #[test]
    fn a_request_is_signed_as_botocore_signs_it() {
        let mut request = Request::post("http://127.0.0.1:4566/")
            .header("x-amz-target", "DynamoDB_20120810.PutItem")
            .header("content-type", "application/x-amz-json-1.0")
            .body(b"{}".to_vec())
            .unwrap();
        let credentials = Credentials {
            access_key_id: "AKIDEXAMPLE".to_owned(),
            secret_access_key: "wJalrXUtnFEMI".to_owned(),
        };
        let scope = Scope {
            region: "eu-central-1",
            service: "dynamodb",
        };
        sign(
            &mut request,
            &credentials,
            &scope,
            "2015-08-30T12:36:00Z".parse().unwrap(),
        )
        .unwrap();
        let authorization = request
            .headers()
            .get("authorization")
            .unwrap()
            .to_str()
            .unwrap();
        assert_eq!(
            authorization,
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/eu-central-1/dynamodb/aws4_request, \
             SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-target, \
             Signature=7a6ce1f83c735bfdd6fd4e17d102c3e6329448262c07362b7bfa619379279086"
        );
    }
}
