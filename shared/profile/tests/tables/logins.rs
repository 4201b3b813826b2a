use identity::{FederatedLogin, Identifier, ProfileId, Social};
use lambda_kit::{aws::CallBudget, redact::Redacted};
use profile::{FieldName, KnownLogin, ProfilePatch, TakenOffStore};
use proptest::prelude::*;
use serde_json::{Value, json};
use testkit::{Fault, World};

use crate::{
    cause, ensure, facts, identifiers, keyed, merging::join, reader, store, told, try_ensure,
    writer,
};

const CONTACTS: [&str; 3] = [
    "jane@example.com",
    "jane@elsewhere.example",
    "jane@third.example",
];

#[test]
fn an_identifier_lies_in_both_tables_or_in_none() {
    let world = World::new(1);
    ensure(
        &world,
        &json!({ "email": "Jane@Example.com", "email_verified": "true" }),
    );
    ensure(
        &world,
        &json!({ "phone_number": "+49 30 901820", "phone_number_verified": "true" }),
    );
    let (keys, own) = identifiers(&world);
    let expected = [
        keyed(&world, "cognito_sub", "jane-sub"),
        keyed(&world, "phone", "+4930901820"),
    ];
    assert_eq!(keys, expected);
    assert_eq!(own, keys);
}

fn google(sub: &str, subject: Option<&str>) -> Value {
    let identities =
        subject.map(|subject| json!([{ "userId": subject, "providerName": "Google" }]));
    json!({ "sub": sub, "identities": identities.map(|identities| identities.to_string()) })
}

fn by_google(world: &World, subject: &str) -> Option<Value> {
    let social = Identifier::Social(Social::new("Google", subject).unwrap());
    let key = social.key(&crate::key(world));
    let mut rows = world.rows("identifiers");
    rows.retain(|row| row["identifier"] == key);
    Some(rows.pop()?["profile_id"].clone())
}

#[test]
fn a_login_at_another_provider_leads_to_whom_it_is_linked_to_now() {
    let world = World::new(1);
    let jane = ensure(&world, &google("jane-sub", Some("1093")));
    assert_eq!(by_google(&world, "1093"), Some(jane.to_string().into()));
    world.advance(std::time::Duration::from_millis(5));
    // It was taken off Jane's account, and is Joan's by now; Jane did not sign in since.
    let joan = ensure(&world, &google("joan-sub", Some("1093")));
    assert_ne!(joan, jane);
    assert_eq!(by_google(&world, "1093"), Some(joan.to_string().into()));
    ensure(&world, &google("jane-sub", None));
    assert_eq!(by_google(&world, "1093"), Some(joan.to_string().into()));
    ensure(&world, &google("joan-sub", Some("1719")));
    assert_eq!(by_google(&world, "1093"), None);
    let (keys, mut own) = identifiers(&world);
    own.sort();
    assert_eq!((keys.len(), &keys), (3, &own));
}

/// The person of the user `sub`, who is `member`, takes a login at Google off.
fn takes_off(world: &World, (sub, member): (&str, ProfileId), subject: &str) {
    let sdk = world.sdk_config(&CallBudget::HTTP);
    let key = crate::key(world);
    let store = TakenOffStore::new(&sdk, "profiles", "identifiers", key, world.clock());
    let known = KnownLogin {
        sub: sub.parse().unwrap(),
        member,
        since: world.clock().now(),
        last_sign_in_at: None,
    };
    let login = FederatedLogin {
        provider: "Google".to_owned(),
        subject: Redacted::new(subject.to_owned()),
    };
    world.block_on(store.take_off(&known, &login)).unwrap();
}

#[test]
fn a_login_that_is_taken_off_points_at_nobody_in_both_tables() {
    let world = World::new(1);
    let jane = ensure(&world, &google("jane-sub", Some("1093")));
    for _ in 0..2 {
        takes_off(&world, ("jane-sub", jane), "1093");
        assert_eq!(by_google(&world, "1093"), None);
        let (keys, own) = identifiers(&world);
        assert_eq!((keys.len(), &keys), (1, &own));
    }
    ensure(&world, &google("jane-sub", None));
    assert_eq!(identifiers(&world).0.len(), 1);
}

