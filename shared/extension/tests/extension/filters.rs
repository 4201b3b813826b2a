//! Which events a filter lets through.

use extension::Filter;
use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};

fn fits(pattern: &Value, event: &Value) -> bool {
    Filter::parse(pattern).unwrap().matches(event)
}

/// The examples of <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html>, and
/// what lies at their edges.
#[rstest]
#[case(json!(["a"]), json!("a"), true)]
#[case(json!(["a", "b"]), json!("b"), true)]
#[case(json!(["a"]), json!("A"), false)]
#[case(json!(["5"]), json!(5), false)]
#[case(json!([300]), json!(3.0e2), true)]
#[case(json!([null]), json!(null), true)]
#[case(json!([""]), json!(null), false)]
#[case(json!([true]), json!(true), true)]
#[case(json!(["a"]), json!(["b", "a"]), true)]
#[case(json!(["a"]), json!({ "a": 1 }), false)]
#[case(json!([{ "prefix": "us-" }]), json!("us-east-1"), true)]
#[case(json!([{ "prefix": "us-" }]), json!("eu-us-1"), false)]
#[case(json!([{ "prefix": { "equals-ignore-case": "EventB" } }]), json!("EVENTBridge"), true)]
#[case(json!([{ "suffix": ".png" }]), json!("a.png"), true)]
#[case(json!([{ "suffix": ".png" }]), json!("a.PNG"), false)]
#[case(json!([{ "suffix": { "equals-ignore-case": ".png" } }]), json!("a.PNG"), true)]
#[case(json!([{ "equals-ignore-case": "Straße" }]), json!("STRAßE"), true)]
#[case(json!([{ "anything-but": "initializing" }]), json!("stopped"), true)]
#[case(json!([{ "anything-but": "initializing" }]), json!("initializing"), false)]
#[case(json!([{ "anything-but": 123 }]), json!(123.0), false)]
#[case(json!([{ "anything-but": ["a", "b"] }]), json!("b"), false)]
#[case(json!([{ "anything-but": ["a", "b"] }]), json!(5), true)]
#[case(json!([{ "anything-but": { "prefix": "init" } }]), json!("initializing"), false)]
#[case(json!([{ "anything-but": { "suffix": [".jpg", ".png"] } }]), json!("a.png"), false)]
#[case(json!([{ "anything-but": { "equals-ignore-case": "A" } }]), json!("a"), false)]
#[case(json!([{ "anything-but": { "wildcard": "*/lib/*" } }]), json!("/usr/lib/a"), false)]
#[case(json!([{ "anything-but": { "wildcard": "*/lib/*" } }]), json!("/usr/bin/a"), true)]
#[case(json!([{ "numeric": ["=", 3.018e2] }]), json!(301.8), true)]
#[case(json!([{ "numeric": [">", 0, "<=", 5] }]), json!(5), true)]
#[case(json!([{ "numeric": [">", 0, "<=", 5] }]), json!(0), false)]
#[case(json!([{ "numeric": ["<", 10] }]), json!("5"), false)]
#[case(json!([{ "exists": true }]), json!(null), true)]
#[case(json!([{ "exists": false }]), json!(null), false)]
#[case(json!([{ "exists": false }]), json!([]), true)]
#[case(json!([{ "wildcard": "dir/*.png" }]), json!("dir/a/b.png"), true)]
#[case(json!([{ "wildcard": "dir/*.png" }]), json!("dir/a.jpg"), false)]
#[case(json!([{ "wildcard": "*a*a" }]), json!("a"), false)]
#[case(json!([{ "wildcard": "*" }]), json!(""), true)]
#[case(json!([{ "wildcard": "a\\*b" }]), json!("a*b"), true)]
#[case(json!([{ "wildcard": "a\\*b" }]), json!("axb"), false)]
#[case(json!(["x", { "numeric": [">", 3] }]), json!(4), true)]
fn a_value_is_compared_as_eventbridge_compares(
    #[case] rule: Value,
    #[case] value: Value,
    #[case] expected: bool,
) {
    let (pattern, event) = (
        json!({ "data": { "a": rule } }),
        json!({ "data": { "a": value } }),
    );
    assert_eq!(fits(&pattern, &event), expected, "{pattern} {event}");
}

#[test]
fn what_is_absent_fits_where_it_may_be_and_nowhere_else() {
    let absent = [json!({}), json!({ "data": {} }), json!({ "data": 5 })];
    for event in &absent {
        assert!(fits(
            &json!({ "data": { "a": [{ "exists": false }] } }),
            event
        ));
        assert!(!fits(
            &json!({ "data": { "a": [{ "exists": true }] } }),
            event
        ));
        assert!(!fits(
            &json!({ "data": { "a": [{ "anything-but": "x" }] } }),
            event
        ));
        assert!(!fits(&json!({ "data": { "a": [null] } }), event));
    }
}

#[test]
fn all_fields_have_to_fit_and_of_alternatives_one() {
    let pattern = json!({
        "type": ["com.acme.order.placed.v1"],
        "data": { "$or": [
            { "country": ["DE"], "total": [{ "numeric": [">", 100] }] },
            { "gift": [true] },
        ] },
    });
    let event = |data: Value| json!({ "type": "com.acme.order.placed.v1", "data": data });
    assert!(fits(
        &pattern,
        &event(json!({ "country": "DE", "total": 101 }))
    ));
    assert!(fits(&pattern, &event(json!({ "gift": true }))));
    assert!(!fits(
        &pattern,
        &event(json!({ "country": "DE", "total": 99 }))
    ));
    assert!(!fits(
        &pattern,
        &json!({ "type": "other", "data": { "gift": true } })
    ));
}

