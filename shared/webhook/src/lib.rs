//! Webhooks as Standard Webhooks 1.0.0 has them, in and out: signatures, when to try again, where
//! nothing is sent to, and when an endpoint is left in peace for a while.
//!
//! <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>

mod address;
mod answer;
mod circuit;
mod keys;
mod reach;
mod schedule;
mod signature;
mod target;

pub use address::{NotPublic, all_public, is_public};
pub use answer::{Answer, answer, retry_after};
pub use circuit::{Circuit, Permit};
pub use keys::{InvalidKey, PublicKey, Secret, SigningKey};
pub use reach::{InvalidReach, Reach};
pub use schedule::{SCHEDULE, next_attempt};
pub use signature::{Checker, InvalidId, Signed, Signer, Unverified, Verified, sign, verify};
pub use target::{InvalidTarget, Target};
