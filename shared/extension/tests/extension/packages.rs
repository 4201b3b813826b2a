//! Reading packages. What is refused in them, tests/sandbox-proof tries.

use std::collections::BTreeMap;

use extension::{LARGEST_CONTENT, MANIFEST, Package, pack};
use proptest::prelude::*;

const WASM: &str = r#"
    name = "greeter"
    version = "1"
    kind = "wasm"
    code = "lib/greeter.wasm"
    events = ["com.acme.order.placed.v1"]
"#;

const LAMBDA: &str = r#"
    name = "greeter"
    version = "1"
    kind = "lambda"
    events = ["com.acme.order.placed.v1"]
    [lambda]
    runtime = "python3.13"
    handler = "main.handle"
"#;

fn files(of: &[(&str, &[u8])]) -> BTreeMap<String, Vec<u8>> {
    of.iter()
        .map(|(name, content)| ((*name).to_owned(), content.to_vec()))
        .collect()
}

#[test]
fn a_module_is_the_code_that_the_manifest_names() {
    let archive = pack(&files(&[
        (MANIFEST, WASM.as_bytes()),
        ("lib/greeter.wasm", b"\0asm"),
        ("README", b"x"),
    ]));
    let package = Package::read(&archive).unwrap();
    assert_eq!(package.manifest().name().as_str(), "greeter");
    assert_eq!(package.code(), b"\0asm");
    assert_eq!(package.files().len(), 2);
}

#[test]
fn code_of_a_managed_runtime_is_all_files_but_the_manifest_packed_anew() {
    let code = files(&[
        ("main.py", b"def handle(event, context): pass"),
        ("lib/__init__.py", b""),
    ]);
    let mut all = code.clone();
    all.insert(MANIFEST.to_owned(), LAMBDA.as_bytes().to_vec());
    let package = Package::read(&pack(&all)).unwrap();
    assert_eq!(package.code(), pack(&code));
}

#[test]
fn the_same_files_are_the_same_package() {
    let one = pack(&files(&[("a", b"1"), ("b", b"2")]));
    assert_eq!(one, pack(&files(&[("b", b"2"), ("a", b"1")])));
    assert_ne!(one, pack(&files(&[("b", b"3"), ("a", b"1")])));
}

#[test]
fn what_is_wrong_with_the_manifest_is_told_whole() {
    let archive = pack(&files(&[(MANIFEST, b"name = 5\nkind = \"docker\"")]));
    assert_eq!(Package::read(&archive).unwrap_err().len(), 4);
}

fn good() -> Vec<u8> {
    pack(&files(&[
        (MANIFEST, WASM.as_bytes()),
        ("lib/greeter.wasm", b"\0asm of some length"),
        ("a", &[7; 500]),
    ]))
}

proptest! {
    #[test]
    fn whatever_files_there_are_they_are_read_as_they_were(
        names in proptest::collection::btree_set("[a-z]{1,8}(/[a-z]{1,8}){0,3}\\.[a-z]{1,3}", 1..12),
        content in proptest::collection::vec(any::<u8>(), 0..2000),
    ) {
        let mut all = files(&[(MANIFEST, LAMBDA.as_bytes())]);
        for name in &names {
            all.insert(name.clone(), content.clone());
        }
        let package = Package::read(&pack(&all)).unwrap();
        all.remove(MANIFEST);
        prop_assert_eq!(package.files(), &all);
    }

    #[test]
    fn whatever_byte_is_changed_nothing_else_is_read_of_it(at in any::<prop::sample::Index>(), to in 1_u8..) {
        let sound = Package::read(&good()).unwrap();
        let mut archive = good();
        let at = at.index(archive.len());
        archive[at] ^= to;
        if let Ok(package) = Package::read(&archive) {
            // A time or a version was changed, at which nobody looks; or the name of a file that nobody named.
            prop_assert_eq!(package.manifest(), sound.manifest());
            prop_assert_eq!(package.code(), sound.code());
        }
    }

    #[test]
    fn whatever_is_cut_off_or_put_in_it_is_read_within_bounds_or_refused(
        cut in any::<prop::sample::Index>(), more in proptest::collection::vec(any::<u8>(), 0..200)
    ) {
        let mut archive = good();
        let at = cut.index(archive.len());
        archive.splice(at..at, more);
        if let Ok(package) = Package::read(&archive) {
            let whole: usize = package.files().values().map(Vec::len).sum();
            prop_assert!(whole as u64 <= LARGEST_CONTENT);
        }
    }
}
