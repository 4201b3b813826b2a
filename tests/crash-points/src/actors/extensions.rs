//! What compiles tenants' own code.

use lambda_kit::{aws::CallBudget, objects::ObjectWriter};
use sandbox::{CodeId, module_digest};
use serde_json::{Value, json};
use testkit::{World, delivery, engine::EXTENSIONS_BUCKET};

/// A command that does nothing, as bytes: memory and `_start`, both exported.
const MODULE: &[u8] = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x05\x03\x01\0\x01\
\x07\x13\x02\x06memory\x02\0\x06_start\0\0\x0a\x04\x01\x02\0\x0b";

fn id() -> CodeId {
    CodeId {
        tenant: "harbour".to_owned(),
        extension: "greeter".to_owned(),
        module: module_digest(MODULE),
    }
}

fn put(world: &World, key: &str, bytes: &[u8]) {
    let writer = ObjectWriter::new(&world.sdk_config(&CallBudget::BATCH), EXTENSIONS_BUCKET);
    let created = world.block_on(writer.create(key, "application/octet-stream", bytes.to_vec()));
    created.expect("S3 is there");
}

/// The module of the harbour's greeter lies where extension-register puts it.
pub fn upload_module(world: &World) {
    put(world, &id().module_key(), MODULE);
}

/// Where its compiled code is to lie, there is code that nobody compiled here.
pub fn put_foreign_code(world: &World) {
    put(world, &id().compiled_key(), b"\x7fELF of somebody else's");
}

/// extension-register has it compiled, again until it is answered; the answer.
pub async fn compile(world: &World) -> Value {
    let id = id();
    let request = json!({
        "tenant": id.tenant,
        "extension": id.extension,
        "sha256": id.module,
        "code_key": id.module_key(),
    });
    let answer = delivery::schedule(world, &request, async |request, invocation| {
        use extension_compile::{App, handle};
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app = App::new(&world.environment(), &sdk, |module| {
            Ok(sandbox::compile(module))
        });
        handle(&app.expect("the environment is whole"), request, invocation).await
    });
    answer.await.expect("the module is compiled")
}
