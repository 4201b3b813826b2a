//! A person's changes to their own profile: a JSON Merge Patch (RFC 7396).

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::Value;

use crate::{FieldName, FieldText, InvalidField};

/// The deepest nesting that is looked into.
const MAX_DEPTH: usize = 32;

/// New texts by field; `None` removes what stands there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProfilePatch(pub(crate) BTreeMap<FieldName, Option<FieldText>>);

/// Why a patch is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatchError {
    /// Not UTF-8.
    #[error("the body is not UTF-8")]
    NotUtf8,
    /// Nested too deeply.
    #[error("the body is nested more than 32 levels deep")]
    TooDeep,
    /// Not a JSON object.
    #[error("the body is not a JSON object")]
    NotAnObject,
    /// A field that a profile does not have.
    #[error("a profile has no such field")]
    UnknownField(String),
    /// A field that the person can't change here.
    #[error("the field can't be changed here; what comes from the login is changed there")]
    ReadOnly(String),
    /// A field that is there twice.
    #[error("the field is there twice")]
    Repeated(String),
    /// A value that is neither a text nor null.
    #[error("the field takes a text, or null to remove it")]
    NotText(FieldName),
    /// A text that the field does not take.
    #[error(transparent)]
    Invalid(#[from] InvalidField),
}

impl PatchError {
    /// The field to blame, as it was written; at most 64 characters of it.
    #[must_use]
    pub fn field(&self) -> Option<String> {
        match self {
            Self::NotUtf8 | Self::TooDeep | Self::NotAnObject => None,
            Self::UnknownField(name) | Self::ReadOnly(name) | Self::Repeated(name) => {
                Some(name.chars().take(64).collect())
            }
            Self::NotText(field) | Self::Invalid(InvalidField { field, .. }) => {
                Some(field.to_string())
            }
        }
    }
}

/// What a person sees of their profile and can't change by a patch.
const READ_ONLY: [&str; 8] = [
    "profile_id",
    "version",
    "email",
    "email_verified",
    "phone_number",
    "phone_number_verified",
    "created_at",
    "updated_at",
];

impl ProfilePatch {
    /// The fields that it names.
    pub fn names(&self) -> impl Iterator<Item = FieldName> {
        self.0.keys().copied()
    }

    /// Reads a patch from a body's bytes. The first thing that is wrong is named.
    pub fn parse(body: &[u8]) -> Result<Self, PatchError> {
        let text = str::from_utf8(body).map_err(|_| PatchError::NotUtf8)?;
        if depth(text) > MAX_DEPTH {
            return Err(PatchError::TooDeep);
        }
        let Entries(entries) = serde_json::from_str(text).map_err(|_| PatchError::NotAnObject)?;
        let mut fields = BTreeMap::new();
        for (name, value) in entries {
            let field = editable(&name)?;
            let text = match value {
                Value::Null => None,
                Value::String(text) => Some(FieldText::new(field, &text)?),
                _ => return Err(PatchError::NotText(field)),
            };
            if fields.insert(field, text).is_some() {
                return Err(PatchError::Repeated(name));
            }
        }
        Ok(Self(fields))
    }
}

fn editable(name: &str) -> Result<FieldName, PatchError> {
    match FieldName::EDITABLE
        .into_iter()
        .find(|field| field.as_str() == name)
    {
        Some(field) => Ok(field),
        None if READ_ONLY.contains(&name) => Err(PatchError::ReadOnly(name.to_owned())),
        None => Err(PatchError::UnknownField(name.to_owned())),
    }
}

/// How deeply arrays and objects are nested, before anything is parsed.
fn depth(text: &str) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// An object's entries as they are written, repeated ones too: a map would keep the last silently.
struct Entries(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntriesVisitor;

        impl<'de> Visitor<'de> for EntriesVisitor {
            type Value = Entries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(EntriesVisitor)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[test]
    fn null_removes_and_text_sets() {
        let patch = ProfilePatch::parse(br#"{"given_name":"Jane","birthdate":null}"#).unwrap();
        assert_eq!(patch.0[&FieldName::Birthdate], None);
        assert_eq!(
            patch.0[&FieldName::GivenName]
                .clone()
                .unwrap()
                .into_inner()
                .expose(),
            "Jane"
        );
    }

    #[rstest]
    #[case(br#"{"nickname":"J"}"#, Some("nickname"))]
    #[case(br#"{"email":"other@example.com"}"#, Some("email"))]
    #[case(br#"{"version":7}"#, Some("version"))]
    #[case(br#"{"given_name":"a","given_name":"b"}"#, Some("given_name"))]
    #[case(br#"{"given_name":["a"]}"#, Some("given_name"))]
    #[case(br#"{"birthdate":"tomorrow"}"#, Some("birthdate"))]
    #[case(br#"["given_name"]"#, None)]
    #[case(br#"{"given_name":"a"} x"#, None)]
    #[case(b"{\"given_name\":\"\xff\"}", None)]
    #[case(b"", None)]
    fn what_is_wrong_is_refused_and_named(#[case] body: &[u8], #[case] field: Option<&str>) {
        assert_eq!(
            ProfilePatch::parse(body).unwrap_err().field().as_deref(),
            field
        );
    }

    #[test]
    fn nesting_is_measured_before_it_is_parsed() {
        let nested = |levels: usize| {
            format!(
                "{{\"given_name\":{}{}}}",
                "[".repeat(levels),
                "]".repeat(levels)
            )
        };
        assert_eq!(
            ProfilePatch::parse(nested(31).as_bytes()),
            Err(PatchError::NotText(FieldName::GivenName))
        );
        assert_eq!(
            ProfilePatch::parse(nested(32).as_bytes()),
            Err(PatchError::TooDeep)
        );
        assert_eq!(
            ProfilePatch::parse(nested(30_000).as_bytes()),
            Err(PatchError::TooDeep)
        );
    }

    #[test]
    fn brackets_inside_texts_are_no_nesting() {
        let text = format!("{{\"given_name\":\"\\\"{}\"}}", "[{".repeat(40));
        assert!(ProfilePatch::parse(text.as_bytes()).is_ok());
    }

    proptest! {
        #[test]
        fn parsing_never_panics(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = ProfilePatch::parse(&body);
        }
    }
}
