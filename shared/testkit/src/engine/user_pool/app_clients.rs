//! The pool's app clients for machines.

use serde_json::{Value, json};

use super::{
    MAX_PAGE, Refusal, invalid,
    pool::{State, UserPool},
    required, text,
};
use crate::engine::{answer::numbered_id, names::USER_POOL};

const ID_MAKER: u32 = 0xc0_c11e;
const SECRET_MAKER: u32 = 0xc0_5ec7;

/// An app client that gets tokens for itself.
#[derive(Debug, Clone)]
pub(super) struct AppClient {
    id: String,
    secret: String,
    name: String,
    scopes: Vec<Value>,
}

impl AppClient {
    fn described(&self) -> Value {
        json!({
            "UserPoolId": USER_POOL,
            "ClientName": self.name,
            "ClientId": self.id,
            "ClientSecret": self.secret,
            "AllowedOAuthFlows": ["client_credentials"],
            "AllowedOAuthScopes": self.scopes,
            "AllowedOAuthFlowsUserPoolClient": true,
        })
    }
}

impl UserPool {
    /// All app clients that were made: what each is called, what it may ask for and by what it
    /// proves itself.
    #[must_use]
    pub fn app_clients(&self) -> Vec<Value> {
        let state = self.state();
        let clients = state.clients.iter();
        clients.map(AppClient::described).collect()
    }
}

/// A name may be taken twice: nothing but its id tells an app client from another.
pub(super) fn create(pool: &UserPool, input: &Value) -> Result<Value, Refusal> {
    let name = required(input, "ClientName")?;
    let is_of_name = |c: char| c.is_alphanumeric() || " _+=,.@-".contains(c);
    if name.chars().count() > 128 || !name.chars().all(is_of_name) {
        return Err(invalid("1 validation error detected: clientName"));
    }
    let flows = input.get("AllowedOAuthFlows").cloned().unwrap_or_default();
    if flows != json!(["client_credentials"]) {
        return Err(invalid("testkit's Cognito makes clients of machines alone"));
    }
    if input.get("GenerateSecret") != Some(&Value::Bool(true)) {
        return Err((
            "InvalidOAuthFlowException",
            "client_credentials flow can not be selected if client does not have a client secret."
                .to_owned(),
        ));
    }
    let scopes = input.get("AllowedOAuthScopes").and_then(Value::as_array);
    let mut state = pool.state();
    state.clients_made += 1;
    let numbered = |maker| numbered_id(maker, state.clients_made).replace('-', "");
    let client = AppClient {
        id: numbered(ID_MAKER),
        secret: numbered(SECRET_MAKER),
        name: name.to_owned(),
        scopes: scopes.cloned().unwrap_or_default(),
    };
    let described = client.described();
    state.clients.push(client);
    Ok(json!({ "UserPoolClient": described }))
}

pub(super) fn describe(state: &State, input: &Value) -> Result<Value, Refusal> {
    let id = required(input, "ClientId")?;
    let client = state.clients.iter().find(|client| client.id == id);
    let client = client.ok_or_else(|| unknown(id))?;
    Ok(json!({ "UserPoolClient": client.described() }))
}

pub(super) fn list(state: &State, input: &Value) -> Result<Value, Refusal> {
    let most = input.get("MaxResults").and_then(Value::as_u64);
    let most = most.map_or(MAX_PAGE, |most| usize::try_from(most).unwrap_or(usize::MAX));
    if most > MAX_PAGE {
        return Err(invalid(
            "MaxResults must have value less than or equal to 60",
        ));
    }
    let from: usize = match text(input, "NextToken") {
        Some(token) => token
            .strip_prefix("page-")
            .and_then(|from| from.parse().ok())
            .ok_or_else(|| invalid("Invalid pagination token given."))?,
        None => 0,
    };
    let page = state.clients.iter().skip(from).take(most);
    let page: Vec<Value> = page
        .map(|client| {
            json!({ "UserPoolId": USER_POOL, "ClientId": client.id, "ClientName": client.name })
        })
        .collect();
    let next = from + page.len();
    let token = (next < state.clients.len()).then(|| format!("page-{next}"));
    Ok(json!({ "UserPoolClients": page, "NextToken": token }))
}

pub(super) fn delete(pool: &UserPool, input: &Value) -> Result<Value, Refusal> {
    let id = required(input, "ClientId")?;
    let mut state = pool.state();
    let before = state.clients.len();
    state.clients.retain(|client| client.id != id);
    if state.clients.len() == before {
        return Err(unknown(id));
    }
    drop(state);
    Ok(json!({}))
}

fn unknown(id: &str) -> Refusal {
    (
        "ResourceNotFoundException",
        format!("User pool client {id} does not exist."),
    )
}
