//! The executable under Lambda's Runtime API: its variables.

use testkit::canary::assert_names_what_is_missing;

const EXECUTABLE: &str = env!("CARGO_BIN_EXE_event-types");
const VARIABLES: [&str; 5] = [
    "TOKEN_ISSUER",
    "WEB_CLIENT_IDS",
    "OPERATORS_CLIENT_IDS",
    "DIRECTORY_TABLE",
    "LEDGER_TABLE",
];

#[test]
fn a_missing_variable_is_named() {
    assert_names_what_is_missing(EXECUTABLE, VARIABLES);
}
