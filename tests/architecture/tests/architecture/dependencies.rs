//! Who may use whom.

use std::{path::Path, process::Command};

use serde_json::Value;

use crate::{each, root, text};

/// The packages of the workspace, as `cargo metadata` describes them.
pub(crate) fn packages() -> Vec<Value> {
    let mut metadata = Command::new(env!("CARGO"));
    metadata
        .args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
        ])
        .current_dir(root());
    let output = metadata.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    each(&metadata["packages"]).cloned().collect()
}

/// A package's folder, from the top of the checkout.
pub(crate) fn folder(package: &Value) -> &Path {
    Path::new(text(&package["manifest_path"]))
        .parent()
        .unwrap()
        .strip_prefix(root())
        .unwrap()
}

/// What a package is for: `functions`, `shared`, `tests` or `xtask`.
fn room(folder: &Path) -> &str {
    folder.iter().next().unwrap().to_str().unwrap()
}

/// A package's dependencies that are our own.
fn ours(package: &Value) -> impl Iterator<Item = &Value> {
    each(&package["dependencies"]).filter(|dependency| dependency["path"].is_string())
}

#[test]
fn dependencies_point_one_way() {
    for package in packages() {
        for dependency in ours(&package) {
            let used = Path::new(text(&dependency["path"]))
                .strip_prefix(root())
                .unwrap();
            let allowed = match room(folder(&package)) {
                "functions" | "shared" => room(used) == "shared",
                "tests" => room(used) != "xtask",
                _ => true,
            };
            assert!(
                allowed,
                "{} must not use {}",
                package["name"], dependency["name"]
            );
        }
    }
}

#[test]
fn what_is_deployed_has_the_testkit_for_its_tests_only() {
    for package in packages()
        .iter()
        .filter(|package| ["functions", "shared"].contains(&room(folder(package))))
    {
        for dependency in ours(package).filter(|dependency| dependency["name"] == "testkit") {
            assert_eq!(
                dependency["kind"], "dev",
                "{} has the testkit outside its tests",
                package["name"]
            );
        }
    }
}

#[test]
fn only_tests_plant_bugs() {
    for package in packages()
        .iter()
        .filter(|package| room(folder(package)) != "tests")
    {
        let own = package["features"].as_object().unwrap().values();
        let asked_for = each(&package["dependencies"]).map(|dependency| &dependency["features"]);
        for feature in own.chain(asked_for).flat_map(each) {
            assert!(
                !text(feature).ends_with("planted-bugs"),
                "{} switches planted bugs on",
                package["name"]
            );
        }
    }
}
