//! Names that are markup, headers that keep pages from being framed, and addresses that are none.

use fairlead_portal::Browser;
use serde_json::json;

use crate::{HOSTILE, OPERATORS, PEOPLES, house, jane, operator, put, put_receipt, signed_in};

/// Nothing of it stands in the page as markup.
fn assert_harmless(page: &str, html: &str) {
    for markup in ["<script>alert", "<img src=x", "onerror='"] {
        assert!(!html.contains(markup), "{page}: {html}");
    }
}

#[test]
fn a_hostile_name_is_a_name_on_every_page() {
    let house = house(1);
    put_receipt(&house, 1, "partly", "chandlery", HOSTILE);
    for (part, row) in [
        ("partner#chandlery", json!({ "display_name": HOSTILE })),
        ("tenant", json!({ "display_name": HOSTILE })),
        (
            "purpose#newsletter",
            json!({ "display_name": HOSTILE, "legal_basis": "consent", "text_versions": ["2026-01"] }),
        ),
    ] {
        put(
            &house,
            "directory",
            &json!({ "tenant": "harbour", "part": part }),
            row,
        );
    }
    for (who, pages) in [
        (jane(), PEOPLES.as_slice()),
        (operator(), OPERATORS.as_slice()),
    ] {
        let mut browser = signed_in(&house, &who);
        for page in pages {
            let seen = browser.get(page);
            assert_eq!(seen.status, 200, "{page}: {}", seen.html);
            assert_harmless(page, &seen.html);
        }
    }
}

#[test]
fn a_hostile_text_that_is_sent_comes_back_as_a_text() {
    let house = house(1);
    let mut browser = signed_in(&house, &jane());
    for field in [
        "given_name",
        "family_name",
        "display_name",
        "country",
        "locale",
        "time_zone",
        "birthdate",
    ] {
        let seen = browser.send("/me/profile", "/me/profile", &[(field, HOSTILE)]);
        assert_harmless(field, &seen.html);
        assert_harmless(field, &browser.get("/me/profile").html);
        assert_harmless(field, &browser.get("/me").html);
    }
}

#[test]
fn a_hostile_address_is_not_repeated_as_markup() {
    let house = house(1);
    let hostile = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E";
    for (who, paths) in [
        (
            jane(),
            [
                "/me/readers?partner=",
                "/me/permissions/",
                "/erasures/",
                "/no-such-page/",
            ],
        ),
        (
            operator(),
            [
                "/ops/people/merges?profile=",
                "/ops/rejected?partner=",
                "/ops/flows/",
                "/ops/requests?from=",
            ],
        ),
    ] {
        let mut browser = signed_in(&house, &who);
        for path in paths {
            let page = format!("{path}{hostile}");
            assert_harmless(&page, &browser.get(&page).html);
        }
    }
}

#[test]
fn what_is_no_address_is_said_to_be_none() {
    let house = house(1);
    let mut browser = Browser::new(&house);
    for path in [
        "/me?partner=<script>alert(1)</script>",
        "/me?a b",
        "me",
        "*",
    ] {
        let seen = browser.get(path);
        assert_eq!(seen.status, 400, "{path}");
        assert_eq!(seen.html, "This is no address.");
    }
}

#[test]
fn no_page_is_framed_sniffed_or_kept_and_none_runs_what_is_not_ours() {
    let house = house(1);
    let mut person = signed_in(&house, &jane());
    let mut operator = signed_in(&house, &operator());
    let mut stranger = Browser::new(&house);
    let mut all = vec![
        stranger.get("/"),
        stranger.get("/me"),
        stranger.get("/nowhere"),
        stranger.get("/sign-in"),
    ];
    all.extend(PEOPLES.map(|page| person.get(page)));
    all.extend(OPERATORS.map(|page| operator.get(page)));
    all.push(person.get("/ops/requests"));
    all.push(person.post("/me/profile", &[], &std::collections::BTreeMap::new()));
    for seen in all {
        let policy = seen.header("content-security-policy");
        for rule in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        ] {
            assert!(policy.contains(rule), "{policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(seen.header("x-frame-options"), "DENY");
        assert_eq!(seen.header("x-content-type-options"), "nosniff");
        assert_eq!(seen.header("referrer-policy"), "same-origin");
        assert_eq!(seen.header("cross-origin-opener-policy"), "same-origin");
        assert_eq!(seen.header("cache-control"), "no-store");
        assert!(
            seen.header("strict-transport-security")
                .starts_with("max-age=31536000")
        );
        assert!(seen.header("permissions-policy").contains("camera=()"));
        for never in [
            "<style",
            " style=",
            "onclick=",
            "javascript:",
            "src=\"http",
            "href=\"http://",
        ] {
            assert!(!seen.html.contains(never), "{never}: {}", seen.html);
        }
    }
}

#[test]
fn what_pages_are_dressed_with_is_kept_for_good_and_is_all_there() {
    let house = house(1);
    let mut browser = Browser::new(&house);
    let page = browser.get("/");
    let mut found = 0;
    for rest in page.html.split("\"/assets/").skip(1) {
        let path = format!("/assets/{}", rest.split('"').next().unwrap());
        let seen = browser.get(&path);
        assert_eq!(seen.status, 200, "{path}");
        assert!(seen.header("cache-control").contains("immutable"), "{path}");
        assert!(seen.html.len() < 100_000, "{path}");
        found += 1;
    }
    assert!(found >= 3, "a style, a script and a logo");
    assert_eq!(browser.get("/assets/0/style.css").status, 404);
    assert_eq!(browser.get("/assets/1/..%2f..%2fCargo.toml").status, 404);
}
