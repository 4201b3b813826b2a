//! What a person lets the brand do, seen from their app and from a browser with Global Privacy Control.

use anyhow::{Context as _, Result};
use fairlead_end_to_end::http::Answer;
use serde_json::{Value, json};

use crate::visitor::Visitor;

impl Visitor {
    fn get(&self, path: &str, headers: &[(&str, &str)]) -> Result<Answer> {
        let token = Some(&*self.tokens.access);
        let answer = self
            .fairlead
            .api
            .send("GET", path, token, headers, Vec::new());
        answer?.expect(200)
    }

    fn grant(&self, purpose: &str) -> Result<Answer> {
        self.fairlead
            .api
            .decide(&self.tokens.access, purpose, "granted")
    }
}

fn state(listed: &Value, purpose: &str) -> Result<Value> {
    let purposes = listed.get("purposes").and_then(Value::as_array);
    let mut purposes = purposes.context("purposes are listed")?.iter();
    let found = purposes.find(|each| each.get("purpose") == Some(&purpose.into()));
    let found = found.with_context(|| format!("{purpose} is listed"))?;
    found.get("state").cloned().context("a purpose has a state")
}

#[test]
fn a_person_sees_where_they_stand_and_how_they_came_there() -> Result<()> {
    let visitor = Visitor::new("Nora")?;
    let listed = visitor.get("/v1/me/consents", &[])?.json()?;
    assert_eq!(state(&listed, "newsletter")?, "never_decided");
    visitor.grant("newsletter")?.expect(200)?;
    let listed = visitor.get("/v1/me/consents", &[])?.json()?;
    assert_eq!(state(&listed, "newsletter")?, "granted");
    let one = visitor.get("/v1/me/consents/newsletter", &[])?.json()?;
    assert_eq!(
        one.pointer("/history/0/legal_basis"),
        Some(&json!("consent"))
    );
    assert!(one.pointer("/latest/expires_at").is_some(), "{one}");
    visitor.grant("customer-service")?.expect(409)?;
    Ok(())
}

#[test]
fn global_privacy_control_withdraws_the_sale_and_nothing_else() -> Result<()> {
    let visitor = Visitor::new("Gwen")?;
    for purpose in ["newsletter", "partner-offers"] {
        visitor.grant(purpose)?.expect(200)?;
    }
    visitor.get("/v1/me", &[("sec-gpc", "1")])?;
    let listed = visitor.get("/v1/me/consents", &[])?.json()?;
    assert_eq!(state(&listed, "partner-offers")?, "withdrawn");
    assert_eq!(state(&listed, "newsletter")?, "granted");
    Ok(())
}
