//! The hosted login, as far as pages see it: it sends a browser back with a code, and exchanges a code
//! with its verifier for tokens, once.

use std::collections::{BTreeMap, BTreeSet};

use http::{Request, Response};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use session::challenge;
use testkit::tokens::{ID_TOKEN_KEY, OPERATORS_CLIENT, SUB, TOKEN_ISSUER, Token, WEB_CLIENT, sign};

/// Who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// The person that this profile is of.
    Person(String),
    /// An operator of the tenant `harbour` who has this profile.
    Operator(String),
}

/// What a browser was sent away with.
#[derive(Debug, Clone)]
struct Sent {
    who: Who,
    client: String,
    nonce: String,
    challenge: String,
    scope: String,
}

/// The hosted login.
#[derive(Debug, Default)]
pub(crate) struct Login {
    codes: BTreeMap<String, Sent>,
    refreshing: BTreeMap<String, Sent>,
    revoked: BTreeSet<String>,
    /// What is put in place of claims of the ID tokens to come.
    pub(crate) forged: Map<String, Value>,
}

impl Login {
    /// Lets `who` in, whose browser came with `query`; the query with which it is sent back.
    pub(crate) fn let_in(&mut self, who: Who, query: &str) -> String {
        let field = |name: &str| {
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            let found = pairs.find_map(|(key, value)| (key == name).then(|| value.into_owned()));
            found.unwrap_or_default()
        };
        let code = format!("code-{}", self.codes.len() + self.refreshing.len());
        let sent = Sent {
            who,
            client: field("client_id"),
            nonce: field("nonce"),
            challenge: field("code_challenge"),
            scope: field("scope"),
        };
        self.codes.insert(code.clone(), sent);
        form_urlencoded::Serializer::new(String::new())
            .append_pair("code", &code)
            .append_pair("state", &field("state"))
            .finish()
    }

    /// What its endpoints answer.
    pub(crate) fn answer(&mut self, request: &Request<String>, now: Timestamp) -> Response<String> {
        let fields: BTreeMap<String, String> = form_urlencoded::parse(request.body().as_bytes())
            .into_owned()
            .collect();
        let field = |name: &str| fields.get(name).map_or("", String::as_str);
        let answered = match (request.uri().path(), field("grant_type")) {
            ("/oauth2/token", "authorization_code") => self.exchange(&fields, now),
            ("/oauth2/token", "refresh_token") => self.refresh(field("refresh_token"), now),
            ("/oauth2/revoke", _) => {
                self.revoked.insert(field("token").to_owned());
                Some(json!({}))
            }
            _ => None,
        };
        let (status, body) = match answered {
            Some(body) => (200, body),
            None => (400, json!({ "error": "invalid_grant" })),
        };
        let response = Response::builder().status(status).body(body.to_string());
        response.expect("a status and a text are an answer")
    }

    fn exchange(&mut self, fields: &BTreeMap<String, String>, now: Timestamp) -> Option<Value> {
        let sent = self.codes.remove(fields.get("code")?)?;
        let is_answered = challenge(fields.get("code_verifier")?) == sent.challenge;
        if !is_answered || *fields.get("client_id")? != sent.client {
            return None;
        }
        let refresh = format!("refresh-{}", self.refreshing.len());
        self.refreshing.insert(refresh.clone(), sent.clone());
        Some(json!({
            "access_token": access(&sent, now),
            "id_token": self.id_token(&sent, now),
            "refresh_token": refresh,
            "expires_in": 3_600,
            "token_type": "Bearer",
        }))
    }

    fn refresh(&self, token: &str, now: Timestamp) -> Option<Value> {
        let sent = self
            .refreshing
            .get(token)
            .filter(|_| !self.revoked.contains(token))?;
        Some(
            json!({ "access_token": access(sent, now), "expires_in": 3_600, "token_type": "Bearer" }),
        )
    }

    fn id_token(&self, sent: &Sent, now: Timestamp) -> String {
        let now = now.as_second();
        let mut claims = json!({
            "sub": SUB,
            "iss": TOKEN_ISSUER,
            "aud": sent.client,
            "nonce": sent.nonce,
            "token_use": "id",
            "auth_time": now,
            "iat": now,
            "exp": now + 3_600,
        });
        if let Some(claims) = claims.as_object_mut() {
            claims.extend(self.forged.clone());
        }
        let header = json!({ "kid": ID_TOKEN_KEY.id, "alg": "RS256" });
        sign(header.to_string(), claims.to_string(), &ID_TOKEN_KEY)
    }
}

/// The access token that Cognito and identity-pre-token-generation make: whoever is no operator is
/// granted nothing of what only operators may.
fn access(sent: &Sent, now: Timestamp) -> String {
    let token = match &sent.who {
        Who::Person(profile) => {
            let token = Token::person(now, profile).claim("client_id", sent.client.as_str());
            let scope = if sent.client == WEB_CLIENT {
                sent.scope.as_str()
            } else {
                "openid fairlead/profile.read"
            };
            token.scope(scope)
        }
        Who::Operator(profile) => {
            let token = Token::operator(now, profile).claim("client_id", sent.client.as_str());
            token.scope(&sent.scope)
        }
    };
    debug_assert!([WEB_CLIENT, OPERATORS_CLIENT].contains(&sent.client.as_str()));
    token.signed()
}
