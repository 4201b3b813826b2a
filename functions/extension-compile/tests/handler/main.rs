//! Modules are compiled, or refused, on simulated AWS.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::time::Duration;

use extension_compile::{App, CompileError, CompileResponse, apart, handle};
use lambda_kit::{
    aws::CallBudget,
    objects::{Created, ObjectWriter},
};
use sandbox::{CodeId, CodeOpener, End, Input, Limits, Sandbox, Seed, Time, module_digest};
use serde_json::{Value, json, value::to_raw_value};
use testkit::{
    World,
    engine::{EXTENSION_MAC_KEY, EXTENSIONS_BUCKET},
};

const GOOD: &str = r#"(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 8) "\10\00\00\00\02\00\00\00{}")
  (func (export "_start") (drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 0)))))"#;

#[expect(
    clippy::unnecessary_wraps,
    reason = "it stands in for what works in a process apart"
)]
fn here(module: &[u8]) -> Result<Result<Vec<u8>, sandbox::Refusal>, apart::ApartError> {
    Ok(sandbox::compile(module))
}

fn id(module: &[u8]) -> CodeId {
    CodeId {
        tenant: "acme".to_owned(),
        extension: "greeter".to_owned(),
        module: module_digest(module),
    }
}

fn put(world: &World, key: &str, bytes: &[u8]) {
    let writer = ObjectWriter::new(&world.sdk_config(&CallBudget::BATCH), EXTENSIONS_BUCKET);
    let created = world.block_on(writer.create(key, "application/octet-stream", bytes.to_vec()));
    assert_eq!(created.unwrap(), Created::Now);
}

fn request(id: &CodeId) -> Value {
    json!({
        "tenant": id.tenant,
        "extension": id.extension,
        "sha256": id.module,
        "code_key": id.module_key(),
    })
}

fn call(world: &World, request: &Value) -> Result<CompileResponse, CompileError> {
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let app = App::new(&world.environment(), &sdk, here).unwrap();
    let event = to_raw_value(request).unwrap();
    let invocation = world.invocation(Duration::from_mins(1));
    world.block_on(handle(&app, &event, invocation))
}

fn object(world: &World, key: &str) -> Option<Vec<u8>> {
    let objects = world.objects(EXTENSIONS_BUCKET);
    let found = objects.into_iter().find(|object| object.key == key);
    found.map(|object| object.body.to_vec())
}

#[test]
fn what_was_compiled_lies_under_its_seal_and_runs() {
    let world = World::new(1);
    let module = wat::parse_str(GOOD).unwrap();
    let id = id(&module);
    put(&world, &id.module_key(), &module);
    let answer = call(&world, &request(&id)).unwrap();
    let sealed = object(&world, &id.compiled_key()).unwrap();
    let bytes = sealed.len();
    assert_eq!(
        answer,
        CompileResponse::Compiled {
            key: id.compiled_key(),
            bytes
        }
    );

    let opener = CodeOpener::new(&world.sdk_config(&CallBudget::BATCH), EXTENSION_MAC_KEY);
    let sandbox = Sandbox::new().unwrap();
    let code = sandbox
        .load(world.block_on(opener.open(id, &sealed)).unwrap())
        .unwrap();
    let input = Input {
        event: Vec::new(),
        time: Time::Standing(0),
        seed: Seed::of(&[]),
    };
    let outcome = sandbox.run(&code, input, &Limits::new(10_000, 1)).unwrap();
    assert_eq!(
        (outcome.end, outcome.output.as_slice()),
        (End::Answered, &b"{}"[..])
    );
}

#[test]
fn what_is_there_already_is_not_compiled_again() {
    let world = World::new(1);
    let module = wat::parse_str(GOOD).unwrap();
    let id = id(&module);
    put(&world, &id.module_key(), &module);
    let first = call(&world, &request(&id)).unwrap();
    let calls = world.trace().len();
    assert_eq!(call(&world, &request(&id)).unwrap(), first);
    // It is read, and its seal looked at.
    assert_eq!(world.trace().len() - calls, 2);
}

#[test]
fn what_lies_there_under_no_seal_of_ours_is_made_anew() {
    let world = World::new(1);
    let module = wat::parse_str(GOOD).unwrap();
    let id = id(&module);
    put(&world, &id.module_key(), &module);
    put(&world, &id.compiled_key(), b"\x7fELF of somebody else's");
    call(&world, &request(&id)).unwrap();
    let sealed = object(&world, &id.compiled_key()).unwrap();
    let opener = CodeOpener::new(&world.sdk_config(&CallBudget::BATCH), EXTENSION_MAC_KEY);
    assert!(world.block_on(opener.open(id, &sealed)).is_ok());
}

#[test]
fn what_is_refused_is_told_with_everything_that_is_wrong_and_leaves_nothing() {
    let world = World::new(1);
    let module = wat::parse_str(
        r#"(module (import "env" "one" (func)) (import "env" "two" (func)) (memory (export "memory") 1))"#,
    );
    let module = module.unwrap();
    let id = id(&module);
    put(&world, &id.module_key(), &module);
    let answer = call(&world, &request(&id)).unwrap();
    let CompileResponse::Refused { problems } = answer else {
        panic!("it was compiled");
    };
    assert!(
        problems.len() == 3 && problems[0].contains("env.one") && problems[2].contains("_start"),
        "{problems:?}"
    );
    assert_eq!(object(&world, &id.compiled_key()), None);
}

#[test]
fn what_is_not_the_module_of_the_request_is_not_compiled() {
    let world = World::new(1);
    let module = wat::parse_str(GOOD).unwrap();
    let id = id(&module);
    assert!(matches!(
        call(&world, &request(&id)),
        Err(CompileError::Missing)
    ));
    put(&world, &id.module_key(), b"another");
    assert!(matches!(
        call(&world, &request(&id)),
        Err(CompileError::AnotherModule)
    ));
    for (field, value) in [
        ("tenant", "trent"),
        ("extension", "other"),
        ("sha256", "../../etc"),
        ("code_key", "code/trent/greeter/0.wasm"),
    ] {
        let mut request = request(&id);
        request[field] = value.into();
        assert!(
            matches!(call(&world, &request), Err(CompileError::Unreadable)),
            "{field}"
        );
    }
}
