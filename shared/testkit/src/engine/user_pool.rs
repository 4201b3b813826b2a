//! Cognito user pools: the operations by which Fairlead looks users up, makes them and links them,
//! and those by which it makes app clients, in AWS JSON. What people do at the hosted login is in [`UserPool`].

mod app_clients;
mod filter;
mod operating;
mod pool;

use bytes::Bytes;
use http::{Response, StatusCode};
use lambda_kit::clock::Clock;
use serde_json::{Value, json};

use self::{
    filter::Filter,
    pool::{Identity, State, User},
};
use super::{answer, names::USER_POOL};
use crate::{Call, call::each};

pub use self::pool::UserPool;

/// What a native user of this pool has to be given: `cdk/lib/stacks/identity.ts` asks for the same.
const PASSWORD_LENGTH: usize = 12;
/// How many logins of other providers a user may have
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html>).
const MAX_IDENTITIES: usize = 5;
/// How many users `ListUsers` tells at once.
const MAX_PAGE: usize = 60;

/// An error's code and its message.
type Refusal = (&'static str, String);

pub(super) struct UserPoolApi {
    pool: UserPool,
}

impl UserPoolApi {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            pool: UserPool::new(clock),
        }
    }

    pub(super) const fn pool(&self) -> &UserPool {
        &self.pool
    }

    pub(super) fn call(&self, call: &Call) -> Response<Bytes> {
        let input = &call.input;
        let pool = &self.pool;
        let answered = in_the_pool(input).and_then(|()| match call.operation.as_str() {
            "ListUsers" => list_users(&pool.state(), input),
            "AdminGetUser" => admin_get_user(&pool.state(), input),
            "AdminCreateUser" => admin_create_user(pool, input),
            "AdminSetUserPassword" => admin_set_user_password(pool, input),
            "AdminUpdateUserAttributes" => admin_update_user_attributes(pool, input),
            "AdminLinkProviderForUser" => admin_link_provider_for_user(pool, input),
            "AdminDisableProviderForUser" => admin_disable_provider_for_user(pool, input),
            "AdminUserGlobalSignOut" => admin_user_global_sign_out(pool, input),
            "AdminDeleteUser" => admin_delete_user(pool, input),
            "ListIdentityProviders" => Ok(list_identity_providers(&pool.state())),
            "DescribeIdentityProvider" => describe_identity_provider(&pool.state(), input),
            "CreateUserPoolClient" => app_clients::create(pool, input),
            "DescribeUserPoolClient" => app_clients::describe(&pool.state(), input),
            "ListUserPoolClients" => app_clients::list(&pool.state(), input),
            "DeleteUserPoolClient" => app_clients::delete(pool, input),
            other => Err((
                "UnsupportedOperationException",
                format!("testkit's Cognito has no {other}"),
            )),
        });
        match answered {
            Ok(output) => answer::json(StatusCode::OK, &output),
            Err((code, message)) => answer::json_error(StatusCode::BAD_REQUEST, code, &message),
        }
    }
}

fn in_the_pool(input: &Value) -> Result<(), Refusal> {
    match text(input, "UserPoolId") {
        Some(USER_POOL) => Ok(()),
        Some(other) => Err((
            "ResourceNotFoundException",
            format!("User pool {other} does not exist."),
        )),
        None => Err(invalid("UserPoolId is missing")),
    }
}

fn list_users(state: &State, input: &Value) -> Result<Value, Refusal> {
    let filter = text(input, "Filter").map(Filter::parse).transpose()?;
    let limit = input
        .get("Limit")
        .and_then(Value::as_u64)
        .map_or(MAX_PAGE, |limit| usize::try_from(limit).unwrap_or(MAX_PAGE));
    if limit > MAX_PAGE {
        return Err(invalid("Limit must have value less than or equal to 60"));
    }
    let from: usize = match text(input, "PaginationToken") {
        Some(token) => token
            .strip_prefix("page-")
            .and_then(|from| from.parse().ok())
            .ok_or_else(|| invalid("Invalid pagination token given."))?,
        None => 0,
    };
    let found: Vec<&User> = state
        .users()
        .filter(|user| !user.is_untold)
        .filter(|user| filter.as_ref().is_none_or(|filter| filter.matches(user)))
        .collect();
    let users: Vec<Value> = found
        .iter()
        .skip(from)
        .take(limit)
        .map(|user| user.described("Attributes"))
        .collect();
    let next = from + users.len();
    let token = (next < found.len()).then(|| format!("page-{next}"));
    Ok(json!({ "Users": users, "PaginationToken": token }))
}

fn admin_get_user(state: &State, input: &Value) -> Result<Value, Refusal> {
    let user = state.named(required(input, "Username")?).ok_or(unknown())?;
    Ok(user.described("UserAttributes"))
}

fn admin_create_user(pool: &UserPool, input: &Value) -> Result<Value, Refusal> {
    let username = required(input, "Username")?;
    if !username.contains('@') {
        return Err(invalid("Username should be an email."));
    }
    if let Some(password) = text(input, "TemporaryPassword") {
        check_password(password)?;
    }
    if text(input, "MessageAction") != Some("SUPPRESS") {
        return Err(invalid("testkit's Cognito sends no messages"));
    }
    let mut attributes = attributes(input);
    attributes.push(("email".to_owned(), username.to_owned()));
    let made = pool.add_native("FORCE_CHANGE_PASSWORD", None, attributes)?;
    let state = pool.state();
    let user = state.named(&made).ok_or(unknown())?;
    Ok(json!({ "User": user.described("Attributes") }))
}

