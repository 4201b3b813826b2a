use rstest::rstest;
use serde_json::json;

use super::*;

fn order() -> Value {
    json!({
        "type": "object",
        "properties": {
            "order": { "type": "string", "maxLength": 10 },
            "amount": { "type": "integer", "minimum": 1 },
            "kind": { "enum": ["new", "used"] },
        },
        "required": ["order", "amount"],
        "additionalProperties": false,
    })
}

#[rstest]
#[case("/properties/order/maxLength", json!(20))]
#[case("/properties/amount/minimum", json!(0))]
#[case("/properties/amount/type", json!("number"))]
#[case("/properties/amount/type", json!(["integer", "null"]))]
#[case("/properties/kind/enum", json!(["used", "new", "broken"]))]
#[case("/required", json!(["order"]))]
#[case("/additionalProperties", json!(true))]
#[case("/properties/order", json!({}))]
fn what_takes_more_breaks_nothing(#[case] place: &str, #[case] value: Value) {
    let mut new = order();
    *new.pointer_mut(place).unwrap() = value;
    assert_eq!(breaks(&order(), &new), Vec::<String>::new());
}

#[rstest]
#[case("/properties/order/maxLength", json!(5))]
#[case("/properties/amount/minimum", json!(2))]
#[case("/properties/amount/type", json!("string"))]
#[case("/properties/kind/enum", json!(["new"]))]
#[case("/required", json!(["order", "amount", "kind"]))]
fn what_takes_less_is_named(#[case] place: &str, #[case] value: Value) {
    let mut new = order();
    *new.pointer_mut(place).unwrap() = value;
    assert_eq!(breaks(&order(), &new), [place]);
}

#[test]
fn a_property_may_be_added_where_others_were_not_taken_and_not_where_they_were() {
    let mut new = order();
    new["properties"]["note"] = json!({ "type": "string" });
    assert_eq!(breaks(&order(), &new), Vec::<String>::new());
    let mut open = order();
    open["additionalProperties"] = json!(true);
    let mut narrower = open.clone();
    narrower["properties"]["note"] = json!({ "type": "string" });
    assert_eq!(breaks(&open, &narrower), ["/properties/note/type"]);
}

#[test]
fn what_is_no_longer_named_or_can_not_be_judged_is_named() {
    let mut new = order();
    new["properties"].as_object_mut().unwrap().remove("kind");
    assert_eq!(breaks(&order(), &new), ["/properties/kind"]);
    let mut new = order();
    new["properties"]["order"]["pattern"] = json!("^[0-9]+$");
    assert_eq!(breaks(&order(), &new), ["/properties/order/pattern"]);
    let mut new = order();
    new["title"] = json!("An order");
    assert_eq!(breaks(&order(), &new), Vec::<String>::new());
}

#[rstest]
#[case(json!({ "patternProperties": { "^x": {} }, "additionalProperties": false }), "patternProperties")]
#[case(json!({ "prefixItems": [{}], "items": false }), "prefixItems")]
#[case(json!({ "allOf": [{ "properties": { "a": {} } }], "unevaluatedProperties": false }), "allOf")]
#[case(json!({ "additionalProperties": true, "unevaluatedProperties": false }), "additionalProperties")]
#[case(json!({ "contains": { "type": "string" }, "minContains": 0 }), "minContains")]
fn what_is_no_longer_exempt_from_the_rule_for_all_others_is_named(
    #[case] old: Value,
    #[case] gone: &str,
) {
    let mut new = old.clone();
    new.as_object_mut().unwrap().remove(gone);
    assert_eq!(breaks(&old, &new), [format!("/{gone}")]);
}

