//! Whose a request is. In comes an access token of the user pool, from the `Authorization` header
//! or as the claims that API Gateway verified; out go the person, machine or operator and what the
//! token allows, or the problem that the caller is answered with. People and operators come by app
//! clients that are known; a machine is held against the directory besides.
//!
//! An answer rests on nothing that the caller could have written: the algorithm, the issuer and
//! the address of the keys are fixed, and nothing of a token is believed before its signature is.

mod claims;
mod clients;
mod compact;
mod error;
mod fetched;
mod gateway;
mod json;
mod keys;
mod machines;
mod principal;
mod scopes;
mod verified;
mod verifier;

pub use clients::TenantsVerifier;
pub use error::{Cause, TokenError};
pub use gateway::Gateway;
pub use machines::Machines;
pub use principal::{Machine, Operator, Person, Principal};
pub use scopes::Scopes;
pub use verified::{Verified, scope_missing};
pub use verifier::Verifier;
