use ::http::Request;
use lambda_kit::{aws::CallBudget, error::ServiceError, http_client::HttpClient};
use testkit::{Call, Fault, Service, World, tokens::USER_POOL};

const ORIGIN: &str = "https://cognito-idp.eu-central-1.amazonaws.com";

fn client(world: &World, limit: usize) -> HttpClient {
    let sdk = world.sdk_config(&CallBudget::HTTP);
    // Its quota of retries is the process's, and a region of its own gives each world its own.
    let region: &'static str = sdk.region().unwrap().to_string().leak();
    HttpClient::new(&sdk, region, ORIGIN, limit).unwrap()
}

/// A request for the pool's keys.
fn request(method: &str) -> Request<String> {
    let request = Request::builder().method(method);
    let request = request.uri(format!("/{USER_POOL}/.well-known/jwks.json"));
    request.body(String::new()).unwrap()
}

/// What becomes of a request for the pool's keys.
fn ask(world: &World, method: &str, limit: usize) -> Result<(u16, usize), ServiceError> {
    let client = client(world, limit);
    let answer = world.block_on(client.send("cognito-idp:ReadKeys", request(method)));
    answer.map(|answer| (answer.status().as_u16(), answer.body().len()))
}

fn to_cognito(call: &Call) -> bool {
    call.service == Service::Cognito
}

#[test]
fn an_answer_arrives_whole() {
    let world = World::new(1);
    let whole = testkit::tokens::key_set().to_string().len();
    assert_eq!(ask(&world, "GET", whole), Ok((200, whole)));
}

#[test]
fn a_longer_answer_than_was_allowed_is_no_answer() {
    let world = World::new(1);
    let whole = testkit::tokens::key_set().to_string().len();
    assert!(ask(&world, "GET", whole - 1).is_err());
}

#[test]
fn what_fails_in_passing_is_asked_again() {
    for fault in Fault::FAILURES {
        let world = World::new(1);
        world.faults().once(fault, to_cognito);
        assert_eq!(ask(&world, "GET", 10_000).unwrap().0, 200, "{fault}");
    }
}

#[test]
fn a_server_that_stays_broken_is_asked_as_often_as_the_budget_says() {
    let world = World::new(1);
    world.faults().down(Service::Cognito);
    let error = ask(&world, "GET", 10_000).unwrap_err();
    assert_eq!(error.to_string(), "cognito-idp:ReadKeys failed: Status500");
    assert_eq!(error.retry, lambda_kit::Retry::MayHelp);
    assert_eq!(world.trace().len(), 3);
}

#[test]
fn whoever_makes_something_of_every_answer_gets_the_one_that_the_server_is_broken() {
    let world = World::new(1);
    world.faults().down(Service::Cognito);
    let client = client(&world, 10_000);
    let answer = world.block_on(client.relay("cognito-idp:ReadKeys", request("GET")));
    assert_eq!(answer.unwrap().status(), 500);
    assert_eq!(world.trace().len(), 1);
}

#[test]
fn a_server_that_says_nothing_is_given_up() {
    let world = World::new(1);
    world.faults().always(Fault::BlackHole, to_cognito);
    let began = world.clock().now();
    assert_eq!(ask(&world, "GET", 10_000).unwrap_err().code, "Timeout");
    let waited = world.clock().now().duration_since(began).unsigned_abs();
    assert!(waited <= CallBudget::HTTP.operation_timeout, "{waited:?}");
}
