//! What operators see of the house, of its flows with Salesforce, and of what is stuck.

use crate::{house, operator, scene, signed_in};

/// The pages that go on by themselves.
const LIVE: [&str; 2] = ["/ops/flows", "/ops/flows/house/intake"];

#[test]
fn the_house_is_a_map_with_its_figures_below_and_what_needs_a_look_stands_out() {
    let house = house(1);
    scene::put_figures(&house);
    let mut browser = signed_in(&house, &operator());
    let seen = browser.get("/ops/flows");
    assert_eq!(seen.status, 200, "{}", seen.html);
    for text in [
        "7 runs, of which 2 failed.",
        "event-router</a>: 2 failed",
        "events-in</a>: a message waits for 15 min",
        "events-in-dead-letters</a>: 3 dead letters",
        "<tr class=\"refused\"><th scope=\"row\"><a id=\"to-intake\"",
        "<title>Events from partners: \u{2013}, ",
    ] {
        assert!(seen.says(text), "{text}: {}", seen.html);
    }
    assert_eq!(seen.html.matches("<svg class=\"chart").count(), 2);
    let seen = browser.get("/ops/flows/house/intake");
    for text in [
        "<title>events-in: 4 wait, 15 min</title>",
        "<title>event-router: 5 runs, 2 failed</title>",
        "href=\"/ops/flows/events-in-dead-letters\"",
        "class=\"node bad\"",
    ] {
        assert!(seen.says(text), "{text}: {}", seen.html);
    }
    assert!(seen.html.matches("class=\"edge\"").count() > 20);
}

#[test]
fn a_house_of_which_nothing_is_known_is_shown_without_figures() {
    let house = house(1);
    let mut browser = signed_in(&house, &operator());
    for page in LIVE {
        let seen = browser.get(page);
        assert_eq!(seen.status, 200, "{}", seen.html);
        assert!(
            !seen.says("<td class=\"number\">0</td>"),
            "a dash is no 0: {}",
            seen.html
        );
        assert!(!seen.says("class=\"spark\""), "{}", seen.html);
        assert!(seen.says("is not known"), "{}", seen.html);
    }
    assert!(browser.get("/ops/flows").says("Nothing failed"));
}

#[test]
fn every_context_has_a_page_and_a_name_and_is_no_larger_than_it_may_be() {
    let house = house(1);
    scene::put_figures(&house);
    let mut browser = signed_in(&house, &operator());
    let seen = browser.get("/ops/flows?over=24h");
    let rows: Vec<&str> = seen.html.split("<a id=\"to-").skip(1).collect();
    assert!(rows.len() > 15, "{}", seen.html);
    assert!(seen.html.len() < 100_000);
    for row in rows {
        let context = row.split('"').next().unwrap();
        let name = row.split(['>', '<']).nth(1).unwrap();
        assert_ne!(name, context, "it has no words");
        let page = browser.get(&format!("/ops/flows/house/{context}?over=24h"));
        assert_eq!(page.status, 200, "{context}");
        assert!(page.html.len() < 100_000, "{context}: {}", page.html.len());
    }
    for nothing in ["data", "no-such-context", "%2e%2e"] {
        let page = browser.get(&format!("/ops/flows/house/{nothing}"));
        assert_eq!(page.status, 404, "{nothing}");
    }
}

#[test]
fn the_map_goes_on_by_itself_until_it_is_told_not_to() {
    let house = house(1);
    let mut browser = signed_in(&house, &operator());
    for page in LIVE {
        let seen = browser.get(&format!("{page}?over=24h"));
        let asks = format!("hx-get=\"{page}?over=24h\"");
        assert!(seen.says(&asks) && seen.says("every 10s"), "{}", seen.html);
        let pause = format!("href=\"{page}?over=24h&#38;live=no\"");
        assert!(seen.says(&pause), "{}", seen.html);
        let seen = browser.get(&format!("{page}?over=24h&live=no"));
        assert!(!seen.says("hx-get"), "{}", seen.html);
        assert!(seen.says("Go on refreshing"));
        assert_eq!(browser.get(&format!("{page}?over=1y")).status, 400);
    }
}

#[test]
fn flows_with_salesforce_are_told_in_plain_words_those_that_are_not_well_first() {
    let house = house(1);
    let mut browser = signed_in(&house, &operator());
    let seen = browser.get("/ops/flows/salesforce");
    assert_eq!(seen.status, 200, "{}", seen.html);
    assert!(seen.says("4 of 4 are well."), "{}", seen.html);
    scene::put_broken_flow(&house);
    let seen = browser.get("/ops/flows/salesforce");
    for text in [
        "3 of 4 are well.",
        "Can&#39;t be mended from here",
        "Salesforce does not let the connection in",
        "signing the connection in anew, switching it on",
        "from 15 January 2026, 09:10 UTC on",
        "Check the integration user",
        "One repair of late",
        "waiting, writing again the files that were not taken",
    ] {
        let plain = text.replace("&#39;", "'");
        assert!(
            seen.says(text) || seen.says(&plain),
            "{text}: {}",
            seen.html
        );
    }
    let first = seen.html.split("<section class=\"card\"").nth(1).unwrap();
    assert!(first.contains("salesforce-outcomes"), "{first}");
    for word in [
        "flow-cause-",
        "flow-action-",
        "flow-state-",
        "flow-step-",
        "flow-way-",
    ] {
        assert!(!seen.says(word), "{word} has no words: {}", seen.html);
    }
}

#[test]
fn what_is_stuck_is_listed() {
    let house = house(1);
    let mut browser = signed_in(&house, &operator());
    let seen = browser.get("/ops/flows/dead-letters");
    assert_eq!(seen.status, 200, "{}", seen.html);
    assert!(seen.says("events-in-dead-letters"), "{}", seen.html);
    assert_eq!(browser.get("/ops/flows/events-in-dead-letters").status, 200);
    assert_eq!(browser.get("/ops/flows/no-such-queue").status, 404);
}
