//! In comes Cognito's word that a person confirmed their account; out goes the same, and the
//! person has a profile.

use identity::cognito::{Answer, Trigger, TriggerFailure, TriggerSource};
use lambda_kit::Invocation;
pub use profile::Admission as App;
use serde_json::value::RawValue;

/// Makes sure of the profile. The account is confirmed whatever happens here: what fails is logged,
/// and done by identity-pre-token-generation before the first token is out.
pub async fn handle(
    app: &App,
    event: &RawValue,
    invocation: Invocation,
) -> Result<Answer, TriggerFailure> {
    let trigger = Trigger::parse(event).map_err(|_| TriggerFailure::Unreadable)?;
    if matches!(
        trigger.source,
        TriggerSource::ConfirmedSignUp | TriggerSource::ConfirmedForgotPassword
    ) {
        app.admit(&trigger, invocation).await;
    }
    Ok(trigger.unchanged())
}
