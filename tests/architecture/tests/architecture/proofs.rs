//! What the proofs reach.

use std::collections::BTreeSet;

use crate::{
    dependencies::{folder, packages},
    files, text,
};

const ACTORS: &str = "tests/crash-points/src/actors";
const SCENARIOS: &str = "tests/crash-points/src/scenarios";

/// The functions of a source file that stand at its margin: their names, and their texts up to the next.
fn functions(source: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in source.lines() {
        let is_indented = line.starts_with(char::is_whitespace);
        let named = line
            .split_once("fn ")
            .filter(|(before, _)| !is_indented && !before.contains("//"));
        if let Some((_, rest)) = named {
            let name = rest.split(['(', '<']).next().unwrap().to_owned();
            found.push((name, String::new()));
        } else if let Some((_, body)) = found.last_mut() {
            body.push_str(line);
            body.push('\n');
        }
    }
    found
}

/// The actors of a source file that run `function`, themselves or by another actor of the file.
fn actors_that_run(source: &str, function: &str) -> BTreeSet<String> {
    let functions = functions(source);
    let crate_name = function.replace('-', "_");
    let handles = [format!("{crate_name}::"), format!("call!({crate_name},")];
    let mut running: BTreeSet<String> = BTreeSet::new();
    loop {
        let before = running.len();
        for (name, body) in &functions {
            let calls_one = running
                .iter()
                .any(|other| body.contains(&format!("{other}(")));
            if calls_one || handles.iter().any(|handle| body.contains(handle)) {
                running.insert(name.clone());
            }
        }
        if running.len() == before {
            return running;
        }
    }
}

#[test]
fn every_function_is_stopped_at_every_call_by_a_scenario() {
    let actors: Vec<String> = files("tests/crash-points/src", &[".rs"])
        .into_iter()
        .filter_map(|(path, source)| path.starts_with(ACTORS).then_some(source))
        .collect();
    let scenarios: String = files(SCENARIOS, &[".rs"])
        .into_iter()
        .map(|(_, source)| source)
        .collect();
    for package in packages()
        .iter()
        .filter(|package| folder(package).starts_with("functions"))
    {
        let function = text(&package["name"]);
        let mut running = actors
            .iter()
            .flat_map(|source| actors_that_run(source, function));
        let is_run = |actor: String| scenarios.contains(&format!("{actor}("));
        assert!(
            running.any(is_run),
            "no scenario of tests/crash-points runs {function}: give it one, that only reads too"
        );
    }
}
