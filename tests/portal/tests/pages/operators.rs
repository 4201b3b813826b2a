//! What operators do on their pages, and that nobody else does.

use crate::{JANE, JOAN, OPERATORS, house, jane, operator, put_receipt, scene, signed_in};

#[test]
fn requests_are_charts_with_their_numbers_and_refusals_stand_out() {
    let house = house(1);
    for n in 1..4 {
        put_receipt(&house, n, "allowed", "chandlery", "order");
    }
    put_receipt(&house, 4, "refused", "chandlery", "order");
    let mut browser = signed_in(&house, &operator());
    let seen = browser.get("/ops/requests?from=2026-01-15&to=2026-01-15");
    assert_eq!(seen.status, 200, "{}", seen.html);
    assert_eq!(seen.html.matches("<svg class=\"chart\"").count(), 2);
    assert!(
        seen.says("4 requests, of which 1 were refused."),
        "{}",
        seen.html
    );
    assert!(seen.says("<tr class=\"refused\">"), "{}", seen.html);
    let table = browser.get("/ops/requests.csv?from=2026-01-15&to=2026-01-15");
    assert_eq!(table.header("content-type"), "text/csv; charset=utf-8");
    assert!(
        table
            .html
            .contains("2026-01-15,chandlery,newsletter,allowed,3"),
        "{}",
        table.html
    );
    let seen = browser.get("/ops/requests/chandlery?from=2026-01-15&to=2026-01-15");
    assert!(seen.says(JANE) && seen.says("order"), "{}", seen.html);
    assert_eq!(seen.html.matches("<td>Names</td>").count(), 3, "which data");
    for wrong in ["from=yesterday", "from=2026-01-16&to=2026-01-15"] {
        assert_eq!(browser.get(&format!("/ops/requests?{wrong}")).status, 400);
    }
}

#[test]
fn no_page_of_operators_is_a_persons() {
    let house = house(1);
    put_receipt(&house, 1, "allowed", "chandlery", "parcel");
    let mut browser = signed_in(&house, &jane());
    for page in OPERATORS {
        let seen = browser.get(page);
        assert_eq!(seen.status, 403, "{page}");
        assert!(
            !seen.says("parcel") && !seen.says("prf_"),
            "{page}: {}",
            seen.html
        );
    }
}

#[test]
fn no_form_of_operators_is_a_persons() {
    let house = house(1);
    let rows = house.world.rows("directory");
    let mut browser = signed_in(&house, &jane());
    for (form, fields) in [
        (
            "/ops/people/merge",
            vec![("profile", JANE), ("other", JOAN)],
        ),
        (
            "/ops/people/split",
            vec![("profile", JANE), ("merge_id", "mrg_1")],
        ),
        ("/ops/flows/events-in-dead-letters", vec![("which", "all")]),
        ("/ops/rejected/chandlery/rej_1", vec![]),
        ("/ops/tenant/partners/chandlery/keys", vec![]),
        ("/ops/tenant/partners/chandlery/keys/wky_1/revoke", vec![]),
        ("/ops/tenant/agreements/letters", vec![("step", "do")]),
    ] {
        let seen = browser.send("/me/profile", form, &fields);
        assert_eq!(seen.status, 403, "{form}: {}", seen.html);
    }
    assert_eq!(house.world.rows("directory"), rows);
}

#[test]
fn two_are_made_one_after_a_look_at_what_that_would_do_and_two_again() {
    let house = house(1);
    let mut browser = signed_in(&house, &operator());
    let page = format!("/ops/people/merges?profile={JANE}&other={JOAN}");
    let seen = browser.get(&page);
    assert_eq!(seen.status, 200, "{}", seen.html);
    assert!(seen.says("What a merge would do"), "{}", seen.html);
    let fields = [("profile", JANE), ("other", JOAN)];
    let seen = browser.send(&page, "/ops/people/merge", &fields);
    assert_eq!(seen.status, 303, "{}", seen.html);
    let seen = browser.get(&format!("/ops/people/merges?profile={JANE}"));
    assert!(
        seen.says("It holds.") && seen.says("<svg class=\"chart\""),
        "{}",
        seen.html
    );
    let merge = seen.field("merge_id");
    let fields = [("profile", JANE), ("merge_id", merge.as_str())];
    let page = format!("/ops/people/merges?profile={JANE}");
    let seen = browser.send(&page, "/ops/people/split", &fields);
    assert_eq!(seen.status, 303, "{}", seen.html);
    assert!(browser.get(&page).says("It was undone."));
}

