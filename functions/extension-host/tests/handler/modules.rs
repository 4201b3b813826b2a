//! WebAssembly, as it is deployed: compiled before, sealed, and loaded once.

use lambda_kit::aws::CallBudget;
use sandbox::{CodeId, CodeSealer};
use serde_json::json;
use testkit::engine::EXTENSION_MAC_KEY;

use crate::scene::Scene;

/// Answers with a trait, whatever its event is.
const GREETER: &str = r#"
(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "{\"traits\":{\"greeting\":\"Hello\"}}")
  (func (export "_start")
    (i32.store (i32.const 0) (i32.const 16))
    (i32.store (i32.const 4) (i32.const 31))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
"#;

/// Never ends.
const LOOPS: &str =
    r#"(module (memory (export "memory") 1) (func (export "_start") (loop (br 0))))"#;

/// Compiles a module, and puts it where the host reads it.
fn registers(scene: &Scene, text: &str) {
    let module = wat::parse_str(text).unwrap();
    let compiled = sandbox::compile(&module).unwrap();
    let id = CodeId {
        tenant: "harbour".to_owned(),
        extension: "greeter".to_owned(),
        module: "00".to_owned(),
    };
    let world = &scene.world;
    let kms = CodeSealer::new(&world.sdk_config(&CallBudget::BATCH), EXTENSION_MAC_KEY);
    let sealed = world.block_on(kms.seal(&id, &compiled)).unwrap();
    let key = id.compiled_key();
    world
        .engines()
        .put_object("extensions", &key, "application/octet-stream", sealed);
    scene.version(
        &json!({
            "kind": "wasm", "code": "greeter.wasm",
            "limits": { "timeout_ms": 50, "memory_mib": 16 },
        }),
        &json!({ "wasm": { "module_sha256": "00", "code_key": id.module_key(), "compiled_key": key } }),
    );
}

#[test]
fn a_module_runs_in_the_host_and_what_it_took_is_told() {
    let scene = Scene::new();
    registers(&scene, GREETER);
    let message = scene.message("1");
    assert_eq!(scene.brings(std::slice::from_ref(&message)), 0);
    let told = scene.told("finished");
    let data = &told[0].detail["data"];
    assert_eq!(data["outcome"], "success");
    assert!(data["fuel"].as_u64().unwrap() > 0 && data["memory_bytes"] == 65_536);
    assert_eq!(scene.answered(&message)["traits"]["greeting"], "Hello");
}

#[test]
fn a_module_that_never_ends_is_stopped_and_its_neighbours_run() {
    let scene = Scene::new();
    registers(&scene, LOOPS);
    assert_eq!(scene.brings(&[scene.message("1")]), 0);
    let told = scene.told("finished");
    assert_eq!(told[0].detail["data"]["error"], "out-of-time");
    assert_eq!(scene.dead_letters()[0].attributes["cause"], "out-of-time");
    let standing = scene.ledger("extension-breaker#");
    let failures = &standing["circuit"]["failures"];
    assert_eq!(
        failures, 2,
        "what does the same each time is tried once more: {standing}"
    );
}

#[test]
fn what_is_under_no_seal_is_never_loaded() {
    let scene = Scene::new();
    registers(&scene, GREETER);
    let objects = scene.world.objects("extensions");
    let mut tampered = objects[0].body.to_vec();
    let last = tampered.len() - 1;
    tampered[last] ^= 1;
    let engines = scene.world.engines();
    engines.put_object(
        "extensions",
        &objects[0].key,
        "application/octet-stream",
        tampered,
    );
    assert_eq!(
        scene.brings(&[scene.message("1")]),
        1,
        "it stays in the queue"
    );
    assert!(scene.told("finished").is_empty());
}
