//! The pool's users and providers, and what people do at its hosted login.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use lambda_kit::clock::Clock;
use serde_json::{Value, json};

use super::{Refusal, app_clients::AppClient, unknown};
use crate::engine::answer::numbered_id;

const ID_MAKER: u32 = 0xc0_6172;

/// The kinds of provider whose name Cognito writes in lower case before the user's name.
const SOCIAL: [&str; 4] = ["Google", "Facebook", "LoginWithAmazon", "SignInWithApple"];

/// The user pool: people sign up with their e-mail address, whose case makes no difference. Clones
/// are one and the same.
#[derive(Clone)]
pub struct UserPool {
    clock: Clock,
    state: Arc<Mutex<State>>,
}

/// A login at another identity provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) provider: String,
    pub(super) subject: String,
}

#[derive(Debug, Clone)]
pub(super) struct Provider {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) mapping: BTreeMap<String, String>,
}

#[derive(Debug, Clone)]
pub(super) struct User {
    pub(super) username: String,
    pub(super) attributes: BTreeMap<String, String>,
    pub(super) status: String,
    pub(super) enabled: bool,
    pub(super) password: Option<String>,
    pub(super) identities: Vec<Identity>,
    /// Whether they hold refresh tokens that were not revoked.
    pub(super) has_refresh_tokens: bool,
    /// Whether `ListUsers` does not tell of them.
    pub(super) is_untold: bool,
    created: Timestamp,
}

#[derive(Default)]
pub(super) struct State {
    users: Vec<User>,
    /// How many users were ever made: no id is given twice.
    made: usize,
    providers: Vec<Provider>,
    pub(super) clients: Vec<AppClient>,
    /// How many app clients were ever made.
    pub(super) clients_made: usize,
}

impl State {
    pub(super) fn users(&self) -> impl Iterator<Item = &User> {
        self.users.iter()
    }

    pub(super) fn providers(&self) -> impl Iterator<Item = &Provider> {
        self.providers.iter()
    }

    /// The user of that name; a native one also by their e-mail address.
    pub(super) fn named(&self, name: &str) -> Option<&User> {
        self.users.iter().find(|user| user.answers_to(name))
    }

    /// Who is signed in by `identity`.
    pub(super) fn signed_in(&self, identity: &Identity) -> Option<&User> {
        self.users
            .iter()
            .find(|user| user.identities.contains(identity))
    }
}

impl User {
    fn answers_to(&self, name: &str) -> bool {
        let email = self.attributes.get("email");
        self.username == name
            || (self.status != "EXTERNAL_PROVIDER"
                && email.is_some_and(|email| email.eq_ignore_ascii_case(name)))
    }

    /// As the API describes it, with its attributes in `field`.
    pub(super) fn described(&self, field: &str) -> Value {
        let mut attributes: Vec<Value> = self
            .attributes
            .iter()
            .map(|(name, value)| json!({ "Name": name, "Value": value }))
            .collect();
        if !self.identities.is_empty() {
            attributes.push(json!({ "Name": "identities", "Value": self.identities_attribute() }));
        }
        json!({
            "Username": self.username,
            field: attributes,
            "Enabled": self.enabled,
            "UserStatus": self.status,
            "UserCreateDate": self.created.as_second(),
            "UserLastModifiedDate": self.created.as_second(),
        })
    }

    fn identities_attribute(&self) -> String {
        let created = self.created.as_millisecond().to_string();
        let identities: Vec<Value> = self
            .identities
            .iter()
            .map(|Identity { provider, subject }| {
                json!({
                    "userId": subject,
                    "providerName": provider,
                    "providerType": provider,
                    "issuer": null,
                    "primary": (self.status == "EXTERNAL_PROVIDER").to_string(),
                    "dateCreated": created,
                })
            })
            .collect();
        Value::from(identities).to_string()
    }
}

