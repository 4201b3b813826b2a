//! Bugs of code that believes too much of a token. Each names a switch in the code under test.

use lambda_kit::planted::plant;
use testkit::explore::side_by_side;

use crate::{Tally, ask_about_everyone, callers::Caller};

/// All of them: the switch, what it makes of the code, and a route that opens to a caller by it.
const BUGS: [(&str, &str, &str, Caller); 8] = [
    (
        "partner-client-ignored",
        "a machine reads by an app client that is not its partner's any more",
        "GET /v1/profiles/{profile_id}",
        Caller::MachineOfAnotherClient,
    ),
    (
        "partner-client-ignored",
        "such a machine acknowledges erasures",
        "POST /v1/erasures/{erasure_id}/ack",
        Caller::MachineOfAnotherClient,
    ),
    (
        "partner-client-ignored",
        "such a machine says who somebody is",
        "POST /v1/identify",
        Caller::MachineOfAnotherClient,
    ),
    (
        "partner-client-ignored",
        "such a machine sends events",
        "POST /v1/events",
        Caller::MachineOfAnotherClient,
    ),
    (
        "gateway-issuer-ignored",
        "whoever a gateway let through is taken, whosever token it was",
        "GET /v1/me",
        Caller::PersonOfAnotherPool,
    ),
    (
        "gateway-client-ignored",
        "whoever a gateway let through is taken, by whichever app client of the pool they came",
        "GET /v1/me",
        Caller::PersonOfAnotherClient,
    ),
    (
        "token-client-ignored",
        "a person's token of any app client of the pool is taken",
        "GET /openapi.json",
        Caller::PersonOfAnotherClient,
    ),
    (
        "operators-client-ignored",
        "who is in the group is an operator, by whichever app client they came",
        "POST /v1/profiles/merge",
        Caller::OperatorOfPeoplesClient,
    ),
];

/// How many of them are found, and how many there are.
pub(crate) fn caught() -> (usize, usize) {
    let admitted = side_by_side(&BUGS, |(bug, _, route, caller)| {
        plant(Some(bug));
        let mut tally = Tally::quiet();
        ask_about_everyone(route, *caller, &mut tally);
        plant(None);
        tally.admitted_wrongly
    });
    for ((_, what, ..), admitted) in BUGS.iter().zip(&admitted) {
        println!("planted: {what}; {admitted} requests were answered by yes");
    }
    let caught = admitted.iter().filter(|admitted| **admitted > 0).count();
    (caught, BUGS.len())
}
