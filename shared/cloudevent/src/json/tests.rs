use proptest::{collection::vec, prelude::*};
use rstest::rstest;

use super::*;

fn limits() -> Limits {
    Limits::at(jiff::Timestamp::UNIX_EPOCH)
}

fn fault(text: &[u8]) -> Option<(Wrong, String)> {
    let fault = check(text, &limits()).err()?;
    Some((fault.wrong, fault.pointer))
}

#[rstest]
#[case("null")]
#[case(" [ ] ")]
#[case("{}")]
#[case(r#"{"a":{"a":[{"a":1},{"a":2}]},"b":"a"}"#)]
#[case(r#"["\u0000\ud83d\ude00\"\\\/\b\f\n\r\t", "ä😀", -0, 0.5e-7, 1E+2]"#)]
#[case("[18446744073709551615, -9223372036854775808, 1e308]")]
fn what_everyone_reads_alike_is_taken(#[case] text: &str) {
    assert_eq!(fault(text.as_bytes()), None, "{text}");
}

#[rstest]
#[case(r#"{"a":1,"a":1}"#, Wrong::Repeated, "/a")]
#[case(r#"{"a":1,"\u0061":2}"#, Wrong::Repeated, "/a")]
#[case(
    r#"{"x":[0,{"b/c":{"~":1,"d":2,"~":3}}]}"#,
    Wrong::Repeated,
    "/x/1/b~1c/~0"
)]
#[case("[1,18446744073709551616]", Wrong::NumberOutOfRange, "/1")]
#[case("-9223372036854775809", Wrong::NumberOutOfRange, "")]
#[case(r#"{"n":1e309}"#, Wrong::NumberOutOfRange, "/n")]
#[case(r#"{"n":NaN}"#, Wrong::NotANumber, "/n")]
#[case(r#"{"n":[-Infinity]}"#, Wrong::NotANumber, "/n/0")]
#[case(r#"{"s":"\ud83d"}"#, Wrong::LoneSurrogate, "/s")]
#[case(r#"{"s":"\ude00\ud83d"}"#, Wrong::LoneSurrogate, "/s")]
#[case(r#"{"s":"\ud83d\u0041"}"#, Wrong::LoneSurrogate, "/s")]
#[case(r#"{"\udc00":1}"#, Wrong::LoneSurrogate, "")]
#[case(r#"{"a":01}"#, Wrong::Syntax, "/a")]
#[case(r#"{"a":+1}"#, Wrong::Syntax, "/a")]
#[case(r#"{"a":.5}"#, Wrong::Syntax, "/a")]
#[case(r#"{"a":1.}"#, Wrong::Syntax, "/a")]
#[case(r#"{"a":0x1}"#, Wrong::Syntax, "/a")]
#[case(r#"{"a":1,}"#, Wrong::Syntax, "")]
#[case("[1,]", Wrong::Syntax, "/1")]
#[case("[1 2]", Wrong::Syntax, "/0")]
#[case("{'a':1}", Wrong::Syntax, "")]
#[case("{a:1}", Wrong::Syntax, "")]
#[case("{\"a\":\"\n\"}", Wrong::Syntax, "/a")]
#[case(r#"{"a":"\x41"}"#, Wrong::Syntax, "/a")]
#[case(r#"{"a":1}{}"#, Wrong::Syntax, "")]
#[case(r#"{"a":[1}"#, Wrong::Syntax, "/a/0")]
#[case("// a comment\n{}", Wrong::Syntax, "")]
#[case("\u{feff}{}", Wrong::Syntax, "")]
#[case("", Wrong::Syntax, "")]
fn what_could_be_read_in_two_ways_is_not(
    #[case] text: &str,
    #[case] wrong: Wrong,
    #[case] pointer: &str,
) {
    let expected = Some((wrong, pointer.to_owned()));
    assert_eq!(fault(text.as_bytes()), expected, "{text}");
}

#[rstest]
#[case(&b"{\"a\":\"\xff\"}"[..])]
#[case(&b"{\"a\":\"\xc0\xa0\"}"[..])]
#[case(&b"{\"a\":\"\xed\xa0\x80\"}"[..])]
fn what_is_not_in_utf_8_is_not_taken(#[case] text: &[u8]) {
    assert_eq!(fault(text), Some((Wrong::NotUtf8, "/a".to_owned())));
}

