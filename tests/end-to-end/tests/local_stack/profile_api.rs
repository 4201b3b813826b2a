//! What the profile API refuses, and with which words.

use anyhow::{Context as _, Result};
use fairlead_end_to_end::http::Answer;
use fairlead_end_to_end::profile_api::MERGE_PATCH;
use serde_json::{Value, json};

use crate::visitor::{Visitor, running};

/// The problem's name and the field that it blames, after a look at the rest of the document.
fn problem(answer: &Answer, status: u16) -> Result<(String, Option<String>)> {
    let answer = answer.clone().expect(status)?;
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
    let document = answer.json()?;
    assert_eq!(document.get("status"), Some(&json!(status)));
    assert!(
        document.get("title").is_some_and(Value::is_string),
        "{document}"
    );
    let kind = document
        .get("type")
        .and_then(Value::as_str)
        .context("a problem has a type")?;
    let name = kind
        .strip_prefix("https://fairlead.dev/problems/")
        .context("the type is one of ours")?;
    let field = document.get("field").and_then(Value::as_str);
    Ok((name.to_owned(), field.map(str::to_owned)))
}

fn blames(name: &str, field: &str) -> (String, Option<String>) {
    (name.to_owned(), Some(field.to_owned()))
}

fn blames_nothing(name: &str) -> (String, Option<String>) {
    (name.to_owned(), None)
}

#[test]
fn nobody_gets_in_without_a_token() -> Result<()> {
    let (_, fairlead) = running()?;
    for (method, path) in [
        ("GET", "/v1/me"),
        ("PATCH", "/v1/me"),
        ("GET", "/v1/me/consents"),
        ("GET", "/v1/me/consents/account-notices"),
        ("PUT", "/v1/me/consents/account-notices"),
    ] {
        let answer = fairlead.api.send(method, path, None, &[], Vec::new())?;
        assert_eq!(answer.status, 401, "{method} {path}");
    }
    Ok(())
}

#[test]
fn a_token_that_was_tampered_with_is_refused() -> Result<()> {
    let visitor = Visitor::new("Olga")?;
    let token = &visitor.tokens.access;
    let (signed, signature) = token.rsplit_once('.').context("a token has a signature")?;
    let (_, claims) = signed.split_once('.').context("a token has claims")?;
    // {"alg":"none","typ":"JWT"}
    let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{claims}.");
    let other_signature = format!("{signed}.{}", signature.chars().rev().collect::<String>());
    for forged in [unsigned, other_signature, "nonsense".to_owned()] {
        assert_eq!(visitor.fairlead.api.me(&forged)?.status, 401, "{forged}");
    }
    Ok(())
}

#[test]
fn a_machine_gets_nobodys_profile() -> Result<()> {
    let (running, fairlead) = running()?;
    let token = fairlead.partner_token(&running.world)?;
    let status = fairlead.api.me(&token)?.status;
    assert!(matches!(status, 401 | 403), "status {status}");
    Ok(())
}

#[test]
fn an_id_token_does_not_serve_as_an_access_token() -> Result<()> {
    let visitor = Visitor::new("Pia")?;
    let status = visitor.fairlead.api.me(&visitor.tokens.id)?.status;
    assert!(matches!(status, 401 | 403), "status {status}");
    Ok(())
}

#[test]
fn who_may_read_may_not_write() -> Result<()> {
    let visitor = Visitor::new("Quin")?;
    let Visitor {
        fairlead, person, ..
    } = &visitor;
    let reader = fairlead
        .login
        .sign_in(
            &person.email,
            &person.password,
            "openid fairlead/profile.read",
        )?
        .access;
    let (_, etag) = visitor.profile()?;
    fairlead.api.me(&reader)?.expect(200)?;
    fairlead
        .api
        .change_me(&reader, &etag, &json!({ "display_name": "Q" }))?
        .expect(403)?;
    fairlead
        .api
        .decide(&reader, "account-notices", "granted")?
        .expect(403)?;
    Ok(())
}

#[test]
fn two_people_see_only_themselves() -> Result<()> {
    let (rosa, sami) = (Visitor::new("Rosa")?, Visitor::new("Sami")?);
    let (sami_before, sami_etag) = sami.profile()?;
    let (_, rosa_etag) = rosa.profile()?;
    let change = json!({ "display_name": "Rosa herself" });
    rosa.fairlead
        .api
        .change_me(&rosa.tokens.access, &rosa_etag, &change)?
        .expect(200)?;
    assert_eq!(sami.profile()?, (sami_before.clone(), sami_etag));
    let rosa_after = rosa.profile()?.0;
    assert_ne!(rosa_after.get("profile_id"), sami_before.get("profile_id"));
    assert_eq!(
        rosa_after.get("email").and_then(Value::as_str),
        Some(rosa.person.email.as_str())
    );
    Ok(())
}

