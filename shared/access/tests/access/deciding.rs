//! What is allowed, and why the rest is withheld.

use access::{Decision, Person, Reason};
use tenancy::FieldGroup;

use crate::{Case, at, person};

/// The one reason why all of it is withheld.
fn refused(case: &Case) -> Reason {
    let ruling = case.rule();
    assert!(ruling.allowed().is_empty(), "{ruling:?}");
    let reasons: Vec<_> = ruling.withheld().values().collect();
    assert!(reasons.windows(2).all(|two| two[0] == two[1]), "{ruling:?}");
    *reasons[0]
}

fn refused_with(change: impl FnOnce(&mut Case)) -> Reason {
    refused(&Case::new().with(change))
}

fn is_allowed_with(change: impl FnOnce(&mut Case)) -> bool {
    Case::new().with(change).rule().withheld().is_empty()
}

#[test]
fn what_was_agreed_on_and_consented_to_is_allowed() {
    let ruling = Case::new().rule();
    assert_eq!(*ruling.allowed(), Case::new().groups);
    assert!(ruling.withheld().is_empty());
}

#[test]
fn a_group_beyond_the_agreement_is_withheld_and_the_others_are_not() {
    let ruling = Case::new()
        .with(|case| case.groups = FieldGroup::OF_PROFILE.into())
        .rule();
    assert_eq!(*ruling.allowed(), Case::new().groups);
    assert_eq!(
        *ruling.withheld(),
        [(FieldGroup::Demographics, Reason::GroupNotInAgreement)].into()
    );
}

#[test]
fn without_an_agreement_in_force_nothing_is_allowed() {
    assert_eq!(
        refused_with(|case| case.agreement = None),
        Reason::NoAgreement
    );
    let ended = |case: &mut Case| case.agreement()["valid_until"] = at(0).to_string().into();
    assert_eq!(refused_with(ended), Reason::AgreementExpired);
    assert!(is_allowed_with(|case| {
        case.agreement()["valid_until"] = at(1).to_string().into();
    }));
    let open_ended = |case: &mut Case| {
        drop(
            case.agreement()
                .as_object_mut()
                .unwrap()
                .remove("valid_until"),
        );
    };
    assert!(is_allowed_with(open_ended));
}

#[test]
fn an_agreement_serves_its_own_partner_and_tenant_alone() {
    let partner = |case: &mut Case| case.agreement()["partner"] = "ferry-line".into();
    assert_eq!(refused_with(partner), Reason::AgreementOfAnother);
    let tenant = |case: &mut Case| case.agreement()["tenant"] = "airport".into();
    assert_eq!(refused_with(tenant), Reason::AgreementOfAnother);
}

#[test]
fn a_purpose_is_the_tenants_own_and_in_the_agreement() {
    assert_eq!(
        refused_with(|case| case.definition = None),
        Reason::PurposeUnknown
    );
    let of_another =
        |case: &mut Case| case.definition.as_mut().unwrap()["tenant"] = "airport".into();
    assert_eq!(refused_with(of_another), Reason::PurposeUnknown);
    let other = |case: &mut Case| {
        case.purpose = "raffle".parse().unwrap();
        case.definition.as_mut().unwrap()["part"] = "purpose#raffle".into();
    };
    assert_eq!(refused_with(other), Reason::PurposeNotInAgreement);
}

#[test]
fn a_token_without_the_scope_opens_nothing() {
    assert_eq!(
        refused_with(|case| case.scopes.clear()),
        Reason::ScopeMissing
    );
    let other = |case: &mut Case| case.scopes = ["fairlead/profile.write".to_owned()].into();
    assert_eq!(refused_with(other), Reason::ScopeMissing);
}

#[test]
fn where_the_basis_is_consent_the_latest_decision_counts() {
    assert_eq!(
        refused_with(|case| case.consent = None),
        Reason::ConsentMissing
    );
    let withdrawn = |case: &mut Case| case.decides(Decision::Withdrawn);
    assert_eq!(refused_with(withdrawn), Reason::ConsentWithdrawn);
    assert_eq!(
        refused_with(|case| case.now = at(60)),
        Reason::ConsentExpired
    );
    assert!(is_allowed_with(|case| case.now = at(59)));
    assert!(is_allowed_with(
        |case| case.consent.as_mut().unwrap().3 = None
    ));
}

#[test]
fn a_consent_to_another_tenant_or_purpose_is_no_consent() {
    let tenant = |case: &mut Case| case.consent.as_mut().unwrap().0 = "airport".parse().unwrap();
    assert_eq!(refused_with(tenant), Reason::ConsentOfAnother);
    let purpose = |case: &mut Case| case.consent.as_mut().unwrap().1 = "survey".parse().unwrap();
    assert_eq!(refused_with(purpose), Reason::ConsentOfAnother);
}

/// Legal bases on which nobody is asked for their consent.
const OTHER_BASES: [&str; 5] = [
    "contract",
    "legal_obligation",
    "vital_interests",
    "public_task",
    "legitimate_interests",
];

#[test]
fn on_another_basis_nobody_is_read_of_with_whom_the_tenant_has_nothing_to_do() {
    for basis in OTHER_BASES {
        let of_another = |case: &mut Case| {
            case.basis(basis);
            case.consent = None;
            case.dealings = ["airport".parse().unwrap()].into();
        };
        assert_eq!(refused_with(of_another), Reason::PersonOfAnother, "{basis}");
        let of_nobody = |case: &mut Case| {
            case.basis(basis);
            case.dealings.clear();
        };
        assert_eq!(refused_with(of_nobody), Reason::PersonOfAnother, "{basis}");
    }
    assert!(is_allowed_with(|case| case.dealings.clear()));
}

#[test]
fn on_another_basis_the_agreement_suffices() {
    for basis in OTHER_BASES {
        let silent = |case: &mut Case| {
            case.basis(basis);
            case.consent = None;
        };
        assert!(is_allowed_with(silent), "{basis}");
    }
}

#[test]
fn an_objection_forbids_what_rests_on_the_tenants_interests_and_nothing_else() {
    let objects_to = |basis: &'static str| {
        move |case: &mut Case| {
            case.basis(basis);
            case.decides(Decision::Withdrawn);
            case.now = at(90);
        }
    };
    assert_eq!(
        refused_with(objects_to("legitimate_interests")),
        Reason::Objected
    );
    assert!(is_allowed_with(objects_to("contract")));
}

#[test]
fn nobody_reads_of_a_person_who_is_erased_or_locked_or_unknown() {
    for (state, reason) in [
        (Person::Erased(person(7)), Reason::PersonErased),
        (Person::Locked(person(7)), Reason::PersonLocked),
        (Person::Unknown, Reason::PersonUnknown),
    ] {
        assert_eq!(refused_with(|case| case.person = state), reason);
    }
}

#[test]
fn who_may_not_ask_at_all_learns_nothing_of_the_person() {
    for state in [
        Person::Erased(person(7)),
        Person::Live(person(7)),
        Person::Unknown,
    ] {
        let case = Case::new().with(|case| {
            case.person = state;
            case.consent = None;
            case.agreement()["terms"] = serde_json::json!({ "survey": ["names"] });
        });
        assert_eq!(refused(&case), Reason::PurposeNotInAgreement);
    }
}
