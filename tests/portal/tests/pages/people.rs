//! What people do on their pages.

use serde_json::{Value, json};

use crate::{PEOPLES, house, jane, put_receipt, signed_in};

#[test]
fn every_page_is_there_in_both_languages_and_small() {
    let house = house(1);
    put_receipt(&house, 1, "allowed", "chandlery", "order 1");
    let mut browser = signed_in(&house, &jane());
    for language in ["en", "de"] {
        browser
            .headers
            .insert("accept-language", language.to_owned());
        for page in PEOPLES {
            let seen = browser.get(page);
            assert_eq!(seen.status, 200, "{page}: {}", seen.html);
            assert!(seen.says(&format!("<html lang=\"{language}\">")), "{page}");
            assert!(
                seen.html.len() < 100_000,
                "{page} has {} bytes",
                seen.html.len()
            );
            assert!(!seen.says("{ $"), "{page} lacks a value");
        }
    }
}

#[test]
fn people_change_their_profile() {
    let house = house(1);
    let mut browser = signed_in(&house, &jane());
    let fields = [
        ("given_name", "Jane"),
        ("family_name", "L\u{f6}we"),
        ("country", ""),
        ("locale", "de-CH"),
    ];
    let seen = browser.send("/me/profile", "/me/profile", &fields);
    assert_eq!(seen.location(), "/me/profile?saved=1", "{}", seen.html);
    let seen = browser.get("/me/profile");
    assert!(seen.says("value=\"L\u{f6}we\"") && seen.says("value=\"de-CH\""));
    assert!(!seen.says("value=\"CH\""), "what is empty is removed");
}

#[test]
fn what_is_not_taken_is_said_beside_its_field_and_nothing_that_was_typed_is_lost() {
    let house = house(1);
    let mut browser = signed_in(&house, &jane());
    let fields = [("given_name", "Janet"), ("country", "Switzerland")];
    let seen = browser.send("/me/profile", "/me/profile", &fields);
    assert_eq!(seen.status, 422, "{}", seen.html);
    assert!(
        seen.says("aria-describedby=\"country-problem\""),
        "{}",
        seen.html
    );
    assert!(seen.says("value=\"Janet\"") && seen.says("value=\"Switzerland\""));
    assert!(browser.get("/me/profile").says("value=\"Jane\""));
}

#[test]
fn a_change_that_was_made_elsewhere_is_shown_and_can_be_put_aside() {
    let house = house(1);
    let mut browser = signed_in(&house, &jane());
    let seen = browser.get("/me/profile");
    let stale = seen.field("version");
    let elsewhere = [("given_name", "Jana"), ("country", "CH")];
    browser.send("/me/profile", "/me/profile", &elsewhere);
    let fields = [
        ("given_name", "Janet"),
        ("country", "CH"),
        ("version", stale.as_str()),
    ];
    let seen = browser.send("/me/profile", "/me/profile", &fields);
    assert_eq!(seen.status, 409, "{}", seen.html);
    assert!(
        seen.says("given_name-elsewhere") && seen.says("<bdi>Jana</bdi>"),
        "{}",
        seen.html
    );
    assert!(
        !seen.says("country-elsewhere"),
        "only what differs is shown"
    );
    let version = seen.field("version");
    let fields = [
        ("given_name", "Janet"),
        ("country", "CH"),
        ("version", version.as_str()),
    ];
    let seen = browser.send("/me/profile", "/me/profile", &fields);
    assert_eq!(seen.location(), "/me/profile?saved=1", "{}", seen.html);
}

#[test]
fn people_allow_something_see_it_in_their_history_and_withdraw_it() {
    let house = house(1);
    let mut browser = signed_in(&house, &jane());
    let page = "/me/permissions/newsletter";
    for (decision, state) in [("granted", "Allowed"), ("withdrawn", "Withdrawn")] {
        let seen = browser.send(page, page, &[("decision", decision)]);
        assert_eq!(
            seen.location(),
            "/me/permissions/newsletter?saved=1",
            "{}",
            seen.html
        );
        let seen = browser.get(page);
        assert!(
            seen.says(&format!("<strong>{state}</strong>")),
            "{}",
            seen.html
        );
        assert!(seen.says("2026-01"), "the text that was agreed to");
    }
    let seen = browser.send(page, page, &[("decision", "whatever")]);
    assert_eq!(seen.status, 400);
}

#[test]
fn what_is_no_matter_of_consent_can_not_be_decided_on() {
    let house = house(1);
    let mut browser = signed_in(&house, &jane());
    let seen = browser.get("/me/permissions/customer-service");
    assert!(!seen.says("name=\"decision\""), "{}", seen.html);
}

#[test]
fn people_see_who_read_what_and_why_and_can_look_at_some_of_it() {
    let house = house(1);
    put_receipt(&house, 1, "allowed", "chandlery", "order 1");
    put_receipt(&house, 2, "refused", "post", "parcel 2");
    let mut browser = signed_in(&house, &jane());
    let seen = browser.get("/me/readers");
    for text in [
        "The Chandlery",
        "order 1",
        "parcel 2",
        "there is no consent",
        "15 January 2026, 09:02 UTC",
    ] {
        assert!(seen.says(text), "{text}: {}", seen.html);
    }
    let seen = browser.get("/me/readers?outcome=refused");
    assert!(
        seen.says("parcel 2") && !seen.says("order 1"),
        "{}",
        seen.html
    );
    let seen = browser.get("/me/readers?partner=chandlery");
    assert!(
        seen.says("order 1") && !seen.says("parcel 2"),
        "{}",
        seen.html
    );
}