#[test]
fn a_key_is_shown_once() {
    let house = house(1);
    let mut browser = signed_in(&house, &operator());
    let page = "/ops/tenant/partners/chandlery";
    let seen = browser.send(page, "/ops/tenant/partners/chandlery/keys", &[]);
    assert_eq!(seen.status, 200, "{}", seen.html);
    let key = seen
        .html
        .split("<code class=\"secret\">")
        .nth(1)
        .and_then(|rest| rest.split('<').next());
    let key = key.unwrap().to_owned();
    assert!(key.starts_with("wk_"), "{key}");
    let seen = browser.get(page);
    assert!(!seen.says(&key) && seen.says(&key[..8]), "{}", seen.html);
}

#[test]
fn an_agreement_is_shown_in_plain_words_before_it_holds() {
    let house = house(1);
    let mut browser = signed_in(&house, &operator());
    let page = "/ops/tenant/agreements/letters";
    let fields = [
        ("newsletter", "names"),
        ("newsletter", "contacts"),
        ("step", "preview"),
    ];
    let seen = browser.send(page, page, &fields);
    assert_eq!(seen.status, 200, "{}", seen.html);
    assert!(
        seen.says("What it would allow") && seen.says("of whoever consented to it."),
        "{}",
        seen.html
    );
    assert!(
        !browser.get(page).says("value=\"contacts\" checked"),
        "nothing is changed yet"
    );
    let fields = [
        ("newsletter", "names"),
        ("newsletter", "contacts"),
        ("step", "do"),
    ];
    let seen = browser.send(page, page, &fields);
    assert_eq!(
        seen.location(),
        "/ops/tenant/agreements/letters?saved=1",
        "{}",
        seen.html
    );
    assert!(browser.get(page).says("value=\"contacts\" checked"));
}

#[test]
fn a_partner_is_made_and_changed_and_two_changes_at_once_are_told_apart() {
    let house = house(1);
    let mut browser = signed_in(&house, &operator());
    let fields = [("partner", "sailmaker"), ("display_name", "Sails & Co.")];
    let seen = browser.send("/ops/tenant", "/ops/tenant/partners", &fields);
    let page = "/ops/tenant/partners/sailmaker";
    assert_eq!(seen.location(), format!("{page}?saved=1"), "{}", seen.html);
    let stale = browser.get(page).field("version");
    let fields = [
        ("display_name", "Sails"),
        ("requests_per_minute", "6000"),
        ("version", stale.as_str()),
    ];
    let seen = browser.send(page, page, &fields);
    assert_eq!(seen.location(), format!("{page}?saved=1"), "{}", seen.html);
    assert!(browser.get(page).says("value=\"6000\""));
    let seen = browser.send(page, page, &fields);
    assert_eq!(seen.status, 422, "the version is old: {}", seen.html);
    let fields = [("display_name", "Sails"), ("requests_per_minute", "many")];
    let seen = browser.send(page, page, &fields);
    assert_eq!(seen.status, 422, "{}", seen.html);
    assert!(seen.says("value=\"many\""), "what was typed is not lost");
    let fields = [("partner", "sailmaker"), ("display_name", "Another")];
    let seen = browser.send("/ops/tenant", "/ops/tenant/partners", &fields);
    assert_eq!(seen.status, 422, "there is one: {}", seen.html);
    assert!(browser.get(page).says("value=\"Sails\""));
}

