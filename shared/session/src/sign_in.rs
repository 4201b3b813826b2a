//! Signing in at the hosted login by authorization code (RFC 6749, OpenID Connect Core 1.0), with PKCE
//! (RFC 7636), `state` and `nonce`.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use lambda_kit::redact::Redacted;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::{LocalPath, NoRandomness, Randomness};

/// How long somebody may take to sign in.
pub const LASTS: SignedDuration = SignedDuration::from_mins(15);

/// As what somebody signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// As the person that a record is of.
    Person,
    /// As an operator.
    Operator,
}

/// An app client of the user pool, and what is asked for by it.
#[derive(Debug, Clone)]
pub struct Client {
    /// Its id.
    pub id: String,
    /// The scopes, with spaces between them.
    pub scopes: &'static str,
}

/// A sign-in that is under way: its browser keeps this, sealed, until the hosted login sends it back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Attempt {
    /// As what.
    pub role: Role,
    /// Where to go on.
    pub return_to: LocalPath,
    /// By which identity provider, if not by whichever the hosted login offers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    provider: Option<String>,
    /// Whether it was begun before, and the login was linked then.
    #[serde(default)]
    is_repeated: bool,
    state: Redacted<String>,
    nonce: Redacted<String>,
    verifier: Redacted<String>,
    begun_at: Timestamp,
}

/// What the hosted login sends a browser back with.
#[derive(Debug, Clone)]
pub struct Returned {
    /// The `state` that it was sent with.
    pub state: Redacted<String>,
    /// The code, if it let somebody in.
    pub code: Option<Redacted<String>>,
}

/// A browser came back from another sign-in than the one that it began here, or too late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the browser came back from another sign-in, or too late")]
pub struct NotThisSignIn;

impl Attempt {
    /// A new one. Whatever the browser had before plays no part in it.
    pub fn begin(
        role: Role,
        return_to: LocalPath,
        now: Timestamp,
        random: &Randomness,
    ) -> Result<Self, NoRandomness> {
        let secret = || random.text().map(Redacted::new);
        Ok(Self {
            role,
            return_to,
            provider: None,
            is_repeated: false,
            state: secret()?,
            nonce: secret()?,
            verifier: secret()?,
            begun_at: now,
        })
    }

    /// The same by the identity provider `provider`, as the user pool calls it.
    #[must_use]
    pub fn by(self, provider: &str) -> Self {
        Self {
            provider: Some(provider.to_owned()),
            ..self
        }
    }

    /// The same once more, for a browser that came back without a code since its login was linked to a person
    /// just now: Cognito lets it in the next time. `None` if this is the next time.
    pub fn again(&self, now: Timestamp, random: &Randomness) -> Result<Option<Self>, NoRandomness> {
        if self.is_repeated {
            return Ok(None);
        }
        let next = Self::begin(self.role, self.return_to.clone(), now, random)?;
        Ok(Some(Self {
            provider: self.provider.clone(),
            is_repeated: true,
            ..next
        }))
    }

    /// Whether `returned` is of this very sign-in, and in time.
    #[must_use]
    pub fn is_answered_by(&self, returned: &Returned, now: Timestamp) -> bool {
        let state = returned.state.expose().as_bytes();
        let is_this = state.ct_eq(self.state.expose().as_bytes());
        let age = now.duration_since(self.begun_at);
        bool::from(is_this) && age <= LASTS && !age.is_negative()
    }

    /// Where the browser is sent: the hosted login at `login`, which sends it on to `callback`.
    #[must_use]
    pub fn address(&self, login: &str, client: &Client, callback: &str, language: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(provider) = &self.provider {
            query.append_pair("identity_provider", provider);
        }
        let query = query
            .append_pair("response_type", "code")
            .append_pair("client_id", &client.id)
            .append_pair("redirect_uri", callback)
            .append_pair("scope", client.scopes)
            .append_pair("state", self.state.expose())
            .append_pair("nonce", self.nonce.expose())
            .append_pair("code_challenge", &challenge(self.verifier.expose()))
            .append_pair("code_challenge_method", "S256")
            .append_pair("lang", language)
            .finish();
        format!("{login}/oauth2/authorize?{query}")
    }

    /// The fields by which the code is exchanged for tokens, if the browser came back from this very
    /// sign-in and in time.
    pub fn exchange(
        &self,
        returned: &Returned,
        client: &Client,
        callback: &str,
        now: Timestamp,
    ) -> Result<String, NotThisSignIn> {
        let code = returned.code.as_ref().ok_or(NotThisSignIn)?;
        if !self.is_answered_by(returned, now) {
            return Err(NotThisSignIn);
        }
        let fields = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "authorization_code")
            .append_pair("client_id", &client.id)
            .append_pair("redirect_uri", callback)
            .append_pair("code", code.expose())
            .append_pair("code_verifier", self.verifier.expose())
            .finish();
        Ok(fields)
    }

    /// What the ID token has to say, so that it is of this sign-in.
    #[must_use]
    pub fn nonce(&self) -> &str {
        self.nonce.expose()
    }
}

