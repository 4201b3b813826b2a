//! The executable under Lambda's Runtime API: its answer, its rows, and what it prints.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use serde_json::json;
use testkit::{
    canary::{assert_discreet, assert_names_what_is_missing},
    engine::variables,
    runtime_host::{FunctionError, RuntimeHost},
};

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_identity-reconcile");
const VARIABLES: [&str; 6] = [
    "USER_POOL_ID",
    "PROFILES_TABLE",
    "IDENTIFIERS_TABLE",
    "IDENTIFIER_KEY",
    "DIRECTORY_TABLE",
    "LEDGER_TABLE",
];

fn host(changed: &[(&str, &str)]) -> RuntimeHost {
    let changed = changed
        .iter()
        .chain(&[("LOG_LEVEL", "trace")])
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let host =
        RuntimeHost::start(EXECUTABLE, variables(VARIABLES).into_iter().chain(changed)).unwrap();
    let pool = host.engines().user_pool();
    let user = pool.sign_up("mail@canary.example", "canary").unwrap();
    pool.confirm(&user).unwrap();
    pool.set_attribute(&user, "phone_number", "+4930901820");
    pool.set_attribute(&user, "given_name", "Canary Given");
    host
}

#[test]
fn the_executable_makes_what_is_missing_and_counts_it() {
    let host = host(&[]);
    let done = json!({
        "users": 1, "made": 1, "renewed": 0, "failed": 0,
        "looked_for": 0, "taken_off": 0, "left_on": 0, "finished": true,
    });
    assert_eq!(
        host.invoke(&json!({ "source": "aws.events" })).unwrap(),
        done
    );
    let lines = host.stop();
    assert!(
        lines
            .iter()
            .any(|line| line.contains("\"profiles_made\":1")),
        "{lines:?}"
    );
    assert_discreet(&lines);
}

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}

#[test]
fn nothing_personal_is_printed_or_returned_when_a_service_refuses() {
    let wrong = [
        ("USER_POOL_ID", "eu-central-1_Absent"),
        ("PROFILES_TABLE", "absent"),
        ("IDENTIFIERS_TABLE", "absent"),
        ("LEDGER_TABLE", "absent"),
    ];
    for changed in wrong {
        let host = host(&[changed]);
        let answer = host.invoke(&json!({}));
        let lines = host.stop();
        assert_discreet(&lines);
        // A profile that can't be made is counted, and everything else is a failure of the run.
        match answer {
            Ok(done) => assert_eq!((&done["made"], &done["failed"]), (&json!(0), &json!(1))),
            Err(FunctionError::Returned { message, .. }) => assert_discreet([&message]),
            Err(other) => panic!("{other}"),
        }
    }
}
