use proptest::prelude::*;
use serde_json::json;

use super::*;

fn answer(form: Form) -> Answer {
    Answer::new(form)
        .flag("open", true)
        .number("age_seconds", 3_u64)
        .text("announcement", "Good day\r\nto you\u{7}")
        .list("first_line", ["+4930901820", "+4930901821"])
        .only_json("events", json!([{ "type": "t" }]))
        .maybe("holiday", None::<&str>)
}

#[test]
fn texts_alone_hold_texts_alone() {
    let expected = json!({
        "open": "true", "age_seconds": "3", "announcement": "Good day  to you ",
        "first_line": "+4930901820,+4930901821",
    });
    assert_eq!(answer(Form::StringMap).into_json(), expected);
}

#[test]
fn json_holds_what_there_is() {
    let expected = json!({
        "open": true, "age_seconds": 3, "announcement": "Good day  to you ",
        "first_line": ["+4930901820", "+4930901821"], "events": [{ "type": "t" }],
    });
    assert_eq!(answer(Form::Json).into_json(), expected);
}

#[test]
fn what_is_too_long_loses_the_end_of_its_list_first() {
    let events: Vec<Value> = (0..100)
        .map(|n| json!({ "n": n, "text": "x".repeat(1_000) }))
        .collect();
    let answer = Answer::new(Form::Json)
        .text("name", "Jane")
        .only_json("events", events.into());
    let sent = answer.into_json();
    assert_eq!(sent["truncated"], true);
    assert_eq!(sent["name"], "Jane");
    let left = sent["events"].as_array().unwrap();
    assert_eq!(left.first().unwrap()["n"], 0);
    assert!((30..33).contains(&left.len()), "{} are left", left.len());
}

#[test]
fn nothing_of_an_answer_is_printed() {
    let printed = format!("{:?}", answer(Form::Json));
    assert_eq!(
        printed,
        r#"Answer(Json: ["age_seconds", "announcement", "events", "first_line", "open"])"#
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn an_answer_is_never_longer_than_is_taken(
        texts in prop::collection::vec(prop_oneof![".{0,200}", "[äß€\"\\\\]{0,12000}"], 3),
        entries in 0_usize..50,
        is_json: bool,
    ) {
        let form = if is_json { Form::Json } else { Form::StringMap };
        let names = ["a", "b", "c"];
        let whole = names.into_iter().zip(&texts).fold(Answer::new(form), |answer, (name, text)| answer.text(name, text));
        let whole = whole.list("list", std::iter::repeat_n("y".repeat(900), entries));
        let uncut = whole.sent();
        let sent = whole.into_json();
        prop_assert!(sent.to_string().len() <= MOST_BYTES);
        let fits = uncut.to_string().len() <= MOST_BYTES;
        prop_assert_eq!(fits, sent == uncut);
        prop_assert_eq!(fits, sent.get("truncated").is_none());
    }
}