#[test]
fn depth_costs_no_stack() {
    let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
    assert_eq!(fault(nested(64).as_bytes()), None);
    let (wrong, _) = fault(nested(65).as_bytes()).unwrap();
    assert_eq!(wrong, Wrong::TooDeep);
    let (wrong, _) = fault(nested(2_000_000).as_bytes()).unwrap();
    assert_eq!(wrong, Wrong::TooDeep);
}

#[test]
fn a_pointer_is_never_longer_than_can_be_shown() {
    let long = "x".repeat(10_000);
    let text = format!(r#"{{"short":{{"{long}":NaN}}}}"#);
    let expected = Some((Wrong::NotANumber, "/short".to_owned()));
    assert_eq!(fault(text.as_bytes()), expected);
}

#[test]
fn what_is_wrong_in_one_part_harms_no_other() {
    let text = br#" [ {"a":"]},\"["} , NaN, [[[ ], "x" ]"#;
    let open = open(text, b'[').unwrap();
    assert_eq!(elements(text, open, 9), Err(Broken::At(text.len())));
    let text = br#" [ {"a":"]},\"["} , NaN, [[[ ]]], "x" ,, 1] "#;
    let parts = elements(text, open, 9).unwrap();
    let parts: Vec<_> = parts
        .into_iter()
        .map(|part| str::from_utf8(&text[part]).unwrap())
        .collect();
    let expected = [r#"{"a":"]},\"["}"#, "NaN", "[[[ ]]]", r#""x""#, "", "1"];
    assert_eq!(parts, expected);
    assert_eq!(elements(text, open, 5), Err(Broken::TooMany));
    assert_eq!(elements(b"[]", 0, 0), Ok(Vec::new()));
    assert_eq!(elements(b"[1] 2", 0, 9), Err(Broken::At(4)));
    assert_eq!(elements(b"[1}", 0, 9), Err(Broken::At(2)));
}

#[test]
fn members_are_found_by_their_names() {
    let text = br#"{ "a" : [1,2] , "\u0062": NaN }"#;
    let members = members(text, 0, 9).unwrap();
    let members: Vec<_> = members
        .iter()
        .map(|(name, range)| (name.as_str(), &text[range.clone()]))
        .collect();
    assert_eq!(members, [("a", &b"[1,2]"[..]), ("b", &b"NaN"[..])]);
}

#[rstest]
#[case(r#"{"a":1}, 2"#)]
#[case(r#"{"a" 1}"#)]
#[case(r#"{"a"}"#)]
#[case("{a:1}")]
#[case(r#"{"a"#)]
fn members_that_are_none_are_not_found(#[case] text: &str) {
    assert!(super::members(text.as_bytes(), 0, 9).is_err(), "{text}");
}

fn json_value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(serde_json::Value::from),
            proptest::collection::btree_map(any::<String>(), inner, 0..6)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_a_serializer_makes_is_taken(value in json_value()) {
        for text in [value.to_string(), format!("{value:#}")] {
            prop_assert_eq!(fault(text.as_bytes()), None);
            prop_assert_eq!(compact(&text), value.to_string());
        }
    }

    #[test]
    fn whatever_is_taken_serde_json_takes_too(
        value in json_value(),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
    ) {
        let mut text = value.to_string().into_bytes();
        for (index, byte) in changes {
            let at = index.index(text.len());
            text[at] = byte;
        }
        if check(&text, &limits()).is_ok() {
            prop_assert!(serde_json::from_slice::<serde_json::Value>(&text).is_ok());
            prop_assert!(raw(&text).is_ok());
        }
    }

    #[test]
    fn whatever_comes_it_ends(bytes in vec(any::<u8>(), 0..500)) {
        let _ = check(&bytes, &limits());
        for bracket in [b'[', b'{'] {
            if let Some(open) = open(&bytes, bracket) {
                let _ = (elements(&bytes, open, 9), members(&bytes, open, 9));
            }
        }
    }

    #[test]
    fn whatever_is_made_of_the_marks_of_json_ends(text in r#"[\[\]{}",:\\ 0ue-]{0,60}"#) {
        let bytes = text.as_bytes();
        let is_taken = check(bytes, &limits()).is_ok();
        prop_assert!(!is_taken || serde_json::from_slice::<serde_json::Value>(bytes).is_ok());
        for bracket in [b'[', b'{'] {
            if let Some(open) = open(bytes, bracket) {
                let _ = (elements(bytes, open, 9), members(bytes, open, 9));
            }
        }
    }
}
