//! One name everywhere.

use std::path::Path;

use crate::{
    between,
    dependencies::{folder, packages},
    each, files, read, section, text,
};

#[test]
fn a_function_has_one_name_everywhere() {
    let stacks: String = files("cdk/lib", &[".ts"])
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    let readme = read("README.md");
    let mut listed = between(section(&readme, "## The flow"), "\n| [", "]");
    for package in packages()
        .iter()
        .filter(|package| folder(package).starts_with("functions"))
    {
        let name = text(&package["name"]);
        assert_eq!(folder(package), Path::new("functions").join(name));
        let binaries = each(&package["targets"]).filter(|target| text(&target["kind"][0]) == "bin");
        assert_eq!(
            binaries
                .map(|binary| text(&binary["name"]))
                .collect::<Vec<_>>(),
            [name]
        );
        assert!(
            stacks.contains(&format!("'{name}'")),
            "no stack of the CDK app has {name}"
        );
        assert!(
            listed.contains(&name),
            "the README's table does not list {name}"
        );
        listed.retain(|other| *other != name);
    }
    assert!(
        listed.is_empty(),
        "the README's table lists {listed:?}, which are no functions"
    );
}