/// The challenge to which `verifier` is the answer (RFC 7636, section 4.2).
#[must_use]
pub fn challenge(verifier: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU8, Ordering};

    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_768_467_600, 0);
    const CALLBACK: &str = "https://fairlead.example/sign-in/callback";

    fn random() -> Randomness {
        let next = AtomicU8::new(1);
        Randomness::from_fn(move || Some([next.fetch_add(1, Ordering::Relaxed); 32]))
    }

    fn client() -> Client {
        Client {
            id: "1web".to_owned(),
            scopes: "openid fairlead/profile.read",
        }
    }

    fn attempt() -> Attempt {
        Attempt::begin(Role::Person, "/me".parse().unwrap(), NOW, &random()).unwrap()
    }

    fn returned(state: &str) -> Returned {
        Returned {
            state: Redacted::new(state.to_owned()),
            code: Some(Redacted::new("a/b".to_owned())),
        }
    }

    fn field(fields: &str, name: &str) -> Option<String> {
        let mut pairs = form_urlencoded::parse(fields.as_bytes());
        pairs.find_map(|(key, value)| (key == name).then(|| value.into_owned()))
    }

    #[test]
    fn the_challenge_is_that_of_rfc_7636_appendix_b() {
        assert_eq!(
            challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn the_login_is_told_everything_but_what_answers_the_challenge() {
        let attempt = attempt();
        let address = attempt.address("https://login.example", &client(), CALLBACK, "de");
        let (login, query) = address.split_once('?').unwrap();
        assert_eq!(login, "https://login.example/oauth2/authorize");
        let challenge = challenge(attempt.verifier.expose());
        assert_eq!(field(query, "code_challenge"), Some(challenge));
        assert_eq!(field(query, "redirect_uri").as_deref(), Some(CALLBACK));
        assert_eq!(field(query, "nonce").as_deref(), Some(attempt.nonce()));
        assert!(!address.contains(attempt.verifier.expose()));
    }

    #[test]
    fn state_nonce_and_verifier_are_three_secrets() {
        let Attempt {
            state,
            nonce,
            verifier,
            ..
        } = attempt();
        assert!(state != nonce && nonce != verifier && state != verifier);
    }

    #[test]
    fn the_code_is_exchanged_with_the_verifier_of_the_sign_in_that_it_is_of() {
        let attempt = attempt();
        let returned = returned(attempt.state.expose());
        let fields = attempt
            .exchange(&returned, &client(), CALLBACK, NOW)
            .unwrap();
        assert_eq!(field(&fields, "code").as_deref(), Some("a/b"));
        let verifier = field(&fields, "code_verifier");
        assert_eq!(
            verifier.as_deref(),
            Some(attempt.verifier.expose().as_str())
        );
    }

    #[test]
    fn another_state_no_code_and_what_is_late_are_refused() {
        let attempt = attempt();
        let own = returned(attempt.state.expose());
        let without = Returned {
            code: None,
            ..own.clone()
        };
        let late = NOW + LASTS + SignedDuration::from_secs(1);
        for (returned, at) in [
            (returned(""), NOW),
            (returned("another"), NOW),
            (without, NOW),
            (own.clone(), late),
            (own, NOW - SignedDuration::from_secs(1)),
        ] {
            let exchanged = attempt.exchange(&returned, &client(), CALLBACK, at);
            assert_eq!(exchanged, Err(NotThisSignIn));
        }
    }

    #[test]
    fn who_was_linked_is_sent_to_the_same_provider_once_more_with_secrets_of_its_own() {
        let first = attempt().by("Google");
        let address = |attempt: &Attempt| attempt.address("", &client(), CALLBACK, "de");
        let provider = |attempt: &Attempt| {
            let address = address(attempt);
            field(address.split_once('?').unwrap().1, "identity_provider")
        };
        assert_eq!(provider(&first).as_deref(), Some("Google"));
        assert_eq!(provider(&attempt()), None);
        let next = random();
        let next = first.again(NOW, &next).unwrap().unwrap();
        assert_eq!(provider(&next).as_deref(), Some("Google"));
        assert_eq!(next.return_to, first.return_to);
        assert!(next.again(NOW, &random()).unwrap().is_none());
        assert!(first.is_answered_by(&returned(first.state.expose()), NOW));
        assert!(!first.is_answered_by(&returned("another"), NOW));
    }

    #[test]
    fn nothing_secret_is_printed() {
        let attempt = attempt();
        let printed = format!("{attempt:?}");
        for secret in [&attempt.state, &attempt.nonce, &attempt.verifier] {
            assert!(!printed.contains(secret.expose().as_str()), "{printed}");
        }
    }
}
