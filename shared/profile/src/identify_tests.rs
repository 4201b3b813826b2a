use identity::ExternalId;
use lambda_kit::config::Environment;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;

fn id(n: u8) -> ProfileId {
    ProfileId::new(Uuid::from_u128(u128::from(n)))
}

fn crm() -> Claimant {
    "harbour/crm".parse().unwrap()
}

/// Everybody else who may know somebody: by a login, as a partner of the same tenant, and of another.
fn others() -> [Claimant; 3] {
    ["login", "harbour/shop", "quay/crm"].map(|claimant| claimant.parse().unwrap())
}

fn partner() -> Speaker {
    Speaker::Partner {
        tenant: "harbour".parse().unwrap(),
        partner: "crm".parse().unwrap(),
    }
}

fn person(n: u8) -> Speaker {
    Speaker::Person {
        profile_id: id(n),
        member: id(n),
        tenant: None,
    }
}

fn external() -> Identifier {
    Identifier::External(ExternalId::new("harbour", "crm", "C-17").unwrap())
}

fn device() -> Identifier {
    Identifier::Anonymous("d3b07384d113edec".parse().unwrap())
}

fn email() -> Identifier {
    Identifier::Email("jane@example.com".parse().unwrap())
}

fn to(n: u8, known_by: &[Claimant]) -> Lead {
    Lead::To {
        root: id(n),
        known_by: known_by.iter().cloned().collect(),
        asserted_by: None,
    }
}

/// Where an identifier may lead: to one of three, known by whom it may be.
fn lead() -> impl Strategy<Value = Lead> {
    let claimants: Vec<Claimant> = others().into_iter().chain([crm()]).collect();
    let somebody = (
        0..3_u8,
        prop::sample::subsequence(claimants, 0..=4),
        prop::option::of(Just(crm())),
    );
    prop_oneof![
        Just(Lead::Free),
        Just(Lead::Erased),
        somebody.prop_map(|(n, known_by, asserted_by)| Lead::To {
            root: id(n),
            known_by: known_by.into_iter().collect(),
            asserted_by,
        }),
    ]
}

fn leads() -> impl Strategy<Value = Vec<(Identifier, Lead)>> {
    let said = |identifier: Identifier| {
        prop::option::of(lead()).prop_map(move |lead| Some((identifier.clone(), lead?)))
    };
    (said(external()), said(device()), said(email()))
        .prop_map(|(a, b, c)| [a, b, c].into_iter().flatten().collect())
}

proptest! {
    #[test]
    fn only_what_nobody_has_is_claimed(leads in leads()) {
        for speaker in [partner(), person(0)] {
            let plan = plan(&speaker, &leads);
            for claimed in &plan.claims {
                prop_assert!(leads.contains(&(claimed.clone(), Lead::Free)));
            }
        }
    }

    #[test]
    fn a_contact_on_a_partners_word_joins_nobody(leads in leads()) {
        if let Some((_, by)) = plan(&partner(), &leads).join {
            prop_assert_eq!(by.kind(), IdentifierKind::Anonymous);
        }
    }

    #[test]
    fn a_partner_gets_at_somebody_whom_another_knows_by_its_own_id_alone(leads in leads()) {
        let by_external = leads.iter().find(|(said, _)| *said == external()).and_then(|(_, lead)| lead.root());
        let plan = plan(&partner(), &leads);
        for (_, lead) in &leads {
            if let Lead::To { root, known_by, .. } = lead
                && known_by.iter().any(|claimant| *claimant != crm())
                && leads.iter().all(|(_, other)| other == lead || other.root() != Some(*root))
                && by_external != Some(*root)
            {
                prop_assert_ne!(plan.target, Some(Target::Existing(*root)));
                prop_assert!(plan.join.as_ref().is_none_or(|(other, _)| other != root));
            }
        }
    }

    #[test]
    fn nobody_is_made_of_an_erased_one(leads in leads()) {
        let is_erased = leads.iter().any(|(_, lead)| *lead == Lead::Erased);
        if is_erased {
            prop_assert_ne!(plan(&partner(), &leads).target, Some(Target::New));
        }
    }

    #[test]
    fn only_somebody_whom_nobody_knows_is_joined(leads in leads()) {
        for speaker in [partner(), person(0)] {
            if let Some((other, by)) = plan(&speaker, &leads).join {
                let unknown = |lead: &Lead| matches!(lead, Lead::To { root, known_by, .. } if *root == other && known_by.is_empty());
                prop_assert!(leads.iter().any(|(said, lead)| *said == by && unknown(lead)));
            }
        }
    }

    #[test]
    fn a_device_that_is_taken_is_neither_claimed_nor_joined_nor_led_by(leads in leads()) {
        let plan = plan(&partner(), &leads);
        if let Some(taken) = plan.taken {
            prop_assert!(leads.iter().any(|(said, lead)| *said == taken && *lead != Lead::Free));
            prop_assert!(!plan.claims.contains(&taken));
            prop_assert_eq!(plan.join, None);
        }
    }

    /// Of two answers to the same word none tells a login from a customer of another partner's.
    #[test]
    fn a_device_is_taken_alike_whoever_knows_who_was_on_it(
        leads in leads(),
        one in prop::sample::select(others().to_vec()),
        other in prop::sample::select(others().to_vec()),
    ) {
        let known_by = |claimant: &Claimant| {
            let mut leads = leads.clone();
            leads.retain(|(said, _)| *said != device());
            leads.push((device(), to(9, std::slice::from_ref(claimant))));
            plan(&partner(), &leads)
        };
        let plan = known_by(&one);
        prop_assert_eq!(&plan, &known_by(&other));
        prop_assert_eq!(plan.taken, Some(device()));
    }

    #[test]
    fn of_the_erased_nothing_is_done(leads in leads()) {
        let plan = plan(&partner(), &leads);
        if plan.is_of_the_erased {
            prop_assert!(leads.iter().any(|(_, lead)| *lead == Lead::Erased));
            prop_assert_eq!(plan.target, None);
            prop_assert!(plan.claims.is_empty());
        }
    }

    #[test]
    fn the_next_id_of_a_device_follows_from_whom_it_is_for_and_the_one_before(moves in 1..6_usize) {
        let chain = |speaker: &Speaker, identifiers: &[Identifier]| {
            let mut said = said(speaker, identifiers);
            (0..moves).map(|_| moved(&mut said)).collect::<Vec<_>>()
        };
        let shop = Speaker::Partner { tenant: "harbour".parse().unwrap(), partner: "shop".parse().unwrap() };
        let all = [
            chain(&partner(), &[device()]),
            chain(&partner(), &[external(), device(), email()]),
            chain(&shop, &[device()]),
            chain(&person(1), &[device()]),
            chain(&person(2), &[device()]),
        ];
        prop_assert_eq!(&chain(&partner(), &[email(), device()]), all.first().unwrap());
        let ids: BTreeSet<_> = all.iter().flatten().collect();
        prop_assert_eq!(ids.len(), all.len() * moves);
    }

    #[test]
    fn a_device_of_somebody_who_is_known_is_never_joined(n in 1..3_u8, known_by in prop::sample::subsequence(others().to_vec(), 1..=3)) {
        let leads = [(device(), to(n, &known_by))];
        let plan = plan(&person(0), &leads);
        prop_assert_eq!(plan.join, None);
        prop_assert_eq!(plan.taken, Some(device()));
        prop_assert_eq!(plan.target, Some(Target::Existing(id(0))));
    }
}

