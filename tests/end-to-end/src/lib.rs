//! A user's side of Fairlead: comes in a running stack, goes out what it answered.
//!
//! This is what `cargo xtask up` walks once and what the tests in `tests/` use. It speaks the real
//! protocols (OAuth 2.0 with PKCE, HTTP, AWS's own JSON and query protocols with Signature Version
//! 4) over a plain HTTP client and knows nothing of the functions' code: what it cannot see from
//! outside, it does not check.

pub mod aws;
pub mod callers;
pub mod cognito;
pub mod command_line;
pub mod fairlead;
mod form;
pub mod hosted_login;
pub mod http;
pub mod interop;
pub mod json;
pub mod kept;
pub mod known;
pub mod listener;
pub mod logs;
pub mod observe;
pub mod person;
pub mod profile_api;
pub mod running;
pub mod salesforce;
pub mod seed;
mod signature;
pub mod stack;
pub mod token;
pub mod wait;
pub mod walk;
pub mod webhooks;
