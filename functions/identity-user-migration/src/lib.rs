//! In comes somebody whom the user pool does not know; out go their attributes from the directory
//! that people are brought over from, so that Cognito makes their account. `docs/user-migration.md`
//! has the contract.

mod directory;

use std::{collections::BTreeMap, time::Duration};

use aws_types::SdkConfig;
use identity::{
    Email, PhoneNumber,
    cognito::{Answer, Trigger, TriggerFailure, TriggerSource},
};
use lambda_kit::{
    Chain,
    aws::CallBudget,
    config::{ConfigError, Environment},
    redact::Redacted,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::directory::{DirectoryReader, LegacyPerson};

/// Cognito gives a trigger 5 s in all. There is one attempt: a directory locks people out who send
/// a wrong password too often, and a repetition would count.
pub const BUDGET: CallBudget = CallBudget {
    attempt_timeout: Duration::from_millis(3_500),
    operation_timeout: Duration::from_secs(4),
    max_attempts: 1,
};

/// As many characters as Cognito takes for an attribute.
const LONGEST: usize = 2_048;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    directory: DirectoryReader,
}

impl App {
    /// Reads `LEGACY_DIRECTORY_URL` and `LEGACY_DIRECTORY_SECRET`.
    pub fn new(environment: &Environment, sdk: &SdkConfig) -> Result<Self, ConfigError> {
        Ok(Self {
            directory: DirectoryReader::new(environment, sdk)?,
        })
    }
}

/// What the person typed.
#[derive(Deserialize)]
struct MigrationRequest {
    #[serde(default)]
    password: Option<Redacted<String>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MigrationResponse {
    user_attributes: BTreeMap<&'static str, Redacted<String>>,
    /// Without one the person has to choose a new password.
    #[serde(skip_serializing_if = "Option::is_none")]
    final_user_status: Option<&'static str>,
    /// They know that they have an account.
    message_action: &'static str,
    /// Nobody's address is taken away from them.
    force_alias_creation: bool,
}

/// Brings a person over: with their password when they sign in, without one when they forgot it.
pub async fn handle(app: &App, event: &RawValue) -> Result<Answer, TriggerFailure> {
    let trigger = Trigger::parse(event).map_err(|_| TriggerFailure::Unreadable)?;
    let name = trigger.user_name.clone();
    let name = name.ok_or(TriggerFailure::Unreadable)?;
    let (found, final_user_status) = match trigger.source {
        TriggerSource::MigratedSignIn => {
            let request: MigrationRequest = trigger.request().ok_or(TriggerFailure::Unreadable)?;
            let password = request.password.ok_or(TriggerFailure::Unreadable)?;
            let found = app.directory.authenticate(&name, &password).await;
            (found, Some("CONFIRMED"))
        }
        TriggerSource::MigratedForgotPassword => (app.directory.look_up(&name).await, None),
        _ => return Ok(trigger.unchanged()),
    };
    let person = found.map_err(|error| {
        tracing::error!(error = %Chain(&error), "nobody can be brought over now");
        TriggerFailure::Unavailable
    })?;
    let person = person.ok_or(TriggerFailure::UnknownPerson)?;
    let user_attributes = attributes(&name, person).ok_or_else(|| {
        tracing::error!("the directory tells of somebody else than was asked for");
        TriggerFailure::UnknownPerson
    })?;
    Ok(trigger.respond(&MigrationResponse {
        user_attributes,
        final_user_status,
        message_action: "SUPPRESS",
        force_alias_creation: false,
    }))
}

/// The attributes of the new user; `None` if the address is not the one that was typed: whoever
/// runs the directory must not decide whose account somebody gets.
fn attributes(
    name: &Redacted<String>,
    person: LegacyPerson,
) -> Option<BTreeMap<&'static str, Redacted<String>>> {
    let typed: Email = name.expose().parse().ok()?;
    let told: Email = person.email.expose().parse().ok()?;
    if typed != told {
        return None;
    }
    let flag = |verified: bool| Some(Redacted::new(verified.to_string()));
    // Cognito takes no other spelling, and would refuse the person altogether.
    let phone = person.phone_number.and_then(|told| {
        let phone = told.expose().parse::<PhoneNumber>();
        let phone = phone.inspect_err(|_| tracing::warn!("a telephone number is left behind"));
        Some(Redacted::new(phone.ok()?.as_str().to_owned()))
    });
    // The person typed the address, and nothing shows that the number is theirs: if it counted as
    // proven, whoever runs the directory could lead them into the account of whoever has it.
    let phone_verified = phone.as_ref().and_then(|_| flag(false));
    let short = |text: &Redacted<String>| text.expose().chars().count() <= LONGEST;
    let all = [
        ("email", Some(Redacted::new(told.as_str().to_owned()))),
        ("email_verified", flag(person.email_verified)),
        ("phone_number", phone),
        ("phone_number_verified", phone_verified),
        ("given_name", person.given_name.filter(short)),
        ("family_name", person.family_name.filter(short)),
        ("locale", person.locale.filter(short)),
    ];
    let known = all.into_iter();
    Some(
        known
            .filter_map(|(name, value)| Some((name, value?)))
            .collect(),
    )
}