fn admin_set_user_password(pool: &UserPool, input: &Value) -> Result<Value, Refusal> {
    let password = required(input, "Password")?;
    check_password(password)?;
    let permanent = input.get("Permanent").and_then(Value::as_bool) == Some(true);
    pool.change(required(input, "Username")?, |user| {
        user.password = Some(password.to_owned());
        let status = if permanent {
            "CONFIRMED"
        } else {
            "FORCE_CHANGE_PASSWORD"
        };
        status.clone_into(&mut user.status);
        Ok(json!({}))
    })
}

fn admin_update_user_attributes(pool: &UserPool, input: &Value) -> Result<Value, Refusal> {
    pool.change(required(input, "Username")?, |user| {
        user.attributes.extend(attributes(input));
        Ok(json!({}))
    })
}

fn admin_link_provider_for_user(pool: &UserPool, input: &Value) -> Result<Value, Refusal> {
    let identity = identity(&pool.state(), input, "SourceUser")?;
    let destination = input.get("DestinationUser").cloned().unwrap_or_default();
    if text(&destination, "ProviderName") != Some("Cognito") {
        return Err(invalid("testkit links to native users alone"));
    }
    let owner = pool.state().signed_in(&identity).cloned();
    match owner {
        Some(user) if user.status == "EXTERNAL_PROVIDER" => {
            return Err(invalid(
                "Merging is not currently supported, provide a SourceUser that has not been signed up in order to link",
            ));
        }
        Some(_) => {
            return Err(invalid(
                "Invalid SourceUser: Cognito users with a username/password may not be passed in as a SourceUser, only as a DestinationUser",
            ));
        }
        None => {}
    }
    pool.change(required(&destination, "ProviderAttributeValue")?, |user| {
        if user.identities.len() == MAX_IDENTITIES {
            return Err((
                "LimitExceededException",
                "Exceeded limit on number of linked identities".to_owned(),
            ));
        }
        user.identities.push(identity.clone());
        Ok(json!({}))
    })
}

fn admin_disable_provider_for_user(pool: &UserPool, input: &Value) -> Result<Value, Refusal> {
    let identity = identity(&pool.state(), input, "User")?;
    let owner = pool
        .state()
        .signed_in(&identity)
        .cloned()
        .ok_or(unknown())?;
    pool.change(&owner.username, |user| {
        user.identities.retain(|linked| *linked != identity);
        Ok(json!({}))
    })
}

fn admin_user_global_sign_out(pool: &UserPool, input: &Value) -> Result<Value, Refusal> {
    pool.change(required(input, "Username")?, |user| {
        user.has_refresh_tokens = false;
        Ok(json!({}))
    })
}

fn admin_delete_user(pool: &UserPool, input: &Value) -> Result<Value, Refusal> {
    pool.remove(required(input, "Username")?)?;
    Ok(json!({}))
}

fn list_identity_providers(state: &State) -> Value {
    let providers: Vec<Value> = state
        .providers()
        .map(|provider| json!({ "ProviderName": provider.name, "ProviderType": provider.kind }))
        .collect();
    json!({ "Providers": providers })
}

fn describe_identity_provider(state: &State, input: &Value) -> Result<Value, Refusal> {
    let name = required(input, "ProviderName")?;
    let provider = state
        .providers()
        .find(|provider| provider.name == name)
        .ok_or_else(|| no_provider(name))?;
    Ok(json!({ "IdentityProvider": {
        "ProviderName": provider.name,
        "ProviderType": provider.kind,
        "AttributeMapping": provider.mapping,
        "ProviderDetails": {},
    } }))
}

/// The login at another provider that `field` names by its subject.
fn identity(state: &State, input: &Value, field: &str) -> Result<Identity, Refusal> {
    let user = input.get(field).cloned().unwrap_or_default();
    let name = required(&user, "ProviderName")?;
    if !state.providers().any(|provider| provider.name == name) {
        return Err(no_provider(name));
    }
    if text(&user, "ProviderAttributeName") != Some("Cognito_Subject") {
        return Err(invalid("Invalid SourceUser: ProviderAttributeName"));
    }
    Ok(Identity {
        provider: name.to_owned(),
        subject: required(&user, "ProviderAttributeValue")?.to_owned(),
    })
}

fn attributes(input: &Value) -> Vec<(String, String)> {
    each(input, "UserAttributes")
        .filter_map(|attribute| {
            let name = text(attribute, "Name")?.to_owned();
            Some((name, text(attribute, "Value")?.to_owned()))
        })
        .collect()
}

fn check_password(password: &str) -> Result<(), Refusal> {
    let has = |kind: fn(&char) -> bool| password.chars().any(|c| kind(&c));
    let holds = password.chars().count() >= PASSWORD_LENGTH
        && has(char::is_ascii_digit)
        && has(char::is_ascii_lowercase)
        && has(char::is_ascii_uppercase)
        && has(char::is_ascii_punctuation);
    holds.then_some(()).ok_or((
        "InvalidPasswordException",
        "Password did not conform with policy".to_owned(),
    ))
}

fn unknown() -> Refusal {
    ("UserNotFoundException", "User does not exist.".to_owned())
}

fn no_provider(name: &str) -> Refusal {
    (
        "ResourceNotFoundException",
        format!("Identity provider {name} does not exist."),
    )
}

fn invalid(message: &str) -> Refusal {
    ("InvalidParameterException", message.to_owned())
}

fn required<'a>(input: &'a Value, name: &str) -> Result<&'a str, Refusal> {
    text(input, name).ok_or_else(|| invalid(&format!("{name} is missing")))
}

fn text<'a>(input: &'a Value, name: &str) -> Option<&'a str> {
    input.get(name)?.as_str().filter(|text| !text.is_empty())
}