#[test]
fn what_is_bytes_and_what_is_json_takes_nothing_of_the_other() {
    let bytes = |media: &str| json!({ "contentMediaType": media });
    let pdf = bytes("application/pdf");
    for (old, new) in [
        (&pdf, &json!({})),
        (&pdf, &json!(true)),
        (&json!({}), &pdf),
        (&pdf, &bytes("image/png")),
    ] {
        assert_eq!(breaks(old, new), ["/contentMediaType"], "{old} {new}");
    }
    assert_eq!(breaks(&pdf, &pdf), Vec::<String>::new());
}

#[test]
fn a_property_that_a_pattern_may_have_taken_was_taken() {
    let old = json!({ "patternProperties": { "^x": {} }, "additionalProperties": false });
    let mut new = old.clone();
    new["properties"] = json!({ "x1": { "type": "string" } });
    assert_eq!(breaks(&old, &new), ["/properties/x1/type"]);
}

#[test]
fn large_integers_are_told_apart() {
    let limited = |most: u64| json!({ "maximum": most });
    let (less, more) = (
        limited(9_007_199_254_740_992),
        limited(9_007_199_254_740_993),
    );
    assert_eq!(breaks(&less, &more), Vec::<String>::new());
    assert_eq!(breaks(&more, &less), ["/maximum"]);
}

#[rstest]
#[case(json!({ "not": { "required": ["b"], "properties": { "b": { "$ref": "#/properties/a" } } } }), "/not/properties/b/$ref")]
#[case(json!({ "if": { "$ref": "#/properties/a" }, "then": false }), "/if/$ref")]
#[case(json!({ "items": { "oneOf": [{ "$ref": "#/properties/a" }, {}] } }), "/items/oneOf/0/$ref")]
#[case(json!({ "contains": { "$dynamicRef": "#a" }, "maxContains": 1 }), "/contains/$dynamicRef")]
#[case(
    json!({ "not": { "$ref": "#/$defs/a~b" }, "$defs": { "a~b": { "$ref": "#/properties/a" } } }),
    "/$defs/a~0b/$ref"
)]
#[case(
    json!({ "items": { "$ref": "#/properties/a", "unevaluatedProperties": false } }),
    "/items/$ref"
)]
fn what_is_loosened_and_referred_to_where_more_is_less_is_named(
    #[case] mut old: Value,
    #[case] place: &str,
) {
    old["properties"] = json!({ "a": { "type": "integer" } });
    let mut new = old.clone();
    assert_eq!(breaks(&old, &new), Vec::<String>::new());
    new["title"] = json!("A note");
    new["properties"]["a"]["description"] = json!("A number");
    assert_eq!(breaks(&old, &new), Vec::<String>::new());
    new["properties"]["a"] = json!({});
    assert_eq!(breaks(&old, &new), [place]);
}

#[test]
fn what_is_loosened_and_referred_to_where_more_is_more_breaks_nothing() {
    let old = json!({
        "properties": {
            "a": { "type": "integer" },
            "b": { "$ref": "#/properties/a" },
            "not": { "$ref": "#/properties/a" },
            "c": { "not": { "$ref": "#/$defs/c" } },
            "d": { "const": { "not": { "$ref": "#/properties/a" } } },
        },
        "$defs": { "c": { "type": "string" } },
    });
    let mut new = old.clone();
    new["properties"]["a"]["type"] = json!("number");
    assert_eq!(breaks(&old, &new), Vec::<String>::new());
}

#[test]
fn what_references_go_by_stays_where_it_is() {
    let old = json!({
        "$id": "https://example.com/a",
        "properties": {
            "a": { "$id": "a", "type": "string" },
            "b": { "$anchor": "b", "type": "integer" },
        },
    });
    let mut new = old.clone();
    new["$id"] = json!("https://example.com/b");
    assert_eq!(breaks(&old, &new), Vec::<String>::new());
    new["properties"]["a"]["$id"] = json!("c");
    new["properties"]["b"] = json!({ "type": "integer" });
    assert_eq!(
        breaks(&old, &new),
        ["/properties/a/$id", "/properties/b/$anchor"]
    );
}
