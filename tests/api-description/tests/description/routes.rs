//! Every route is described.

use std::collections::{BTreeMap, BTreeSet};

use fairlead_api_description::{read, services};
use openapi::Route;

/// A route in the CDK app: the scope that API Gateway's authorizer asks for, if there is one, and the
/// construct of the function that answers it.
type Deployed = (Option<String>, String);

/// The routes of cdk/lib/stacks/api.ts, by their keys.
fn deployed() -> BTreeMap<String, Deployed> {
    let stack = read("cdk/lib/stacks/api.ts");
    let scopes = scopes();
    let routes = stack.split("{ method: ").skip(1).filter_map(|rest| {
        // The path has braces of its own: a row ends with its line.
        let row = rest.lines().next().unwrap();
        let (method, _) = row.split_once(',').unwrap();
        // Pages are none of the API's routes, and their addresses stand in lists.
        let path = row.split('\'').nth(1)?;
        let value = |name: &str| {
            let (_, value) = row.split_once(name)?;
            Some(value.split([',', ' ', '}']).next()?.to_owned())
        };
        let scope = value(" scope: ").map(|name| scopes[&name].clone());
        let function = value(" by: ").unwrap();
        Some((format!("{method} {path}"), (scope, kebab(&function))))
    });
    routes.collect()
}

/// The scopes that cdk/lib/stacks/identity.ts names.
fn scopes() -> BTreeMap<String, String> {
    let stack = read("cdk/lib/stacks/identity.ts");
    let lines = stack
        .lines()
        .filter_map(|line| line.strip_prefix("export const "));
    lines
        .filter_map(|line| {
            let (name, value) = line.split_once(" = ")?;
            let scope = value.trim_matches([';', '`']);
            Some((name.to_owned(), scope.replace("${SERVER}", "fairlead")))
        })
        .collect()
}

/// `profile-api` of `profileApi`.
fn kebab(name: &str) -> String {
    let words = name.chars().map(|c| match c {
        'A'..='Z' => format!("-{}", c.to_ascii_lowercase()),
        c => c.to_string(),
    });
    words.collect()
}

/// The scope of a route that API Gateway's authorizer guards.
fn scope(route: &Route) -> Option<String> {
    let callers = route.callers().iter();
    let mut scope = callers.filter_map(|caller| caller.requirement().1.map(str::to_owned));
    scope.next_back().filter(|_| route.is_behind_authorizer())
}

#[test]
fn every_route_of_the_cdk_app_is_described_and_no_other() {
    let deployed = deployed();
    assert!(
        !deployed.is_empty(),
        "no route was found in cdk/lib/stacks/api.ts"
    );
    let services = services();
    let described: BTreeMap<String, Deployed> = services
        .iter()
        .flat_map(|service| {
            let routes = service.routes.iter();
            routes.map(|route| (route.key(), (scope(route), service.function.to_owned())))
        })
        .collect();
    for (key, route) in &deployed {
        let function = &route.1;
        let Some(found) = described.get(key) else {
            panic!(
                "{key} of cdk/lib/stacks/api.ts is not described. Add a Route to `description()` in \
                 functions/{function}/src/description.rs; if that file is not there yet, CONTRIBUTING.md \
                 (\"A new route\") says how to begin it, and tests/api-description/src/lib.rs lists it. \
                 Then run `cargo xtask openapi`"
            );
        };
        assert_eq!(
            found, route,
            "{key}: the description (left) and cdk/lib/stacks/api.ts (right) differ in the scope that \
             API Gateway's authorizer asks for (`.people(…)`), or in the function that answers"
        );
    }
    for key in described.keys() {
        assert!(
            deployed.contains_key(key),
            "{key} is described and not in cdk/lib/stacks/api.ts: add it there, or take its Route out"
        );
    }
}

#[test]
fn every_route_that_a_function_matches_is_described() {
    for service in services() {
        let source = read(&format!("functions/{}/src/lib.rs", service.function));
        let arms = source
            .lines()
            .filter_map(|line| line.trim().strip_prefix('"')?.split_once("\" =>"));
        let served: BTreeSet<String> = arms.map(|(key, _)| key.to_owned()).collect();
        let described: BTreeSet<String> = service.routes.iter().map(Route::key).collect();
        assert_eq!(served, described, "{}", service.function);
    }
}