#[test]
fn a_program_gets_a_secret_that_is_shown_once_the_next_one_in_its_place_and_goes() {
    let house = house(1);
    let mut browser = signed_in(&house, &operator());
    let page = "/ops/tenant/partners/chandlery";
    let clients = format!("{page}/clients");
    let fields = [("agreement", "letters"), ("scope", "fairlead/profile.read")];
    let seen = browser.send(page, &clients, &fields);
    assert_eq!(seen.status, 200, "{}", seen.html);
    let secret = |html: &str| {
        let found = html.split("<code class=\"secret\">").nth(1);
        found
            .and_then(|rest| rest.split('<').next())
            .map(str::to_owned)
    };
    let first = secret(&seen.html).unwrap();
    let seen = browser.get(page);
    assert!(!seen.says(&first) && seen.says("in use"), "{}", seen.html);
    let next = browser.send(page, &clients, &fields);
    assert_ne!(secret(&next.html).unwrap(), first);
    let seen = browser.get(page);
    assert_eq!(
        seen.html.matches("in use</span>").count(),
        2,
        "{}",
        seen.html
    );
    let start = format!("action=\"{clients}/");
    let remove = seen.html.split(&start).nth(1).unwrap();
    let remove = format!("{clients}/{}", remove.split('"').next().unwrap());
    let seen = browser.send(page, &remove, &[]);
    assert_eq!(seen.location(), page, "{}", seen.html);
    let seen = browser.get(page);
    assert_eq!(
        seen.html.matches("in use</span>").count(),
        1,
        "{}",
        seen.html
    );
    let seen = browser.send(page, &clients, &[("agreement", "letters")]);
    assert_ne!(seen.status, 200, "a program without a scope: {}", seen.html);
}

#[test]
fn a_type_of_events_is_registered_and_never_made_to_refuse_what_it_took() {
    let house = house(1);
    let mut browser = signed_in(&house, &operator());
    let name = "com.example.order.placed.v1";
    let seen = browser.get(&format!("/ops/tenant/event-types?type={name}"));
    let page = format!("/ops/tenant/event-types/{name}");
    assert_eq!(seen.location(), page);
    let schema = r#"{"type":"object","properties":{"order":{"type":"string"}}}"#;
    let seen = browser.send(&page, &page, &[("schema", schema)]);
    assert_eq!(seen.location(), format!("{page}?saved=1"), "{}", seen.html);
    assert!(browser.get("/ops/tenant").says(name));
    let narrower =
        r#"{"type":"object","properties":{"order":{"type":"string"}},"required":["order"]}"#;
    let seen = browser.send(&page, &page, &[("schema", narrower)]);
    assert_eq!(seen.status, 422, "{}", seen.html);
    assert!(seen.says("required"), "{}", seen.html);
    for wrong in [
        "",
        "{",
        "no schema",
        r#"{"type":"nothing"}"#,
        r#"{"a":1,"a":2}"#,
    ] {
        let seen = browser.send(&page, &page, &[("schema", wrong)]);
        assert_eq!(seen.status, 422, "{wrong}: {}", seen.html);
    }
    let seen = browser.get(&page);
    assert!(seen.says("revision 1,"), "it is as it was: {}", seen.html);
}

#[test]
fn an_agreement_is_made_with_a_partner() {
    let house = house(1);
    let mut browser = signed_in(&house, &operator());
    let seen = browser.get("/ops/tenant/agreements?agreement=summer&partner=chandlery");
    let page = seen.location().to_owned();
    assert!(browser.get(&page).says("There is no such agreement yet."));
    let fields = [
        ("partner", "chandlery"),
        ("newsletter", "names"),
        ("step", "do"),
    ];
    let seen = browser.send(&page, "/ops/tenant/agreements/summer", &fields);
    let saved = "/ops/tenant/agreements/summer?saved=1";
    assert_eq!(seen.location(), saved, "{}", seen.html);
    assert!(
        browser
            .get("/ops/tenant")
            .says("/ops/tenant/agreements/summer")
    );
    assert_eq!(browser.get("/ops/tenant/agreements/winter").status, 404);
}

