//! Every problem is described.

use std::{collections::BTreeSet, fs, path::Path};

use fairlead_api_description::{known_problems, root, services};
use lambda_kit::{http::Response, problem::Problem};
use openapi::{Route, json};

/// The names of the problems that the sources in `folder` make.
fn made_in(folder: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            names.extend(made_in(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let source = fs::read_to_string(&path).unwrap();
            // `Self::new` in an `impl … for Problem` makes one as well: a status comes first in both.
            let made = ["Problem::new(", "Self::new("].into_iter();
            let made = made.flat_map(|made| source.split(made).skip(1));
            let made =
                made.filter(|rest| rest.trim_start().starts_with(|c: char| c.is_ascii_digit()));
            names.extend(made.filter_map(|rest| Some(rest.split('"').nth(1)?.to_owned())));
        }
    }
    names
}

#[test]
fn every_problem_that_a_function_makes_is_described_and_no_other() {
    let shared = made_in(&root().join("shared"));
    for service in services() {
        let folder = root().join("functions").join(service.function).join("src");
        let mut made = made_in(&folder);
        // What no route matched is no route's.
        for name in ["no-such-route", "method-not-allowed"] {
            made.remove(name);
        }
        let routes = service.routes.iter();
        let described: BTreeSet<String> = routes
            .flat_map(Route::problem_names)
            .map(str::to_owned)
            .collect();
        let missing: Vec<_> = made.difference(&described).collect();
        assert!(
            missing.is_empty(),
            "{} answers {missing:?}: name them in `.problems(…)` of the routes in functions/{0}/src/description.rs",
            service.function
        );
        let idle: Vec<_> = described
            .difference(&made)
            .filter(|name| !shared.contains(*name))
            .collect();
        assert!(
            idle.is_empty(),
            "functions/{}/src/description.rs names {idle:?}, which nothing makes",
            service.function
        );
    }
}

#[test]
fn every_problem_has_one_status_and_one_sentence() {
    let known = known_problems();
    assert!(
        !known.is_empty(),
        "no problem was found in docs/http-api.md"
    );
    let names: BTreeSet<_> = known.iter().map(|problem| &problem.name).collect();
    assert_eq!(names.len(), known.len());
    for problem in &known {
        assert!((400..=599).contains(&problem.status), "{problem:?}");
        assert!(!problem.what_to_do.is_empty(), "{problem:?}");
    }
}

#[test]
fn a_problem_on_the_wire_is_as_described() {
    let problem = Problem::new(
        400,
        "invalid-field",
        "A field has a value that it does not take",
    )
    .detail("Send another.")
    .field("locale");
    let body = Response::from(problem).body.unwrap();
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    let schema = json!(<openapi::Problem as openapi::utoipa::PartialSchema>::schema());
    let described = schema["properties"].as_object().unwrap().keys();
    let sent = body.as_object().unwrap().keys();
    assert_eq!(
        described.collect::<BTreeSet<_>>(),
        sent.collect::<BTreeSet<_>>()
    );
}
