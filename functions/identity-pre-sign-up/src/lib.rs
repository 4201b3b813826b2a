//! In comes Cognito's question whether a person may sign up; out goes yes, or a sentence that says
//! what to enter instead. No call is made.

use std::str::FromStr;

use identity::{
    Email, PhoneNumber,
    cognito::{Answer, Trigger, TriggerFailure, TriggerSource},
};
use serde_json::value::RawValue;

/// Lets a sign-up pass whose contacts can be made identifiers of. Nothing is confirmed or verified
/// on anyone's word, so the answer's flags stay as Cognito set them; accounts made by an operator
/// or another identity provider pass through.
pub fn handle(event: &RawValue) -> Result<Answer, TriggerFailure> {
    let trigger = Trigger::parse(event).map_err(|_| TriggerFailure::Unreadable)?;
    if trigger.source == TriggerSource::PreSignUpSelf {
        check::<Email>(&trigger, "email", TriggerFailure::Email)?;
        check::<PhoneNumber>(&trigger, "phone_number", TriggerFailure::PhoneNumber)?;
    }
    Ok(trigger.unchanged())
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

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::{Value, json, value::to_raw_value};

    use super::*;

    fn sign_up(source: &str, attributes: &Value) -> Value {
        json!({
            "version": "1",
            "triggerSource": source,
            "userPoolId": "eu-central-1_EXAMPLE01",
            "callerContext": { "awsSdkVersion": "x", "clientId": "web" },
            "request": { "userAttributes": attributes, "validationData": null, "somethingNew": [1.0, 12_345_678_901_234_567_890_u64] },
            "response": { "autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false },
        })
    }

    fn answer(event: &Value) -> Result<Value, TriggerFailure> {
        handle(&to_raw_value(event).unwrap()).map(|answer| serde_json::to_value(answer).unwrap())
    }

    #[test]
    fn a_person_with_usable_contacts_may_sign_up_and_is_not_verified_by_it() {
        let event = sign_up(
            "PreSignUp_SignUp",
            &json!({ "email": "jane@example.com", "phone_number": "+4930901820" }),
        );
        assert_eq!(answer(&event), Ok(event));
    }

    #[rstest]
    #[case(json!({ "email": "jane@" }), TriggerFailure::Email)]
    #[case(json!({ "email": "jane@example.com", "phone_number": "030 901820" }), TriggerFailure::PhoneNumber)]
    fn unusable_contacts_are_refused_in_words_for_the_person(
        #[case] attributes: Value,
        #[case] why: TriggerFailure,
    ) {
        assert_eq!(answer(&sign_up("PreSignUp_SignUp", &attributes)), Err(why));
        assert!(why.to_string().starts_with("Please enter"));
    }

    #[rstest]
    #[case("PreSignUp_AdminCreateUser")]
    #[case("PreSignUp_ExternalProvider")]
    #[case("PreSignUp_SomethingNew")]
    fn other_sources_pass_through_unharmed(#[case] source: &str) {
        let event = sign_up(
            source,
            &json!({ "email": "not an address", "nothing": null }),
        );
        assert_eq!(answer(&event), Ok(event));
    }

    #[test]
    fn what_is_no_trigger_is_refused() {
        assert_eq!(
            answer(&json!(["triggerSource"])),
            Err(TriggerFailure::Unreadable)
        );
    }
}
