//! Receipts are written before anything is read.

use access::{Outcome, Person, ReasonText, Receipt, ReceiptError, ReceiptWriter, Subject};
use lambda_kit::aws::CallBudget;
use profile::FieldName;
use serde_json::json;
use tenancy::FieldGroup;
use testkit::{Fault, World};

use crate::{Case, person, profile};

fn writer(world: &World) -> ReceiptWriter {
    ReceiptWriter::new(&world.sdk_config(&CallBudget::HTTP), "receipts")
}

fn receipt(world: &World, case: &Case) -> Receipt {
    let reason: ReasonText = "order 4711".parse().unwrap();
    case.rule().receipt(&world.ids(), Some(reason), "request-1")
}

#[test]
fn a_recorded_receipt_opens_the_allowed_fields_of_its_person_alone() {
    let world = World::new(1);
    let asked = receipt(&world, &Case::new());
    let recorded = world.block_on(writer(&world).record(asked)).unwrap();
    let jane = profile(7);
    let projection = recorded.project(&jane).unwrap();
    let names: Vec<_> = projection.names().collect();
    assert_eq!(names, [FieldName::Email, FieldName::GivenName]);
    assert_eq!(
        serde_json::to_value(&projection).unwrap(),
        json!({ "email": "jane@example.com", "email_verified": true, "given_name": "Jane" })
    );
    assert_eq!(recorded.project(&profile(8)), None);
    assert!(!format!("{projection:?}").contains("Jane"));
}

#[test]
fn a_receipt_tells_who_asked_for_what_and_by_which_rule_and_no_value() {
    let world = World::new(1);
    let case = Case::new().with(|case| case.groups = FieldGroup::OF_PROFILE.into());
    let asked = receipt(&world, &case);
    let printed = format!("{asked:?}");
    world
        .block_on(writer(&world).record(asked.clone()))
        .unwrap();
    let rows = world.rows("receipts");
    let row = &rows[0];
    let id = asked.receipt_id.to_string();
    let shard = u128::from_str_radix(&id[4..], 16).unwrap() % 4;
    let mut expected = json!({
        "profile_id": person(7),
        "receipt_id": id,
        "partner_day": format!("harbour#chandlery#2026-01-15#{shard}"),
        "tenant": "harbour",
        "partner": "chandlery",
        "agreement": "letters",
        "purpose": "newsletter",
        "legal_basis": "consent",
        "reason": "order 4711",
        "outcome": "partly",
        "allowed": ["names", "contacts"],
        "withheld": { "demographics": "group-not-in-agreement" },
        "policies": ["by-consent", "group-not-in-agreement"],
        "at": "2026-01-15T09:00:00Z",
        "request_id": "request-1",
        "expires_at": 1_768_467_600 + 365 * 86_400,
    });
    assert_eq!(rows.len(), 1);
    assert_eq!(row, &expected.take());
    assert!(!printed.contains("4711"), "{printed}");
}

#[test]
fn a_refusal_opens_nothing_and_is_on_record_even_if_there_is_no_such_person() {
    let world = World::new(1);
    let nobody = Case::new().with(|case| case.person = Person::Unknown);
    let recorded = world
        .block_on(writer(&world).record(receipt(&world, &nobody)))
        .unwrap();
    assert_eq!(recorded.receipt().outcome, Outcome::Refused);
    assert_eq!(
        recorded.receipt().subject,
        Subject::Unknown("unknown#harbour#chandlery".to_owned())
    );
    assert_eq!(recorded.project(&profile(7)), None);
    assert_eq!(world.rows("receipts").len(), 1);
}

#[test]
fn what_can_not_be_recorded_opens_nothing() {
    let world = World::new(1);
    world.faults().always(Fault::BlackHole, |_| true);
    let asked = receipt(&world, &Case::new());
    let answer = world.block_on(writer(&world).record(asked));
    assert!(
        matches!(answer, Err(ReceiptError::Service(_))),
        "{answer:?}"
    );
}

#[test]
fn a_receipt_whose_answer_was_lost_is_written_once() {
    let world = World::new(1);
    world.faults().at(1, Fault::LoseAcknowledgement);
    let asked = receipt(&world, &Case::new());
    world.block_on(writer(&world).record(asked)).unwrap();
    assert_eq!(world.trace().len(), 2);
    assert_eq!(world.rows("receipts").len(), 1);
}

#[test]
fn the_receipt_of_another_request_is_not_overwritten() {
    let world = World::new(1);
    let writer = writer(&world);
    let ids = || world.ids();
    let mine = Case::new().rule().receipt(&ids(), None, "request-1");
    world.block_on(writer.record(mine.clone())).unwrap();
    let mut row = serde_json::to_value(&mine).unwrap();
    row["request_id"] = "request-2".into();
    let other: Receipt = serde_json::from_value(row).unwrap();
    let answer = world.block_on(writer.record(other.clone()));
    assert!(matches!(answer, Err(ReceiptError::Taken)), "{answer:?}");
    let answer = world.block_on(writer.record_all(vec![other]));
    assert!(matches!(answer, Err(ReceiptError::Taken)), "{answer:?}");
}

#[test]
fn many_receipts_are_recorded_together_or_count_for_nothing() {
    let world = World::new(1);
    let ids = world.ids();
    let many = |count: u128| -> Vec<Receipt> {
        let of = |n| Case::new().with(|case| case.person = Person::Live(person(n)));
        (0..count)
            .map(|n| of(n).rule().receipt(&ids, None, "request-1"))
            .collect()
    };
    let recorded = world
        .block_on(writer(&world).record_all(many(130)))
        .unwrap();
    assert_eq!(recorded.len(), 130);
    assert_eq!(world.rows("receipts").len(), 130);
    assert_eq!(world.trace().len(), 2);
    assert!(recorded[7].project(&profile(7)).is_some());
    assert!(recorded[8].project(&profile(7)).is_none());

    world.faults().always(Fault::BlackHole, |_| true);
    assert!(world.block_on(writer(&world).record_all(many(2))).is_err());
}
