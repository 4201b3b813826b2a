//! ID tokens that come with a code: of this sign-in, by this app client, from this user pool, and now.

use rstest::rstest;
use serde_json::{Value, json};
use testkit::{
    World,
    tokens::{ACCESS_TOKEN_KEY, ID_TOKEN_KEY, SUB, SigningKey, TOKEN_ISSUER, WEB_CLIENT, sign},
};
use token::{Cause, TokenError};

use crate::verifier;

const NONCE: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

fn claims(world: &World) -> Value {
    let now = world.clock().now().as_second();
    json!({
        "sub": SUB,
        "iss": TOKEN_ISSUER,
        "aud": WEB_CLIENT,
        "nonce": NONCE,
        "token_use": "id",
        "iat": now,
        "exp": now + 3_600,
    })
}

fn verify(
    world: &World,
    claims: &Value,
    key: &SigningKey,
    algorithm: &str,
) -> Result<(), TokenError> {
    let header = json!({ "kid": key.id, "alg": algorithm });
    let token = sign(header.to_string(), claims.to_string(), key);
    let verifier = verifier(world);
    world.block_on(verifier.verify_sign_in(&token, WEB_CLIENT, NONCE))
}

#[test]
fn an_id_token_of_the_sign_in_is_taken_whichever_key_of_the_pool_signed_it() {
    let world = World::new(1);
    for key in [&*ID_TOKEN_KEY, &*ACCESS_TOKEN_KEY] {
        assert_eq!(verify(&world, &claims(&world), key, "RS256"), Ok(()));
    }
}

#[rstest]
#[case("nonce", json!("another"), Cause::Nonce)]
#[case("nonce", json!(null), Cause::Claim)]
#[case("aud", json!("another"), Cause::Client)]
#[case("aud", json!([WEB_CLIENT]), Cause::Claim)]
#[case("iss", json!("https://evil.example/pool"), Cause::Issuer)]
#[case("token_use", json!("access"), Cause::Use)]
#[case("exp", json!(1), Cause::Time)]
fn one_that_says_anything_else_is_refused(
    #[case] name: &str,
    #[case] value: Value,
    #[case] cause: Cause,
) {
    let world = World::new(1);
    let mut claims = claims(&world);
    claims[name] = value;
    let refused = verify(&world, &claims, &ID_TOKEN_KEY, "RS256");
    assert_eq!(refused, Err(TokenError::Invalid(cause)));
}

#[test]
fn one_without_a_nonce_or_signed_in_another_way_is_refused() {
    let world = World::new(1);
    let mut without = claims(&world);
    without.as_object_mut().unwrap().remove("nonce");
    let refused = verify(&world, &without, &ID_TOKEN_KEY, "RS256");
    assert_eq!(refused, Err(TokenError::Invalid(Cause::Nonce)));
    let refused = verify(&world, &claims(&world), &ID_TOKEN_KEY, "none");
    assert_eq!(refused, Err(TokenError::Invalid(Cause::Algorithm)));
}

#[test]
fn an_access_token_is_none() {
    let world = World::new(1);
    let token = crate::person(&world)
        .claim("nonce", NONCE)
        .claim("aud", WEB_CLIENT)
        .signed();
    let verifier = verifier(&world);
    let refused = world.block_on(verifier.verify_sign_in(&token, WEB_CLIENT, NONCE));
    assert_eq!(refused, Err(TokenError::Invalid(Cause::Use)));
}
