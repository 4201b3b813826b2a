//! What a token says, once it is known who says it.

use std::str::FromStr;

use jiff::Timestamp;
use lambda_kit::planted;
use serde_json::{Map, Value};

use crate::{Cause, json};

/// By how many seconds Cognito's clock and ours may differ.
const LEEWAY: i64 = 5;
/// The longest life that Cognito gives to an access token, in seconds: a day.
const LONGEST_LIFE: i64 = 86_400;
/// The last second of the year 9999, after which a number is no time.
const LAST_SECOND: i64 = 253_402_300_799;

/// The claims of a token whose signature holds.
#[derive(Debug)]
pub(crate) struct Claims(Map<String, Value>);

impl Claims {
    pub(crate) fn read(payload: &[u8]) -> Result<Self, Cause> {
        json::object(payload)
            .map(Self)
            .ok_or(Cause::UnreadableClaims)
    }

    /// Claims that API Gateway verified.
    pub(crate) const fn verified(claims: Map<String, Value>) -> Self {
        Self(claims)
    }

    /// Whether `issuer` made this for now, as an access token.
    pub(crate) fn check(&self, issuer: &str, now: Timestamp) -> Result<(), Cause> {
        if self.text("iss")? != Some(issuer) && !planted::is_on("token-issuer-ignored") {
            return Err(Cause::Issuer);
        }
        self.check_use()?;
        self.check_times(now.as_second())
    }

    /// Whether `issuer` made this for now, as an ID token for the app client `client` and for the sign-in
    /// that sent `nonce` along (OpenID Connect Core 1.0, section 3.1.3.7).
    pub(crate) fn check_sign_in(
        &self,
        issuer: &str,
        client: &str,
        nonce: &str,
        now: Timestamp,
    ) -> Result<(), Cause> {
        let expected = [
            ("iss", issuer, Cause::Issuer),
            ("token_use", "id", Cause::Use),
            ("aud", client, Cause::Client),
            ("nonce", nonce, Cause::Nonce),
        ];
        for (name, value, cause) in expected {
            if self.text(name)? != Some(value) {
                return Err(cause);
            }
        }
        self.check_times(now.as_second())
    }

    /// What [`check`](Self::check) looks at, of claims that API Gateway verified, as far as it is not
    /// known there.
    pub(crate) fn check_handed_on(&self, issuer: &str) -> Result<(), Cause> {
        if self.text("iss")? != Some(issuer) && !planted::is_on("gateway-issuer-ignored") {
            return Err(Cause::Issuer);
        }
        self.check_use()
    }

    fn check_use(&self) -> Result<(), Cause> {
        if self.text("token_use")? == Some("access") || planted::is_on("token-use-ignored") {
            Ok(())
        } else {
            Err(Cause::Use)
        }
    }

    fn check_times(&self, now: i64) -> Result<(), Cause> {
        let issued = self.time("iat")?.ok_or(Cause::Time)?;
        let expires = self.time("exp")?.ok_or(Cause::Time)?;
        let not_before = self.time("nbf")?.unwrap_or(issued);
        let has_begun = issued <= now + LEEWAY && not_before <= now + LEEWAY;
        if !has_begun || expires <= issued || expires - issued > LONGEST_LIFE {
            return Err(Cause::Time);
        }
        if now >= expires + LEEWAY && !planted::is_on("token-expiry-ignored") {
            return Err(Cause::Expired);
        }
        Ok(())
    }

    /// The app client that the token was made for.
    pub(crate) fn client_id(&self) -> Result<String, Cause> {
        let well_formed = |id: &&str| {
            (1..=128).contains(&id.len())
                && id
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"_+".contains(&b))
        };
        let id = self.text("client_id")?.filter(well_formed);
        id.map(str::to_owned).ok_or(Cause::Client)
    }

    /// A claim that is a text, if it is there.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&str>, Cause> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Cause::Claim),
        }
    }

    /// A claim that is the text of a `T`, if it is there. One that is there and is none is an
    /// error: what can't be read must not count as what was not said.
    pub(crate) fn parsed<T: FromStr>(&self, name: &str) -> Result<Option<T>, Cause> {
        let text = self.text(name)?;
        text.map(|text| text.parse().map_err(|_| Cause::Claim))
            .transpose()
    }

    /// The groups of the user pool that a person is in.
    pub(crate) fn groups(&self) -> Result<Vec<&str>, Cause> {
        let Some(claim) = self.0.get("cognito:groups") else {
            return Ok(Vec::new());
        };
        let names = claim.as_array().ok_or(Cause::Claim)?.iter();
        names
            .map(|name| name.as_str().ok_or(Cause::Claim))
            .collect()
    }

    /// Whether they are a person's or an operator's: Cognito names the user in every token of one, and
    /// in no machine's.
    pub(crate) fn are_a_humans(&self) -> bool {
        self.has("username")
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A whole number of seconds, as Cognito writes its times.
    fn time(&self, name: &str) -> Result<Option<i64>, Cause> {
        let Some(claim) = self.0.get(name) else {
            return Ok(None);
        };
        let seconds = claim.as_i64().filter(|at| (1..=LAST_SECOND).contains(at));
        seconds.map(Some).ok_or(Cause::Time)
    }
}
