//! What tenants' developers send: manifests, packages, filters, modules, and what their code answers.

use std::collections::BTreeMap;

use extension::{Answer, Filter, Manifest, Package, pack};

use super::{Parser, Target, text, told};

pub(super) static TARGETS: [Target; 5] = [
    Target::new("extension-manifest", manifest),
    Target::new("extension-package", package).with(packages),
    Target::new("extension-filter", filter),
    Target::new("extension-answer", answer),
    Target::new("extension-module", module),
];

const MANIFEST: &str = r#"
name = "greeter"
version = "1"
kind = "wasm"
code = "greeter.wasm"
events = ["com.acme.order.placed.v1"]
output.traits = ["greeting"]
output.events = ["com.acme.greeting.v1"]
"#;

/// What is read is kept, and read again as it was.
fn manifest() -> Parser {
    Box::new(|input| {
        let read = Manifest::parse(&text(input));
        if let Ok(manifest) = &read {
            let kept = serde_json::to_string(manifest).expect("a manifest is JSON");
            let again: Manifest = serde_json::from_str(&kept).expect("what was read is read");
            assert_eq!(again, *manifest);
        }
        told(&read.map_err(|error| error.problems().first().cloned()))
    })
}

/// What is read is packed anew, and has the same files.
fn package() -> Parser {
    Box::new(|input| {
        let read = Package::read(input);
        if let Ok(package) = &read {
            let lead_out =
                |name: &String| name.starts_with('/') || name.split('/').any(|part| part == "..");
            assert!(
                !package.files().keys().any(lead_out),
                "a file leads out of its package"
            );
            let mut files = package.files().clone();
            files.insert(extension::MANIFEST.to_owned(), MANIFEST.as_bytes().to_vec());
            if files.contains_key("greeter.wasm") {
                let again = Package::read(&pack(&files)).expect("what was read is read again");
                assert_eq!(again.files(), package.files());
            }
        }
        told(&read)
    })
}

fn packages() -> Vec<Vec<u8>> {
    let of = |names: &[&str]| {
        let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        files.insert(extension::MANIFEST.to_owned(), MANIFEST.as_bytes().to_vec());
        for name in names {
            files.insert((*name).to_owned(), b"x".repeat(9));
        }
        pack(&files)
    };
    vec![
        of(&["greeter.wasm"]),
        of(&["greeter.wasm", "lib/a", "lib/b"]),
        of(&[]),
    ]
}

/// A pattern and an event: what fits without an operator fits with it.
fn filter() -> Parser {
    Box::new(|input| {
        let text = text(input);
        let (pattern, event) = text.split_once('\n').unwrap_or((&text, "{}"));
        let Ok(pattern) = serde_json::from_str(pattern) else {
            return "no JSON".to_owned();
        };
        let event = serde_json::from_str(event).unwrap_or_default();
        let read = Filter::parse(&pattern);
        match &read {
            Ok(filter) => filter.matches(&event).to_string(),
            Err(_) => told(&read),
        }
    })
}

fn answer() -> Parser {
    let manifest = Manifest::parse(MANIFEST).expect("it is a manifest");
    Box::new(move |input| {
        let read = Answer::read(input, &manifest);
        if let Ok(answer) = &read {
            let kept = serde_json::to_vec(answer).expect("an answer is JSON");
            let again = Answer::read(&kept, &manifest).expect("what was read is read again");
            assert_eq!(again, *answer);
        }
        told(&read)
    })
}

/// Modules are looked at, and not compiled: that is the compiler's own to be tried.
fn module() -> Parser {
    Box::new(|input| told(&sandbox::examine(input)))
}
