use anyhow::Result;
use fairlead_end_to_end::hosted_login::FULL_SCOPES;
use fairlead_end_to_end::person::Person;
use fairlead_end_to_end::token;

use crate::visitor::{Visitor, running};

#[test]
fn a_wrong_password_is_not_let_in() -> Result<()> {
    let visitor = Visitor::new("Lena")?;
    let error = visitor
        .fairlead
        .login
        .sign_in(&visitor.person.email, "Wrong-winds-2026!", FULL_SCOPES)
        .unwrap_err();
    assert!(
        error.to_string().contains("Incorrect username or password"),
        "{error}"
    );
    Ok(())
}

#[test]
fn nobody_signs_in_before_their_address_is_confirmed() -> Result<()> {
    let (_, fairlead) = running()?;
    let person = Person::newcomer("Mila")?;
    fairlead
        .pool
        .sign_up(&person.email, &person.password, &person.attributes())?;
    let error = fairlead.sign_in(&person).unwrap_err();
    assert!(
        error.to_string().contains("User is not confirmed"),
        "{error}"
    );
    Ok(())
}

#[test]
fn a_token_carries_only_the_scopes_that_were_asked_for() -> Result<()> {
    let visitor = Visitor::new("Nora")?;
    let Visitor {
        fairlead, person, ..
    } = &visitor;
    let tokens = fairlead.login.sign_in(
        &person.email,
        &person.password,
        "openid fairlead/profile.read",
    )?;
    let claims = token::claims(&tokens.access)?;
    let mut scopes: Vec<&str> = token::text(&claims, "scope")?.split(' ').collect();
    scopes.sort_unstable();
    assert_eq!(scopes, ["fairlead/profile.read", "openid"]);
    Ok(())
}

#[test]
fn an_unknown_address_to_come_back_to_is_refused() -> Result<()> {
    let (_, fairlead) = running()?;
    let mut login = fairlead.login.clone();
    login.redirect_uri = "https://example.net/stolen".to_owned();
    let [ada, _] = fairlead_end_to_end::seed::people();
    let error = format!(
        "{:#}",
        login
            .sign_in(&ada.email, &ada.password, FULL_SCOPES)
            .unwrap_err()
    );
    assert!(error.contains("redirect_uri is not allowed"), "{error}");
    Ok(())
}
