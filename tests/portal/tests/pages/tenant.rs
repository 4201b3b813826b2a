//! What operators define for their tenant: purposes, and of which events people are told.

use serde_json::Value;

use crate::{house, jane, operator, signed_in};

const PURPOSE: &str = "/ops/tenant/purposes/newsletter";
const TYPE: &str = "com.example.parcel.sent.v1";
const DIGEST: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

fn saved(page: &str) -> String {
    format!("{page}?saved=1")
}

#[test]
fn another_text_of_a_purpose_is_published_behind_the_others_and_shown_to_people() {
    let house = house(1);
    let mut browser = signed_in(&house, &operator());
    assert!(browser.get("/ops/tenant").says(PURPOSE));
    let fields = [
        ("display_name", "The Harbour Letter"),
        ("valid_for_days", "730"),
        ("text", "2026-02"),
        ("url", "https://harbour.example/privacy/newsletter/2026-02"),
        ("sha256", DIGEST),
        ("recipients", "Printers\r\nPost & Co."),
        ("retention", "Until you unsubscribe"),
    ];
    let seen = browser.send(PURPOSE, PURPOSE, &fields);
    assert_eq!(seen.location(), saved(PURPOSE), "{}", seen.html);
    let seen = browser.get(PURPOSE);
    let place = |text: &str| seen.html.find(text).unwrap();
    assert!(
        place("<code>2026-02</code>") < place("<code>2026-01</code>"),
        "the latest first: {}",
        seen.html
    );
    for text in ["Version 1,", "Post &#38; Co.", DIGEST, "value=\"730\""] {
        assert!(seen.says(text), "{text}: {}", seen.html);
    }
    let seen = signed_in(&house, &jane()).get("/me/permissions/newsletter");
    assert!(
        seen.says("What you agree to: text 2026-02") && seen.says("Printers"),
        "{}",
        seen.html
    );
}

#[test]
fn of_a_purpose_what_was_published_stands_and_what_is_wrong_is_said() {
    let house = house(1);
    let mut browser = signed_in(&house, &operator());
    let name = ("display_name", "The Harbour Letter");
    for wrong in [
        vec![("display_name", "")],
        vec![name, ("valid_for_days", "many")],
        vec![name, ("text", "no version")],
        vec![name, ("text", "2026-02"), ("url", "http://harbour.example")],
        vec![
            name,
            ("url", "https://harbour.example/x"),
            ("sha256", DIGEST),
        ],
        vec![name, ("version", "\"7\"")],
    ] {
        let seen = browser.send(PURPOSE, PURPOSE, &wrong);
        assert_eq!(seen.status, 422, "{wrong:?}: {}", seen.html);
        assert!(seen.says("This is not taken:"), "{}", seen.html);
    }
    let seen = browser.send(PURPOSE, PURPOSE, &[name, ("legal_basis", "contract")]);
    assert_eq!(seen.location(), saved(PURPOSE), "{}", seen.html);
    let rows = house.world.rows("directory");
    let is_it = |row: &&Value| row["part"] == "purpose#newsletter";
    let purpose = rows.iter().find(is_it).unwrap();
    assert_eq!(purpose["legal_basis"], "consent");
    assert_eq!(purpose["text_versions"].as_array().unwrap().len(), 1);
}

#[test]
fn a_purpose_is_defined_by_its_name() {
    let house = house(1);
    let mut browser = signed_in(&house, &operator());
    let seen = browser.get("/ops/tenant/purposes?purpose=surveys");
    let page = "/ops/tenant/purposes/surveys";
    assert_eq!(seen.location(), page);
    assert!(browser.get(page).says("There is no such purpose yet."));
    let fields = [
        ("display_name", "Surveys"),
        ("legal_basis", "consent"),
        ("text", "2026-01"),
        ("version", ""),
    ];
    let seen = browser.send(page, page, &fields);
    assert_eq!(seen.location(), saved(page), "{}", seen.html);
    assert!(browser.get("/ops/tenant").says("Surveys"));
    let seen = browser.send(page, page, &fields);
    assert_eq!(seen.status, 422, "there is one by now: {}", seen.html);
}

#[test]
fn people_are_told_of_a_type_in_their_languages_until_it_is_switched_off() {
    let house = house(1);
    let mut browser = signed_in(&house, &operator());
    let types = format!("/ops/tenant/event-types/{TYPE}");
    browser.send(&types, &types, &[("schema", "{}")]);
    let seen = browser.get(&format!("/ops/tenant/rules?type={TYPE}"));
    let page = format!("/ops/tenant/rules/{TYPE}");
    assert_eq!(seen.location(), page);
    let seen = browser.get(&page);
    assert!(
        seen.says("Nobody is told of such events yet.") && !seen.says("Customer service"),
        "people consent to no contract: {}",
        seen.html
    );
    let fields = [
        ("purpose", "newsletter"),
        ("text.en", "Your parcel is on its way."),
        ("language", "de"),
        ("added", "Ihr Paket ist unterwegs."),
        ("active", "yes"),
        ("version", ""),
    ];
    let seen = browser.send(&page, &page, &fields);
    assert_eq!(seen.location(), saved(&page), "{}", seen.html);
    let seen = browser.get(&page);
    assert!(
        seen.says("name=\"text.de\" value=\"Ihr Paket ist unterwegs.\"")
            && seen.says("people are told"),
        "{}",
        seen.html
    );
    assert!(browser.get("/ops/tenant").says(&page));
    let fields = [("purpose", "newsletter"), ("text.de", "Ihr Paket.")];
    let seen = browser.send(&page, &page, &fields);
    assert_eq!(seen.location(), saved(&page), "{}", seen.html);
    let seen = browser.get(&page);
    assert!(
        seen.says("is switched off") && !seen.says("on its way"),
        "{}",
        seen.html
    );
}

#[test]
fn a_rule_that_is_not_taken_says_why_and_loses_nothing_that_was_typed() {
    let house = house(1);
    let mut browser = signed_in(&house, &operator());
    let page = format!("/ops/tenant/rules/{TYPE}");
    let fields = [
        ("purpose", "newsletter"),
        ("text.en", "News."),
        ("version", ""),
    ];
    let seen = browser.send(&page, &page, &fields);
    assert_eq!(
        seen.status, 422,
        "the type is not registered: {}",
        seen.html
    );
    assert!(seen.says("value=\"News.\""), "{}", seen.html);
}