#[test]
fn pages_are_turned_with_their_filter() {
    let house = house(1);
    for n in 1..60 {
        put_receipt(&house, n, "allowed", "chandlery", &format!("order {n}."));
    }
    let mut browser = signed_in(&house, &jane());
    let seen = browser.get("/me/readers?partner=chandlery");
    assert!(seen.says("order 59.") && !seen.says("order 9."));
    let start = "href=\"/me/readers?";
    let next = seen
        .html
        .split(start)
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap();
    let next = next.replace("&#38;", "&").replace("&amp;", "&");
    assert!(next.contains("partner=chandlery"), "{next}");
    let seen = browser.get(&format!("/me/readers?{next}"));
    assert!(
        seen.says("order 9.") && !seen.says("order 59."),
        "{}",
        seen.html
    );
}

#[test]
fn people_choose_how_notices_reach_them() {
    let house = house(1);
    let mut browser = signed_in(&house, &jane());
    let seen = browser.send("/me/notices", "/me/notices", &[("notices_by_topic", "yes")]);
    assert_eq!(seen.location(), "/me/notices?saved=1", "{}", seen.html);
    let seen = browser.get("/me/notices");
    assert!(
        seen.says("name=\"notices_by_topic\" value=\"yes\" checked"),
        "{}",
        seen.html
    );
    assert!(
        !seen.says("name=\"notices_by_sms\" value=\"yes\" checked"),
        "{}",
        seen.html
    );
}

#[test]
fn people_try_by_which_ways_notices_reach_them() {
    let house = house(1);
    let mut browser = signed_in(&house, &jane());
    let seen = browser.get("/me/notices");
    assert!(
        seen.says("You do not allow notices about your account.") && !seen.says("/me/notices/test"),
        "{}",
        seen.html
    );
    let seen = browser.send("/me/notices", "/me/notices/test", &[]);
    assert_eq!(seen.status, 409, "no way is open: {}", seen.html);
    let consent = "/me/permissions/account-notices";
    browser.send(consent, consent, &[("decision", "granted")]);
    let seen = browser.send("/me/notices", "/me/notices/test", &[]);
    assert_eq!(seen.location(), "/me/notices#test", "{}", seen.html);
    let seen = browser.get("/me/notices");
    for text in [
        "No telephone number is confirmed as yours.",
        "The test message is on its way.",
        "hx-trigger=\"every 5s\"",
    ] {
        assert!(seen.says(text), "{text}: {}", seen.html);
    }
    let seen = browser.send("/me/notices", "/me/notices/test", &[]);
    assert_eq!(seen.status, 429, "{}", seen.html);
    assert!(
        seen.says("There is one test message in a minute."),
        "{}",
        seen.html
    );
    let is_test = |row: &&Value| row["part"] == "notice-test";
    let rows = house.world.rows("profiles");
    let test = rows.iter().find(is_test).unwrap();
    let key = format!("notice#{}#topic", test["event_id"].as_str().unwrap());
    house.world.put_row(
        "ledger",
        json!({
            "key": key, "state": "done", "owner": "a run", "lease_until": 0,
            "expires_at": 1_900_000_000,
        }),
    );
    let seen = browser.get("/me/notices");
    assert!(
        seen.says("The test message was sent.") && !seen.says("hx-trigger=\"every 5s\""),
        "{}",
        seen.html
    );
}

#[test]
fn an_erasure_is_meant_closes_everything_and_can_be_taken_back() {
    let house = house(1);
    let mut browser = signed_in(&house, &jane());
    let seen = browser.send("/me/delete", "/me/delete", &[]);
    assert_eq!(seen.status, 422, "the box is not ticked: {}", seen.html);
    let seen = browser.send("/me/delete", "/me/delete", &[("confirmed", "yes")]);
    assert_eq!(seen.location(), "/me/delete", "{}", seen.html);
    let seen = browser.get("/me");
    assert_eq!(
        seen.location(),
        "/me/delete",
        "there is nothing else to see"
    );
    let seen = browser.get("/me/delete");
    assert!(seen.says("The erasure is asked for."), "{}", seen.html);
    let start = "href=\"/erasures/";
    let id = seen
        .html
        .split(start)
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap();
    let id = id.to_owned();
    let mut anybody = fairlead_portal::Browser::new(&house);
    assert_eq!(
        anybody.get(&format!("/erasures/{id}")).status,
        200,
        "without a login"
    );
    assert_eq!(
        anybody
            .get("/erasures/era_00000000000000000000000000000000")
            .status,
        404
    );
    let seen = browser.send("/me/delete", "/me/delete/withdraw", &[]);
    assert_eq!(seen.location(), "/me", "{}", seen.html);
    assert_eq!(browser.get("/me").status, 200);
}

#[test]
fn a_browser_that_says_no_to_sale_is_heard() {
    let house = house(1);
    testkit::sale::grant(&house.world, crate::JANE);
    let mut browser = signed_in(&house, &jane());
    browser.headers.insert("sec-gpc", "1".to_owned());
    browser.get("/me");
    assert!(!testkit::sale::is_granted(&house.world, crate::JANE));
}
