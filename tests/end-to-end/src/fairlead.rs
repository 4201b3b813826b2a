//! A running Fairlead with all that a visitor can do to it.

use anyhow::{Context as _, Result};

use crate::aws::Aws;
use crate::cognito::{UserPool, machine_token};
use crate::hosted_login::{FULL_SCOPES, HostedLogin, OPERATOR_SCOPES, Tokens};
use crate::http::Http;
use crate::person::Person;
use crate::profile_api::ProfileApi;
use crate::seed::{PARTNER_SCOPES, World};
use crate::stack::Stack;

/// Clients for one stack.
#[derive(Clone, Debug)]
pub struct Fairlead {
    /// Where everything is.
    pub stack: Stack,
    /// The HTTP client below.
    pub http: Http,
    /// The operator's client.
    pub aws: Aws,
    /// Sign-up and the operator's view of people.
    pub pool: UserPool,
    /// Sign-in.
    pub login: HostedLogin,
    /// The profile API.
    pub api: ProfileApi,
}

impl Fairlead {
    /// Clients for `stack`.
    pub fn on(stack: Stack) -> Result<Self> {
        let http = Http::new();
        let aws = Aws::new(http.clone(), stack.clone());
        let pool = UserPool::of(&stack, &aws, &http)?;
        let login = HostedLogin {
            http: http.clone(),
            url: stack.login_url().to_owned(),
            client_id: stack.output("WebClientId")?.to_owned(),
            redirect_uri: pool.callback_url()?,
            issuer: stack.issuer()?,
        };
        let api = ProfileApi {
            http: http.clone(),
            url: stack.api_url()?,
        };
        Ok(Self {
            stack,
            http,
            aws,
            pool,
            login,
            api,
        })
    }

    /// Brings somebody all the way in: signed up, confirmed, address and number verified, profile made.
    pub fn admit(&self, person: &Person) -> Result<()> {
        self.pool
            .sign_up(&person.email, &person.password, &person.attributes())?;
        self.confirm(person)?;
        self.call_post_confirmation(person)
    }

    /// Confirms the sign-up with the code from the mail. AWS marks the address as verified then; the
    /// local stack does not, so the operator does it here, and vouches for the number as well.
    pub fn confirm(&self, person: &Person) -> Result<()> {
        let code = self.pool.mailed_code(&person.email)?;
        self.pool.confirm(&person.email, &code)?;
        self.pool.set_attributes(
            &person.email,
            &[
                ("email_verified", "true"),
                ("phone_number_verified", "true"),
            ],
        )
    }

    /// Calls identity-post-confirmation with Cognito's event, because the local stack's Cognito does not.
    pub fn call_post_confirmation(&self, person: &Person) -> Result<()> {
        let event = self
            .pool
            .post_confirmation_event(&person.email, &self.stack.region)?;
        let function = self.stack.output("IdentityPostConfirmationFunctionName")?;
        self.aws
            .invoke(function, &event)
            .context("identity-post-confirmation failed")
            .map(drop)
    }

    /// Signs a person in with everything a person may do.
    pub fn sign_in(&self, person: &Person) -> Result<Tokens> {
        self.login
            .sign_in(&person.email, &person.password, FULL_SCOPES)
    }

    /// Signs an operator in, by the operators' own app client.
    pub fn sign_in_operator(&self, operator: &Person) -> Result<Tokens> {
        let login = HostedLogin {
            client_id: self.stack.output("OperatorsClientId")?.to_owned(),
            ..self.login.clone()
        };
        login.sign_in(&operator.email, &operator.password, OPERATOR_SCOPES)
    }

    /// The partner's machine token.
    pub fn partner_token(&self, world: &World) -> Result<String> {
        machine_token(
            &self.http,
            self.stack.login_url(),
            &world.partner_client,
            PARTNER_SCOPES,
        )
    }
}
