//! What no source file may have.

use crate::files;

const LONGEST: usize = 400;

/// The crates that hold rules.
const DOMAINS: [&str; 22] = [
    "access",
    "audience",
    "cloudevent",
    "configuration",
    "consent",
    "contact",
    "dataset",
    "dead-letter",
    "event",
    "flow",
    "house",
    "identity",
    "intake",
    "notification",
    "payload",
    "profile",
    "salesforce",
    "segment",
    "session",
    "subscription",
    "tenancy",
    "webhook",
];

#[test]
fn no_source_file_is_longer_than_it_can_be_read() {
    for (path, text) in files("", &[".rs", ".ts"]) {
        let lines = text.lines().count();
        assert!(
            lines <= LONGEST,
            "{path} has {lines} lines; make two rooms of it"
        );
    }
}

#[test]
fn nothing_is_left_for_later() {
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME")];
    for (path, text) in files("", &[".rs", ".ts", ".md", ".toml", ".sh"]) {
        for mark in marks {
            assert!(!text.contains(mark), "{path} has a {mark}");
        }
    }
}

#[test]
fn domain_crates_name_the_aws_sdk_only_in_their_aws_module() {
    for domain in DOMAINS {
        let folder = format!("shared/{domain}/src");
        let aws = [format!("{folder}/aws.rs"), format!("{folder}/aws/")];
        for (path, text) in files(&folder, &[".rs"]) {
            let may = aws.iter().any(|aws| path.starts_with(aws));
            assert!(
                may || !text.contains("aws_sdk_"),
                "{path} names the AWS SDK; its place is in {folder}/aws"
            );
        }
    }
}

#[test]
fn only_the_developers_commands_and_the_tests_know_the_local_stack() {
    for folder in ["functions", "shared"] {
        for (path, text) in files(folder, &[".rs", ".toml"]) {
            assert!(
                !text.to_lowercase().contains("ministack"),
                "{path} knows the local stack"
            );
        }
    }
}
