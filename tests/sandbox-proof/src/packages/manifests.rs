//! Packages that ask for more than they may have by what they say of themselves.

use std::collections::BTreeMap;

use extension::pack;

use super::{MANIFEST, package};
use crate::{attack::Attack, neighbour};

pub(super) fn all() -> Vec<Attack> {
    let of = |name, told, files: &[(&str, &[u8])]| {
        let files: BTreeMap<String, Vec<u8>> = files
            .iter()
            .map(|(name, content)| ((*name).to_owned(), content.to_vec()))
            .collect();
        package(name, told, pack(&files))
    };
    let module = neighbour::module();
    let longer = |more: &str| format!("{MANIFEST}{more}").into_bytes();
    vec![
        of("no manifest", "it is missing", &[("greeter.wasm", &module)]),
        of(
            "a manifest in a folder",
            "pack what is in the folder",
            &[("greeter/extension.toml", MANIFEST.as_bytes())],
        ),
        of(
            "a manifest of a MiB",
            "it has more than 65536 bytes",
            &[("extension.toml", &vec![b'#'; 1 << 20])],
        ),
        of(
            "a manifest in no alphabet",
            "it is not in UTF-8",
            &[("extension.toml", b"\xff\xfe")],
        ),
        of(
            "a manifest of a thousand tables within each other",
            "is no TOML",
            &[(
                "extension.toml",
                longer(&format!("a = {}", "[".repeat(1000))).as_slice(),
            )],
        ),
        of(
            "a module that is not there",
            "there is no file greeter.wasm",
            &[("extension.toml", MANIFEST.as_bytes())],
        ),
        of(
            "a role that it would like",
            "unknown field",
            &[
                (
                    "extension.toml",
                    longer("role = \"arn:aws:iam::1:role/admin\"").as_slice(),
                ),
                ("greeter.wasm", &module),
            ],
        ),
        of(
            "more memory than any code has",
            "from 1 to 256",
            &[
                (
                    "extension.toml",
                    longer("limits.memory_mib = 100000").as_slice(),
                ),
                ("greeter.wasm", &module),
            ],
        ),
        of(
            "events that are the platform's to tell",
            "a type has 1 to 128",
            &[
                (
                    "extension.toml",
                    longer("output.events = [\"dev.fairlead.profile.erased.v1\"]").as_slice(),
                ),
                ("greeter.wasm", &module),
            ],
        ),
        of(
            "a schema that is fetched from elsewhere",
            "it is no JSON Schema 2020-12 that stands for itself",
            &[
                (
                    "extension.toml",
                    longer("output.schema = { \"$ref\" = \"http://169.254.169.254/\" }").as_slice(),
                ),
                ("greeter.wasm", &module),
            ],
        ),
        of(
            "the tenant that it would like to be",
            "unknown field",
            &[
                ("extension.toml", longer("tenant = \"trent\"").as_slice()),
                ("greeter.wasm", &module),
            ],
        ),
    ]
}
