//! A person of the second brand, who comes by its own app client to the same routes as everybody.

use anyhow::{Context as _, Result};
use fairlead_end_to_end::hosted_login::FULL_SCOPES;
use fairlead_end_to_end::person::Person;
use fairlead_end_to_end::seed::airport;
use serde_json::{Value, json};

use crate::visitor::Visitor;

#[test]
fn a_person_consents_to_each_brand_by_itself_and_its_partners_read_by_that_alone() -> Result<()> {
    let visitor = Visitor::new("Nell")?;
    let fairlead = &visitor.fairlead;
    let Person {
        email, password, ..
    } = &visitor.person;
    let tokens = airport::login(fairlead)?.sign_in(email, password, FULL_SCOPES)?;
    let me = fairlead.api.me(&tokens.access)?.expect(200)?.json()?;
    let id = me.get("profile_id").and_then(Value::as_str);
    let id = id.context("a profile has an id")?;
    let machine = airport::partner_token(fairlead)?;
    let reads = || {
        let path = format!("/v1/profiles/{id}");
        let headers = [("fairlead-purpose", airport::PURPOSE)];
        fairlead
            .api
            .send("GET", &path, Some(&machine), &headers, Vec::new())
    };
    reads()?.expect(404)?;
    let decided = fairlead
        .api
        .decide(&tokens.access, airport::PURPOSE, "granted")?;
    decided.expect(200)?;
    let read = reads()?.expect(200)?.json()?;
    assert_eq!(
        read.pointer("/data/given_name"),
        Some(&json!(visitor.person.given_name)),
        "{read}"
    );
    let receipts = fairlead.api.send(
        "GET",
        "/v1/me/receipts",
        Some(&tokens.access),
        &[],
        Vec::new(),
    )?;
    let receipts = receipts.expect(200)?.text();
    assert!(receipts.contains("lounge"), "{receipts}");
    // The first brand has no such purpose, and the person's consent to the second is none to it.
    let elsewhere = fairlead
        .api
        .decide(&visitor.tokens.access, airport::PURPOSE, "granted")?;
    elsewhere.expect(400)?;
    Ok(())
}
