//! The shapes of answers, common to the engines and to the faults that stand in for them.

use std::fmt::Write as _;

use bytes::Bytes;
use http::{Response, StatusCode, header::CONTENT_TYPE};
use serde_json::{Value, json};

/// An answer in AWS JSON, its members by name, so that one seed gives one trace.
pub(crate) fn json(status: StatusCode, body: &Value) -> Response<Bytes> {
    let mut body = body.clone();
    body.sort_all_objects();
    raw(status, "application/x-amz-json-1.0", body.to_string())
}

/// An error in AWS JSON.
pub(crate) fn json_error(status: StatusCode, kind: &str, message: &str) -> Response<Bytes> {
    json(status, &json!({ "__type": kind, "message": message }))
}

/// An answer in the query protocol's XML.
pub(crate) fn xml(status: StatusCode, body: String) -> Response<Bytes> {
    raw(status, "text/xml", body)
}

/// An error in the query protocol's XML.
pub(crate) fn xml_error(status: StatusCode, code: &str, message: &str) -> Response<Bytes> {
    let fault = if status.is_server_error() {
        "Receiver"
    } else {
        "Sender"
    };
    let message = escape(message);
    xml(
        status,
        format!(
            "<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error><Type>{fault}</Type>\
             <Code>{code}</Code><Message>{message}</Message></Error><RequestId>simulated</RequestId></ErrorResponse>"
        ),
    )
}

pub(crate) fn raw(status: StatusCode, content_type: &str, body: String) -> Response<Bytes> {
    Response::builder()
        .status(status)
        .header(CONTENT_TYPE, content_type)
        .body(body.into())
        .expect("a status and a content type make a response")
}

/// A text as it stands in XML.
pub(crate) fn escape(text: &str) -> String {
    text.chars()
        .fold(String::with_capacity(text.len()), |mut escaped, c| {
            match c {
                '<' => escaped.push_str("&lt;"),
                '>' => escaped.push_str("&gt;"),
                '&' => escaped.push_str("&amp;"),
                _ => _ = write!(escaped, "{c}"),
            }
            escaped
        })
}

/// The id of the `n`th thing that a service made. `maker` tells the services apart.
pub(crate) fn numbered_id(maker: u32, n: usize) -> String {
    let version_and_variant = 0x4000_8000_u128 << 48;
    uuid::Uuid::from_u128((u128::from(maker) << 96) | version_and_variant | n as u128).to_string()
}

/// Bytes in hexadecimal digits.
pub(crate) fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().fold(String::new(), |mut text, byte| {
        _ = write!(text, "{byte:02x}");
        text
    })
}
