//! Tokens as Cognito makes them, verified on a simulated user pool.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod arbitrary;
mod clients;
mod gateway;
mod keys;
mod principals;
mod problems;
mod sign_in;

use lambda_kit::aws::CallBudget;
use testkit::{World, tokens::Token};
use token::{TokenError, Verified, Verifier};

const JANE: &str = "prf_01010101010171018101010101010101";
const SCOPE: &str = "fairlead/profile.merge";

/// The verifier of a new process.
fn verifier(world: &World) -> Verifier {
    let sdk = world.sdk_config(&CallBudget::HTTP);
    Verifier::new(&world.environment(), &sdk, world.clock()).unwrap()
}

fn verify(world: &World, token: &Token) -> Result<Verified, TokenError> {
    world.block_on(verifier(world).verify(Some(&token.bearer())))
}

fn person(world: &World) -> Token {
    Token::person(world.clock().now(), JANE).scope(SCOPE)
}

fn machine(world: &World) -> Token {
    Token::machine(world.clock().now(), "harbour", "post", "parcels-2026").scope(SCOPE)
}

fn operator(world: &World) -> Token {
    Token::operator(world.clock().now(), JANE).scope(SCOPE)
}
