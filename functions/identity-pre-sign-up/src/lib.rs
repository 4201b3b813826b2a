//! In comes Cognito's question whether a person may sign up; out goes yes, or a sentence that says
//! what to do instead. A login at another provider leads to its person's native user afterwards.

use std::str::FromStr;

use aws_types::SdkConfig;
use identity::{
    Email, PhoneNumber,
    aws::{Accounts, LinkError, PasswordSource},
    cognito::{Answer, Trigger, TriggerFailure, TriggerSource},
};
use lambda_kit::{Chain, clock::Clock};
use serde_json::value::RawValue;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    accounts: Accounts,
}

impl App {
    /// Reads no variable: the pool is the one that asks.
    #[must_use]
    pub fn new(sdk: &SdkConfig, clock: Clock, passwords: PasswordSource) -> Self {
        Self {
            accounts: Accounts::new(sdk, clock, passwords),
        }
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
    let linking = app.accounts.link(pool, name.expose(), &trigger.attributes);
    match linking.await {
        Ok(linked) => {
            tracing::info!(?linked, "a login of another provider");
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
