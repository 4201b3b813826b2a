use rstest::rstest;
use serde_json::{Value, json};
use testkit::{
    World,
    tokens::{OPERATORS_CLIENT, SUB, Token, machine_client},
};
use token::{Cause, Machine, Operator, Person, Principal, TokenError};

use crate::{JANE, SCOPE, machine, operator, person, verify};

const ROOT: &str = "prf_00000000000070008000000000000000";

fn jane() -> Person {
    Person {
        profile: JANE.parse().unwrap(),
        member: JANE.parse().unwrap(),
        sub: SUB.parse().unwrap(),
        tenant: Some("harbour".parse().unwrap()),
    }
}

fn principal(world: &World, token: &Token) -> Principal {
    verify(world, token).unwrap().principal().clone()
}

#[test]
fn a_persons_token_speaks_for_the_person() {
    let world = World::new(1);
    assert_eq!(
        principal(&world, &person(&world)),
        Principal::Person(jane())
    );
    let merged = person(&world)
        .claim("fairlead:profile", ROOT)
        .claim("fairlead:member", JANE);
    let root = Person {
        profile: ROOT.parse().unwrap(),
        ..jane()
    };
    assert_eq!(principal(&world, &merged), Principal::Person(root));
}

#[test]
fn a_machines_token_speaks_for_its_partner() {
    let world = World::new(1);
    let verified = verify(&world, &machine(&world)).unwrap();
    let post = Machine {
        tenant: "harbour".parse().unwrap(),
        partner: "post".parse().unwrap(),
        agreement: Some("parcels-2026".parse().unwrap()),
        client_id: machine_client("harbour", "post"),
    };
    assert_eq!(verified.principal(), &Principal::Machine(post));
    assert_eq!(verified.client_id(), machine_client("harbour", "post"));
    assert!(verified.scopes().allow(SCOPE));
}

#[test]
fn a_machine_without_an_agreement_may_do_what_it_owes_and_nothing_else() {
    let world = World::new(1);
    let token = machine(&world).without("fairlead:agreement");
    let verified = verify(&world, &token).unwrap();
    assert_eq!(verified.any_machine().unwrap().agreement, None);
    assert_eq!(verified.machine(SCOPE).unwrap_err().status, 403);
    assert!(verified.granted_machine(SCOPE).is_ok());
    let other = verified.granted_machine("fairlead/events.write");
    assert_eq!(other.unwrap_err().status, 403);
}

#[test]
fn a_member_of_the_group_operators_is_an_operator_and_a_person() {
    let world = World::new(1);
    let operators = Operator {
        sub: SUB.parse().unwrap(),
        tenant: Some("harbour".parse().unwrap()),
        person: Some(jane()),
        is_program: false,
    };
    let token = operator(&world).claim("cognito:groups", json!(["staff", "operators"]));
    assert_eq!(principal(&world, &token), Principal::Operator(operators));
    assert_eq!(verify(&world, &token).unwrap().person(SCOPE), Ok(&jane()));
}