#[test]
fn an_unknown_field_is_named() -> Result<()> {
    let visitor = Visitor::new("Tara")?;
    let answer = visitor.patch(br#"{"given_name":"T","shoe_size":"38"}"#.to_vec())?;
    assert_eq!(problem(&answer, 400)?, blames("unknown-field", "shoe_size"));
    assert_eq!(
        visitor
            .profile()?
            .0
            .get("given_name")
            .and_then(Value::as_str),
        Some("Tara")
    );
    Ok(())
}

#[test]
fn what_a_person_may_not_set_is_named() -> Result<()> {
    let visitor = Visitor::new("Uma")?;
    for field in ["email", "phone_number"] {
        let answer = visitor.patch(format!(r#"{{"{field}":"x"}}"#).into_bytes())?;
        assert_eq!(problem(&answer, 400)?, blames("read-only-field", field));
    }
    for field in ["profile_id", "version", "email_verified"] {
        visitor
            .patch(format!(r#"{{"{field}":"x"}}"#).into_bytes())?
            .expect(400)?;
    }
    Ok(())
}

#[test]
fn a_value_that_makes_no_sense_is_blamed_on_its_field() -> Result<()> {
    let visitor = Visitor::new("Vera")?;
    for body in [r#"{"birthdate":"2026-02-30"}"#, r#"{"birthdate":7}"#] {
        let answer = visitor.patch(body.as_bytes().to_vec())?;
        assert_eq!(
            problem(&answer, 400)?,
            blames("invalid-field", "birthdate"),
            "{body}"
        );
    }
    Ok(())
}

#[test]
fn hostile_bodies_are_refused_without_harm() -> Result<()> {
    let visitor = Visitor::new("Wim")?;
    let before = visitor.profile()?;
    let deep = format!(
        r#"{{"display_name":{}1{}}}"#,
        "[".repeat(40),
        "]".repeat(40)
    );
    let bottomless = "[".repeat(60_000);
    let cases: [(&str, Vec<u8>, u16); 6] = [
        ("nested 41 deep", deep.into_bytes(), 400),
        ("nested without end", bottomless.into_bytes(), 400),
        (
            "not UTF-8",
            b"{\"display_name\":\"\xff\xfe\"}".to_vec(),
            400,
        ),
        (
            "a field twice",
            br#"{"locale":"de","locale":"fr"}"#.to_vec(),
            400,
        ),
        ("no object", b"[1]".to_vec(), 400),
        (
            "over 64 KiB",
            format!(r#"{{"display_name":"{}"}}"#, "x".repeat(65_536)).into_bytes(),
            413,
        ),
    ];
    for (case, body, status) in cases {
        let answer = visitor.patch(body)?;
        problem(&answer, status).with_context(|| case.to_owned())?;
    }
    assert_eq!(visitor.profile()?, before);
    Ok(())
}

#[test]
fn a_change_needs_the_version_that_it_builds_on() -> Result<()> {
    let visitor = Visitor::new("Xenia")?;
    let headers = [("content-type", MERGE_PATCH)];
    let body = br#"{"display_name":"X"}"#.to_vec();
    let answer = visitor.fairlead.api.send(
        "PATCH",
        "/v1/me",
        Some(&visitor.tokens.access),
        &headers,
        body,
    )?;
    assert_eq!(problem(&answer, 428)?, blames_nothing("version-needed"));
    Ok(())
}

#[test]
fn of_two_changes_on_one_version_the_second_is_refused() -> Result<()> {
    let visitor = Visitor::new("Yara")?;
    let (_, etag) = visitor.profile()?;
    let change = |name: &str| {
        visitor.fairlead.api.change_me(
            &visitor.tokens.access,
            &etag,
            &json!({ "display_name": name }),
        )
    };
    change("first")?.expect(200)?;
    assert_eq!(
        problem(&change("second")?, 412)?,
        blames_nothing("stale-version")
    );
    assert_eq!(
        visitor
            .profile()?
            .0
            .get("display_name")
            .and_then(Value::as_str),
        Some("first")
    );
    Ok(())
}

#[test]
fn a_field_is_removed_by_null() -> Result<()> {
    let visitor = Visitor::new("Zoe")?;
    visitor
        .patch(br#"{"display_name":"Z","locale":"de-AT"}"#.to_vec())?
        .expect(200)?;
    let answer = visitor
        .patch(br#"{"display_name":null}"#.to_vec())?
        .expect(200)?;
    let profile = answer.json()?;
    assert_eq!(
        (profile.get("display_name"), profile.get("locale")),
        (None, Some(&json!("de-AT")))
    );
    Ok(())
}

#[test]
fn a_consent_to_something_unheard_of_is_refused() -> Result<()> {
    let visitor = Visitor::new("Abel")?;
    let answer =
        visitor
            .fairlead
            .api
            .decide(&visitor.tokens.access, "account-notices", "perhaps")?;
    assert_eq!(problem(&answer, 400)?, blames_nothing("malformed-body"));
    let answer = visitor
        .fairlead
        .api
        .decide(&visitor.tokens.access, "unheard-of", "granted")?;
    assert_eq!(problem(&answer, 400)?, blames("unknown-purpose", "purpose"));
    Ok(())
}
