//! What code answers. What is refused in it, tests/sandbox-proof tries.

use extension::{Answer, Manifest};
use proptest::prelude::*;
use serde_json::json;

fn manifest(output: &str) -> Manifest {
    let text = format!(
        "name = \"a\"\nversion = \"1\"\nkind = \"wasm\"\ncode = \"a.wasm\"\nevents = [\"com.acme.a.v1\"]\n{output}"
    );
    Manifest::parse(&text).unwrap()
}

#[test]
fn an_answer_within_the_manifest_is_taken() {
    let manifest = manifest(
        "output.traits = [\"tier\", \"score\"]\noutput.events = [\"com.acme.b.v1\"]\noutput.schema = { type = \"integer\" }",
    );
    let text = r#" {"traits":{"tier":"gold","score":null},"events":[{"type":"com.acme.b.v1","data":{"a":1}}],"output":5} "#;
    let answer = Answer::read(text.as_bytes(), &manifest).unwrap();
    assert_eq!(answer.traits.len(), 2);
    assert_eq!(answer.events[0].data, json!({ "a": 1 }));
    assert_eq!(answer.output, Some(json!(5)));
    assert!(!answer.is_empty());
}

#[test]
fn nothing_is_an_answer_that_says_nothing() {
    let manifest = manifest("");
    for text in ["", " \n", "{}"] {
        assert!(
            Answer::read(text.as_bytes(), &manifest).unwrap().is_empty(),
            "{text:?}"
        );
    }
}

#[test]
fn what_is_refused_is_told_by_its_place_and_never_by_its_value() {
    let manifest = manifest(
        "output.traits = [\"tier\"]\noutput.schema = { type = \"object\", required = [\"a\"] }",
    );
    for text in [
        r#"{"traits":{"tier":["canary"]},"output":{"a":1}}"#,
        r#"{"output":"canary"}"#,
        r#"{"output":{"b":"canary"}}"#,
        r#"{"traits":{"tier":"canary"},"events":"canary","output":{"a":1}}"#,
    ] {
        let problems = Answer::read(text.as_bytes(), &manifest).unwrap_err();
        assert!(!format!("{problems:?}").contains("canary"), "{problems:?}");
    }
}

proptest! {
    #[test]
    fn whatever_is_written_is_an_answer_or_refused(text in "\\PC{0,80}") {
        let _ = Answer::read(text.as_bytes(), &manifest("output.traits = [\"tier\"]"));
    }
}
