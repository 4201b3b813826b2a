//! By what somebody is known, as operators see it.

use crate::{JANE, JOAN, house, jane, operator, scene, signed_in};

#[test]
fn what_hangs_on_which_profile_is_drawn_with_its_rows_and_without_what_it_says() {
    let house = house(1);
    scene::put_identifiers(&house);
    let mut browser = signed_in(&house, &operator());
    let page = format!("/ops/people/merges?profile={JANE}");
    let seen = browser.get(&page);
    assert_eq!(seen.status, 200, "{}", seen.html);
    assert_eq!(seen.html.matches("<svg class=\"chart\"").count(), 1);
    assert_eq!(seen.html.matches("<th scope=\"row\">").count(), 4);
    for text in [
        "4 identifiers hang on this profile.",
        "<bdi>Google</bdi>",
        "on the word of chandlery",
        "<code>11111111</code>",
        "told by the person, not confirmed",
    ] {
        assert!(seen.says(text), "{text}: {}", seen.html);
    }
    for value in ["jane@example.com", "1093", "C-17", "d3b07384"] {
        assert!(!seen.says(value), "{value}: {}", seen.html);
    }
}

#[test]
fn of_two_who_became_one_each_has_what_came_with_them() {
    let house = house(1);
    scene::put_identifiers(&house);
    let mut browser = signed_in(&house, &operator());
    let page = format!("/ops/people/merges?profile={JOAN}");
    assert!(browser.get(&page).says("Nothing points here."));
    let fields = [("profile", JANE), ("other", JOAN)];
    let seen = browser.send(&page, "/ops/people/merge", &fields);
    assert_eq!(seen.status, 303, "{}", seen.html);
    let seen = browser.get(&page);
    assert!(
        seen.says(&format!("What hangs on {JANE}")),
        "by the id of either: {}",
        seen.html
    );
}

#[test]
fn whoever_is_no_operator_sees_nothing_of_it() {
    let house = house(1);
    scene::put_identifiers(&house);
    let mut browser = signed_in(&house, &jane());
    let seen = browser.get(&format!("/ops/people/merges?profile={JANE}"));
    assert_eq!(seen.status, 403);
    assert!(!seen.says("11111111"), "{}", seen.html);
}
