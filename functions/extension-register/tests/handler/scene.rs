//! Tenants who push, and what they push.

use std::{cell::Cell, collections::BTreeMap, time::Duration};

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use extension::{pack, registry::UploadKey};
use extension_register::{App, handle};
use lambda_kit::aws::CallBudget;
use serde_json::{Value, json, value::to_raw_value};
use testkit::{
    World,
    engine::{ARTEFACTS_BUCKET, Behaviour, EXTENSION_COMPILE, EXTENSIONS_BUCKET},
};

/// How code is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Wasm,
    Ordered,
    Lambda,
}

/// A world in which things can be pushed.
pub(crate) struct Scene {
    pub(crate) world: World,
    pushed: Cell<u32>,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let world = World::new(1);
        let engines = world.engines();
        engines.put_object(
            ARTEFACTS_BUCKET,
            "extension-host.zip",
            "application/zip",
            "host",
        );
        engines.functions().behaves(EXTENSION_COMPILE, |module| {
            let [tenant, extension, sha256] =
                ["tenant", "extension", "sha256"].map(|name| module[name].as_str().unwrap());
            let key = format!("compiled/{tenant}/{extension}/{sha256}-1.cwasm");
            Behaviour::Returns(json!({ "compiled": { "key": key, "bytes": 5 } }))
        });
        for tenant in ["acme", "harbour", "acme-north"] {
            let purpose = json!({
                "tenant": tenant, "part": "purpose#newsletter", "display_name": "Letter",
                "legal_basis": "consent", "text_versions": ["2026-01"],
            });
            world.put_row("directory", purpose);
        }
        Self {
            world,
            pushed: Cell::new(0),
        }
    }

    /// A package that says this of itself, with a file.
    pub(crate) fn package(manifest: &str, file: &str) -> Vec<u8> {
        let files = BTreeMap::from([
            ("extension.toml".to_owned(), manifest.as_bytes().to_vec()),
            (file.to_owned(), manifest.as_bytes().to_vec()),
        ]);
        pack(&files)
    }

    pub(crate) fn manifest(name: &str, version: &str, kind: Kind) -> String {
        let code = match kind {
            Kind::Wasm => "kind = \"wasm\"\ncode = \"main.wasm\"\n",
            Kind::Ordered => "kind = \"wasm\"\ncode = \"main.wasm\"\nordered = true\n",
            Kind::Lambda => "kind = \"lambda\"\n",
        };
        let own = match kind {
            Kind::Lambda => {
                "[lambda]\nruntime = \"python3.13\"\nhandler = \"main.handle\"\n[limits]\ntimeout_ms = 1500\nmemory_mib = 256\n"
            }
            _ => "",
        };
        format!(
            "name = \"{name}\"\nversion = \"{version}\"\n{code}events = [\"dev.fairlead.profile.updated.v1\"]\n\
             purpose = \"newsletter\"\n{own}"
        )
    }

    /// The tenant pushes an extension as what it is; where the package lies.
    pub(crate) fn push(&self, tenant: &str, name: &str, version: &str, kind: Kind) -> UploadKey {
        let manifest = Self::manifest(name, version, kind);
        let file = if kind == Kind::Lambda {
            "main.py"
        } else {
            "main.wasm"
        };
        self.push_bytes(tenant, name, Self::package(&manifest, file))
    }

    /// The tenant pushes these bytes under a name.
    pub(crate) fn push_bytes(&self, tenant: &str, name: &str, package: Vec<u8>) -> UploadKey {
        self.pushed.set(self.pushed.get() + 1);
        let id = format!("upl_{:032x}", self.pushed.get());
        let key: UploadKey = format!("uploads/{tenant}/{name}/{id}.zip").parse().unwrap();
        let engines = self.world.engines();
        engines.put_object(
            EXTENSIONS_BUCKET,
            &key.to_string(),
            "application/zip",
            package,
        );
        // One push comes after the other.
        self.world.advance(Duration::from_secs(61));
        self.told_of(&key);
        key
    }

    /// S3 tells of an upload.
    pub(crate) fn told_of(&self, key: &UploadKey) {
        let told = json!({ "Records": [{ "s3": { "object": { "key": key.to_string() } } }] });
        assert_eq!(self.done(&told), json!({ "batchItemFailures": [] }));
    }

    /// A task is in the queue; the answer.
    pub(crate) fn done(&self, body: &Value) -> Value {
        let sdk = self.world.sdk_config(&CallBudget::BATCH);
        let app = App::new(&self.world.environment(), &sdk, self.world.clock()).unwrap();
        let event = json!({ "Records": [{ "messageId": "1", "body": body.to_string() }] });
        let event = to_raw_value(&event).unwrap();
        let invocation = self.world.invocation(Duration::from_mins(5));
        let answer = self
            .world
            .block_on(handle(&app, &event, invocation))
            .unwrap();
        serde_json::to_value(answer).unwrap()
    }

    /// What is on record of the last upload.
    pub(crate) fn upload(&self, tenant: &str, name: &str) -> Value {
        let mut rows = self.world.rows("ledger").into_iter();
        let prefix = format!("extension-upload#{tenant}#{name}#");
        let of = |row: &Value| {
            row["key"]
                .as_str()
                .is_some_and(|key| key.starts_with(&prefix))
        };
        rows.rfind(of).unwrap()
    }

    pub(crate) fn upload_state(&self, tenant: &str, name: &str) -> Value {
        self.upload(tenant, name)["state"].clone()
    }

    /// Somebody changes a row of the directory.
    pub(crate) fn edit(&self, tenant: &str, part: &str, change: impl FnOnce(&mut Value)) {
        let rows = self.world.rows("directory");
        let is_it = |row: &&Value| row["tenant"] == tenant && row["part"] == part;
        let mut row = rows.iter().find(is_it).unwrap().clone();
        change(&mut row);
        self.world.put_row("directory", row);
    }

    /// A row of the directory is lost.
    pub(crate) fn forget(&self, tenant: &str, part: &str) {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let client = Client::new(&self.world.sdk_config(&CallBudget::BATCH));
        let deleted = client
            .delete_item()
            .table_name("directory")
            .key("tenant", text(tenant))
            .key("part", text(part));
        self.world.block_on(deleted.send()).unwrap();
    }

    /// The keys of what lies in the bucket.
    pub(crate) fn keys(&self) -> Vec<String> {
        let objects = self.world.objects(EXTENSIONS_BUCKET);
        objects.into_iter().map(|object| object.key).collect()
    }
}
