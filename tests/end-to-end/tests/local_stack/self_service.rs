//! What people do about themselves beside their profile, over the real protocols.

use anyhow::{Context as _, Result};
use http::Request;
use serde_json::{Value, json};

use crate::visitor::Visitor;

/// Sends a request of the visitor's without a body; what is answered.
fn ask(visitor: &Visitor, method: &str, path: &str, status: u16) -> Result<Value> {
    let token = Some(visitor.tokens.access.as_str());
    let answer = visitor
        .fairlead
        .api
        .send(method, path, token, &[], Vec::new())?;
    answer.expect(status)?.json()
}

#[test]
fn a_person_fetches_all_that_is_held_on_them_by_a_link_without_a_token() -> Result<()> {
    let visitor = Visitor::new("Edda")?;
    let export = ask(&visitor, "POST", "/v1/me/export", 201)?;
    let link = export.get("url").and_then(Value::as_str);
    let request = Request::get(link.context("an export has a link")?).body(Vec::new())?;
    let archive = visitor.fairlead.api.http.send(request)?.expect(200)?.body;
    assert!(archive.starts_with(b"PK"), "it is a zip archive");
    let (profile, _) = visitor.profile()?;
    let id = profile.get("profile_id").and_then(Value::as_str);
    let file = format!("{}/profile.json", id.context("a profile has an id")?);
    let is_there = archive
        .windows(file.len())
        .any(|bytes| bytes == file.as_bytes());
    assert!(is_there, "the archive has {file}");
    Ok(())
}

#[test]
fn a_person_sees_the_login_by_which_they_came_and_can_not_take_it_off() -> Result<()> {
    let visitor = Visitor::new("Enno")?;
    let listed = ask(&visitor, "GET", "/v1/me/logins", 200)?;
    let login = listed.pointer("/logins/0").context("there is a login")?;
    assert_eq!(login.get("kind"), Some(&json!("native")));
    let id = login.get("login").and_then(Value::as_str);
    let path = format!("/v1/me/logins/{}", id.context("a login has an id")?);
    let problem = ask(&visitor, "DELETE", &path, 409)?;
    let expected = json!("https://fairlead.dev/problems/login-stays");
    assert_eq!(problem.get("type"), Some(&expected));
    Ok(())
}
