//! Signing in and out, and what keeps others from a session.

use std::time::Duration;

use fairlead_portal::{Browser, LOGIN, SESSION_KEY};
use rstest::rstest;

use crate::{JANE, house, jane, operator, signed_in};

const SESSION: &str = "__Host-fairlead-session-0";
const SIGN_IN: &str = "__Host-fairlead-sign-in-0";

#[test]
fn whoever_is_not_signed_in_is_sent_to_the_login_and_comes_back_to_the_page() {
    let house = house(1);
    let mut browser = Browser::new(&house);
    let seen = browser.get("/me/readers?outcome=refused");
    assert_eq!(seen.status, 303);
    assert_eq!(
        seen.location(),
        "/sign-in?return_to=%2Fme%2Freaders%3Foutcome%3Drefused"
    );
    let away = browser.get(seen.location());
    assert!(
        away.location()
            .starts_with(&format!("{LOGIN}/oauth2/authorize?"))
    );
    let back = browser.come_back(&away, &jane());
    let seen = browser.get(&back);
    assert_eq!(seen.location(), "/me/readers?outcome=refused");
    let seen = browser.get(seen.location());
    assert_eq!(seen.status, 200, "{}", seen.html);
}

#[test]
fn a_session_lies_in_cookies_that_tell_nothing_and_that_scripts_and_other_sites_do_not_get() {
    let house = house(1);
    let mut browser = Browser::new(&house);
    let seen = browser.sign_in(&jane());
    let kept = seen
        .cookies
        .iter()
        .find(|cookie| cookie.starts_with(SESSION))
        .unwrap();
    for attribute in ["; Path=/;", "; HttpOnly", "; Secure", "; SameSite=Lax"] {
        assert!(kept.contains(attribute), "{kept}");
    }
    assert!(!kept.contains("eyJ") && !kept.contains(JANE), "{kept}");
    assert!(
        !browser.cookies.contains_key(SIGN_IN),
        "the sign-in is over"
    );
}

#[test]
fn a_browser_that_did_not_begin_a_sign_in_does_not_end_it() {
    let house = house(1);
    let mut attacker = Browser::new(&house);
    let away = attacker.get("/sign-in");
    let back = attacker.come_back(&away, &jane());
    let mut victim = Browser::new(&house);
    let seen = victim.get(&back);
    assert_eq!(seen.status, 400, "{}", seen.html);
    assert!(victim.cookies.is_empty());
    victim.get("/sign-in");
    let seen = victim.get(&back);
    assert_eq!(seen.status, 400, "another state");
    assert!(!victim.cookies.contains_key(SESSION));
}

#[test]
fn a_code_opens_nothing_a_second_time() {
    let house = house(1);
    let mut browser = Browser::new(&house);
    let away = browser.get("/sign-in");
    let back = browser.come_back(&away, &jane());
    let kept = browser.cookies.clone();
    assert_eq!(browser.get(&back).status, 303);
    browser.cookies = kept;
    assert_eq!(browser.get(&back).status, 400);
}

#[rstest]
#[case("nonce", "another")]
#[case("aud", "another")]
#[case("iss", "https://evil.example/pool")]
#[case("token_use", "access")]
fn an_id_token_of_another_sign_in_lets_nobody_in(#[case] claim: &str, #[case] value: &str) {
    let house = house(1);
    let mut browser = Browser::new(&house);
    browser.forge(claim, value);
    let seen = browser.sign_in(&jane());
    assert_eq!(seen.status, 400, "{}", seen.html);
    assert!(!browser.cookies.contains_key(SESSION));
}

#[test]
fn a_sign_in_that_takes_too_long_is_begun_anew() {
    let house = house(1);
    let mut browser = Browser::new(&house);
    let away = browser.get("/sign-in");
    let back = browser.come_back(&away, &jane());
    house.world.advance(Duration::from_mins(16));
    assert_eq!(browser.get(&back).status, 400);
}

#[test]
fn signing_in_again_is_another_session_whose_forms_are_others() {
    let house = house(1);
    let mut browser = signed_in(&house, &jane());
    let before = (
        browser.cookies[SESSION].clone(),
        browser.get("/me/profile").field("form_token"),
    );
    browser.sign_in(&jane());
    let after = (
        browser.cookies[SESSION].clone(),
        browser.get("/me/profile").field("form_token"),
    );
    assert_ne!(before.0, after.0);
    assert_ne!(before.1, after.1);
}

#[test]
fn a_cookie_that_was_tampered_with_is_forgotten() {
    let house = house(1);
    let browser = signed_in(&house, &jane());
    let genuine = browser.cookies[SESSION].clone();
    let mut flipped = genuine.clone().into_bytes();
    let middle = flipped.len() / 2;
    flipped[middle] = if flipped[middle] == b'A' { b'B' } else { b'A' };
    for forged in [
        String::from_utf8(flipped).unwrap(),
        genuine[1..].to_owned(),
        "x".to_owned(),
        genuine.repeat(2),
    ] {
        let mut browser = signed_in(&house, &jane());
        browser.cookies.insert(SESSION.to_owned(), forged);
        let seen = browser.get("/me");
        assert!(seen.location().starts_with("/sign-in?"), "{}", seen.html);
        assert!(
            !browser.cookies.contains_key(SESSION),
            "the browser is told to forget it"
        );
    }
}

