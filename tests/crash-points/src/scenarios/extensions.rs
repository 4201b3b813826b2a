//! Tenants' own code.

use std::time::Duration;

use serde_json::Value;
use testkit::{World, explore::Scenario};

use crate::actors::extensions;

/// A module is compiled, over code that somebody put into its place.
pub(super) struct ModuleCompiled;

impl Scenario for ModuleCompiled {
    fn name(&self) -> &'static str {
        "module-compiled"
    }

    fn setup(&self, world: &World) {
        extensions::upload_module(world);
        extensions::put_foreign_code(world);
        world.advance(Duration::from_mins(1));
    }

    async fn run(&self, world: &World) -> Value {
        extensions::compile(world).await
    }
}
