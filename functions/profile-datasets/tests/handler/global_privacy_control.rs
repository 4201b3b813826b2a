use serde_json::Value;
use testkit::sale;

use crate::{DELETE, JANE, LIST, close, pull, push, request, send, world};

/// The same request from a browser with Global Privacy Control.
fn with_gpc(mut request: Value) -> Value {
    request["headers"]["sec-gpc"] = "1".into();
    request
}

#[test]
fn a_browser_that_says_no_to_sale_withdraws_it_here_too() {
    let pushed = push(&[("theme", Some("dark"), 0)]);
    for request in [request(LIST), pull(0), pushed, request(DELETE)] {
        let world = world(1);
        sale::grant(&world, JANE);
        send(&world, &request);
        assert!(sale::is_granted(&world, JANE), "{request}");
        let answer = send(&world, &with_gpc(request));
        assert!(answer["statusCode"].as_u64().unwrap() < 500, "{answer}");
        assert!(!sale::is_granted(&world, JANE), "{answer}");
    }
}

#[test]
fn while_the_profile_is_being_merged_the_signal_waits_and_so_does_the_answer() {
    let world = world(1);
    sale::grant(&world, JANE);
    close(&world, "settling");
    let answer = send(&world, &with_gpc(request(LIST)));
    crate::assert_problem(&answer, 503, "settling", None);
    assert!(sale::is_granted(&world, JANE));
}
