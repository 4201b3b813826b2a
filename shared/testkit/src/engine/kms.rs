//! KMS: `GenerateMac` and `VerifyMac`, in AWS JSON, with a key that nobody sees.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http::{Response, StatusCode};
use ring::hmac;
use serde_json::{Value, json};

use super::answer;
use crate::Call;

/// As many bytes as a message has.
const LONGEST_MESSAGE: usize = 4096;

type Refused = (&'static str, String);

pub(super) fn call(call: &Call) -> Response<Bytes> {
    let answered = match call.operation.as_str() {
        "GenerateMac" => generate(&call.input),
        "VerifyMac" => verify(&call.input),
        other => Err((
            "UnknownOperationException",
            format!("testkit's KMS has no {other}"),
        )),
    };
    match answered {
        Ok(output) => answer::json(StatusCode::OK, &output),
        Err((code, message)) => answer::json_error(StatusCode::BAD_REQUEST, code, &message),
    }
}

fn generate(input: &Value) -> Result<Value, Refused> {
    let (key, message) = (key(input)?, bytes(input, "Message")?);
    let mac = hmac::sign(&key, &message);
    Ok(json!({
        "KeyId": input["KeyId"],
        "Mac": BASE64_STANDARD.encode(mac.as_ref()),
        "MacAlgorithm": input["MacAlgorithm"],
    }))
}

/// One that is of something else is an error, and not an answer that says so
/// (<https://docs.aws.amazon.com/kms/latest/APIReference/API_VerifyMac.html>).
fn verify(input: &Value) -> Result<Value, Refused> {
    let (key, message, mac) = (key(input)?, bytes(input, "Message")?, bytes(input, "Mac")?);
    hmac::verify(&key, &message, &mac).map_err(|_| ("KMSInvalidMacException", String::new()))?;
    Ok(json!({
        "KeyId": input["KeyId"],
        "MacValid": true,
        "MacAlgorithm": input["MacAlgorithm"],
    }))
}

/// Every key is there. It follows from its id.
fn key(input: &Value) -> Result<hmac::Key, Refused> {
    if input["MacAlgorithm"] != "HMAC_SHA_256" {
        return Err((
            "InvalidKeyUsageException",
            "the key is an HMAC_256".to_owned(),
        ));
    }
    match input["KeyId"].as_str() {
        Some(id) if !id.is_empty() => Ok(hmac::Key::new(hmac::HMAC_SHA256, id.as_bytes())),
        _ => Err((
            "NotFoundException",
            "there is no key without an id".to_owned(),
        )),
    }
}

fn bytes(input: &Value, name: &str) -> Result<Vec<u8>, Refused> {
    let text = input[name].as_str().unwrap_or_default();
    let bytes = BASE64_STANDARD.decode(text).unwrap_or_default();
    if (1..=LONGEST_MESSAGE).contains(&bytes.len()) {
        Ok(bytes)
    } else {
        Err((
            "ValidationException",
            format!("{name} has 1 to {LONGEST_MESSAGE} bytes"),
        ))
    }
}
