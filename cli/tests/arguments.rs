//! What can be said to the program.
#![allow(
    clippy::unwrap_used,
    reason = "a test stops where something is not as it says"
)]

use std::path::Path;

use clap::{CommandFactory as _, Parser as _};
use fairlead_cli::{
    Settings,
    args::{
        Cli, Command, DeadLetters, Definitions, Erasures, EventTypes, Events, Extensions,
        IdentifierRules, Output, Receipts, Rejected, WriteKeys, Written,
    },
    run_as,
};

fn refused(arguments: &[&str]) -> String {
    let error = Cli::try_parse_from(arguments).unwrap_err();
    assert_eq!(error.exit_code(), 2);
    error.to_string()
}

#[test]
fn the_arguments_hold_together() {
    Cli::command().debug_assert();
}

#[test]
fn a_member_is_json_if_it_is_and_text_otherwise() {
    let arguments = "fairlead partners put chandlery --if-version 2 --set requests_per_minute=3000 --output json";
    let mut arguments: Vec<&str> = arguments.split(' ').collect();
    arguments.extend(["--set", "display_name=The Chandlery"]);
    let cli = Cli::try_parse_from(arguments).unwrap();
    assert_eq!(cli.global.output, Output::Json);
    let Command::Partners(Definitions::Put { name, written }) = cli.command else {
        panic!("it is another command");
    };
    let Written {
        members,
        if_version,
        ..
    } = written;
    assert_eq!((name.as_str(), if_version), ("chandlery", Some(2)));
    assert_eq!(members[0], ("requests_per_minute".to_owned(), 3000.into()));
    assert_eq!(
        members[1],
        ("display_name".to_owned(), "The Chandlery".into())
    );
}

#[test]
fn of_the_rules_for_identifiers_there_is_one_set_which_has_no_name() {
    let words = r#"fairlead identifier-rules put --if-version 3 --set limits={"email":20}"#;
    let cli = Cli::try_parse_from(words.split(' ')).unwrap();
    let Command::IdentifierRules(IdentifierRules::Put { written }) = cli.command else {
        panic!("it is another command");
    };
    assert_eq!(written.if_version, Some(3));
    let limits = ("limits".to_owned(), serde_json::json!({ "email": 20 }));
    assert_eq!(written.members, [limits]);
    refused(&["fairlead", "identifier-rules", "list"]);
    refused(&["fairlead", "identifier-rules", "show", "some"]);
}

#[test]
fn a_write_key_is_made_for_a_partner_and_revoked_by_its_name() {
    let arguments = "fairlead write-keys revoke chandlery wky_1";
    let cli = Cli::try_parse_from(arguments.split(' ')).unwrap();
    let Command::WriteKeys(WriteKeys::Revoke { partner, id }) = cli.command else {
        panic!("it is another command");
    };
    assert_eq!((partner.as_str(), id.as_str()), ("chandlery", "wky_1"));
    let partner = refused(&["fairlead", "write-keys", "create"]);
    assert!(partner.contains("<PARTNER>"), "{partner}");
    refused(&["fairlead", "write-keys", "put", "chandlery"]);
}

#[test]
fn a_folder_is_pushed_to_run_on_what_is_said() {
    let words = "fairlead extension push ./greeter --tenant acme --on profile.updated.v1 --on com.acme.sold.v1";
    let cli = Cli::try_parse_from(words.split(' ')).unwrap();
    assert_eq!(cli.global.tenant.as_deref(), Some("acme"));
    let Command::Extension(Extensions::Push(pushed)) = cli.command else {
        panic!("it is another command");
    };
    assert_eq!(pushed.folder, Path::new("./greeter"));
    assert_eq!(pushed.on, ["profile.updated.v1", "com.acme.sold.v1"]);
    let words = "fairlead extension logs greeter --since 2026-01-15T09:00:00Z";
    let cli = Cli::try_parse_from(words.split(' ')).unwrap();
    let Command::Extension(Extensions::Logs { name, since, limit }) = cli.command else {
        panic!("it is another command");
    };
    assert_eq!((name.as_str(), limit), ("greeter", 100));
    assert_eq!(since.as_deref(), Some("2026-01-15T09:00:00Z"));
    let version = refused(&["fairlead", "extension", "activate", "greeter"]);
    assert!(version.contains("<VERSION>"), "{version}");
}

#[test]
fn what_is_missing_or_wrong_is_named() {
    let partner = refused(&["fairlead", "clients", "create", "chandlery"]);
    assert!(partner.contains("--agreement"), "{partner}");
    let member = refused(&["fairlead", "tenants", "put", "harbour", "--set", "x"]);
    assert!(member.contains("MEMBER=VALUE"), "{member}");
    refused(&["fairlead", "letters", "list"]);
}

