//! What is built of each package.

use std::{fs, path::Path};

use crate::{
    dependencies::{folder, packages},
    each, files, root, text,
};

/// How unit tests begin.
const WITHIN: &str = "cfg(test)";

/// A harness costs as much to link as a function: those without a test are most of them.
#[test]
fn whoever_has_unit_tests_has_them_built_and_nobody_else() {
    for package in packages() {
        let sources = folder(&package).join("src");
        let anywhere = root().join(&sources).is_dir()
            && files(sources.to_str().unwrap(), &[".rs"])
                .iter()
                .any(|(_, source)| source.contains(WITHIN));
        let is_kind = |target: &serde_json::Value, kind: &str| {
            each(&target["kind"]).any(|is| text(is) == kind)
        };
        let has_library = each(&package["targets"]).any(|target| is_kind(target, "lib"));
        for target in each(&package["targets"]) {
            let has_tests = if is_kind(target, "lib") {
                anywhere
            } else if is_kind(target, "bin") {
                let own = fs::read_to_string(Path::new(text(&target["src_path"]))).unwrap();
                own.contains(WITHIN) || (anywhere && !has_library)
            } else {
                continue;
            };
            assert_eq!(
                target["test"],
                has_tests,
                "{}: `test = false` has to be where no unit test is, and nowhere else",
                text(&target["name"])
            );
        }
    }
}
