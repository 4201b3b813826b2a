//! Somebody who has just joined and signed in.

use anyhow::Result;
use fairlead_end_to_end::fairlead::Fairlead;
use fairlead_end_to_end::hosted_login::Tokens;
use fairlead_end_to_end::http::Answer;
use fairlead_end_to_end::person::Person;
use fairlead_end_to_end::profile_api::etag;
use fairlead_end_to_end::running::Running;
use serde_json::Value;

/// The stack that this run of the tests is about.
pub(crate) fn running() -> Result<(Running, Fairlead)> {
    let running = Running::from_environment()?;
    let fairlead = Fairlead::on(running.stack.clone())?;
    Ok((running, fairlead))
}

/// A newcomer with their tokens.
pub(crate) struct Visitor {
    pub(crate) fairlead: Fairlead,
    pub(crate) person: Person,
    pub(crate) tokens: Tokens,
}

impl Visitor {
    /// Joins and signs in.
    pub(crate) fn new(name: &str) -> Result<Self> {
        let (_, fairlead) = running()?;
        let person = Person::newcomer(name)?;
        fairlead.admit(&person)?;
        let tokens = fairlead.sign_in(&person)?;
        Ok(Self {
            fairlead,
            person,
            tokens,
        })
    }

    /// The same person, signed in once more.
    pub(crate) fn on_another_device(&self) -> Result<Self> {
        Ok(Self {
            fairlead: self.fairlead.clone(),
            person: self.person.clone(),
            tokens: self.fairlead.sign_in(&self.person)?,
        })
    }

    /// Their profile and its version.
    pub(crate) fn profile(&self) -> Result<(Value, String)> {
        let answer = self.fairlead.api.me(&self.tokens.access)?.expect(200)?;
        Ok((answer.json()?, etag(&answer)?))
    }

    /// Sends a body of bytes as a merge patch on the profile's present version.
    pub(crate) fn patch(&self, body: Vec<u8>) -> Result<Answer> {
        let (_, etag) = self.profile()?;
        let headers = [
            ("if-match", &*etag),
            ("content-type", "application/merge-patch+json"),
        ];
        self.fairlead
            .api
            .send("PATCH", "/v1/me", Some(&self.tokens.access), &headers, body)
    }
}
