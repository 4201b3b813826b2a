//! What is not taken, and what its developer is told.

use serde_json::{Value, json};
use testkit::{
    Fault,
    engine::{Behaviour, EXTENSION_COMPILE},
};

use super::{
    rows,
    scene::{Kind, Scene},
};

/// What is wrong, as the developer is told it.
fn problem(scene: &Scene) -> (String, String) {
    let upload = scene.upload("acme", "greeter");
    assert_eq!(upload["state"], "refused", "{upload}");
    let problem = &upload["problems"][0];
    let text = |name: &str| problem[name].as_str().unwrap().to_owned();
    (text("field"), text("problem"))
}

#[test]
fn a_package_is_what_it_is_pushed_as_and_nothing_of_it_is_kept_otherwise() {
    let scene = Scene::new();
    let package = Scene::package(&Scene::manifest("stranger", "1", Kind::Wasm), "main.wasm");
    scene.push_bytes("acme", "greeter", package);
    let (field, told) = problem(&scene);
    assert_eq!(field, "name");
    assert!(told.contains("stranger"), "{told}");
    assert!(rows(&scene, "extension").is_empty());
    assert!(scene.world.engines().roles().is_empty());
}

#[test]
fn what_is_no_package_is_told_in_plain_words() {
    let scene = Scene::new();
    scene.push_bytes("acme", "greeter", b"no archive".to_vec());
    assert!(!problem(&scene).1.is_empty());
    let mut manifest = Scene::manifest("greeter", "1", Kind::Wasm);
    manifest.push_str("colour = \"red\"\n");
    scene.push_bytes("acme", "greeter", Scene::package(&manifest, "main.wasm"));
    let (field, _) = problem(&scene);
    assert!(field.contains("colour"), "{field}");
}

#[test]
fn a_version_is_never_given_to_other_code() {
    let scene = Scene::new();
    scene.push("acme", "greeter", "1", Kind::Wasm);
    let before = rows(&scene, "extension-version#");
    scene.push("acme", "greeter", "1", Kind::Ordered);
    assert_eq!(problem(&scene).0, "version");
    assert_eq!(rows(&scene, "extension-version#"), before);
}

#[test]
fn a_purpose_has_to_be_the_tenants() {
    let scene = Scene::new();
    let manifest = Scene::manifest("greeter", "1", Kind::Wasm).replace("newsletter", "profiling");
    scene.push_bytes("acme", "greeter", Scene::package(&manifest, "main.wasm"));
    let (field, told) = problem(&scene);
    assert_eq!(field, "purpose");
    assert!(told.contains("profiling"), "{told}");
}

#[test]
fn what_can_not_be_compiled_is_told_and_another_package_may_take_its_version() {
    let scene = Scene::new();
    let functions = scene.world.engines().functions();
    functions.behaves(EXTENSION_COMPILE, |_| {
        let problems = ["it imports env.sneak: import nothing but WASI"];
        Behaviour::Returns(json!({ "refused": { "problems": problems } }))
    });
    scene.push("acme", "greeter", "1", Kind::Wasm);
    assert_eq!(problem(&scene).0, "code");
    assert_eq!(rows(&scene, "extension-version#")[0]["state"], "refused");
    assert_eq!(rows(&scene, "extension#")[0]["state"], "registering");
    functions.behaves(EXTENSION_COMPILE, |_| {
        Behaviour::Returns(json!({ "compiled": { "key": "compiled/acme/greeter/x", "bytes": 1 } }))
    });
    scene.push("acme", "greeter", "1", Kind::Ordered);
    assert_eq!(rows(&scene, "extension-version#")[0]["state"], "ready");
    assert_eq!(rows(&scene, "extension#")[0]["active"], "1");
}

#[test]
fn a_tenant_has_as_many_extensions_as_its_quota_and_no_more() {
    let scene = Scene::new();
    scene.push("acme", "counter", "1", Kind::Wasm);
    scene.edit("acme", "extension-host", |row| {
        row["extensions"] = 20.into();
    });
    scene.push("acme", "greeter", "1", Kind::Wasm);
    assert!(problem(&scene).1.contains("20 extensions"));
    assert_eq!(rows(&scene, "extension#").len(), 1);
    // Another version of one that is there is no other extension.
    scene.push("acme", "counter", "2", Kind::Wasm);
    assert_eq!(scene.upload_state("acme", "counter"), json!("done"));
}

#[test]
fn what_the_platform_can_not_provide_for_is_no_fault_of_the_package() {
    let scene = Scene::new();
    scene
        .world
        .faults()
        .always(Fault::Unavailable, |call| call.operation == "CreateRole");
    let package = Scene::package(&Scene::manifest("greeter", "1", Kind::Wasm), "main.wasm");
    let engines = scene.world.engines();
    let key = "uploads/acme/greeter/upl_000000000000000000000000000000ff.zip";
    engines.put_object(
        testkit::engine::EXTENSIONS_BUCKET,
        key,
        "application/zip",
        package,
    );
    let told = json!({ "Records": [{ "s3": { "object": { "key": key } } }] });
    let failed: Value = scene.done(&told);
    assert_eq!(
        failed,
        json!({ "batchItemFailures": [{ "itemIdentifier": "1" }] })
    );
    let upload = scene.upload("acme", "greeter");
    assert_eq!(
        (&upload["state"], &upload["step"]),
        (&json!("registering"), &json!("compiled"))
    );
    scene.world.faults().heal();
    assert_eq!(scene.done(&told), json!({ "batchItemFailures": [] }));
    assert_eq!(scene.upload_state("acme", "greeter"), json!("done"));
}
