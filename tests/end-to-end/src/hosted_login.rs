//! An OIDC client: authorisation code with PKCE, through the page that a person sees.

use anyhow::{Context as _, Result, bail, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::form::{Form, error_shown_in};
use crate::http::Http;
use crate::token;

/// The scopes of a person who reads and edits their own profile.
pub const FULL_SCOPES: &str = "openid email profile fairlead/profile.read fairlead/profile.write";

/// The scopes of an operator who looks after others.
pub const OPERATOR_SCOPES: &str = "openid fairlead/profile.merge fairlead/profile.erase fairlead/receipts.read \
fairlead/events.write fairlead/directory.read fairlead/directory.write fairlead/extensions.read fairlead/extensions.write \
fairlead/dead-letters.read fairlead/dead-letters.redrive fairlead/operations.read";

/// What the login needs to know of the app that sends people to it.
#[derive(Clone, Debug)]
pub struct HostedLogin {
    /// The client below.
    pub http: Http,
    /// Where the login is, without a path.
    pub url: String,
    /// The app client.
    pub client_id: String,
    /// Where the login sends people back to: one of the app client's callback URLs.
    pub redirect_uri: String,
    /// Whose tokens are expected.
    pub issuer: String,
}

/// What a person gets for signing in.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// For APIs.
    pub access: String,
    /// For the app itself.
    pub id: String,
}

/// What is made up for one sign-in, and checked when the answer comes back.
struct Attempt {
    verifier: String,
    state: String,
    nonce: String,
}

impl Attempt {
    fn new() -> Result<Self> {
        Ok(Self {
            verifier: secret()?,
            state: secret()?,
            nonce: secret()?,
        })
    }

    /// RFC 7636, §4.2: S256.
    fn challenge(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier.as_bytes()))
    }
}

impl HostedLogin {
    /// Signs a person in with a password and gives what the app gets.
    pub fn sign_in(&self, username: &str, password: &str, scopes: &str) -> Result<Tokens> {
        let attempt = Attempt::new()?;
        let page = self.open_page(&attempt, scopes)?;
        let code = self.submit(&page, &attempt, username, password)?;
        self.exchange(&code, &attempt)
    }

    /// The address that an app sends a person's browser to.
    #[must_use]
    pub fn authorize_url(&self, scopes: &str, challenge: &str) -> String {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client_id)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("scope", scopes)
            .append_pair("code_challenge", challenge)
            .append_pair("code_challenge_method", "S256")
            .finish();
        format!("{}/oauth2/authorize?{query}", self.url)
    }

    fn open_page(&self, attempt: &Attempt, scopes: &str) -> Result<String> {
        let url = self.authorize_url(scopes, &attempt.challenge());
        // Both are base64url and need no escapes.
        let answer = self.http.get(&format!(
            "{url}&state={}&nonce={}",
            attempt.state, attempt.nonce
        ))?;
        Ok(answer
            .expect(200)
            .context("the hosted login did not open")?
            .text())
    }

    /// Fills in and sends the page's form; gives the code that comes back with the redirect.
    fn submit(
        &self,
        page: &str,
        attempt: &Attempt,
        username: &str,
        password: &str,
    ) -> Result<String> {
        let mut form = Form::first_in(page).context("the hosted login's page")?;
        form.fill("username", username)?;
        form.fill("password", password)?;
        let fields: Vec<(&str, &str)> = form
            .fields
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect();
        let answer = self
            .http
            .post_form(&format!("{}{}", self.url, form.action), &fields)?;
        if answer.status != 302 {
            let shown = error_shown_in(&answer.text()).unwrap_or_else(|| answer.text());
            bail!(
                "the hosted login did not let {username} in (status {}): {shown}",
                answer.status
            );
        }
        let location = answer
            .header("location")
            .context("a redirect without a location")?;
        self.code_from(location, attempt)
    }

    fn code_from(&self, location: &str, attempt: &Attempt) -> Result<String> {
        let (target, query) = location
            .split_once('?')
            .context("the redirect carries no answer")?;
        ensure!(
            target == self.redirect_uri,
            "the redirect goes to {target} instead of {}",
            self.redirect_uri
        );
        let answer: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        let value = |name: &str| {
            answer
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str())
        };
        ensure!(
            value("state") == Some(&*attempt.state),
            "the redirect carries another state than was sent"
        );
        value("code")
            .map(str::to_owned)
            .with_context(|| format!("the redirect carries no code: {query}"))
    }

    fn exchange(&self, code: &str, attempt: &Attempt) -> Result<Tokens> {
        let answer = self.http.post_form(
            &format!("{}/oauth2/token", self.url),
            &[
                ("grant_type", "authorization_code"),
                ("client_id", &self.client_id),
                ("redirect_uri", &self.redirect_uri),
                ("code", code),
                ("code_verifier", &attempt.verifier),
            ],
        )?;
        let tokens = answer
            .expect(200)
            .context("the code was not exchanged")?
            .json()?;
        let field = |name: &str| {
            let value = tokens.get(name).and_then(Value::as_str);
            value
                .map(str::to_owned)
                .with_context(|| format!("the token endpoint gave no {name}"))
        };
        let tokens = Tokens {
            access: field("access_token")?,
            id: field("id_token")?,
        };
        self.check_id_token(&tokens.id, attempt)?;
        Ok(tokens)
    }

    /// OIDC Core 1.0, §3.1.3.7: issuer, audience and nonce are the ones asked for.
    fn check_id_token(&self, id_token: &str, attempt: &Attempt) -> Result<()> {
        let claims = token::claims(id_token)?;
        for (name, expected) in [
            ("iss", &self.issuer),
            ("aud", &self.client_id),
            ("nonce", &attempt.nonce),
        ] {
            let found = token::text(&claims, name)?;
            ensure!(
                found == expected,
                "the ID token's {name} is {found} instead of {expected}"
            );
        }
        Ok(())
    }
}

/// 32 random bytes in base64url: what RFC 7636, §4.1 asks of a verifier.
fn secret() -> Result<String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).context("the system has no randomness to give")?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login() -> HostedLogin {
        HostedLogin {
            http: Http::new(),
            url: "http://127.0.0.1:1".to_owned(),
            client_id: "web".to_owned(),
            redirect_uri: "http://localhost:8976/callback".to_owned(),
            issuer: "https://issuer".to_owned(),
        }
    }

    fn attempt() -> Attempt {
        Attempt {
            verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned(),
            state: "s1".to_owned(),
            nonce: "n1".to_owned(),
        }
    }

    #[test]
    fn the_challenge_is_that_of_rfc_7636_appendix_b() {
        assert_eq!(
            attempt().challenge(),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn a_redirect_with_another_state_is_refused() {
        let error = login()
            .code_from("http://localhost:8976/callback?code=c&state=s2", &attempt())
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "the redirect carries another state than was sent"
        );
    }

    #[test]
    fn a_redirect_to_somebody_else_is_refused() {
        let error = login()
            .code_from("http://localhost:1/callback?code=c&state=s1", &attempt())
            .unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("the redirect goes to http://localhost:1/callback"),
            "{error}"
        );
    }

    #[test]
    fn the_code_of_a_good_redirect_is_taken() {
        let code = login()
            .code_from(
                "http://localhost:8976/callback?code=a%2Fb&state=s1",
                &attempt(),
            )
            .unwrap();
        assert_eq!(code, "a/b");
    }
}
