//! JSON Schema 2020-12, compiled: what the data of a type may be.

use std::fmt;

use cloudevent::{Incoming, MediaType, Payload};
use jsonschema::{PatternOptions, Validator};
use serde_json::Value;

/// The keyword by which a schema says that data are bytes: an annotation of JSON Schema 2020-12.
pub(crate) const MEDIA_TYPE: &str = "contentMediaType";

/// As much of a path as is told.
const LONGEST_PATH: usize = 256;

/// A schema that can be held to. One with `contentMediaType` at its root says that data are bytes of
/// that type, into which nobody looks.
pub struct Schema {
    validator: Validator,
    media: Option<String>,
}

/// A text that is no schema, or one that needs another one from elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no JSON Schema 2020-12 that stands for itself")]
pub struct InvalidSchema;

/// What a schema does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Where, as a JSON pointer into the event.
    pub field: String,
    /// By which rule, as a JSON pointer into the schema.
    pub rule: String,
}

impl Schema {
    /// Compiles a schema. Nothing is fetched for it, and a pattern takes no longer for a longer text
    /// than that is longer.
    pub fn compile(text: &str) -> Result<Self, InvalidSchema> {
        let schema: Value = serde_json::from_str(text).map_err(|_| InvalidSchema)?;
        let media = match schema.get(MEDIA_TYPE).map(Value::as_str) {
            Some(Some(media)) => Some(MediaType::parse(media).ok_or(InvalidSchema)?),
            Some(None) => return Err(InvalidSchema),
            None => None,
        };
        let validator = jsonschema::draft202012::options()
            .offline()
            .should_validate_formats(true)
            .with_pattern_options(PatternOptions::regex())
            .build(&schema)
            .map_err(|_| InvalidSchema)?;
        Ok(Self {
            validator,
            media: media.map(|media| media.essence().to_owned()),
        })
    }

    /// Which bytes data are, without parameters, if nobody looks into them.
    #[must_use]
    pub fn media_type(&self) -> Option<&str> {
        self.media.as_deref()
    }

    /// Whether the data of `event` is as the schema says; an event without data has `null`.
    pub fn check(&self, event: &Incoming) -> Result<(), Violation> {
        if let Some(media) = self.media_type() {
            return check_media(event, media);
        }
        let data = match &event.data {
            Some(Payload::Json(raw)) => serde_json::from_str(raw.get()).ok(),
            None => Some(Value::Null),
            Some(Payload::Text(_) | Payload::Binary(_)) => None,
        };
        let Some(data) = data else {
            return Err(Violation {
                field: "/datacontenttype".to_owned(),
                rule: String::new(),
            });
        };
        self.hold(&data)
    }

    /// Whether `data`, JSON that was checked, is as the schema says.
    pub fn check_json(&self, data: &[u8]) -> Result<(), Violation> {
        let data = serde_json::from_slice(data).map_err(|_| Violation {
            field: "/data".to_owned(),
            rule: String::new(),
        })?;
        self.hold(&data)
    }

    /// The message would quote the data: only the places are told.
    fn hold(&self, data: &Value) -> Result<(), Violation> {
        self.validator.validate(data).map_err(|error| Violation {
            field: short(&format!("/data{}", error.instance_path().as_str())),
            rule: short(error.schema_path().as_str()),
        })
    }
}

/// Whether `event` has data of that type.
fn check_media(event: &Incoming, media: &str) -> Result<(), Violation> {
    let declared = event.datacontenttype.as_deref().and_then(MediaType::parse);
    let is_of_it = declared.is_some_and(|declared| declared.essence() == media);
    let field = match &event.data {
        Some(_) if is_of_it => return Ok(()),
        Some(_) => "/datacontenttype",
        None => "/data",
    };
    Err(Violation {
        field: field.to_owned(),
        rule: format!("/{MEDIA_TYPE}"),
    })
}

fn short(path: &str) -> String {
    path.chars()
        .filter(|c| !c.is_control())
        .take(LONGEST_PATH)
        .collect()
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Schema")
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const ORDER: &str = r#"{
        "type": "object",
        "properties": {
            "amount": { "type": "integer", "minimum": 1 },
            "currency": { "type": "string", "pattern": "^[A-Z]{3}$" }
        },
        "required": ["amount"],
        "additionalProperties": false
    }"#;

    fn event(rest: &str) -> Incoming {
        let json = format!(
            r#"{{"specversion":"1.0","id":"1","source":"/orders","type":"com.example.placed.v1"{rest}}}"#
        );
        Incoming::from_json(&json).unwrap()
    }

    #[test]
    fn data_as_the_schema_says_is_taken() {
        let schema = Schema::compile(ORDER).unwrap();
        let event = event(r#","data":{"amount":3,"currency":"EUR"}"#);
        assert_eq!(schema.check(&event), Ok(()));
    }

    #[rstest]
    #[case(
        r#","data":{"amount":0}"#,
        "/data/amount",
        "/properties/amount/minimum"
    )]
    #[case(r#","data":{}"#, "/data", "/required")]
    #[case(r#","data":{"amount":1,"canary":2}"#, "/data", "/additionalProperties")]
    #[case(r#","data":"canary""#, "/data", "/type")]
    #[case("", "/data", "/type")]
    #[case(
        r#","datacontenttype":"text/plain","data":"canary""#,
        "/datacontenttype",
        ""
    )]
    fn what_it_does_not_allow_is_told_by_its_place_alone(
        #[case] rest: &str,
        #[case] field: &str,
        #[case] rule: &str,
    ) {
        let violation = Schema::compile(ORDER).unwrap().check(&event(rest));
        let violation = violation.unwrap_err();
        assert_eq!(
            (violation.field.as_str(), violation.rule.as_str()),
            (field, rule)
        );
    }

    #[rstest]
    #[case(r#","datacontenttype":"application/pdf","data_base64":"AAAA""#, Ok(()))]
    #[case(r#","datacontenttype":"Application/PDF; a=b","data":"canary""#, Ok(()))]
    #[case(r#","data":{}"#, Err("/datacontenttype"))]
    #[case(
        r#","datacontenttype":"image/png","data_base64":"AAAA""#,
        Err("/datacontenttype")
    )]
    #[case(r#","datacontenttype":"application/pdf""#, Err("/data"))]
    fn a_type_of_bytes_takes_those_and_looks_into_none(
        #[case] rest: &str,
        #[case] expected: Result<(), &str>,
    ) {
        let schema = Schema::compile(r#"{"contentMediaType":"application/pdf"}"#).unwrap();
        let checked = schema.check(&event(rest));
        let field = checked.map_err(|violation| violation.field);
        assert_eq!(field, expected.map_err(str::to_owned));
    }

    #[rstest]
    #[case("")]
    #[case("{")]
    #[case(r#"{"contentMediaType":"pdf"}"#)]
    #[case(r#"{"contentMediaType":1}"#)]
    #[case(r#"{"type":"objekt"}"#)]
    #[case(r#"{"$ref":"https://example.com/schema.json"}"#)]
    #[case(r#"{"$ref":"file:///etc/passwd"}"#)]
    // Only a pattern that takes no longer than the text is long.
    #[case(r#"{"pattern":"(a)\\1"}"#)]
    fn what_stands_not_for_itself_is_no_schema(#[case] text: &str) {
        assert_eq!(Schema::compile(text).unwrap_err(), InvalidSchema);
    }
}