fn said(speaker: &Speaker, identifiers: &[Identifier]) -> Assertion {
    Assertion {
        speaker: speaker.clone(),
        identifiers: identifiers.to_vec(),
        traits: ProfilePatch::default(),
        segments: None,
        said_at: None,
    }
}

/// The id by which the device of `said` goes on.
fn moved(said: &mut Assertion) -> AnonymousId {
    let holder = said.holder();
    said.move_on(&holder, &key()).unwrap()
}

fn key() -> IdentifierKey {
    let environment = Environment::from_pairs([("IDENTIFIER_KEY", "k".repeat(32))]);
    IdentifierKey::from_environment(&environment).unwrap()
}

#[test]
fn who_names_no_device_has_none_to_go_on_by() {
    let mut said = said(&partner(), &[external(), email()]);
    let before = said.identifiers.clone();
    assert_eq!(said.move_on("harbour/crm", &key()), None);
    assert_eq!(said.identifiers, before);
}

#[test]
fn a_new_visitor_gets_a_profile() {
    let plan = plan(&partner(), &[(device(), Lead::Free)]);
    assert_eq!(plan.target, Some(Target::New));
    assert_eq!(plan.claims, [device()]);
}

#[test]
fn a_device_becomes_a_customer_where_it_was_nobodys() {
    let leads = [(external(), Lead::Free), (device(), to(1, &[]))];
    let plan = plan(&partner(), &leads);
    assert_eq!(plan.target, Some(Target::Existing(id(1))));
    assert_eq!(plan.claims, [external()]);
}

#[test]
fn the_next_customer_on_the_same_device_is_another_person() {
    for known in [Lead::Free, to(2, &[crm()])] {
        let leads = [(external(), known.clone()), (device(), to(1, &[crm()]))];
        let plan = plan(&partner(), &leads);
        assert_eq!(plan.join, None);
        assert_ne!(plan.target, Some(Target::Existing(id(1))));
    }
}

#[test]
fn a_device_leads_no_partner_to_whom_another_knows() {
    for other in others() {
        let on_it = (device(), to(1, &[other]));
        let left = Plan {
            taken: Some(device()),
            ..Plan::default()
        };
        assert_eq!(plan(&partner(), std::slice::from_ref(&on_it)), left);
        for known in [Lead::Free, to(2, &[crm()])] {
            let plan = plan(&partner(), &[(external(), known), on_it.clone()]);
            assert_eq!(plan.join, None);
            assert_ne!(plan.target, Some(Target::Existing(id(1))));
        }
    }
}

#[test]
fn a_customer_on_a_device_of_nobody_is_one_person_with_it() {
    let leads = [(external(), to(2, &[crm()])), (device(), to(1, &[]))];
    let plan = plan(&partner(), &leads);
    assert_eq!(plan.join, Some((id(1), device())));
    assert_eq!(plan.target, Some(Target::Existing(id(2))));
}

#[test]
fn a_person_takes_the_device_along_where_nobody_is_known_on_it() {
    let leads = [(device(), to(1, &[]))];
    assert_eq!(plan(&person(0), &leads).join, Some((id(1), device())));
}

#[test]
fn an_address_alone_leads_a_partner_only_where_it_led_itself() {
    let unknown = plan(&partner(), &[(email(), to(1, &[]))]);
    assert_eq!(unknown, Plan::default());
    let own = Lead::To {
        root: id(1),
        known_by: BTreeSet::new(),
        asserted_by: Some(crm()),
    };
    let repeated = plan(&partner(), &[(email(), own)]);
    assert_eq!(repeated.target, Some(Target::Existing(id(1))));
    assert!(repeated.claims.is_empty());
}