#[test]
fn a_sign_in_that_is_under_way_is_no_session() {
    let house = house(1);
    let mut browser = Browser::new(&house);
    browser.get("/sign-in");
    let sealed = browser.cookies[SIGN_IN].clone();
    browser.cookies.insert(SESSION.to_owned(), sealed);
    assert!(browser.get("/me").location().starts_with("/sign-in?"));
}

#[test]
fn a_session_outlives_its_token_and_one_change_of_the_key_but_not_two() {
    let house = house(1);
    let mut browser = signed_in(&house, &jane());
    house.world.advance(Duration::from_mins(59));
    let before = browser.cookies[SESSION].clone();
    assert_eq!(browser.get("/me").status, 200, "the token is refreshed");
    assert_ne!(browser.cookies[SESSION], before);
    house
        .world
        .engines()
        .put_secret(SESSION_KEY, &"l".repeat(64));
    house.world.advance(Duration::from_mins(6));
    assert_eq!(browser.get("/me").status, 200);
    for next in ["m", "n"] {
        house
            .world
            .engines()
            .put_secret(SESSION_KEY, &next.repeat(64));
    }
    house.world.advance(Duration::from_mins(6));
    assert_eq!(browser.get("/me").status, 303);
}

#[test]
fn signing_out_ends_the_session_on_every_device_that_shares_it() {
    let house = house(1);
    let mut browser = signed_in(&house, &jane());
    let copy = browser.cookies.clone();
    let seen = browser.send("/me/profile", "/sign-out", &[]);
    assert_eq!(seen.status, 200, "{}", seen.html);
    assert!(seen.says(&format!("{LOGIN}/logout?client_id=")));
    assert!(!browser.cookies.contains_key(SESSION));
    let mut other = Browser::new(&house);
    other.cookies = copy;
    house.world.advance(Duration::from_mins(59));
    assert_eq!(
        other.get("/me").status,
        303,
        "no refresh token gets another access token"
    );
}

#[test]
fn whoever_is_no_operator_does_not_get_in_as_one() {
    let house = house(1);
    let mut browser = Browser::new(&house);
    let away = browser.get("/sign-in?as=operator");
    let back = browser.come_back(&away, &jane());
    let seen = browser.get(&back);
    assert_eq!(seen.status, 403, "{}", seen.html);
    assert!(!browser.cookies.contains_key(SESSION));
    let mut browser = Browser::new(&house);
    assert_eq!(browser.sign_in(&operator()).location(), "/ops/requests");
}

/// What the hosted login was asked for by the query of its address.
fn asked_for(away: &fairlead_portal::Seen, name: &str) -> String {
    let (_, query) = away.location().split_once('?').unwrap();
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let found = pairs.find_map(|(key, value)| (key == name).then(|| value.to_owned()));
    found.unwrap_or_default()
}

#[test]
fn a_login_is_added_by_signing_in_with_it_which_takes_two_turns() {
    let house = house(1);
    let mut browser = signed_in(&house, &jane());
    let page = browser.get("/me/logins");
    let begins = "/sign-in?provider=Google&#38;return_to=%2Fme%2Flogins";
    assert!(page.says(begins), "{}", page.html);
    let away = browser.get("/sign-in?provider=Google&return_to=/me/logins");
    assert_eq!(asked_for(&away, "identity_provider"), "Google");
    let linked = |away: &fairlead_portal::Seen| {
        let state = asked_for(away, "state");
        format!(
            "/sign-in/callback?error=invalid_request&state={state}\
             &error_description=Already+found+an+entry+for+username+google_1093."
        )
    };
    let again = browser.get(&linked(&away));
    assert!(again.location().starts_with(LOGIN), "{}", again.html);
    assert_eq!(asked_for(&again, "identity_provider"), "Google");
    assert_ne!(asked_for(&again, "state"), asked_for(&away, "state"));
    let mut other = Browser::new(&house);
    other.cookies = browser.cookies.clone();
    assert_eq!(
        other.get(&linked(&again)).status,
        400,
        "once, and not for ever"
    );
    let back = browser.come_back(&again, &jane());
    assert_eq!(browser.get(&back).location(), "/me/logins");
}

#[test]
fn no_other_sign_in_is_begun_anew_and_none_by_a_provider_that_is_none() {
    let house = house(1);
    let mut browser = Browser::new(&house);
    browser.get("/sign-in?provider=Google");
    let forged =
        "/sign-in/callback?state=another&error_description=Already+found+an+entry+for+username+x";
    assert_eq!(browser.get(forged).status, 400);
    for provider in ["Nobody", "COGNITO", "Google%26x%3Dy"] {
        let seen = browser.get(&format!("/sign-in?provider={provider}"));
        assert_eq!(seen.status, 400, "{provider}");
    }
}

#[rstest]
#[case("https://evil.example/")]
#[case("//evil.example/")]
#[case("/\\evil.example/")]
#[case("/%09/evil.example/")]
#[case("javascript:alert(1)")]
#[case("/me//evil.example")]
fn nobody_is_sent_to_another_site(#[case] return_to: &str) {
    let house = house(1);
    let mut browser = Browser::new(&house);
    let away = browser.get(&format!("/sign-in?return_to={return_to}"));
    let back = browser.come_back(&away, &jane());
    assert_eq!(browser.get(&back).location(), "/me");
    let seen = browser.get(&format!("/language?to=de&return_to={return_to}"));
    assert_eq!(seen.location(), "/");
}
