use lambda_kit::{aws::CallBudget, config::Environment, http::Response, problem::Problem};
use testkit::{Service, World};
use token::{TokenError, Verifier};

use crate::{SCOPE, machine, operator, person, verifier, verify};

fn response(error: TokenError) -> Response {
    Problem::from(error).into()
}

fn name(problem: &Problem) -> &str {
    problem.kind.rsplit('/').next().unwrap()
}

#[test]
fn who_sends_no_token_is_told_to_send_one() {
    let world = World::new(1);
    let error = world.block_on(verifier(&world).verify(None)).unwrap_err();
    assert_eq!(error, TokenError::Missing);
    let response = response(error);
    assert_eq!(response.status_code, 401);
    assert_eq!(response.headers["www-authenticate"], "Bearer");
    assert!(world.trace().is_empty());
}

#[test]
fn whatever_is_wrong_with_a_token_the_answer_is_the_same() {
    let world = World::new(1);
    let refused = [
        person(&world).claim("iss", "https://elsewhere.example/pool"),
        person(&world).claim("token_use", "id"),
        person(&world).claim("exp", 1),
        person(&world).member("alg", "none"),
        person(&world).member("kid", "unknown"),
        machine(&world).without("client_id"),
    ];
    let answers = refused.map(|token| response(verify(&world, &token).unwrap_err()));
    for answer in &answers {
        assert_eq!(answer, &answers[0]);
        assert_eq!(answer.status_code, 401);
        let challenge = r#"Bearer error="invalid_token""#;
        assert_eq!(answer.headers["www-authenticate"], challenge);
        assert!(answer.body.as_deref().unwrap().contains("token-invalid"));
    }
}

#[test]
fn who_can_not_be_checked_is_asked_to_come_again() {
    let world = World::new(1);
    world.faults().down(Service::Cognito);
    let error = verify(&world, &machine(&world)).unwrap_err();
    let response = response(error);
    assert_eq!(response.status_code, 503);
    assert_eq!(response.headers["retry-after"], "5");
}

#[test]
fn a_token_without_the_scope_is_refused_before_it_is_asked_whose_it_is() {
    let world = World::new(1);
    let verified = verify(&world, &machine(&world)).unwrap();
    let problem = verified.operator("fairlead/receipts.read").unwrap_err();
    assert_eq!((problem.status, name(&problem)), (403, "scope-missing"));
    let challenge = r#"Bearer error="insufficient_scope""#;
    assert_eq!(problem.challenge, Some(challenge));
    assert!(problem.detail.unwrap().contains("fairlead/receipts.read"));
}

#[test]
fn each_kind_of_principal_opens_its_own_routes_alone() {
    let world = World::new(1);
    let [person, machine, operator] =
        [person, machine, operator].map(|token| verify(&world, &token(&world)).unwrap());
    assert!(person.person(SCOPE).is_ok() && operator.person(SCOPE).is_ok());
    assert!(machine.machine(SCOPE).is_ok());
    assert!(operator.operator(SCOPE).is_ok());
    let wrong = [
        machine.person(SCOPE).unwrap_err(),
        person.machine(SCOPE).unwrap_err(),
        operator.machine(SCOPE).unwrap_err(),
        person.granted_machine(SCOPE).unwrap_err(),
        operator.granted_machine(SCOPE).unwrap_err(),
        person.operator(SCOPE).unwrap_err(),
        machine.operator(SCOPE).unwrap_err(),
    ];
    for problem in &wrong {
        assert_eq!((problem.status, name(problem)), (403, "wrong-principal"));
    }
}

#[test]
fn a_person_whose_token_names_no_profile_signs_in_again() {
    let world = World::new(1);
    for token in [
        person(&world).without("fairlead:profile"),
        operator(&world).without("fairlead:profile"),
    ] {
        let problem = verify(&world, &token).unwrap().person(SCOPE).unwrap_err();
        assert_eq!(name(&problem), "no-profile-in-token");
    }
}

#[test]
fn a_verifier_without_an_issuer_does_not_start() {
    let world = World::new(1);
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let error = Verifier::new(&Environment::default(), &sdk, world.clock()).unwrap_err();
    assert!(error.to_string().contains("TOKEN_ISSUER"));
}
