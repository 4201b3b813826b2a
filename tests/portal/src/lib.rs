//! The pages on a simulated AWS: in goes what somebody does at a browser, out comes what they see.
//!
//! Below the pages stand the real functions of the API, on testkit's engines, and a hosted login that
//! hands out tokens which the user pool's keys sign. Whoever signs in comes back with a code that is
//! worth nothing without the verifier of the very sign-in that began here.
#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test harness stops at once, with a sentence that says why"
)]

mod api;
mod browser;
mod house;
mod login;
pub mod scene;

pub use browser::{Asked, Browser, Seen};
pub use house::{API, House, LOGIN, ORIGIN, SESSION_KEY};
pub use login::Who;
