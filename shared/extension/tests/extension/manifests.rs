//! Reading `extension.toml`.

use extension::{Code, Kind, LONGEST_MANIFEST, Manifest, Needs};
use proptest::prelude::*;
use rstest::rstest;

const WASM: &str = r#"
    name = "greeter"
    version = "1.0.0"
    kind = "wasm"
    code = "greeter.wasm"
    events = ["dev.fairlead.profile.updated.v1", "com.acme.order.placed.v1"]
    purpose = "newsletter"
    ordered = true

    [filter]
    data.country = ["DE", { prefix = "A" }]

    [limits]
    timeout_ms = 500
    memory_mib = 32

    [needs]
    clock = true

    [output]
    events = ["com.acme.greeting.v1"]
    traits = ["greeting"]
    schema = { type = "object", required = ["greeting"] }
"#;

const LAMBDA: &str = r#"
    name = "scorer"
    version = "2"
    kind = "lambda"
    events = ["com.acme.order.placed.v1"]

    [lambda]
    runtime = "python3.13"
    handler = "main.handle"
"#;

fn problems(text: &str) -> Vec<String> {
    let error = Manifest::parse(text).unwrap_err();
    error.problems().iter().map(ToString::to_string).collect()
}

#[test]
fn a_module_says_what_it_is_when_it_runs_and_within_which_limits() {
    let manifest = Manifest::parse(WASM).unwrap();
    assert_eq!(manifest.name().as_str(), "greeter");
    assert_eq!(manifest.version().as_str(), "1.0.0");
    let needs = Needs {
        clock: true,
        random: false,
    };
    assert_eq!(
        *manifest.code(),
        Code::Wasm {
            module: "greeter.wasm".to_owned(),
            needs
        }
    );
    let events: Vec<_> = manifest
        .events()
        .iter()
        .map(extension::WantedType::as_str)
        .collect();
    assert_eq!(
        events,
        [
            "dev.fairlead.profile.updated.v1",
            "com.acme.order.placed.v1"
        ]
    );
    assert!(manifest.purpose().is_some() && manifest.is_ordered() && manifest.filter().is_some());
    assert_eq!((manifest.timeout_ms(), manifest.memory_mib()), (500, 32));
    assert_eq!(manifest.output().events.len(), 1);
    assert_eq!(manifest.output().traits.len(), 1);
    assert!(manifest.output().schema.is_some());
}

#[test]
fn what_is_not_said_is_as_little_as_does() {
    let manifest = Manifest::parse(LAMBDA).unwrap();
    assert_eq!(manifest.kind(), Kind::Lambda);
    assert_eq!((manifest.timeout_ms(), manifest.memory_mib()), (3_000, 128));
    assert!(!manifest.is_ordered() && manifest.filter().is_none() && manifest.purpose().is_none());
    assert!(manifest.output().events.is_empty() && manifest.output().traits.is_empty());
}

#[test]
fn what_is_kept_is_read_again_as_it_was() {
    for text in [WASM, LAMBDA] {
        let manifest = Manifest::parse(text).unwrap();
        let kept = serde_json::to_string(&manifest).unwrap();
        assert_eq!(serde_json::from_str::<Manifest>(&kept).unwrap(), manifest);
    }
}

