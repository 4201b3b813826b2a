//! What the documents say is so.

use std::{collections::BTreeSet, fs, path::PathBuf};

use crate::{between, files, read, root, section};

/// Every link to a file: which document has it, and where it leads.
fn links() -> impl Iterator<Item = (String, PathBuf)> {
    files("", &[".md"])
        .into_iter()
        .flat_map(|(document, text)| {
            let folder = root().join(&document).parent().unwrap().to_owned();
            let links: Vec<PathBuf> = between(&text, "](", ")")
                .into_iter()
                .filter(|link| !link.contains("://") && !link.starts_with('#'))
                .map(|link| folder.join(link.split('#').next().unwrap()))
                .collect();
            links.into_iter().map(move |link| (document.clone(), link))
        })
}

#[test]
fn every_link_leads_somewhere() {
    for (document, path) in links() {
        assert!(
            path.exists(),
            "{document} links to {}, which is not there",
            path.display()
        );
    }
}

#[test]
fn every_flow_and_every_decision_is_linked() {
    let linked: BTreeSet<_> = links()
        .filter_map(|(_, path)| fs::canonicalize(path).ok())
        .collect();
    for (document, _) in files("docs", &[".md"]) {
        let path = fs::canonicalize(root().join(&document)).unwrap();
        assert!(linked.contains(&path), "nothing links to {document}");
    }
}

#[test]
fn every_decision_has_its_four_parts() {
    for (path, text) in files("docs/decisions", &[".md"]) {
        let headings: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("## "))
            .collect();
        let expected = ["Context", "Decision", "Consequence", "How to take it back"];
        assert!(
            path.ends_with("README.md") || headings == expected,
            "{path} has {headings:?}"
        );
    }
}

#[test]
fn every_invariant_names_a_test_that_exists() {
    let architecture = read("ARCHITECTURE.md");
    let invariants = section(&architecture, "## Invariants")
        .lines()
        .skip_while(|line| !line.starts_with("| ---"));
    for invariant in invariants.skip(1).filter(|line| !line.is_empty()) {
        assert!(
            !tests_named_in(invariant).is_empty(),
            "no test holds this: {invariant}"
        );
    }
    for (path, name) in [architecture, read("SECURITY.md")]
        .iter()
        .flat_map(|text| tests_named_in(text))
    {
        let forms = match path.rsplit_once('.') {
            Some((_, "rs")) => [format!("fn {name}("), format!("struct {name};")],
            _ => [format!("it('{name}'"), format!("it(\"{name}\"")],
        };
        assert!(
            forms.iter().any(|form| read(&path).contains(form)),
            "{path} has no test named {name}"
        );
    }
}

/// What stands as `path::name` in a document, however its lines are broken.
fn tests_named_in(document: &str) -> Vec<(String, String)> {
    let quoted = document
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|quoted| quoted.contains('/'));
    let tests = quoted.filter_map(|quoted| quoted.split_once("::"));
    tests
        .map(|(path, name)| (path.to_owned(), in_one_line(name)))
        .collect()
}

fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_problem_is_documented_with_its_status_and_no_other() {
    let sources = ["functions", "shared"].map(|room| files(room, &[".rs"]));
    let sources = sources.into_iter().flatten();
    let source: String = sources
        .filter(|(path, _)| path.contains("/src/"))
        .map(|(_, text)| in_one_line(&text))
        .collect();
    let made = between(&source, "Problem::new(", "\", \"").into_iter();
    // What is wrong with a package has no status: nobody is answered with it.
    let made = made.filter(|arguments| arguments.trim().starts_with(|c: char| c.is_ascii_digit()));
    let made: BTreeSet<_> = made
        .map(|arguments| arguments.trim().split_once(", \"").unwrap())
        .collect();
    let document = read("docs/http-api.md");
    let rows = section(&document, "## Problems")
        .lines()
        .filter_map(|line| line.strip_prefix("| "));
    let documented: BTreeSet<_> = rows
        .filter_map(|row| row.split_once("` |")?.0.split_once(" | `"))
        .collect();
    assert_eq!(made, documented);
    assert!(!made.is_empty(), "no problem was found");
}

/// The routes of `functions`, the texts of their `lib.rs`, and what stands in the arm of each.
fn arms(functions: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    let arms = functions
        .iter()
        .flat_map(|(_, text)| text.split("\n        \"").skip(1));
    let arms = arms.filter_map(|arm| arm.split_once("\" =>"));
    arms.filter(|(route, _)| route.contains(" /"))
        .map(|(route, arm)| (route, arm.split("_ =>").next().unwrap()))
}

#[test]
fn every_route_that_changes_something_is_answered_once_under_a_key() {
    let functions = files("functions", &["lib.rs"]);
    let unsafe_ones = arms(&functions).filter(|(route, _)| !route.starts_with("GET "));
    let mut unsafe_ones: Vec<_> = unsafe_ones.collect();
    // The first two read, and a repetition is decided anew: docs/decisions/0040. Events are known
    // again by their own ids, and so are messages: docs/decisions/0076, 0095.
    unsafe_ones.retain(|(route, _)| {
        ![
            "POST /v1/profiles/resolve",
            "POST /v1/profiles/batch",
            "POST /v1/events",
            "POST /v1/uploads",
            "POST /v1/uploads/{upload_id}/complete",
            "POST /v1/events/rejected/{rejected_id}/resubmit",
            "POST /v1/hooks/{partner}/{source}",
            "POST /v1/track",
            "POST /v1/page",
            "POST /v1/screen",
            "POST /v1/group",
            "POST /v1/alias",
            "POST /v1/batch",
            "POST /v1/import",
        ]
        .contains(route)
    });
    assert!(!unsafe_ones.is_empty(), "no route was found");
    for (route, arm) in unsafe_ones {
        assert!(
            arm.contains("once("),
            "{route} does not honour Idempotency-Key: CONTRIBUTING.md says how a route does"
        );
    }
}

#[test]
fn every_route_is_documented_and_no_other() {
    let functions = files("functions", &["lib.rs"]);
    let served: BTreeSet<&str> = arms(&functions).map(|(route, _)| route).collect();
    let document = read("docs/http-api.md");
    assert_eq!(
        served,
        between(&document, "\n## `", "`\n").into_iter().collect()
    );
    assert!(!served.is_empty(), "no route was found");
}
