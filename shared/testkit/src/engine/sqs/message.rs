//! What a message weighs, and by which digests it is told.

use std::collections::BTreeMap;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use md5::{Digest as _, Md5};
use serde_json::Value;

use super::text;
use crate::{call::members, engine::answer::hex};

/// Body, and each attribute's name, type and value, in UTF-8 bytes.
pub(super) fn size(message: &Value) -> usize {
    let attributes = members(message, "MessageAttributes");
    text(message, "MessageBody").len()
        + attributes
            .map(|(name, attribute)| {
                name.len() + text(attribute, "DataType").len() + attribute_value(attribute).len()
            })
            .sum::<usize>()
}

/// As described under "Calculating the MD5 message digest for message attributes" in the SQS
/// developer guide: names in order; each string prefixed by its length in four bytes.
pub(super) fn md5_of_attributes(message: &Value) -> Option<String> {
    let mut attributes: Vec<_> = members(message, "MessageAttributes").collect();
    if attributes.is_empty() {
        return None;
    }
    attributes.sort_by_key(|(name, _)| *name);
    let mut digest = Md5::new();
    let with_length = |digest: &mut Md5, bytes: &[u8]| {
        digest.update(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
        digest.update(bytes);
    };
    for (name, attribute) in attributes {
        with_length(&mut digest, name.as_bytes());
        with_length(&mut digest, text(attribute, "DataType").as_bytes());
        if let Some(binary) = attribute.get("BinaryValue").and_then(Value::as_str) {
            digest.update([2]);
            with_length(
                &mut digest,
                &BASE64_STANDARD.decode(binary).unwrap_or_default(),
            );
        } else {
            digest.update([1]);
            with_length(&mut digest, text(attribute, "StringValue").as_bytes());
        }
    }
    Some(hex(digest.finalize()))
}

/// A message's attributes by name; binary values in base64.
pub(super) fn attribute_values(message: &Value) -> BTreeMap<String, String> {
    members(message, "MessageAttributes")
        .map(|(name, attribute)| (name.clone(), attribute_value(attribute).to_owned()))
        .collect()
}

pub(super) fn attribute_value(attribute: &Value) -> &str {
    let value = attribute
        .get("StringValue")
        .or_else(|| attribute.get("BinaryValue"));
    value.and_then(Value::as_str).unwrap_or_default()
}
