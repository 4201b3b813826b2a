use std::collections::BTreeSet;

use lambda_kit::redact::Redacted;
use webhook::Secret;

use super::*;
use crate::{State, Wanted, Whose};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

fn delivery() -> Delivery {
    let kind: Kind = "com.example.order.placed.v1".parse().unwrap();
    let whose = Whose {
        tenant: &"harbour".parse().unwrap(),
        partner: &"crm".parse().unwrap(),
        agreement: None,
        scopes: &BTreeSet::new(),
    };
    let wanted = Wanted {
        url: Redacted::new("https://example.com/".to_owned()),
        types: BTreeSet::from([kind.clone()]),
        purpose: "newsletter".parse().unwrap(),
        state: State::Active,
    };
    let secret = Secret::from_bytes(&[1; 32]).unwrap();
    let subscription = Subscription::new(whose, wanted, &secret, "request-1", at(0));
    let message = Message::Partner {
        event: "harbour#abc".to_owned(),
    };
    Delivery::new(&subscription, kind, ("harbour#abc", at(0)), message, at(0))
}

fn claim(delivery: &Delivery, now: Timestamp, owner: &str) -> Claim {
    let receipts = [format!("{owner}-given"), format!("{owner}-withheld")];
    delivery.claim(now, owner.to_owned(), receipts)
}

fn mine(claim: Claim) -> Delivery {
    match claim {
        Claim::Mine(delivery) => *delivery,
        other => panic!("not claimed: {other:?}"),
    }
}

#[test]
fn an_attempt_is_one_persons_until_they_count_as_cut_off() {
    let claimed = mine(claim(&delivery(), at(0), "one"));
    assert_eq!(claimed.attempts, 1);
    assert_eq!(claim(&claimed, at(59), "two"), Claim::NotYet);
    let taken_over = mine(claim(&claimed, at(60), "two"));
    assert_eq!(taken_over.attempts, 1);
    assert_eq!(taken_over.owner.as_deref(), Some("two"));
    let receipts = ["one-given", "one-withheld"].map(str::to_owned);
    assert_eq!(taken_over.receipts, Some(receipts));
    let delivered = taken_over.tried((Outcome::Delivered, Some(204)), at(61), None, 0);
    assert_eq!(claim(&delivered, at(100), "three"), Claim::Over);
    assert_eq!(delivered.due_at, None);
}

#[test]
fn what_fails_is_tried_by_the_schedule_and_then_no_more() {
    let mut delivery = delivery();
    let mut now = at(0);
    let mut attempts = 0;
    while delivery.state == DeliveryState::Waiting {
        now = delivery.next_at.unwrap();
        let claimed = mine(claim(&delivery, now, "one"));
        delivery = claimed.tried((Outcome::Refused, Some(500)), now, None, 0);
        attempts += 1;
    }
    assert_eq!((attempts, delivery.state), (10, DeliveryState::Failed));
    let days = now.duration_since(at(0)).as_hours() / 24;
    assert_eq!(days, 3);
    let again = delivery.again(now).unwrap();
    assert_eq!((again.attempts, again.state), (0, DeliveryState::Waiting));
    assert_eq!(again.delivery_id, delivery.delivery_id);
}

#[test]
fn what_is_not_called_goes_by_the_schedule_too_and_is_kept_until_it_is_over() {
    let mut delivery = delivery();
    let mut now = at(0);
    while delivery.state == DeliveryState::Waiting {
        assert_eq!(delivery.expires_at, None);
        now = delivery.next_at.unwrap();
        let claimed = mine(claim(&delivery, now, "one"));
        // The endpoint is left in peace for an hour at a time.
        let until = Some(now + SignedDuration::from_hours(1));
        delivery = claimed.tried((Outcome::NotCalled, None), now, until, 0);
    }
    assert_eq!(
        (delivery.state, delivery.attempts),
        (DeliveryState::Failed, 10)
    );
    let days = now.duration_since(at(0)).as_hours() / 24;
    assert_eq!(days, 3);
    let month = SignedDuration::from_hours(30 * 24);
    assert_eq!(delivery.expires_at, Some((now + month).as_second()));
    let again = delivery.again(now).unwrap();
    assert_eq!(again.expires_at, None);
}

#[test]
fn who_is_gone_is_not_called_again() {
    let claimed = mine(claim(&delivery(), at(0), "one"));
    let gone = claimed.tried((Outcome::Gone, Some(410)), at(1), None, 0);
    assert_eq!(gone.state, DeliveryState::Failed);
}

#[test]
fn what_is_due_within_a_quarter_of_an_hour_is_queued_and_looked_for_a_minute_later() {
    let claimed = mine(claim(&delivery(), at(0), "one"));
    let soon = claimed
        .clone()
        .tried((Outcome::NoAnswer, None), at(0), Some(at(900)), 0);
    assert_eq!(soon.delay(at(0)), Some(900));
    assert_eq!(soon.due_at.as_deref(), Some(due_at(at(960)).as_str()));
    let late = claimed.tried((Outcome::NoAnswer, None), at(0), Some(at(901)), 0);
    assert_eq!(late.delay(at(0)), None);
    assert_eq!(late.due_at.as_deref(), Some(due_at(at(901)).as_str()));
}

#[test]
fn what_was_not_called_is_no_attempt() {
    let claimed = mine(claim(&delivery(), at(0), "one"));
    let postponed = claimed.postponed(at(30), at(0));
    assert_eq!((postponed.attempts, postponed.delay(at(0))), (0, Some(31)));
}
