//! Forged tokens, by what they meddle with.

mod algorithms;
mod claims;
mod encodings;
mod gateway;
mod headers;
mod key_sets;
mod lookalikes;
mod payloads;
mod schemes;
mod scopes;
mod signatures;
mod times;

use crate::{Attempt, Genuine};

/// All of them.
#[must_use]
pub fn all(genuine: &Genuine, seed: u64) -> Vec<Attempt> {
    [
        algorithms::all(genuine),
        headers::all(genuine),
        key_sets::all(genuine),
        claims::all(genuine),
        times::all(genuine),
        scopes::all(genuine),
        lookalikes::all(genuine),
        payloads::all(genuine),
        encodings::all(genuine),
        signatures::all(genuine, seed),
        schemes::all(genuine),
        gateway::all(genuine),
    ]
    .concat()
}