#[test]
fn what_was_released_of_a_login_that_the_pool_did_not_take_off_is_claimed_again() {
    let world = World::new(1);
    let jane = ensure(&world, &google("jane-sub", Some("1093")));
    takes_off(&world, ("jane-sub", jane), "1093");
    ensure(&world, &google("jane-sub", Some("1093")));
    assert_eq!(by_google(&world, "1093"), Some(jane.to_string().into()));
}

/// What Cognito says of the user `sub`, who has Jane's address, and a login at Google if that is given.
fn with_address(sub: &str, subject: Option<&str>) -> Value {
    let mut attributes = google(sub, subject);
    attributes["email"] = "jane@example.com".into();
    attributes["email_verified"] = "true".into();
    attributes
}

#[test]
fn whoever_comes_by_a_login_that_was_taken_off_is_somebody_else_in_spite_of_the_address() {
    let world = World::new(1);
    let jane = ensure(&world, &with_address("jane-sub", Some("1093")));
    takes_off(&world, ("jane-sub", jane), "1093");
    ensure(&world, &with_address("jane-sub", None));
    world.advance(std::time::Duration::from_millis(5));
    let other = ensure(&world, &with_address("google-sub", Some("1093")));
    assert_ne!(other, jane);
    assert_eq!(by_google(&world, "1093"), Some(other.to_string().into()));
    let before = world.trace().len();
    for _ in 0..2 {
        assert_eq!(
            ensure(&world, &with_address("google-sub", Some("1093"))),
            other
        );
        assert_eq!(ensure(&world, &with_address("jane-sub", None)), jane);
    }
    assert_eq!(world.trace().len() - before, 4, "it is known");
    // A login that nobody took off is the same person's.
    let another = ensure(&world, &with_address("another-sub", Some("1719")));
    assert_eq!(another, jane);
}

#[test]
fn whoever_took_a_login_off_stays_apart_when_it_is_they_who_prove_the_address_later() {
    let world = World::new(1);
    let jane = ensure(&world, &google("jane-sub", Some("1093")));
    takes_off(&world, ("jane-sub", jane), "1093");
    world.advance(std::time::Duration::from_millis(5));
    let other = ensure(&world, &with_address("google-sub", Some("1093")));
    assert_ne!(other, jane);
    assert_eq!(ensure(&world, &with_address("jane-sub", None)), jane);
    assert_eq!(
        ensure(&world, &with_address("google-sub", Some("1093"))),
        other
    );
}

#[test]
fn an_operator_makes_them_one_again() {
    let world = World::new(1);
    let jane = ensure(&world, &with_address("jane-sub", Some("1093")));
    takes_off(&world, ("jane-sub", jane), "1093");
    world.advance(std::time::Duration::from_millis(5));
    let other = ensure(&world, &with_address("google-sub", Some("1093")));
    assert_ne!(other, jane);
    join(&world, jane, other);
    assert_eq!(
        ensure(&world, &with_address("google-sub", Some("1093"))),
        jane
    );
    assert_eq!(by_google(&world, "1093"), Some(jane.to_string().into()));
}

#[test]
fn a_login_at_another_provider_that_was_erased_leads_nowhere_again() {
    let world = World::new(1);
    let social = Identifier::Social(Social::new("Google", "1093").unwrap());
    let mark = json!({ "identifier": social.key(&crate::key(&world)), "erased_at": "2026-01-10T00:00:00Z" });
    world.put_row("identifiers", mark);
    for _ in 0..2 {
        ensure(&world, &google("jane-sub", Some("1093")));
        assert_eq!(by_google(&world, "1093"), Some(Value::Null));
    }
    let before = world.trace().len();
    ensure(&world, &google("jane-sub", Some("1093")));
    assert_eq!(world.trace().len() - before, 1, "it is known");
}

