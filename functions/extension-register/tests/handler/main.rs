//! The handler on a simulated AWS: what becomes of packages, of hosts and functions, and of what is removed.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;
mod hosts;
mod refusals;
mod removing;
mod scene;

use serde_json::{Value, json};

use self::scene::{Kind, Scene};

/// The rows of the directory of that kind.
fn rows(scene: &Scene, prefix: &str) -> Vec<Value> {
    let rows = scene.world.rows("directory").into_iter();
    let of_kind = |row: &Value| {
        row["part"]
            .as_str()
            .is_some_and(|part| part.starts_with(prefix))
    };
    rows.filter(of_kind).collect()
}

#[test]
fn what_is_pushed_runs_with_all_that_it_takes_and_the_bus_is_told() {
    let scene = Scene::new();
    scene.push("acme", "greeter", "1.0.0", Kind::Wasm);
    assert_eq!(scene.upload_state("acme", "greeter"), json!("done"));
    let extension = &rows(&scene, "extension#")[0];
    assert_eq!(
        (&extension["state"], &extension["active"]),
        (&json!("active"), &json!("1.0.0"))
    );
    assert_eq!(
        extension["events"],
        json!(["dev.fairlead.profile.updated.v1"])
    );
    let version = &rows(&scene, "extension-version#")[0];
    assert_eq!(version["state"], "ready");
    let code = &version["code"]["wasm"];
    assert!(
        code["compiled_key"]
            .as_str()
            .unwrap()
            .starts_with("compiled/acme/greeter/")
    );
    let keys: Vec<String> = scene.keys();
    assert!(
        keys.iter()
            .any(|key| Some(key.as_str()) == code["code_key"].as_str()),
        "{keys:?}"
    );
    let host = &rows(&scene, "extension-host")[0];
    assert_eq!(
        (&host["state"], &host["extensions"]),
        (&json!("ready"), &json!(1))
    );
    assert!(rows(&scene, "extension-tenant#acme").len() == 1);
    let told = scene.world.published_events();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].detail_type, "dev.fairlead.extension.changed.v1");
    let data = json!({ "tenant_id": "acme", "extension": "greeter", "state": "active", "active": "1.0.0", "revision": 2 });
    assert_eq!(told[0].detail["data"], data);
}

#[test]
fn what_is_told_of_again_is_done_once_and_undoes_nothing() {
    let scene = Scene::new();
    let first = scene.push("acme", "greeter", "1.0.0", Kind::Wasm);
    scene.push("acme", "greeter", "1.1.0", Kind::Wasm);
    let before = scene.world.rows("directory");
    scene.told_of(&first);
    assert_eq!(scene.world.rows("directory"), before);
    assert_eq!(scene.world.published_events().len(), 2);
    assert_eq!(rows(&scene, "extension#")[0]["previous"], "1.0.0");
}

#[test]
fn whoever_pushes_does_not_switch_on_what_somebody_switched_off() {
    let scene = Scene::new();
    scene.push("acme", "greeter", "1.0.0", Kind::Wasm);
    scene.edit("acme", "extension#greeter", |row| {
        row["state"] = "disabled".into();
    });
    scene.push("acme", "greeter", "1.1.0", Kind::Wasm);
    let extension = &rows(&scene, "extension#")[0];
    assert_eq!(
        (&extension["state"], &extension["active"]),
        (&json!("disabled"), &json!("1.1.0"))
    );
}

#[test]
fn the_same_package_again_is_no_second_version_and_changes_nothing() {
    let scene = Scene::new();
    scene.push("acme", "greeter", "1.0.0", Kind::Wasm);
    scene.push("acme", "greeter", "1.1.0", Kind::Wasm);
    let before = rows(&scene, "extension");
    scene.push("acme", "greeter", "1.0.0", Kind::Wasm);
    assert_eq!(scene.upload_state("acme", "greeter"), json!("done"));
    assert_eq!(rows(&scene, "extension"), before);
}

#[test]
fn the_last_versions_are_kept_and_those_that_run_or_are_gone_back_to() {
    let scene = Scene::new();
    for n in 1..=12 {
        scene.push("acme", "greeter", &format!("1.{n}"), Kind::Wasm);
    }
    let versions: Vec<Value> = rows(&scene, "extension-version#");
    let kept: Vec<&str> = versions
        .iter()
        .map(|row| row["version"].as_str().unwrap())
        .collect();
    assert_eq!(kept.len(), 10, "{kept:?}");
    assert!(!kept.contains(&"1.1") && !kept.contains(&"1.2"), "{kept:?}");
    assert!(kept.contains(&"1.12") && kept.contains(&"1.11"), "{kept:?}");
    let packages = scene
        .keys()
        .into_iter()
        .filter(|key| key.starts_with("packages/"));
    assert_eq!(packages.count(), 10);
}