#[test]
fn somebody_is_looked_up_for_a_purpose_and_sees_it_with_the_reason() {
    let house = house(1);
    scene::let_operators_look_up(&house);
    let mut browser = signed_in(&house, &operator());
    let ask = |purpose| {
        [
            ("kind", "email"),
            ("value", "jane@example.com"),
            ("purpose", purpose),
            ("reason", "case 7"),
        ]
    };
    let seen = browser.send("/ops/people", "/ops/people/find", &ask("customer-service"));
    assert_eq!(seen.status, 200, "{}", seen.html);
    assert!(
        seen.says(JANE) && seen.says("<bdi>Jane</bdi>"),
        "{}",
        seen.html
    );
    let seen = browser.send("/ops/people", "/ops/people/find", &ask("newsletter"));
    assert_eq!(seen.status, 403, "it is not agreed on: {}", seen.html);
    assert!(seen.says("rcp_"), "that is on record, too: {}", seen.html);
    let mut unsendable = ask("customer-service");
    unsendable[3] = ("reason", "B\u{fc}ro");
    let seen = browser.send("/ops/people", "/ops/people/find", &unsendable);
    assert_eq!(seen.status, 422, "{}", seen.html);
    let mut jane = signed_in(&house, &jane());
    let seen = jane.get("/me/readers");
    assert!(
        seen.says("case 7") && seen.says("operators"),
        "{}",
        seen.html
    );
    assert!(!seen.says(testkit::tokens::SUB), "not which of them it was");
    let seen = browser.get("/ops/requests/operators?from=2026-01-15&to=2026-01-15");
    assert!(seen.says(testkit::tokens::SUB), "{}", seen.html);
}

#[test]
fn what_partners_told_is_shown_to_whom_it_was_agreed_on_with() {
    let house = house(1);
    let mut browser = signed_in(&house, &operator());
    let timeline = format!("/ops/people/{JANE}/timeline");
    let fields = [("purpose", "customer-service"), ("reason", "case 7")];
    let seen = browser.send("/ops/people", &timeline, &fields);
    assert_eq!(seen.status, 403, "nothing is agreed on: {}", seen.html);
    scene::let_operators_look_up(&house);
    house.world.advance(std::time::Duration::from_mins(2));
    let seen = browser.send("/ops/people", &timeline, &fields);
    assert_eq!(seen.status, 200, "{}", seen.html);
    assert!(seen.says("No partner told anything."), "{}", seen.html);
    assert_eq!(browser.send("/ops/people", &timeline, &[]).status, 400);
}

#[test]
fn what_was_refused_of_a_partner_is_listed() {
    let house = house(1);
    let mut browser = signed_in(&house, &operator());
    let seen = browser.get("/ops/rejected?partner=chandlery");
    assert_eq!(seen.status, 200, "{}", seen.html);
    assert!(seen.says("Nothing was refused"), "{}", seen.html);
}

#[test]
fn a_tenants_own_code_is_seen_with_what_it_used_and_switched_off() {
    let house = house(1);
    scene::put_extension(&house);
    let mut browser = signed_in(&house, &operator());
    assert!(
        browser
            .get("/ops/tenant")
            .says("/ops/tenant/extensions/greeter")
    );
    let page = "/ops/tenant/extensions/greeter";
    let seen = browser.get(page);
    assert_eq!(seen.status, 200, "{}", seen.html);
    for text in [
        "Go back to version 1",
        "2026-01-15",
        "<td class=\"number\">30</td>",
    ] {
        assert!(seen.says(text), "{text}: {}", seen.html);
    }
    let seen = browser.send(page, &format!("{page}/disable"), &[]);
    assert_eq!(seen.location(), format!("{page}?saved=1"), "{}", seen.html);
    assert!(browser.get(page).says("Switch it on"));
    assert_eq!(
        browser.send(page, &format!("{page}/explode"), &[]).status,
        404
    );
}
