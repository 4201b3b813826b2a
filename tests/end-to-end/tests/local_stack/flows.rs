use anyhow::Result;
use fairlead_end_to_end::token;

use crate::visitor::Visitor;

#[test]
fn a_returning_person_keeps_their_profile() -> Result<()> {
    let visitor = Visitor::new("Ines")?;
    let first = token::claims(&visitor.tokens.access)?;
    let again = token::claims(&visitor.fairlead.sign_in(&visitor.person)?.access)?;
    assert_eq!(
        token::text(&again, "fairlead:profile")?,
        token::text(&first, "fairlead:profile")?
    );
    Ok(())
}

#[test]
fn a_confirmation_that_cognito_delivers_again_changes_nothing() -> Result<()> {
    let visitor = Visitor::new("Jon")?;
    let before = visitor.profile()?;
    visitor.fairlead.call_post_confirmation(&visitor.person)?;
    visitor.fairlead.call_post_confirmation(&visitor.person)?;
    assert_eq!(visitor.profile()?, before);
    Ok(())
}

#[test]
fn the_profile_is_that_of_the_sign_up() -> Result<()> {
    let visitor = Visitor::new("Kim")?;
    let (profile, etag) = visitor.profile()?;
    let person = &visitor.person;
    let expected = [
        ("email", &person.email),
        ("phone_number", &person.phone),
        ("given_name", &person.given_name),
        ("family_name", &person.family_name),
    ];
    for (field, value) in expected {
        assert_eq!(
            profile.get(field).and_then(|found| found.as_str()),
            Some(value.as_str()),
            "{field}"
        );
    }
    assert_eq!(
        profile
            .get("version")
            .map(|version| format!("\"{version}\"")),
        Some(etag)
    );
    Ok(())
}