impl UserPool {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            clock,
            state: Arc::default(),
        }
    }

    /// Adds an identity provider that maps `attributes` of its own to those of the same name.
    pub fn add_provider(&self, name: &str, kind: &str, attributes: &[&str]) {
        let mapping = attributes
            .iter()
            .map(|name| ((*name).to_owned(), (*name).to_owned()));
        self.state().providers.push(Provider {
            name: name.to_owned(),
            kind: kind.to_owned(),
            mapping: mapping.collect(),
        });
    }

    /// A person signs up by themselves, once the trigger let them; returns their username.
    ///
    /// # Errors
    /// `UsernameExistsException` if there is a native user of that address.
    pub fn sign_up(&self, email: &str, password: &str) -> Result<String, &'static str> {
        let attributes = vec![
            ("email".to_owned(), email.to_owned()),
            ("email_verified".to_owned(), "false".to_owned()),
        ];
        self.add_native("UNCONFIRMED", Some(password), attributes)
            .map_err(|(code, _)| code)
    }

    /// A person enters the code that was sent to their address, which is verified by it.
    ///
    /// # Errors
    /// `NotAuthorizedException` if there is nothing to confirm.
    pub fn confirm(&self, username: &str) -> Result<(), &'static str> {
        self.change(username, |user| {
            if user.status != "UNCONFIRMED" {
                let message = format!(
                    "User cannot be confirmed. Current status is {}",
                    user.status
                );
                return Err(("NotAuthorizedException", message));
            }
            "CONFIRMED".clone_into(&mut user.status);
            user.attributes
                .insert("email_verified".to_owned(), "true".to_owned());
            Ok(())
        })
        .map_err(|(code, _)| code)
    }

    /// An operator sets an attribute of a user.
    ///
    /// # Panics
    /// If there is no such user.
    pub fn set_attribute(&self, username: &str, name: &str, value: &str) {
        self.change(username, |user| {
            user.attributes.insert(name.to_owned(), value.to_owned());
            Ok(())
        })
        .expect("the user is in the pool");
    }

    /// Whether `password` is a user's.
    #[must_use]
    pub fn takes_password(&self, username: &str, password: &str) -> bool {
        let state = self.state();
        let user = state.named(username);
        user.is_some_and(|user| user.password.as_deref() == Some(password))
    }

    /// Who is signed in by the login `subject` at `provider`, if it was seen before.
    #[must_use]
    pub fn signed_in(&self, provider: &str, subject: &str) -> Option<String> {
        let identity = Identity {
            provider: provider.to_owned(),
            subject: subject.to_owned(),
        };
        self.state()
            .signed_in(&identity)
            .map(|user| user.username.clone())
    }

    /// Whoever signed in as a user is given a refresh token.
    ///
    /// # Panics
    /// If there is no such user.
    pub fn give_refresh_token(&self, username: &str) {
        self.change(username, |user| {
            user.has_refresh_tokens = true;
            Ok(())
        })
        .expect("the user is in the pool");
    }

    /// Whether a user has a refresh token that gets them another access token.
    #[must_use]
    pub fn has_refresh_tokens(&self, username: &str) -> bool {
        let state = self.state();
        let user = state.named(username);
        user.is_some_and(|user| user.has_refresh_tokens)
    }

    /// The name that Cognito gives to a login at another provider before it links or makes a user.
    #[must_use]
    pub fn federated_name(&self, provider: &str, subject: &str) -> String {
        let state = self.state();
        let social = state
            .providers()
            .any(|known| known.name == provider && SOCIAL.contains(&known.kind.as_str()));
        if social {
            format!("{}_{subject}", provider.to_lowercase())
        } else {
            format!("{provider}_{subject}")
        }
    }

    /// What Cognito does with a login that it sees for the first time, once the trigger let it
    /// pass: it makes a user; returns their username.
    ///
    /// # Errors
    /// If the trigger linked the login: then Cognito fails, and the next attempt succeeds
    /// (<https://github.com/aws-amplify/amplify-flutter/issues/1716>).
    pub fn sign_up_federated(
        &self,
        provider: &str,
        subject: &str,
        attributes: &[(&str, &str)],
    ) -> Result<String, String> {
        let username = self.federated_name(provider, subject);
        if self.signed_in(provider, subject).is_some() {
            return Err(format!("Already found an entry for username {username}"));
        }
        let owned = attributes
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let mut user = self.user("EXTERNAL_PROVIDER", owned.collect());
        user.username.clone_from(&username);
        user.identities.push(Identity {
            provider: provider.to_owned(),
            subject: subject.to_owned(),
        });
        self.state().users.push(user);
        Ok(username)
    }

    /// A user's attributes as a trigger gets them.
    ///
    /// # Panics
    /// If there is no such user.
    #[must_use]
    pub fn attributes(&self, username: &str) -> Value {
        let state = self.state();
        let user = state.named(username).expect("the user is in the pool");
        let mut attributes = user.attributes.clone();
        attributes.insert("cognito:user_status".to_owned(), user.status.clone());
        if !user.identities.is_empty() {
            attributes.insert("identities".to_owned(), user.identities_attribute());
        }
        json!(attributes)
    }

    /// All users: what is known of each, whether they have a password and refresh tokens, and their
    /// logins.
    #[must_use]
    pub fn users(&self) -> Vec<Value> {
        let state = self.state();
        let users = state.users().map(|user| {
            let mut identities: Vec<String> = user
                .identities
                .iter()
                .map(|identity| format!("{}:{}", identity.provider, identity.subject))
                .collect();
            identities.sort_unstable();
            json!({
                "username": user.username,
                "attributes": user.attributes,
                "status": user.status,
                "has_password": user.password.is_some(),
                "has_refresh_tokens": user.has_refresh_tokens,
                "identities": identities,
            })
        });
        users.collect()
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a user who signs in by address and password.
    pub(super) fn add_native(
        &self,
        status: &str,
        password: Option<&str>,
        attributes: Vec<(String, String)>,
    ) -> Result<String, Refusal> {
        let mut user = self.user(status, attributes.into_iter().collect());
        user.password = password.map(str::to_owned);
        let email = user.attributes.get("email").cloned().unwrap_or_default();
        let mut state = self.state();
        if state.named(&email).is_some() {
            return Err((
                "UsernameExistsException",
                "An account with the given email already exists.".to_owned(),
            ));
        }
        let username = user.username.clone();
        state.users.push(user);
        Ok(username)
    }

    pub(super) fn change<T>(
        &self,
        username: &str,
        change: impl FnOnce(&mut User) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let mut state = self.state();
        let user = state
            .users
            .iter_mut()
            .find(|user| user.answers_to(username));
        change(user.ok_or_else(unknown)?)
    }

    /// Removes a user with all their logins.
    pub(super) fn remove(&self, username: &str) -> Result<(), Refusal> {
        let mut state = self.state();
        let before = state.users.len();
        state.users.retain(|user| !user.answers_to(username));
        if state.users.len() == before {
            return Err(unknown());
        }
        drop(state);
        Ok(())
    }

    fn user(&self, status: &str, mut attributes: BTreeMap<String, String>) -> User {
        let sub = {
            let mut state = self.state();
            state.made += 1;
            numbered_id(ID_MAKER, state.made)
        };
        attributes.insert("sub".to_owned(), sub.clone());
        User {
            username: sub,
            attributes,
            status: status.to_owned(),
            enabled: true,
            password: None,
            identities: Vec::new(),
            has_refresh_tokens: false,
            is_untold: false,
            created: self.clock.now(),
        }
    }
}
