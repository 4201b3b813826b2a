//! Signatures: the vectors of the reference libraries, and what others would sign.

use jiff::{SignedDuration, Timestamp};
use proptest::{collection::vec, prelude::*};
use rstest::rstest;
use webhook::{
    Checker, InvalidKey, PublicKey, Secret, Signed, Signer, SigningKey, Unverified, sign, verify,
};

const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const BODY: &[u8] = br#"{"test": 2432232314}"#;
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
/// The key of RFC 8032's first vector, and what another implementation of ed25519 signs with it.
const SIGNING_KEY: &str = "whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
const BOTH_KEYS: &str =
    "whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2DXWpgBgrEKt9VL/tPJZAc6DuFy89qmIyWvAhpo9wdRGg==";
const PUBLIC_KEY: &str = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
const ASYMMETRIC: &str =
    "v1a,fldxM4gAKugP6nnt1hdz3sgGfZ6d99nzrMFnZOELIxbzEHoVmAb2ADpkJK7zgPePmPsle0zV9jSeGlHFG2NVAw==";

fn sent_at() -> Timestamp {
    Timestamp::from_second(1_614_265_330).unwrap()
}

fn secret(text: &str) -> Secret {
    text.parse().unwrap()
}

fn checkers() -> Vec<Checker> {
    vec![
        Checker::Secret(secret(SECRET)),
        Checker::Key(PUBLIC_KEY.parse().unwrap()),
    ]
}

fn signed(signature: &str) -> Signed {
    Signed {
        id: ID.to_owned(),
        timestamp: "1614265330".to_owned(),
        signature: signature.to_owned(),
    }
}

fn outcome(signed: &Signed) -> Result<(), Unverified> {
    verify(&checkers(), signed, BODY, sent_at()).map(|_| ())
}

#[test]
fn a_message_is_signed_as_the_reference_libraries_sign_it() {
    let signers = [
        Signer::Secret(secret(SECRET)),
        Signer::Key(SIGNING_KEY.parse().unwrap()),
    ];
    let signed = sign(&signers, ID, sent_at(), BODY).unwrap();
    let signature = format!("{SIGNATURE} {ASYMMETRIC}");
    let headers = [
        ("webhook-id", ID),
        ("webhook-timestamp", "1614265330"),
        ("webhook-signature", signature.as_str()),
    ];
    assert_eq!(signed.headers(), headers);
}

#[rstest]
#[case("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", SIGNATURE)]
#[case(
    "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
    "v1,LVOXivKoo4FWasi/IaHvzhE/u+7/cu2AME+zS/nXqzk="
)]
#[case(
    "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwBr",
    "v1,yK2tMbA6BHPrMEJ1lLv7UlJJbgFoqGenJkiajZ29evg="
)]
fn secrets_need_neither_prefix_nor_padding(#[case] text: &str, #[case] signature: &str) {
    for text in [text.to_owned(), format!("whsec_{text}")] {
        let checkers = [Checker::Secret(secret(&text))];
        verify(&checkers, &signed(signature), BODY, sent_at()).unwrap();
    }
}

#[rstest]
#[case(SIGNATURE)]
#[case(ASYMMETRIC)]
#[case(
    "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="
)]
fn any_signature_of_any_key_is_enough(#[case] signature: &str) {
    assert_eq!(outcome(&signed(signature)), Ok(()));
}

#[rstest]
#[case("")]
#[case("v1,")]
#[case("v1")]
#[case("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OA=")]
#[case("v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
#[case("v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
#[case(
    "v1,fldxM4gAKugP6nnt1hdz3sgGfZ6d99nzrMFnZOELIxbzEHoVmAb2ADpkJK7zgPePmPsle0zV9jSeGlHFG2NVAw=="
)]
#[case("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
#[case("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE")]
fn any_other_signature_is_none(#[case] signature: &str) {
    assert_eq!(outcome(&signed(signature)), Err(Unverified::NoMatch));
}

#[test]
fn what_was_signed_is_id_time_and_body_and_nothing_else() {
    for signature in [SIGNATURE, ASYMMETRIC] {
        let good = signed(signature);
        let id = Signed {
            id: "msg_other".to_owned(),
            ..good.clone()
        };
        assert_eq!(outcome(&id), Err(Unverified::NoMatch));
        let timestamp = Signed {
            timestamp: "1614265331".to_owned(),
            ..good.clone()
        };
        assert_eq!(outcome(&timestamp), Err(Unverified::NoMatch));
        let other = br#"{"test":2432232314}"#;
        let outcome = verify(&checkers(), &good, other, sent_at());
        assert_eq!(outcome, Err(Unverified::NoMatch));
    }
}

#[test]
fn a_full_stop_moves_nothing_between_id_time_and_body() {
    let signed = sign(&[Signer::Secret(secret(SECRET))], "a", sent_at(), b"1.{}").unwrap();
    let moved = Signed {
        id: "a.1614265330".to_owned(),
        timestamp: "1".to_owned(),
        ..signed
    };
    let outcome = verify(
        &checkers(),
        &moved,
        b"{}",
        Timestamp::from_second(1).unwrap(),
    );
    assert_eq!(outcome, Err(Unverified::Id));
    assert!(sign(&[], "a.b", sent_at(), b"").is_err());
    assert!(sign(&[], "", sent_at(), b"").is_err());
}

