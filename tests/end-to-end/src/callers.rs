//! One of each kind of caller, honest and not, with what they send as `Authorization`.

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::cognito::machine_token;
use crate::fairlead::Fairlead;
use crate::hosted_login::{FULL_SCOPES, HostedLogin, OPERATOR_SCOPES, Tokens};
use crate::person::{Person, fresh_name};
use crate::running::Running;
use crate::seed::{OPERATORS, PARTNER_SCOPES, put_new};
use crate::token;

/// Somebody who calls the API.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who it is, in a few words.
    pub name: &'static str,
    /// The security schemes of the API's description that they meet; none for those without a token
    /// and those whose token is not valid.
    pub schemes: &'static [&'static str],
    /// What their token was granted.
    pub scopes: Vec<String>,
    /// The app client that their token is for; none for those without a valid one.
    pub client: Option<String>,
    /// What they send as `Authorization`.
    pub authorization: Option<String>,
}

impl Caller {
    fn with(name: &'static str, schemes: &'static [&'static str], access: &str) -> Result<Self> {
        let claims = token::claims(access)?;
        let scopes = claims.get("scope").and_then(Value::as_str);
        let scopes = scopes.unwrap_or_default().split(' ').map(str::to_owned);
        let client = claims.get("client_id").and_then(Value::as_str);
        Ok(Self {
            name,
            schemes,
            scopes: scopes.collect(),
            client: client.map(str::to_owned),
            authorization: Some(format!("Bearer {access}")),
        })
    }

    fn without_valid_token(name: &'static str, authorization: Option<String>) -> Self {
        Self {
            name,
            schemes: &[],
            scopes: Vec::new(),
            client: None,
            authorization,
        }
    }
}

/// What a machine of a partner with an agreement meets.
const MACHINE: &[&str] = &["machine", "any_machine"];

/// Those whom Fairlead admits, with all that their kind may be granted: a person, an operator, a machine.
pub fn honest(fairlead: &Fairlead, running: &Running) -> Result<[Caller; 3]> {
    let person = person(fairlead, FULL_SCOPES)?;
    let operator = operator(fairlead, OPERATOR_SCOPES)?;
    let machine = fairlead.partner_token(&running.world)?;
    Ok([
        Caller::with("a person", &["person"], &person.access)?,
        Caller::with("an operator", &["operator", "person"], &operator.access)?,
        Caller::with("a machine", MACHINE, &machine)?,
    ])
}

/// Somebody who is there to be erased.
pub fn leaving(fairlead: &Fairlead) -> Result<Caller> {
    let person = person(fairlead, FULL_SCOPES)?;
    Caller::with("a person who leaves", &["person"], &person.access)
}

/// Those whom Fairlead admits, and those who lack something, or have no right to be there.
pub fn all(fairlead: &Fairlead, running: &Running) -> Result<Vec<Caller>> {
    let reader = person(fairlead, "openid fairlead/profile.read")?;
    let visitor = person(fairlead, "openid")?;
    let operator = operator(fairlead, "openid")?;
    let identifying = machine_token(
        &fairlead.http,
        fairlead.stack.login_url(),
        &running.world.partner_client,
        "fairlead/profile.identify",
    )?;
    let stranger = machine_of_another_tenant(fairlead)?;
    let mut callers = vec![
        Caller::without_valid_token("nobody", None),
        Caller::without_valid_token("someone with garbage", Some("Bearer garbage".to_owned())),
        Caller::without_valid_token(
            "someone with another scheme",
            Some("Basic QWRhOkFkYQ==".to_owned()),
        ),
        Caller::without_valid_token(
            "a forger",
            Some(format!("Bearer {}", forged(&reader.access)?)),
        ),
        Caller::without_valid_token(
            "someone with an ID token",
            Some(format!("Bearer {}", reader.id)),
        ),
        Caller::with("a person who may read", &["person"], &reader.access)?,
        Caller::with("a person without a scope", &["person"], &visitor.access)?,
        Caller::with(
            "an operator without a scope",
            &["operator", "person"],
            &operator.access,
        )?,
        Caller::with("a machine that may identify", MACHINE, &identifying)?,
        Caller::with("a machine of another tenant", MACHINE, &stranger)?,
    ];
    callers.extend(honest(fairlead, running)?);
    Ok(callers)
}

fn person(fairlead: &Fairlead, scopes: &str) -> Result<Tokens> {
    let person = Person::newcomer("Cora")?;
    fairlead.admit(&person)?;
    fairlead
        .login
        .sign_in(&person.email, &person.password, scopes)
}

/// A member of the group of operators, who signs in by the operators' client.
fn operator(fairlead: &Fairlead, scopes: &str) -> Result<Tokens> {
    let person = Person::newcomer("Olga")?;
    fairlead.admit(&person)?;
    fairlead.pool.add_to_group(&person.email, OPERATORS)?;
    let login = HostedLogin {
        client_id: fairlead.stack.output("OperatorsClientId")?.to_owned(),
        ..fairlead.login.clone()
    };
    login.sign_in(&person.email, &person.password, scopes)
}

fn machine_of_another_tenant(fairlead: &Fairlead) -> Result<String> {
    let partner = fresh_name("ferry-line")?;
    let client = fairlead
        .pool
        .create_machine_client(&partner, PARTNER_SCOPES)?;
    let row = json!({
        "tenant": format!("client#{}", client.id),
        "part": "client",
        "owner_tenant": "airport",
        "partner": partner,
        "agreement": "ferry-line-2026",
    });
    put_new(fairlead, &row)?;
    let url = fairlead.stack.login_url();
    machine_token(&fairlead.http, url, &client, PARTNER_SCOPES)
}

/// A token that says more than was signed.
fn forged(access: &str) -> Result<String> {
    let mut claims = token::claims(access)?;
    let scopes = format!("{FULL_SCOPES} {OPERATOR_SCOPES} {PARTNER_SCOPES}");
    let members = claims.as_object_mut().context("claims are an object")?;
    members.insert("scope".to_owned(), scopes.into());
    members.insert("cognito:groups".to_owned(), json!(["operators"]));
    let parts: Vec<&str> = access.split('.').collect();
    let [header, _, signature] = parts.as_slice() else {
        anyhow::bail!("a token has three parts");
    };
    let payload = BASE64_URL_SAFE_NO_PAD.encode(claims.to_string());
    Ok(format!("{header}.{payload}.{signature}"))
}