#[test]
fn what_the_person_wrote_stands_against_the_login() {
    let world = World::new(1);
    let id = ensure(&world, &json!({ "given_name": "Jane" }));
    let patch = ProfilePatch::parse(br#"{"given_name":"Janet"}"#).unwrap();
    let patched = world.block_on(writer(&world).patch(id, 1, patch, None, &cause("edit")));
    assert_eq!(patched.unwrap().version, 2);
    ensure(
        &world,
        &json!({ "given_name": "Johanna", "family_name": "Doe" }),
    );
    let profile = world.block_on(reader(&world).profile(id)).unwrap();
    assert_eq!(profile.text(FieldName::GivenName), Some("Janet"));
    assert_eq!(profile.text(FieldName::FamilyName), Some("Doe"));
    assert_eq!(told(&world)[2], (3, json!(["family_name"])));
}

#[test]
fn a_login_that_was_never_answered_is_taken_up_where_it_stopped() {
    let world = World::new(1);
    world
        .faults()
        .always(Fault::LoseAcknowledgement, testkit::Call::is_table_write);
    assert!(try_ensure(&world, &json!({})).is_err());
    world.faults().heal();
    ensure(&world, &json!({}));
    assert_eq!(told(&world).len(), 1);
}

#[test]
fn two_logins_with_different_news_at_once_end_with_one_of_them() {
    for seed in 1..=20 {
        let world = World::new(seed);
        ensure(&world, &json!({}));
        let [one, two] = [0, 1]
            .map(|which| facts(&json!({ "email": CONTACTS[which], "email_verified": "true" })));
        let (first, second) = (store(&world), store(&world));
        let cause = cause("login");
        world.block_on(async {
            let (first, second) = tokio::join!(
                first.ensure(&one, None, &cause),
                second.ensure(&two, None, &cause)
            );
            assert_eq!(first.unwrap(), second.unwrap(), "seed {seed}");
        });
        let (keys, own) = identifiers(&world);
        assert_eq!(keys, own, "seed {seed}");
        assert_eq!(keys.len(), 2, "seed {seed}");
    }
}

/// One sign-in: which address, verified or not.
fn sign_ins() -> impl Strategy<Value = Vec<(usize, bool)>> {
    prop::collection::vec((0..CONTACTS.len(), any::<bool>()), 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn after_any_sign_ins_the_last_one_holds(sign_ins in sign_ins(), seed in any::<u64>()) {
        let world = World::new(seed);
        let mut ids = Vec::new();
        for (which, verified) in &sign_ins {
            ids.push(ensure(&world, &json!({ "email": CONTACTS[*which], "email_verified": verified.to_string() })));
        }
        prop_assert!(ids.iter().all(|id| *id == ids[0]));
        let (which, verified) = sign_ins[sign_ins.len() - 1];
        let mut expected = vec![keyed(&world, "cognito_sub", "jane-sub")];
        expected.extend(verified.then(|| keyed(&world, "email", CONTACTS[which])));
        let (keys, own) = identifiers(&world);
        prop_assert_eq!(&keys, &expected);
        prop_assert_eq!(own, expected);
        let profile = world.block_on(reader(&world).profile(ids[0])).unwrap();
        prop_assert_eq!(profile.text(FieldName::Email), Some(CONTACTS[which]));
        let versions: Vec<u64> = told(&world).into_iter().map(|(version, _)| version).collect();
        prop_assert_eq!(versions, (1..=profile.version).collect::<Vec<_>>());
    }
}

#[test]
fn someone_unknown_can_not_be_read() {
    let world = World::new(1);
    let nobody = "prf_03030303030373038303030303030303".parse().unwrap();
    let error = world.block_on(reader(&world).profile(nobody)).unwrap_err();
    assert!(matches!(error, profile::ProfileError::Unknown));
    assert_eq!(world.rows("profiles"), Vec::<Value>::new());
}
