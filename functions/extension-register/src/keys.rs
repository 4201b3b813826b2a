//! Where what belongs to a version lies in the bucket.

use std::collections::BTreeSet;

use extension::{
    Kind,
    registry::{CodeAt, ExtensionVersion},
};
use tenancy::{ExtensionName, TenantId};

/// Of a package.
pub(crate) fn package(tenant: &TenantId, extension: &ExtensionName, digest: &str) -> String {
    format!("packages/{tenant}/{extension}/{digest}.zip")
}

/// Of what is run: a module, or an archive of what a function is made of.
pub(crate) fn code(
    tenant: &TenantId,
    extension: &ExtensionName,
    kind: Kind,
    digest: &str,
) -> String {
    let ending = match kind {
        Kind::Wasm => "wasm",
        Kind::Lambda => "zip",
    };
    format!("code/{tenant}/{extension}/{digest}.{ending}")
}

/// Below what a module's compiled forms lie; for which engine each is follows.
fn compiled(tenant: &TenantId, extension: &ExtensionName, digest: &str) -> String {
    format!("compiled/{tenant}/{extension}/{digest}")
}

/// All that lies of an extension.
pub(crate) fn all_of(tenant: &TenantId, extension: &ExtensionName) -> [String; 4] {
    ["uploads", "packages", "code", "compiled"].map(|what| format!("{what}/{tenant}/{extension}/"))
}

/// All that lies of a version.
pub(crate) fn of(version: &ExtensionVersion) -> BTreeSet<String> {
    let mut keys = BTreeSet::from([version.package_key.clone()]);
    match &version.code {
        Some(CodeAt::Wasm {
            module_sha256,
            code_key,
            ..
        }) => {
            let compiled = compiled(&version.tenant, &version.name, module_sha256);
            keys.extend([code_key.clone(), compiled]);
        }
        Some(CodeAt::Lambda { code_key, .. }) => keys.extend([code_key.clone()]),
        None => {}
    }
    keys
}
