use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use proptest::{collection::vec, prelude::*};
use testkit::{
    World,
    tokens::{ACCESS_TOKEN_KEY, sign},
};
use token::{TokenError, Verifier};

use crate::{machine, verifier};

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

fn is_refused(world: &World, verifier: &Verifier, header: &str) -> bool {
    let outcome = world.block_on(verifier.verify(Some(header)));
    matches!(outcome, Err(TokenError::Invalid(_)))
}

#[test]
fn whatever_stands_in_the_header_it_is_refused() {
    let world = World::new(1);
    let verifier = verifier(&world);
    proptest!(|(bytes in vec(any::<u8>(), 0..300), text in "(Bearer )?\\PC{0,100}")| {
        let lossy = String::from_utf8_lossy(&bytes).into_owned();
        prop_assert!(is_refused(&world, &verifier, &lossy));
        prop_assert!(is_refused(&world, &verifier, &bearer(&lossy)));
        prop_assert!(is_refused(&world, &verifier, &text));
    });
}

#[test]
fn whatever_its_segments_decode_to_a_token_is_refused() {
    let world = World::new(1);
    let verifier = verifier(&world);
    let header = format!(r#"{{"alg":"RS256","kid":"{}"}}"#, ACCESS_TOKEN_KEY.id);
    proptest!(|(claims in vec(any::<u8>(), 0..200), signature in vec(any::<u8>(), 0..300))| {
        let segments = [header.as_bytes(), &claims, &signature];
        let token = segments.map(|part| BASE64_URL_SAFE_NO_PAD.encode(part)).join(".");
        prop_assert!(is_refused(&world, &verifier, &bearer(&token)));
        let token = [&claims, header.as_bytes(), &signature];
        let token = token.map(|part| BASE64_URL_SAFE_NO_PAD.encode(part)).join(".");
        prop_assert!(is_refused(&world, &verifier, &bearer(&token)));
    });
}

/// A JSON value of any kind.
fn json_value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        "\\PC{0,20}".prop_map(Into::into),
    ];
    leaf.prop_recursive(3, 10, 4, |inner| vec(inner, 0..4).prop_map(Into::into))
}

const CLAIMS: [&str; 7] = [
    "iss",
    "token_use",
    "client_id",
    "sub",
    "exp",
    "iat",
    "username",
];

#[test]
fn a_signed_claim_of_any_value_never_makes_another_machine() {
    let world = World::new(1);
    let verifier = verifier(&world);
    let genuine = machine(&world);
    let expected = world
        .block_on(verifier.verify(Some(&genuine.bearer())))
        .unwrap();
    proptest!(ProptestConfig::with_cases(64), |(name in prop::sample::select(&CLAIMS), value in json_value())| {
        let token = genuine.clone().claim(name, value.clone());
        let header = serde_json::json!(token.header).to_string();
        let token = sign(header, serde_json::json!(token.claims).to_string(), &ACCESS_TOKEN_KEY);
        let outcome = world.block_on(verifier.verify(Some(&bearer(&token))));
        prop_assert!(outcome.is_err() || outcome.as_ref() == Ok(&expected), "{name} {value}: {outcome:?}");
    });
}
