use testkit::{
    World,
    tokens::{Token, WEB_CLIENT},
};

use crate::{JANE, get};

fn page(world: &World, token: Option<&Token>) -> (serde_json::Value, String) {
    let mut answer = get(world, "/docs", token.map(Token::bearer).as_deref());
    let body = answer["body"].take().as_str().unwrap().to_owned();
    (answer, body)
}

#[test]
fn the_page_takes_nothing_from_anywhere_and_runs_nothing() {
    let (answer, page) = page(&World::new(1), None);
    let headers = &answer["headers"];
    assert_eq!(headers["content-type"], "text/html; charset=utf-8");
    let policy = headers["content-security-policy"].as_str().unwrap();
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-"),
        "{policy}"
    );
    for foreign in [
        "<script", " style=", "src=", "url(", "@import", "http://", "onclick",
    ] {
        assert!(!page.contains(foreign), "{foreign}");
    }
}

#[test]
fn the_page_can_be_read_aloud_and_in_the_dark() {
    let (_, page) = page(&World::new(1), None);
    for part in [
        "<html lang=\"en\">",
        "<main id=\"routes\">",
        "<nav aria-label=",
        "<h1>",
        "prefers-color-scheme: dark",
    ] {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn the_page_has_the_routes_of_its_reader_by_who_calls() {
    let world = World::new(1);
    let token = Token::operator(world.clock().now(), JANE)
        .scope("fairlead/profile.read fairlead/profile.merge");
    let (_, page) = page(&world, Some(&token));
    for part in [
        "For operators",
        "POST /v1/profiles/merge",
        "merge-refused",
        "/v1/profiles/resolve",
    ] {
        assert!(page.contains(part), "{part}");
    }
    // What partners can use as well stands with what is the operators'.
    assert!(!page.contains("For partners"));
    assert!(!page.contains("PATCH /v1/me"));
    assert!(!page.contains("/v1/profiles/batch"));
}

#[test]
fn the_page_is_small() {
    let world = World::new(1);
    let all = "fairlead/profile.read fairlead/profile.write fairlead/profile.merge fairlead/receipts.read";
    let token = Token::operator(world.clock().now(), JANE)
        .claim("client_id", WEB_CLIENT)
        .scope(all);
    let (_, page) = page(&world, Some(&token));
    assert!(page.len() < 256 * 1_024, "{} bytes", page.len());
}
