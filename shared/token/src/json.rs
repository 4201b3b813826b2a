//! JSON in which no object says one thing twice.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};

/// Reads an object. `None` for what is no JSON or no object, for a member that is there twice at
/// any depth, and for more than 127 levels: parsers differ in which of two members they believe.
pub(crate) fn object(bytes: &[u8]) -> Option<Map<String, Value>> {
    match serde_json::from_slice(bytes) {
        Ok(Strict(Value::Object(members))) => Some(members),
        _ => None,
    }
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without repeated members")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            array.push(item);
        }
        Ok(array.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, Strict(value))) = members.next_entry()? {
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("a member is there twice"));
            }
        }
        Ok(object.into())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(r#"{"a":1,"a":1}"#)]
    #[case(r#"{"a":1,"\u0061":2}"#)]
    #[case(r#"{"a":[{"b":{"c":1,"d":2,"c":3}}]}"#)]
    #[case(r#"{"a":1}{}"#)]
    #[case(r#"[{"a":1}]"#)]
    #[case("\u{feff}{}")]
    #[case("")]
    fn what_could_be_read_in_two_ways_is_not_read(#[case] text: &str) {
        assert_eq!(object(text.as_bytes()), None);
    }

    #[test]
    fn what_is_nested_too_deep_is_not_read() {
        let nested = |levels| format!("{}{}", r#"{"a":"#.repeat(levels), "1") + &"}".repeat(levels);
        assert!(object(nested(100).as_bytes()).is_some());
        assert!(object(nested(100_000).as_bytes()).is_none());
    }

    proptest! {
        #[test]
        fn whatever_is_said_once_is_read_as_serde_json_reads_it(
            members in proptest::collection::btree_map("\\PC{0,5}", -1e9_f64..1e9, 0..5),
        ) {
            let value = serde_json::json!({ "inner": [members, null, true, "text", 1] });
            let text = value.to_string();
            prop_assert_eq!(object(text.as_bytes()).map(Value::Object), Some(value));
        }
    }
}