#[test]
fn a_program_is_an_operator_of_one_tenant_or_none_and_may_look_and_redrive_alone() {
    let world = World::new(1);
    let every = "fairlead/directory.read fairlead/directory.write fairlead/receipts.read \
                 fairlead/events.write fairlead/profile.merge fairlead/identifier-rules.write \
                 fairlead/dead-letters.read fairlead/dead-letters.redrive fairlead/operations.read";
    let token = Token::program(world.clock().now()).scope(every);
    let verified = verify(&world, &token).unwrap();
    for scope in [
        "fairlead/directory.read",
        "fairlead/receipts.read",
        "fairlead/dead-letters.read",
        "fairlead/dead-letters.redrive",
        "fairlead/operations.read",
    ] {
        let operator = verified.operator(scope).unwrap();
        assert_eq!(operator.sub.as_str(), OPERATORS_CLIENT);
        assert_eq!(operator.tenant, Some("harbour".parse().unwrap()));
        assert!(operator.is_program && operator.person.is_none());
    }
    for scope in [
        "fairlead/directory.write",
        "fairlead/events.write",
        "fairlead/profile.merge",
        "fairlead/identifier-rules.write",
    ] {
        assert_eq!(verified.operator(scope).unwrap_err().status, 403, "{scope}");
    }
    assert!(verified.person("fairlead/directory.read").is_err());
    assert!(verified.any_machine().is_err());
    let of_none = verify(&world, &token.clone().without("fairlead:tenant")).unwrap();
    assert_eq!(
        of_none
            .operator("fairlead/dead-letters.read")
            .unwrap()
            .tenant,
        None
    );
    let without = verify(&world, &token.clone().scope("fairlead/directory.write")).unwrap();
    assert!(without.operator("fairlead/directory.read").is_err());
    let partners = token.clone().claim("fairlead:partner", "post");
    assert_eq!(
        verify(&world, &partners),
        Err(TokenError::Invalid(Cause::Mixed))
    );
    let grouped = token.claim("cognito:groups", json!(["operators"]));
    assert_eq!(
        verify(&world, &grouped),
        Err(TokenError::Invalid(Cause::Mixed))
    );
    let another = machine(&world).without("fairlead:partner");
    assert_eq!(principal(&world, &another), Principal::Nobody);
}

#[rstest]
#[case(json!([]))]
#[case(json!(["operator"]))]
#[case(json!(["Operators"]))]
#[case(json!(["operators "]))]
#[case(json!(["staff operators"]))]
fn membership_in_other_groups_makes_no_operator(#[case] groups: Value) {
    let world = World::new(1);
    let token = operator(&world).claim("cognito:groups", groups);
    assert_eq!(principal(&world, &token), Principal::Person(jane()));
}

#[test]
fn a_token_for_whom_fairlead_does_not_know_speaks_for_nobody() {
    let world = World::new(1);
    let without_profile = person(&world).without("fairlead:profile");
    let without_partner = machine(&world).without("fairlead:partner");
    for token in [without_profile, without_partner] {
        assert_eq!(principal(&world, &token), Principal::Nobody);
    }
}

#[rstest]
#[case("fairlead:profile", json!("prf_nobody"))]
#[case("fairlead:profile", json!([JANE]))]
#[case("fairlead:member", json!(""))]
#[case("fairlead:tenant", json!("Harbour"))]
#[case("fairlead:tenant", json!(null))]
#[case("cognito:groups", json!("operators"))]
#[case("cognito:groups", json!(["operators", 1]))]
#[case("sub", json!(""))]
#[case("scope", json!([SCOPE]))]
fn a_claim_that_can_not_be_read_does_not_count_as_one_that_is_not_there(
    #[case] name: &str,
    #[case] value: Value,
) {
    let world = World::new(1);
    let refused = Err(TokenError::Invalid(Cause::Claim));
    assert_eq!(
        verify(&world, &operator(&world).claim(name, value)),
        refused
    );
}

#[test]
fn what_speaks_for_a_person_and_a_machine_in_one_is_refused() {
    let world = World::new(1);
    let refused = Err(TokenError::Invalid(Cause::Mixed));
    for token in [
        person(&world).claim("fairlead:partner", "post"),
        person(&world).claim("fairlead:agreement", "parcels-2026"),
        machine(&world).claim("fairlead:profile", JANE),
        machine(&world).claim("cognito:groups", json!(["operators"])),
        machine(&world).claim("username", SUB),
    ] {
        assert_eq!(verify(&world, &token), refused);
    }
}

#[test]
fn a_machines_claims_belong_to_the_client_that_is_its_subject() {
    let world = World::new(1);
    let refused = Err(TokenError::Invalid(Cause::Client));
    for token in [
        machine(&world).claim("client_id", "someone0else"),
        machine(&world).claim("sub", SUB),
        machine(&world).without("sub"),
    ] {
        assert_eq!(verify(&world, &token), refused);
    }
}