#[rstest]
#[case(
    "name = \"greeter\"",
    "name = \"Greeter\"",
    "name: a name has 1 to 64 characters"
)]
#[case("name = \"greeter\"", "", "name: it is missing: add name = ")]
#[case("name = \"greeter\"", "name = 5", "name: it has to be a text")]
#[case(
    "version = \"1.0.0\"",
    "version = \"1/0\"",
    "version: a version has 1 to 32"
)]
#[case(
    "kind = \"wasm\"",
    "kind = \"docker\"",
    "kind: a kind is \"wasm\" or \"lambda\""
)]
#[case(
    "kind = \"wasm\"",
    "kind = \"wasm\"\nsecrets = [\"a\"]",
    "secrets: unknown field: the top of the manifest has"
)]
#[case("code = \"greeter.wasm\"", "", "code: it is missing")]
#[case(
    "[limits]",
    "[lambda]\nruntime = \"python3.13\"\n[limits]",
    "lambda: it is for kind = \"lambda\""
)]
#[case(
    "\"com.acme.order.placed.v1\"]",
    "\"order\"]",
    "events[1]: a type has 1 to 128"
)]
#[case(
    "\"com.acme.order.placed.v1\"]",
    "\"dev.fairlead.erasure.told.v1\"]",
    "events[1]: extensions are not given this event"
)]
#[case(
    "\"com.acme.order.placed.v1\"]",
    "\"dev.fairlead.profile.updated.v1\"]",
    "events[1]: it stands there twice"
)]
#[case(
    "purpose = \"newsletter\"",
    "",
    "purpose: dev.fairlead.profile.updated.v1 is about people"
)]
#[case(
    "ordered = true",
    "ordered = \"yes\"",
    "ordered: it has to be true or false"
)]
#[case(
    "timeout_ms = 500",
    "timeout_ms = 10001",
    "limits.timeout_ms: it has to be a whole number from 1 to 10000"
)]
#[case(
    "timeout_ms = 500",
    "timeout = 500",
    "limits.timeout: unknown field: [limits] has timeout_ms, memory_mib"
)]
#[case(
    "memory_mib = 32",
    "memory_mib = 257",
    "limits.memory_mib: it has to be a whole number from 1 to 256"
)]
#[case(
    "memory_mib = 32",
    "memory_mib = 32.5",
    "limits.memory_mib: it has to be a whole number"
)]
#[case(
    "clock = true",
    "network = true",
    "needs.network: unknown field: [needs] has clock, random"
)]
#[case(
    "traits = [\"greeting\"]",
    "traits = [\"Greeting\"]",
    "output.traits[0]: a trait has"
)]
#[case(
    "events = [\"com.acme.greeting.v1\"]",
    "events = [\"dev.fairlead.profile.updated.v1\"]",
    "output.events[0]: a type has"
)]
#[case(
    "type = \"object\"",
    "type = \"objekt\"",
    "output.schema: it is no JSON Schema"
)]
#[case(
    "[\"DE\", { prefix = \"A\" }]",
    "\"DE\"",
    "filter.data.country: what fits stands in a list"
)]
#[case(
    "data.country",
    "\"data.country\"",
    "filter.data.country: a field is named without quotes"
)]
#[case(
    "ordered = true",
    "ordered = true\nordered = false",
    "line 9 is no TOML"
)]
#[case("ordered = true", "ordered = 2026-11-27", "ordered: is a date")]
fn what_is_wrong_is_named_with_what_to_do(
    #[case] right: &str,
    #[case] wrong: &str,
    #[case] told: &str,
) {
    assert!(WASM.contains(right), "{right}");
    let problems = problems(&WASM.replacen(right, wrong, 1));
    assert!(
        problems.len() == 1 && problems[0].starts_with(told),
        "{problems:?}"
    );
}

#[test]
fn code_of_a_managed_runtime_names_it_and_its_handler_and_no_module() {
    let text = LAMBDA
        .replace("python3.13", "cobol")
        .replace("main.handle", "");
    let text = text.replace("kind = \"lambda\"", "kind = \"lambda\"\ncode = \"a\"\n");
    let fields: Vec<_> = problems(&text)
        .iter()
        .map(|problem| problem.split(':').next().unwrap().to_owned())
        .collect();
    assert_eq!(fields, ["code", "lambda.runtime", "lambda.handler"]);
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let problems = problems("name = \"A\"\nversion = \"\"\nmemory = 1\nlimits = 5");
    assert_eq!(problems.len(), 6, "{problems:?}");
}

#[test]
fn a_manifest_that_is_too_long_is_not_read() {
    let text = format!("{WASM}\n# {}", "a".repeat(LONGEST_MANIFEST));
    assert!(problems(&text)[0].contains("make it 65536 at most"));
}

#[test]
fn what_others_wrote_is_shown_without_what_a_terminal_obeys() {
    let problems = problems(&format!("{WASM}\n[\"\\u001b[2Jx\"]\na = 1"));
    assert!(
        problems.len() == 1 && !problems[0].chars().any(char::is_control),
        "{problems:?}"
    );
}

proptest! {
    #[test]
    fn whatever_is_written_is_read_or_refused_with_a_problem(text in "\\PC{0,200}") {
        if let Err(error) = Manifest::parse(&text) {
            prop_assert!(!error.problems().is_empty());
        }
    }

    #[test]
    fn whatever_is_left_out_or_repeated_is_told_or_read_the_same_again(
        lines in proptest::collection::vec(0_usize..30, 0..40)
    ) {
        let all: Vec<&str> = WASM.lines().collect();
        let text: Vec<&str> = lines.iter().filter_map(|at| all.get(*at).copied()).collect();
        match Manifest::parse(&text.join("\n")) {
            Ok(manifest) => {
                let kept = serde_json::to_value(&manifest).unwrap();
                prop_assert_eq!(serde_json::from_value::<Manifest>(kept).unwrap(), manifest);
            }
            Err(error) => prop_assert!(!error.problems().is_empty()),
        }
    }
}
