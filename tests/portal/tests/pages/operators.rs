//! What operators do on their pages, and that nobody else does.

use crate::{JANE, JOAN, OPERATORS, house, jane, operator, put_receipt, signed_in};

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
    for wrong in ["from=yesterday", "from=2026-01-16&to=2026-01-15"] {
        assert_eq!(browser.get(&format!("/ops/requests?{wrong}")).status, 400);
    }
}

#[test]
fn no_page_of_operators_is_a_persons() {
    let house = house(1);
    put_receipt(&house, 1, "allowed", "chandlery", "order");
    let mut browser = signed_in(&house, &jane());
    for page in OPERATORS {
        let seen = browser.get(page);
        assert_eq!(seen.status, 403, "{page}");
        assert!(
            !seen.says("order") && !seen.says("prf_"),
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
    let page = format!("/ops/people?profile={JANE}&other={JOAN}");
    let seen = browser.get(&page);
    assert_eq!(seen.status, 200, "{}", seen.html);
    assert!(seen.says("What a merge would do"), "{}", seen.html);
    let fields = [("profile", JANE), ("other", JOAN)];
    let seen = browser.send(&page, "/ops/people/merge", &fields);
    assert_eq!(seen.status, 303, "{}", seen.html);
    let seen = browser.get(&format!("/ops/people?profile={JANE}"));
    assert!(
        seen.says("It holds.") && seen.says("<svg class=\"chart\""),
        "{}",
        seen.html
    );
    let merge = seen.field("merge_id");
    let fields = [("profile", JANE), ("merge_id", merge.as_str())];
    let page = format!("/ops/people?profile={JANE}");
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
fn what_is_stuck_is_listed() {
    let house = house(1);
    let mut browser = signed_in(&house, &operator());
    let seen = browser.get("/ops/flows");
    assert_eq!(seen.status, 200, "{}", seen.html);
    assert!(seen.says("events-in-dead-letters"), "{}", seen.html);
    assert_eq!(browser.get("/ops/flows/events-in-dead-letters").status, 200);
    assert_eq!(browser.get("/ops/flows/no-such-queue").status, 404);
}
