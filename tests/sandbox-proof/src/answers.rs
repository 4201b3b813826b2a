//! Answers that say more than the code may, or that readers do not agree on.

use extension::{Answer, Manifest};

use crate::attack::{Attack, Room, refused_for};

const MANIFEST: &str = r#"
name = "greeter"
version = "1"
kind = "wasm"
code = "greeter.wasm"
events = ["com.acme.order.placed.v1"]
[output]
events = ["com.acme.greeting.v1"]
traits = ["greeting"]
schema = { type = "object", maxProperties = 1 }
"#;

/// All of them.
pub(crate) fn all() -> Vec<Attack> {
    let answer = |name: &'static str, told: &'static str, text: Vec<u8>| {
        Attack::new(name, Room::Answers, move |_| {
            let manifest = Manifest::parse(MANIFEST).map_err(|error| error.to_string())?;
            match Answer::read(&text, &manifest) {
                Ok(answer) => Err(format!("it was taken: {answer:?}")),
                Err(problems) => {
                    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
                    refused_for(&problems, told)
                }
            }
        })
    };
    let text = |name, told, text: &str| answer(name, told, text.as_bytes().to_vec());
    vec![
        text("no JSON", "is no JSON from here on", "hello"),
        answer(
            "text in no alphabet",
            "is not in UTF-8",
            b"{\"output\":\"\xff\"}".to_vec(),
        ),
        text(
            "a list without an end",
            "is nested too deep",
            &format!("{{\"output\":{}", "[".repeat(100_000)),
        ),
        text(
            "a member twice",
            "is there twice",
            r#"{"output":{},"output":{"a":1,"b":2}}"#,
        ),
        text(
            "a number that is none",
            "is no number in JSON",
            r#"{"output":NaN}"#,
        ),
        text(
            "a number that no computer holds",
            "64 bits do not hold",
            r#"{"output":1e999}"#,
        ),
        text(
            "half a letter",
            "half of a surrogate pair",
            r#"{"output":"\ud800"}"#,
        ),
        text(
            "a field that it made up",
            "unknown field",
            r#"{"headers":{}}"#,
        ),
        text(
            "a trait that is not its own",
            "the manifest does not name it",
            r#"{"traits":{"email":"mallory@example.com"}}"#,
        ),
        text(
            "a trait of many things",
            "a trait is a text",
            r#"{"traits":{"greeting":[1,2,3]}}"#,
        ),
        text(
            "a trait of a book",
            "a trait is a text",
            &format!(r#"{{"traits":{{"greeting":"{}"}}}}"#, "a".repeat(2000)),
        ),
        text(
            "an event that is not its own",
            "the manifest does not name",
            r#"{"events":[{"type":"com.acme.order.placed.v1"}],"output":{}}"#,
        ),
        text(
            "an event of the platform's",
            "an answer is",
            r#"{"events":[{"type":"dev.fairlead.profile.erased.v1"}]}"#,
        ),
        text(
            "an event of another source",
            "an answer is",
            r#"{"events":[{"type":"com.acme.greeting.v1","source":"dev.fairlead"}]}"#,
        ),
        text(
            "a thousand events",
            "there are more than 20",
            &format!(
                r#"{{"events":[{}],"output":{{}}}}"#,
                vec![r#"{"type":"com.acme.greeting.v1"}"#; 1000].join(",")
            ),
        ),
        text(
            "output unlike its schema",
            "it is not as output.schema says",
            r#"{"output":{"a":1,"b":2}}"#,
        ),
    ]
}
