//! Forms that no page of the session made, or that another site sent.

use std::collections::BTreeMap;

use fairlead_portal::{Browser, ORIGIN};
use rstest::rstest;

use crate::{house, jane, operator, signed_in};

/// Every form of people's and operators' pages.
const FORMS: [&str; 26] = [
    "/sign-out",
    "/me/profile",
    "/me/logins/lgn_1/remove",
    "/me/permissions/newsletter",
    "/me/notices",
    "/me/notices/test",
    "/me/export",
    "/me/delete",
    "/me/delete/withdraw",
    "/me/api/patch_me",
    "/ops/api/get_directory_tenant",
    "/ops/people/find",
    "/ops/people/prf_01010101010171018101010101010101/timeline",
    "/ops/people/merge",
    "/ops/people/split",
    "/ops/flows/events-in-dead-letters",
    "/ops/rejected/chandlery/rej_1",
    "/ops/tenant/partners",
    "/ops/tenant/partners/chandlery",
    "/ops/tenant/partners/chandlery/keys",
    "/ops/tenant/partners/chandlery/clients",
    "/ops/tenant/partners/chandlery/clients/pcl_1/remove",
    "/ops/tenant/agreements/letters",
    "/ops/tenant/event-types/com.example.order.placed.v1",
    "/ops/tenant/purposes/newsletter",
    "/ops/tenant/rules/com.example.order.placed.v1",
];

fn from(headers: &[(&'static str, &str)]) -> BTreeMap<&'static str, String> {
    headers
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect()
}

#[test]
fn without_a_token_or_with_another_sessions_no_form_does_anything() {
    for form in FORMS {
        let house = house(1);
        let who = if form.starts_with("/ops") {
            operator()
        } else {
            jane()
        };
        let mut other = signed_in(&house, &jane());
        let others = other.get("/me/profile").field("form_token");
        assert!(!others.is_empty());
        let mut browser = signed_in(&house, &who);
        let rows = house.world.rows("profiles");
        let calls = house.world.trace().len();
        for token in [None, Some(""), Some("AAAA"), Some(others.as_str())] {
            let fields: Vec<_> = token
                .map(|token| ("form_token", token))
                .into_iter()
                .collect();
            let seen = browser.post(form, &fields, &from(&[("origin", ORIGIN)]));
            assert_eq!(seen.status, 403, "{form}: {}", seen.html);
        }
        assert_eq!(house.world.rows("profiles"), rows, "{form}");
        assert_eq!(
            house.world.trace().len(),
            calls,
            "{form} asked for something"
        );
    }
}

#[rstest]
#[case(&[])]
#[case(&[("origin", "https://evil.example")])]
#[case(&[("origin", "null")])]
#[case(&[("sec-fetch-site", "cross-site")])]
#[case(&[("sec-fetch-site", "same-site")])]
#[case(&[("sec-fetch-site", "none")])]
#[case(&[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")])]
#[case(&[("sec-fetch-site", "cross-site"), ("origin", ORIGIN)])]
fn a_form_from_another_site_does_nothing_even_with_the_token(
    #[case] headers: &[(&'static str, &str)],
) {
    let house = house(1);
    let mut browser = signed_in(&house, &jane());
    let page = browser.get("/me/profile");
    let (token, version) = (page.field("form_token"), page.field("version"));
    let fields = [
        ("form_token", token.as_str()),
        ("version", version.as_str()),
        ("key", "0198f2a0-c1d2-7e3f-8a4b-5c6d7e8f9012"),
        ("given_name", "Eve"),
    ];
    let seen = browser.post("/me/profile", &fields, &from(headers));
    assert_eq!(seen.status, 403, "{}", seen.html);
    assert!(browser.get("/me/profile").says("value=\"Jane\""));
}

#[rstest]
#[case(&[("origin", ORIGIN)])]
#[case(&[("sec-fetch-site", "same-origin")])]
fn a_form_of_our_own_is_taken_from_browsers_that_say_the_one_or_the_other(
    #[case] headers: &[(&'static str, &str)],
) {
    let house = house(1);
    let mut browser = signed_in(&house, &jane());
    let page = browser.get("/me/profile");
    let hidden = ["form_token", "version", "key"].map(|name| (name, page.field(name)));
    let mut fields: Vec<_> = hidden
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    fields.extend([("given_name", "Janet"), ("country", "CH")]);
    let seen = browser.post("/me/profile", &fields, &from(headers));
    assert_eq!(seen.location(), "/me/profile?saved=1", "{}", seen.html);
    assert!(browser.get("/me/profile").says("value=\"Janet\""));
}

#[test]
fn nobody_but_whoever_is_signed_in_sends_forms() {
    let house = house(1);
    for form in FORMS {
        let seen = Browser::new(&house).post(form, &[], &from(&[("origin", ORIGIN)]));
        assert_eq!(seen.status, 303, "{form}");
        assert!(seen.location().starts_with("/sign-in"), "{form}");
    }
}

#[test]
fn what_changes_something_is_no_link() {
    let house = house(1);
    let mut browser = signed_in(&house, &jane());
    for path in [
        "/sign-out",
        "/me/logins/lgn_1/remove",
        "/me/delete/withdraw",
    ] {
        assert_eq!(browser.get(path).status, 404, "{path}");
    }
    assert_eq!(browser.get("/me").status, 200);
}
