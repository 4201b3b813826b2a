//! In comes Cognito's question whether a person may sign up; out goes yes, or a sentence that says
//! what to do instead. A login at another provider leads to its person's native user afterwards,
//! unless that person took it off.

use std::str::FromStr;

use aws_types::SdkConfig;
use identity::{
    CognitoSub, Email, FederatedLogin, IdentifierKey, PhoneNumber,
    aws::{Accounts, LinkError, PasswordSource},
    cognito::{Answer, Trigger, TriggerFailure, TriggerSource},
};
use lambda_kit::{
    BoxError, Chain,
    clock::Clock,
    config::{ConfigError, Environment},
    planted,
};
use profile::TakenOffReader;
use serde_json::value::RawValue;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    accounts: Accounts,
    taken_off: TakenOffReader,
}

impl App {
    /// Reads `PROFILES_TABLE`, `IDENTIFIERS_TABLE` and `IDENTIFIER_KEY`; the pool is the one that asks.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        passwords: PasswordSource,
    ) -> Result<Self, ConfigError> {
        let profiles = environment.required("PROFILES_TABLE")?;
        let identifiers = environment.required("IDENTIFIERS_TABLE")?;
        let key = IdentifierKey::from_environment(environment)?;
        Ok(Self {
            accounts: Accounts::new(sdk, clock, passwords),
            taken_off: TakenOffReader::new(sdk, profiles, identifiers, key),
        })
    }
}

/// Lets a sign-up pass whose contacts can be made identifiers of, and links a login at another
/// provider. Nothing is confirmed or verified on the person's own word, so the answer's flags stay
/// as Cognito set them; accounts made by an operator pass through.
pub async fn handle(app: &App, event: &RawValue) -> Result<Answer, TriggerFailure> {
    let trigger = Trigger::parse(event).map_err(|_| TriggerFailure::Unreadable)?;
    match trigger.source {
        TriggerSource::PreSignUpSelf => {
            check::<Email>(&trigger, "email", TriggerFailure::Email)?;
            check::<PhoneNumber>(&trigger, "phone_number", TriggerFailure::PhoneNumber)?;
        }
        TriggerSource::PreSignUpExternal => link(app, &trigger).await?,
        _ => {}
    }
    Ok(trigger.unchanged())
}

/// Whoever can't be linked now is asked to come again: with a user of its own the login could
/// never be linked.
async fn link(app: &App, trigger: &Trigger) -> Result<(), TriggerFailure> {
    let (Some(pool), Some(name)) = (&trigger.user_pool_id, &trigger.user_name) else {
        return Err(TriggerFailure::Unreadable);
    };
    let was_taken_off = async |sub: &CognitoSub, login: &FederatedLogin| {
        let taken_off = app.taken_off.was_taken_off(sub, login).await;
        taken_off.map_err(BoxError::from)
    };
    let attributes = &trigger.attributes;
    let linking = app
        .accounts
        .link(pool, name.expose(), attributes, was_taken_off);
    match Box::pin(linking).await {
        Ok(linked) => {
            tracing::info!(?linked, "a login of another provider");
            if planted::is_on("sign-up-logs-a-login") {
                tracing::info!(login = %name.expose(), "a login signs up");
            }
            Ok(())
        }
        Err(LinkError::Full) => Err(TriggerFailure::TooManyLogins),
        Err(error) => {
            tracing::error!(error = %Chain(&error), "a login of another provider has to come again");
            Err(TriggerFailure::Unavailable)
        }
    }
}

fn check<T: FromStr>(
    trigger: &Trigger,
    attribute: &str,
    failure: TriggerFailure,
) -> Result<(), TriggerFailure> {
    match trigger.attributes.get(attribute).map(T::from_str) {
        Some(Err(_)) => Err(failure),
        Some(Ok(_)) | None => Ok(()),
    }
}
