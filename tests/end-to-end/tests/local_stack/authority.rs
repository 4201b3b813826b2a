//! That the stack judges as AWS does: otherwise what passes here would prove nothing there.

use anyhow::Result;
use fairlead_end_to_end::aws::{Aws, JsonService, Refused};
use fairlead_end_to_end::fairlead::Fairlead;
use serde_json::json;

use crate::visitor::running;

#[test]
fn a_call_that_is_not_signed_is_refused() -> Result<()> {
    let (_, fairlead) = running()?;
    let body = json!({ "TableName": fairlead.stack.output("ProfilesTable")? });
    let error = fairlead
        .aws
        .call_unsigned(JsonService::DynamoDb, "DescribeTable", &body)
        .unwrap_err();
    assert!(error.is::<Refused>(), "{error}");
    Ok(())
}

#[test]
fn a_key_that_nobody_was_given_is_refused() -> Result<()> {
    let (
        _,
        Fairlead {
            http, mut stack, ..
        },
    ) = running()?;
    stack.credentials.access_key_id = "AKIANOBODYWASGIVENIT".to_owned();
    let body = json!({ "TableName": stack.output("ProfilesTable")? });
    let error = Aws::new(http, stack)
        .call(JsonService::DynamoDb, "DescribeTable", &body)
        .unwrap_err();
    let refused = error
        .downcast_ref::<Refused>()
        .map(|refused| refused.code.as_str());
    assert_eq!(refused, Some("UnrecognizedClientException"), "{error}");
    Ok(())
}

#[test]
fn what_a_role_does_not_grant_is_refused() -> Result<()> {
    let (_, fairlead) = running()?;
    let health = fairlead
        .http
        .get(&format!("{}/_ministack/health", fairlead.stack.endpoint))?
        .expect(200)?
        .json()?;
    assert_eq!(health.get("auth"), Some(&json!("enabled")));
    Ok(())
}
