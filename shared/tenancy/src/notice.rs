//! What a tenant tells people with a version of a purpose's text.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{DisplayName, TextVersion};

/// As long as an address may be.
const LONGEST_URL: usize = 2_048;

/// As many recipients as a notice names.
const MOST_RECIPIENTS: usize = 32;

/// Where a version of a text is read, by which digest it is known again, and what it says of who gets
/// the data and for how long they are kept. A tenant never changes it: another text is another version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Which version.
    pub text_version: TextVersion,
    /// Where people read it.
    pub url: NoticeUrl,
    /// By what it is proven which text it was.
    pub sha256: TextDigest,
    /// Who gets the data, or what kinds of recipients; empty if nobody does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recipients: Vec<DisplayName>,
    /// For how long they are kept, in words.
    pub retention: DisplayName,
}

/// Where a text is read: an address by `https`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NoticeUrl(String);

/// A text that is no such address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a notice's address begins with https:// and has at most 2,048 visible ASCII characters")]
pub struct InvalidNoticeUrl;

/// The SHA-256 of a text's bytes as they are published, in 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TextDigest(String);

/// A text that is no such digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the digest of a text has 64 hexadecimal digits in lower case")]
pub struct InvalidTextDigest;

impl TryFrom<String> for NoticeUrl {
    type Error = InvalidNoticeUrl;

    fn try_from(text: String) -> Result<Self, InvalidNoticeUrl> {
        let has_host = text
            .strip_prefix("https://")
            .is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
        let well_formed =
            has_host && text.len() <= LONGEST_URL && text.bytes().all(|b| b.is_ascii_graphic());
        well_formed.then_some(Self(text)).ok_or(InvalidNoticeUrl)
    }
}

impl TryFrom<String> for TextDigest {
    type Error = InvalidTextDigest;

    fn try_from(text: String) -> Result<Self, InvalidTextDigest> {
        let is_digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        let well_formed = text.len() == 64 && text.bytes().all(is_digit);
        well_formed.then_some(Self(text)).ok_or(InvalidTextDigest)
    }
}

impl From<NoticeUrl> for String {
    fn from(url: NoticeUrl) -> Self {
        url.0
    }
}

impl From<TextDigest> for String {
    fn from(digest: TextDigest) -> Self {
        digest.0
    }
}

impl fmt::Display for TextDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether each of `notices` is of another one of `versions`.
pub(crate) fn are_of(versions: &[TextVersion], notices: &[Notice]) -> bool {
    notices.iter().enumerate().all(|(place, notice)| {
        let mut earlier = notices.iter().take(place);
        versions.contains(&notice.text_version)
            && notice.recipients.len() <= MOST_RECIPIENTS
            && !earlier.any(|each| each.text_version == notice.text_version)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::PurposeDefinition;

    fn newsletter(notices: &Value) -> serde_json::Result<PurposeDefinition> {
        serde_json::from_value(json!({
            "tenant": "harbour",
            "part": "purpose#newsletter",
            "display_name": "Newsletter",
            "legal_basis": "consent",
            "text_versions": ["2025-01", "2026-01"],
            "notices": notices,
        }))
    }

    fn notice() -> Value {
        json!({
            "text_version": "2026-01",
            "url": "https://harbour.example/privacy/newsletter/2026-01",
            "sha256": "0a".repeat(32),
            "recipients": ["Printers"],
            "retention": "Until you unsubscribe",
        })
    }

    #[test]
    fn a_text_has_a_notice_or_none() {
        let definition = newsletter(&json!([notice()])).unwrap();
        let [old, new] = ["2025-01", "2026-01"].map(|text| text.parse().unwrap());
        assert_eq!(definition.notice(&old), None);
        let found = serde_json::to_value(definition.notice(&new)).unwrap();
        assert_eq!(found, notice());
    }

    #[test]
    fn what_is_out_of_its_limits_is_no_notice() {
        for (member, value) in [
            ("text_version", json!("2027-01")),
            ("url", json!("http://harbour.example/privacy")),
            ("url", json!("https:///privacy")),
            ("url", json!("https://harbour.example/a b")),
            (
                "url",
                json!(format!("https://harbour.example/{}", "a".repeat(2_048))),
            ),
            ("sha256", json!("0A".repeat(32))),
            ("sha256", json!("0a")),
            ("recipients", json!([""])),
            ("recipients", json!(vec!["Printers"; MOST_RECIPIENTS + 1])),
            ("retention", json!(null)),
        ] {
            let mut notice = notice();
            notice[member] = value;
            assert!(newsletter(&json!([notice])).is_err(), "{notice}");
        }
        let twice = json!([notice(), notice()]);
        assert!(newsletter(&twice).is_err(), "a text has two notices");
    }
}
