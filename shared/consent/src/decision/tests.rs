use jiff::ToSpan;
use proptest::prelude::*;
use serde_json::json;

use super::*;

const TEXTS: [&str; 2] = ["2025-06", "2026-01"];

fn id() -> ProfileId {
    format!("prf_{:032x}", 7).parse().unwrap()
}

fn at(hour: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + hour.hours()
}

fn definition(basis: LegalBasis, sale: bool, days: Option<u16>) -> PurposeDefinition {
    let mut row = json!({
        "tenant": "harbour",
        "part": "purpose#newsletter",
        "display_name": "Newsletter",
        "legal_basis": basis.as_str(),
        "text_versions": TEXTS,
        "sale_or_sharing": sale,
    });
    if let Some(days) = days {
        row["valid_for_days"] = days.into();
    }
    serde_json::from_value(row).unwrap()
}

fn person(ruling: Ruling, text: Option<&str>) -> Decision {
    Decision {
        ruling,
        text_version: text.map(|text| text.parse().unwrap()),
        language: None,
        surface: Surface::SelfService,
        overrides_gpc: false,
        said_at: None,
    }
}

/// Anything that may come in: a person's decision, well formed or not, or a signal.
fn anything() -> impl Strategy<Value = Decision> {
    let ruling = prop_oneof![Just(Ruling::Granted), Just(Ruling::Withdrawn)];
    let text = prop::option::of(prop::sample::select(vec![
        "2025-06",
        "2026-01",
        "unheard-of",
    ]));
    let language = prop::option::of(prop::sample::select(vec!["de", "en"]));
    let persons = (ruling, text, language, any::<bool>()).prop_map(
        |(ruling, text, language, overrides_gpc)| Decision {
            language: language.map(|tag| tag.parse().unwrap()),
            overrides_gpc,
            ..person(ruling, text)
        },
    );
    prop_oneof![4 => persons, 1 => Just(Decision::by_gpc())]
}

fn any_definition() -> impl Strategy<Value = PurposeDefinition> {
    let basis = prop::sample::select(&LegalBasis::ALL);
    (basis, any::<bool>(), prop::option::of(1_u16..5))
        .prop_map(|(basis, sale, days)| definition(basis, sale, days))
}

proptest! {
    #[test]
    fn only_a_persons_own_yes_grants_and_the_last_decision_counts(
        definition in any_definition(),
        decisions in prop::collection::vec((anything(), 0_i64..72), 0..16),
    ) {
        let mut latest: Option<Consent> = None;
        let mut hour = 0;
        prop_assert_eq!(State::of(None, at(0)), State::NeverDecided);
        for (decision, pause) in decisions {
            hour += pause;
            let before = State::of(latest.as_ref(), at(hour));
            let Ok(Some(after)) = decision.settle(id(), &definition, latest.as_ref(), at(hour)) else {
                // Refused, or no news: what held still holds.
                continue;
            };
            prop_assert_eq!(after.version, latest.map_or(0, |latest| latest.version) + 1);
            prop_assert_eq!(after.ruling, decision.ruling);
            let state = after.state_at(at(hour));
            if state == State::Granted {
                prop_assert_eq!(definition.legal_basis(), LegalBasis::Consent);
                prop_assert_eq!(decision.surface, Surface::SelfService);
            }
            if decision.surface == Surface::GlobalPrivacyControl {
                prop_assert!(before.permits(definition.legal_basis()) && definition.sale_or_sharing());
                prop_assert!(!state.permits(definition.legal_basis()));
            }
            latest = Some(after);
        }
    }

    #[test]
    fn deciding_twice_is_deciding_once(
        definition in any_definition(),
        earlier in anything(),
        decision in anything(),
        pause in 0_i64..24,
    ) {
        let earlier = earlier.settle(id(), &definition, None, at(0)).ok().flatten();
        if let Ok(Some(once)) = decision.settle(id(), &definition, earlier.as_ref(), at(48)) {
            let twice = decision.settle(id(), &definition, Some(&once), at(48 + pause));
            prop_assert_eq!(twice, Ok(None));
        }
    }

    #[test]
    fn a_grant_holds_for_its_days_and_a_withdrawal_for_good(days in 1_u16..400, hour in 0_i64..20_000) {
        let definition = definition(LegalBasis::Consent, false, Some(days));
        let granted = person(Ruling::Granted, Some("2026-01")).settle(id(), &definition, None, at(0)).unwrap().unwrap();
        let end = i64::from(days) * 24;
        let expected = if hour < end { State::Granted } else { State::Expired };
        prop_assert_eq!(granted.state_at(at(hour)), expected);
        let withdrawn = person(Ruling::Withdrawn, None).settle(id(), &definition, Some(&granted), at(hour)).unwrap().unwrap();
        prop_assert_eq!(withdrawn.state_at(at(hour + 1_000_000)), State::Withdrawn);
    }

    #[test]
    fn after_a_signal_no_sale_is_permitted_that_was_not_granted_in_spite_of_it(
        definition in any_definition(),
        decisions in prop::collection::vec(anything(), 0..8),
    ) {
        let mut latest: Option<Consent> = None;
        for decision in decisions.into_iter().chain([Decision::by_gpc()]) {
            if let Ok(Some(after)) = decision.settle(id(), &definition, latest.as_ref(), at(0)) {
                latest = Some(after);
            }
        }
        let basis = definition.legal_basis();
        let is_overridden = latest.as_ref().is_some_and(|latest| latest.overrides_gpc);
        if definition.sale_or_sharing() && basis.depends_on_the_person() && !is_overridden {
            prop_assert!(!State::of(latest.as_ref(), at(0)).permits(basis));
        }
    }

    #[test]
    fn a_signal_that_is_acted_on_late_leaves_what_was_decided_since(
        definition in any_definition(),
        ruling in prop_oneof![Just(Ruling::Granted), Just(Ruling::Withdrawn)],
        (said, decided) in (0_i64..48, 0_i64..48),
    ) {
        let decision = person(ruling, Some("2026-01"));
        let Ok(Some(latest)) = decision.settle(id(), &definition, None, at(decided)) else {
            return Ok(());
        };
        let late = Decision { said_at: Some(at(said)), ..Decision::by_gpc() };
        let at_once = Decision::by_gpc().settle(id(), &definition, Some(&latest), at(48));
        let expected = if decided > said { Ok(None) } else { at_once };
        prop_assert_eq!(late.settle(id(), &definition, Some(&latest), at(48)), expected);
    }
}