#[test]
fn five_minutes_of_difference_are_taken_and_no_second_more() {
    let at = |seconds| {
        let now = sent_at() + SignedDuration::from_secs(seconds);
        verify(&checkers(), &signed(SIGNATURE), BODY, now).map(|verified| verified.sent_at)
    };
    assert_eq!((at(300), at(-300)), (Ok(sent_at()), Ok(sent_at())));
    assert_eq!(at(301), Err(Unverified::TooOld));
    assert_eq!(at(-301), Err(Unverified::TooNew));
}

#[rstest]
#[case("")]
#[case("hello")]
#[case("+1614265330")]
#[case("1614265330.0")]
#[case(" 1614265330")]
#[case("99999999999999999999")]
#[case("9999999999999")]
fn a_time_that_is_no_number_is_none(#[case] timestamp: &str) {
    let signed = Signed {
        timestamp: timestamp.to_owned(),
        ..signed(SIGNATURE)
    };
    assert_eq!(outcome(&signed), Err(Unverified::Timestamp));
}

#[test]
fn a_header_that_is_missing_is_named() {
    let good = signed(SIGNATURE);
    for (missing, _) in good.headers() {
        let find = |name: &str| {
            let found = good.headers().into_iter().find(|(each, _)| *each == name);
            found.filter(|(each, _)| *each != missing)
        };
        let taken = Signed::from_headers(|name| find(name).map(|(_, value)| value));
        assert_eq!(taken, Err(Unverified::Missing(missing)));
    }
    let headers = good.headers();
    let find = |name: &str| headers.iter().find(|(each, _)| *each == name);
    let taken = Signed::from_headers(|name| find(name).map(|(_, value)| *value));
    assert_eq!(taken.unwrap(), good);
}

#[rstest]
#[case("", InvalidKey::Secret)]
#[case("whsec_", InvalidKey::Secret)]
#[case("whsec_AAAA", InvalidKey::Secret)]
#[case("whsec_%%%%%%%%%%%%%%%%%%%%%%%%", InvalidKey::Secret)]
fn a_secret_that_anybody_could_guess_is_none(#[case] text: &str, #[case] expected: InvalidKey) {
    assert_eq!(text.parse::<Secret>().err(), Some(expected));
}

#[test]
fn keys_are_read_as_they_are_written() {
    assert_eq!(secret(SECRET).expose(), SECRET);
    let key: SigningKey = BOTH_KEYS.parse().unwrap();
    assert_eq!(key.public_key().to_string(), PUBLIC_KEY);
    let mismatch = BOTH_KEYS.replace("DXWpgB", "DXWpgC");
    assert_eq!(
        mismatch.parse::<SigningKey>().err(),
        Some(InvalidKey::SigningKey)
    );
    for text in [PUBLIC_KEY, SECRET, "whsk_", "whsk_AAAA"] {
        assert_eq!(
            text.parse::<SigningKey>().err(),
            Some(InvalidKey::SigningKey)
        );
    }
    for text in [SIGNING_KEY, SECRET, "whpk_", BOTH_KEYS] {
        assert_eq!(text.parse::<PublicKey>().err(), Some(InvalidKey::PublicKey));
    }
}

#[test]
fn keys_are_not_printed() {
    let key: SigningKey = SIGNING_KEY.parse().unwrap();
    let printed = format!("{:?} {:?} {key:?}", secret(SECRET), checkers());
    assert!(
        !printed.contains("MfKQ") && !printed.contains("nWGx"),
        "{printed}"
    );
}

proptest! {
    #[test]
    fn what_is_signed_is_verified_and_nothing_that_differs(
        body in vec(any::<u8>(), 1..200),
        id in "[!-\\-/-~]{1,100}",
        at in any::<prop::sample::Index>(),
        bit in 0_u8..8,
    ) {
        let signers = [
            Signer::Secret(secret(SECRET)),
            Signer::Key(SIGNING_KEY.parse().unwrap()),
        ];
        for signer in signers {
            let signed = sign(&[signer], &id, sent_at(), &body).unwrap();
            let verified = verify(&checkers(), &signed, &body, sent_at());
            prop_assert_eq!(verified.map(|verified| verified.id), Ok(id.as_str()));
            let mut other = body.clone();
            other[at.index(body.len())] ^= 1 << bit;
            let outcome = verify(&checkers(), &signed, &other, sent_at());
            prop_assert_eq!(outcome, Err(Unverified::NoMatch));
        }
    }

    #[test]
    fn whatever_comes_is_answered(
        id in "\\PC{0,20}",
        timestamp in "[0-9]{0,20}",
        signature in "(v1a?,[A-Za-z0-9+/=]{0,90} ?){0,20}",
        key in "(wh(sec|sk|pk)_)?[A-Za-z0-9+/=]{0,90}",
    ) {
        let signed = Signed { id, timestamp, signature };
        prop_assert!(outcome(&signed).is_err());
        let _ = (key.parse::<Secret>(), key.parse::<SigningKey>(), key.parse::<PublicKey>());
    }
}
