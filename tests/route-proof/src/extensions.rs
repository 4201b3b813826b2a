//! A tenant's own code, as it is on record.

use serde_json::{Value, json};
use testkit::World;

/// What it is called.
pub(crate) const NAME: &str = "greeter";

/// The upload that one version of it came by.
pub(crate) const UPLOAD: &str = "upl_0198f2a0c1d27e3f8a4b5c6d7e8f9012";

/// The tenant has an extension, of which one version runs and another one ran before.
pub(crate) fn add(world: &World, tenant: &str) {
    world.put_row("directory", extension(tenant));
    for version in ["1", "2"] {
        world.put_row("directory", version_of(tenant, version));
    }
    let key = format!("extension-upload#{tenant}#{NAME}#{UPLOAD}");
    world.put_row(
        "ledger",
        json!({
            "key": key, "state": "done", "version": "2", "by": "operator",
            "created_at": "2026-01-14T09:00:00Z", "expires_at": 1_900_000_000,
        }),
    );
}

fn extension(tenant: &str) -> Value {
    json!({
        "tenant": tenant, "part": format!("extension#{NAME}"), "name": NAME, "state": "active",
        "active": "2", "previous": "1", "kind": "wasm", "events": ["com.example.seen.v1"],
        "ordered": false, "timeout_ms": 1_000, "revision": 2, "told": 2,
        "created_at": "2026-01-14T09:00:00Z", "changed_at": "2026-01-14T09:00:00Z",
        "changed_by": "operator", "last_request": "an earlier request",
    })
}

fn version_of(tenant: &str, version: &str) -> Value {
    let manifest = json!({
        "name": NAME, "version": version, "kind": "wasm", "code": "main.wasm",
        "events": ["com.example.seen.v1"], "ordered": false,
        "limits": { "timeout_ms": 1_000, "memory_mib": 64 },
        "output": { "events": [], "traits": [] },
        "needs": { "clock": false, "random": false },
    });
    json!({
        "tenant": tenant, "part": format!("extension-version#{NAME}#{version}"), "name": NAME,
        "version": version, "state": "ready", "manifest": manifest.to_string(), "digest": "00",
        "package_key": format!("packages/{tenant}/{NAME}/00.zip"), "upload": UPLOAD,
        "created_at": "2026-01-14T09:00:00Z", "revision": 2,
    })
}

/// What is asked of an extension beside its name.
pub(crate) fn body(route: &str) -> Option<Value> {
    match route.rsplit('/').next() {
        Some("uploads") if route.starts_with("POST ") => {
            Some(json!({ "bytes": 1, "sha256": "0a".repeat(32) }))
        }
        Some("activate") => Some(json!({ "version": "1" })),
        _ => None,
    }
}