#[test]
fn events_are_asked_about_by_their_partner() {
    let arguments = "fairlead events rejected resubmit rej_1 --partner chandlery --file order.json";
    let cli = Cli::try_parse_from(arguments.split(' ')).unwrap();
    let Command::Events(Events::Rejected(Rejected::Resubmit { one, file })) = cli.command else {
        panic!("it is another command");
    };
    assert_eq!(file.as_deref(), Some(Path::new("order.json")));
    assert_eq!(
        (one.partner.as_str(), one.id.as_str()),
        ("chandlery", "rej_1")
    );
    let partner = refused(&["fairlead", "events", "replay"]);
    assert!(partner.contains("--partner"), "{partner}");
    let arguments = "fairlead event-types show com.example.a.v1 --revision 3";
    let cli = Cli::try_parse_from(arguments.split(' ')).unwrap();
    let Command::EventTypes(EventTypes::Show { revision, .. }) = cli.command else {
        panic!("it is another command");
    };
    assert_eq!(revision, Some(3));
    let file = refused(&["fairlead", "event-types", "put", "com.example.a.v1"]);
    assert!(file.contains("--file"), "{file}");
}

#[test]
fn an_erasure_is_asked_for_in_a_case() {
    let arguments = "fairlead erasures request prf_1 --case desk/17";
    let cli = Cli::try_parse_from(arguments.split(' ')).unwrap();
    let Command::Erasures(Erasures::Request { profile, case }) = cli.command else {
        panic!("it is another command");
    };
    assert_eq!((profile.as_str(), case.as_str()), ("prf_1", "desk/17"));
    let case = refused(&["fairlead", "erasures", "request", "prf_1"]);
    assert!(case.contains("--case"), "{case}");
}

#[test]
fn receipts_are_asked_for_since_a_moment_and_counted_of_all_partners_unless_one_is_named() {
    let read = |words: &str| {
        let words = format!("fairlead receipts {words}");
        let cli = Cli::try_parse_from(words.split(' ')).unwrap();
        let Command::Receipts(receipts) = cli.command else {
            panic!("it is another command");
        };
        receipts
    };
    let Receipts::Summary {
        partner,
        span,
        by_day,
    } = read("summary --from 2026-01-01T00:00:00Z")
    else {
        panic!("it is no summary");
    };
    assert_eq!((partner, span.to, by_day), (None, None, false));
    assert_eq!(span.from, "2026-01-01T00:00:00Z");
    let one = read("summary --from 2026-01-01T00:00:00Z --partner chandlery --by-day");
    assert!(
        matches!(one, Receipts::Summary { partner: Some(name), by_day: true, .. } if name == "chandlery")
    );
    let from = refused(&["fairlead", "receipts", "summary"]);
    assert!(from.contains("--from"), "{from}");
    let list = [
        "fairlead",
        "receipts",
        "list",
        "--from",
        "2026-01-01T00:00:00Z",
    ];
    let partner = refused(&list);
    assert!(partner.contains("--partner"), "{partner}");
}

#[test]
fn of_dead_letters_either_some_are_named_or_all_are_meant() {
    let redrive = |words: &str| {
        let words = format!("fairlead dlq redrive {words}");
        let cli = Cli::try_parse_from(words.split(' ')).unwrap();
        let Command::Dlq(DeadLetters::Redrive { messages, all, .. }) = cli.command else {
            panic!("it is another command");
        };
        (messages, all)
    };
    let named = vec!["m-1".to_owned(), "m-2".to_owned()];
    assert_eq!(redrive("parking m-1 m-2"), (named, false));
    assert_eq!(redrive("parking --all"), (Vec::new(), true));
    let none = refused(&["fairlead", "dlq", "redrive", "parking"]);
    assert!(none.contains("MESSAGE"), "{none}");
    refused(&["fairlead", "dlq", "redrive", "parking", "m-1", "--all"]);
}

#[test]
fn every_shell_gets_its_completions() {
    for shell in ["bash", "zsh", "fish"] {
        let cli = Cli::try_parse_from(["fairlead", "completions", shell]).unwrap();
        let mut out = Vec::new();
        run_as(cli, &Settings::default(), &mut out).unwrap();
        let script = String::from_utf8(out).unwrap();
        assert!(script.contains("agreements"), "{shell}: {script}");
        assert!(script.contains("redrive"), "{shell}: {script}");
    }
}

#[test]
fn without_a_url_it_says_how_to_set_one() {
    let cli = Cli::try_parse_from(["fairlead", "tenants", "list"]).unwrap();
    let failure = run_as(cli, &Settings::default(), &mut Vec::new()).unwrap_err();
    insta::assert_snapshot!(failure, @"It is not known which: pass --url, set FAIRLEAD_URL, or write it into config.json.");
    assert_eq!(failure.exit_code(), 2);
}

#[test]
fn whoever_is_not_signed_in_is_told_how_to() {
    let cli = Cli::try_parse_from(["fairlead", "whoami"]).unwrap();
    let failure = run_as(cli, &Settings::default(), &mut Vec::new()).unwrap_err();
    insta::assert_snapshot!(failure, @"Nobody is signed in: run `fairlead login`, or set FAIRLEAD_TOKEN.");
    assert_eq!(failure.exit_code(), 3);
}
