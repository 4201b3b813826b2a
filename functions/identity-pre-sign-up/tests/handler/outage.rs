use identity::cognito::TriggerFailure;
use rstest::rstest;
use testkit::{Fault, Service};

use crate::{JANE, app, pool, signs_in, user, verified, world};

const OPERATIONS: [&str; 6] = [
    "ListIdentityProviders",
    "DescribeIdentityProvider",
    "ListUsers",
    "AdminCreateUser",
    "AdminSetUserPassword",
    "AdminLinkProviderForUser",
];

#[rstest]
fn a_login_that_can_not_be_linked_now_comes_again_and_is(
    #[values(
        Fault::Unavailable,
        Fault::Throttle,
        Fault::BlackHole,
        Fault::LoseAcknowledgement
    )]
    fault: Fault,
) {
    for operation in OPERATIONS {
        let world = world(1);
        let down = move |call: &testkit::Call| {
            call.service == Service::Cognito && call.operation == operation
        };
        world.faults().always(fault, down);
        let first = app(&world);
        let refused = world.block_on(signs_in(&world, &first, "Google", "108", verified(JANE)));
        assert_eq!(refused, Err(TriggerFailure::Unavailable), "{operation}");
        assert!(
            pool(&world).signed_in("Google", "108").is_none()
                || fault == Fault::LoseAcknowledgement
        );
        world.faults().heal();
        let again = app(&world);
        let jane = world
            .block_on(signs_in(&world, &again, "Google", "108", verified(JANE)))
            .unwrap();
        assert_eq!(pool(&world).users().len(), 1, "{operation}");
        assert_eq!(user(&world, &jane)["status"], "CONFIRMED", "{operation}");
    }
}

#[test]
fn a_failure_tells_the_person_nothing_but_to_come_again() {
    assert_eq!(
        TriggerFailure::Unavailable.to_string(),
        "Sign-in is not possible at the moment. Please try again later."
    );
}
