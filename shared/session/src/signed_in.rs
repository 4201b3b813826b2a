//! Somebody who is signed in.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use lambda_kit::redact::Redacted;
use ring::hmac;
use serde::{Deserialize, Serialize};

use crate::{NoRandomness, Randomness, Role};

/// How long before its end a token is refreshed: longer than any request takes.
const EARLY: SignedDuration = SignedDuration::from_mins(2);

/// A session, as its browser keeps it, sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// As what.
    pub role: Role,
    /// The tenant in whose name an operator works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// The access token.
    pub access: Redacted<String>,
    /// What gets the next one.
    pub refresh: Redacted<String>,
    /// When the access token ends.
    pub expires_at: Timestamp,
    /// What forms are known by. Made anew at each sign-in.
    secret: Redacted<String>,
}

impl Session {
    /// One that begins now. Whatever the browser had before plays no part in it, so that nobody works in
    /// a session that somebody else began.
    pub fn begin(
        role: Role,
        tenant: Option<String>,
        tokens: (Redacted<String>, Redacted<String>),
        expires_at: Timestamp,
        random: &Randomness,
    ) -> Result<Self, NoRandomness> {
        let (access, refresh) = tokens;
        Ok(Self {
            role,
            tenant,
            access,
            refresh,
            expires_at,
            secret: random.text().map(Redacted::new)?,
        })
    }

    /// Whether the access token is over, or soon.
    #[must_use]
    pub fn is_ending(&self, now: Timestamp) -> bool {
        self.expires_at.duration_since(now) < EARLY
    }

    /// The same session with its next access token.
    #[must_use]
    pub fn refreshed(&self, access: Redacted<String>, expires_at: Timestamp) -> Self {
        Self {
            access,
            expires_at,
            ..self.clone()
        }
    }

    /// What our forms bear, and nobody else's: no other site can read a page of ours.
    #[must_use]
    pub fn form_token(&self) -> FormToken {
        let tag = hmac::sign(&self.form_key(), FORMS);
        FormToken(BASE64_URL_SAFE_NO_PAD.encode(tag))
    }

    /// Whether `token` is the one of this session's forms, in a time that does not tell how much of it
    /// is right.
    #[must_use]
    pub fn made(&self, token: &str) -> bool {
        let tag = BASE64_URL_SAFE_NO_PAD.decode(token);
        tag.is_ok_and(|tag| hmac::verify(&self.form_key(), FORMS, &tag).is_ok())
    }

    fn form_key(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, self.secret.expose().as_bytes())
    }
}

const FORMS: &[u8] = b"fairlead/forms/1";

/// What a form is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormToken(String);

impl FormToken {
    /// As it stands in a page.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_768_467_600, 0);

    fn session(random: u8) -> Session {
        let tokens = ("access", "refresh");
        let tokens = (
            Redacted::new(tokens.0.to_owned()),
            Redacted::new(tokens.1.to_owned()),
        );
        let random = Randomness::from_fn(move || Some([random; 32]));
        let expires_at = NOW + SignedDuration::from_hours(1);
        Session::begin(Role::Person, None, tokens, expires_at, &random).unwrap()
    }

    #[test]
    fn a_form_is_known_by_the_session_that_made_it() {
        let token = session(1).form_token();
        assert!(session(1).made(token.as_str()));
        assert!(!session(2).made(token.as_str()));
        for text in ["", "AAAA", "no base64!", &token.as_str()[1..]] {
            assert!(!session(1).made(text), "{text}");
        }
    }

    #[test]
    fn a_form_survives_that_the_token_is_refreshed() {
        let token = session(1).form_token();
        let next = session(1).refreshed(Redacted::new("next".to_owned()), NOW);
        assert!(next.made(token.as_str()));
    }

    #[test]
    fn a_token_is_refreshed_before_it_ends() {
        let session = session(1);
        assert!(!session.is_ending(NOW));
        assert!(!session.is_ending(NOW + SignedDuration::from_mins(58)));
        assert!(
            session.is_ending(NOW + SignedDuration::from_mins(58) + SignedDuration::from_secs(1))
        );
        assert!(session.is_ending(NOW + SignedDuration::from_hours(2)));
    }

    #[test]
    fn no_token_and_no_secret_is_printed() {
        let printed = format!("{:?}", session(1));
        assert!(
            !printed.contains("access\"") && !printed.contains("AQEB"),
            "{printed}"
        );
    }
}
