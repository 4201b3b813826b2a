//! Made-up people. Each has an address and a number that nobody had before, so that flows and tests
//! can share a stack.

use anyhow::{Context as _, Result};

/// Satisfies the pool's rules for passwords; the stack it opens is the developer's own.
const PASSWORD: &str = "Fair-winds-2026!";

/// Somebody with a login.
#[derive(Clone, Debug)]
pub struct Person {
    /// The address they sign in with.
    pub email: String,
    /// In E.164 form; country code 1 has no area 555, so it reaches nobody.
    pub phone: String,
    /// Their password.
    pub password: String,
    /// Their given name.
    pub given_name: String,
    /// Their family name.
    pub family_name: String,
}

impl Person {
    /// Somebody who always has the same address: one of the small world's inhabitants.
    #[must_use]
    pub fn inhabitant(given_name: &str, family_name: &str, phone: &str) -> Self {
        Self {
            email: format!("{}@example.com", given_name.to_lowercase()),
            phone: phone.to_owned(),
            password: PASSWORD.to_owned(),
            given_name: given_name.to_owned(),
            family_name: family_name.to_owned(),
        }
    }

    /// Somebody new.
    pub fn newcomer(given_name: &str) -> Result<Self> {
        let token = token()?;
        Ok(Self {
            email: format!("{}.{token:08x}@example.com", given_name.to_lowercase()),
            phone: format!("+1555{:07}", token % 10_000_000),
            password: PASSWORD.to_owned(),
            given_name: given_name.to_owned(),
            family_name: format!("Newcomer-{token:08x}"),
        })
    }

    /// What Cognito is told at sign-up.
    #[must_use]
    pub fn attributes(&self) -> [(&str, &str); 4] {
        [
            ("email", &self.email),
            ("phone_number", &self.phone),
            ("given_name", &self.given_name),
            ("family_name", &self.family_name),
        ]
    }
}

/// A name for something of a test's own, such as a queue.
pub fn fresh_name(purpose: &str) -> Result<String> {
    Ok(format!("{purpose}-{:08x}", token()?))
}

fn token() -> Result<u32> {
    getrandom::u32().context("the system has no randomness to give")
}