#[test]
fn consent_is_given_and_withdrawn_and_legitimate_interests_are_only_objected_to() {
    for basis in LegalBasis::ALL {
        let definition = definition(basis, false, None);
        let may = |ruling| {
            person(ruling, Some("2026-01"))
                .settle(id(), &definition, None, at(0))
                .is_ok()
        };
        let expected = match basis {
            LegalBasis::Consent => (true, true),
            LegalBasis::LegitimateInterests => (false, true),
            _ => (false, false),
        };
        assert_eq!(
            (may(Ruling::Granted), may(Ruling::Withdrawn)),
            expected,
            "{basis:?}"
        );
    }
}

#[test]
fn only_where_it_depends_on_the_person_does_their_decision_count() {
    let permitted = |basis| {
        [
            State::NeverDecided,
            State::Granted,
            State::Withdrawn,
            State::Expired,
        ]
        .map(|state: State| state.permits(basis))
    };
    for basis in LegalBasis::ALL {
        let expected = match basis {
            LegalBasis::Consent => [false, true, false, false],
            LegalBasis::LegitimateInterests => [true, true, false, true],
            _ => [true; 4],
        };
        assert_eq!(permitted(basis), expected, "{basis:?}");
    }
}

#[test]
fn a_row_of_the_first_slice_is_read_as_it_was_meant() {
    let consent: Consent = serde_json::from_value(json!({
        "profile_id": id(),
        "part": "consent#harbour#newsletter",
        "tenant": "harbour",
        "purpose": "newsletter",
        "ruling": "granted",
        "text_version": "2026-01",
        "surface": "self-service",
        "decided_at": "2026-01-15T09:00:00Z",
        "version": 1,
    }))
    .unwrap();
    assert_eq!(consent.state_at(Timestamp::MAX), State::Granted);
    assert_eq!((consent.language, consent.overrides_gpc), (None, false));
}

fn with_notice(digest: &str) -> PurposeDefinition {
    let mut row = serde_json::to_value(definition(LegalBasis::Consent, false, Some(1))).unwrap();
    row["notices"] = json!([{
        "text_version": "2026-01", "url": "https://harbour.example/privacy", "sha256": digest,
        "retention": "Until you withdraw",
    }]);
    serde_json::from_value(row).unwrap()
}

fn settle(
    decision: &Decision,
    definition: &PurposeDefinition,
    before: Option<&Consent>,
) -> Option<Consent> {
    decision.settle(id(), definition, before, at(1)).unwrap()
}

#[test]
fn a_decision_keeps_the_digest_of_the_text_that_it_is_on() {
    let digest = |consent: &Consent| consent.text_sha256.clone().map(String::from);
    let (old, new) = ("0a".repeat(32), "0b".repeat(32));
    let first = settle(
        &person(Ruling::Granted, Some("2026-01")),
        &with_notice(&old),
        None,
    );
    let first = first.unwrap();
    assert_eq!(digest(&first), Some(old.clone()));
    let again = person(Ruling::Granted, Some("2026-01"));
    let changed = settle(&again, &with_notice(&new), Some(&first)).unwrap();
    assert_eq!(digest(&changed), Some(new.clone()), "another text is news");
    let withdrawn = person(Ruling::Withdrawn, None);
    let withdrawn = settle(&withdrawn, &with_notice(&new), Some(&first)).unwrap();
    assert_eq!(
        digest(&withdrawn),
        Some(old),
        "what is taken back is what was seen"
    );
    let unknown = person(Ruling::Granted, Some("2025-06"));
    let unknown = settle(&unknown, &with_notice(&new), None).unwrap();
    assert_eq!(digest(&unknown), None);
}

#[test]
fn a_grant_is_due_once_its_time_is_over_and_until_that_is_on_record() {
    let definition = definition(LegalBasis::Consent, false, Some(1));
    let granted = person(Ruling::Granted, Some("2026-01"));
    let granted = granted
        .settle(id(), &definition, None, at(0))
        .unwrap()
        .unwrap();
    assert_eq!(
        [0, 23, 24, 99].map(|hour| granted.is_due(at(hour))),
        [false, false, true, true]
    );
    let ended = granted.at_its_end();
    assert!(!ended.is_due(at(99)) && !ended.is_open());
    assert_eq!((ended.state_at(at(24)), ended.version), (State::Expired, 2));
    let again = person(Ruling::Granted, Some("2026-01"));
    let again = again
        .settle(id(), &definition, Some(&ended), at(25))
        .unwrap()
        .unwrap();
    assert!(again.is_open() && !again.is_due(at(26)));
    assert_eq!(again.version, 3);
}