#[test]
fn fields_of_a_list_have_to_fit_in_one_of_its_members() {
    let pattern = json!({ "data": { "lines": { "sku": ["a"], "count": [2] } } });
    let event = |lines: Value| json!({ "data": { "lines": lines } });
    assert!(fits(
        &pattern,
        &event(json!([{ "sku": "b" }, { "sku": "a", "count": 2 }]))
    ));
    assert!(!fits(
        &pattern,
        &event(json!([{ "sku": "a", "count": 1 }, { "sku": "b", "count": 2 }]))
    ));
    assert!(!fits(&pattern, &event(json!([]))));
}

#[rstest]
#[case(json!(5), "", "it has to be a table")]
#[case(json!({}), "", "it names no field")]
#[case(json!({ "a": "b" }), ".a", "what fits stands in a list")]
#[case(json!({ "a": [] }), ".a", "the list is empty")]
#[case(json!({ "a": {} }), ".a", "it names no field")]
#[case(json!({ "a": [["b"]] }), ".a[0]", "a list within the list")]
#[case(json!({ "a": [{ "cidr": "10.0.0.0/8" }] }), ".a[0]", "unknown operator cidr")]
#[case(json!({ "a": [{ "prefix": 5 }] }), ".a[0]", "prefix takes a text")]
#[case(json!({ "a": [{ "prefix": "b", "suffix": "c" }] }), ".a[0]", "an operator is a table of one")]
#[case(json!({ "a": [{ "numeric": ["<", 5, ">", 1] }] }), ".a[0]", "numeric is")]
#[case(json!({ "a": [{ "numeric": [">", 5, "<", 1] }] }), ".a[0]", "numeric is")]
#[case(json!({ "a": [{ "numeric": [">"] }] }), ".a[0]", "numeric is")]
#[case(json!({ "a": [{ "exists": "yes" }] }), ".a[0]", "exists is true or false")]
#[case(json!({ "a": [{ "anything-but": [] }] }), ".a[0]", "the list is empty")]
#[case(json!({ "a": [{ "anything-but": [true] }] }), ".a[0]", "anything-but takes texts")]
#[case(json!({ "a": [{ "anything-but": { "numeric": [">", 1] } }] }), ".a[0]", "anything-but takes")]
#[case(json!({ "a": [{ "wildcard": "a**b" }] }), ".a[0]", "two stars")]
#[case(json!({ "a": [{ "wildcard": "a\\b" }] }), ".a[0]", "after a backslash")]
#[case(json!({ "$or": [{ "a": [1] }] }), ".$or", "it has to be a list of two")]
#[case(json!({ "a": ["b".repeat(5000)] }), "", "make it 4096 at most")]
fn what_is_no_pattern_is_refused_with_its_place(
    #[case] pattern: Value,
    #[case] place: &str,
    #[case] told: &str,
) {
    let error = Filter::parse(&pattern).unwrap_err();
    assert_eq!(error.place(), place, "{error}");
    assert!(error.to_string().contains(told), "{error}");
}

#[test]
fn a_pattern_is_only_so_deep() {
    let deep = (0..17).fold(json!([1]), |inner, _| json!({ "a": inner }));
    assert!(Filter::parse(&deep).is_err());
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3_i32..3).prop_map(Value::from),
        "[ab*\\\\]{0,3}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let names = prop_oneof![
            Just("a"),
            Just("b"),
            Just("$or"),
            Just("prefix"),
            Just("anything-but"),
            Just("exists"),
            Just("wildcard"),
            Just("numeric"),
        ];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::btree_map(names.prop_map(str::to_owned), inner, 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// The wildcard once more, tried in every way.
fn wildcard_by_trying(pattern: &[char], text: &[char]) -> bool {
    match (pattern, text) {
        ([], text) => text.is_empty(),
        (['*', rest @ ..], text) => {
            (0..=text.len()).any(|taken| wildcard_by_trying(rest, &text[taken..]))
        }
        ([first, rest @ ..], [next, text @ ..]) => first == next && wildcard_by_trying(rest, text),
        _ => false,
    }
}

proptest! {
    #[test]
    fn whatever_the_pattern_it_is_read_and_compared_or_refused(pattern in any_value(), event in any_value()) {
        if let Ok(filter) = Filter::parse(&pattern) {
            let kept = serde_json::to_value(&filter).unwrap();
            let again = serde_json::from_value::<Filter>(kept).unwrap();
            prop_assert_eq!(filter.matches(&event), again.matches(&event));
        }
    }

    #[test]
    fn what_is_anything_but_a_value_is_whatever_does_not_equal_it(value in "[ab]{0,2}", other in "[ab]{0,2}") {
        let equal = fits(&json!({ "a": [value] }), &json!({ "a": other }));
        let differs = fits(&json!({ "a": [{ "anything-but": value }] }), &json!({ "a": other }));
        prop_assert_ne!(equal, differs);
    }

    #[test]
    fn a_wildcard_fits_what_trying_everything_fits(pattern in "(\\*?[ab]{1,2}){0,4}\\*?", text in "[ab]{0,8}") {
        let (characters, letters): (Vec<_>, Vec<_>) = (pattern.chars().collect(), text.chars().collect());
        let fits = fits(&json!({ "a": [{ "wildcard": pattern }] }), &json!({ "a": text }));
        prop_assert_eq!(fits, wildcard_by_trying(&characters, &letters));
    }
}
