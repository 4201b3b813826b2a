//! One name everywhere.

use std::{collections::BTreeMap, path::Path};

use crate::{
    between,
    dependencies::{folder, packages},
    each, files, read, text,
};

#[test]
fn a_function_has_one_name_everywhere() {
    let stacks: String = files("cdk/lib", &[".ts"])
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    let page = read("docs/functions.md");
    let mut listed = between(&page, "\n| [", "]");
    for package in packages()
        .iter()
        .filter(|package| folder(package).starts_with("functions"))
    {
        let name = text(&package["name"]);
        assert_eq!(folder(package), Path::new("functions").join(name));
        let binaries = each(&package["targets"]).filter(|target| text(&target["kind"][0]) == "bin");
        assert_eq!(
            binaries
                .map(|binary| text(&binary["name"]))
                .collect::<Vec<_>>(),
            [name]
        );
        assert!(
            stacks.contains(&format!("'{name}'")),
            "no stack of the CDK app has {name}"
        );
        assert!(
            listed.contains(&name),
            "docs/functions.md does not list {name}"
        );
        listed.retain(|other| *other != name);
    }
    assert!(
        listed.is_empty(),
        "docs/functions.md lists {listed:?}, which are no functions"
    );
}

#[test]
fn whatever_answers_people_honours_global_privacy_control() {
    let mut sources: BTreeMap<String, String> = BTreeMap::new();
    for (path, text) in files("functions", &[".rs"]) {
        if let Some((function, _)) = path.split_once("/src/") {
            *sources.entry(function.to_owned()).or_default() += &text;
        }
    }
    // A token is asked for its person with the scope that they need.
    let answers_people = |source: &str| {
        let mut asked = source.split(".person(").skip(1);
        asked.any(|rest| !rest.starts_with(')'))
    };
    sources.retain(|_, source| answers_people(source));
    assert!(!sources.is_empty(), "no function answers people");
    for (function, source) in sources {
        assert!(
            source.contains("gpc.honour("),
            "{function} answers people and does not honour Sec-GPC: call `Gpc::honour` once it knows who asks"
        );
    }
}

#[test]
fn every_executable_can_be_measured() {
    let measuring = read("xtask/src/prove/binaries.rs");
    let mut names = 0;
    for (path, text) in files("functions", &["binary.rs"]) {
        for variables in between(&text, "const VARIABLES", "];") {
            for name in variables.split('"').skip(1).step_by(2) {
                names += 1;
                assert!(
                    measuring.contains(&format!("\"{name}\"")),
                    "{path} needs {name}, and `cargo xtask prove binaries` does not set it"
                );
            }
        }
    }
    assert!(names > 0, "no function says which variables it needs");
}
