use std::{collections::BTreeSet, net::IpAddr};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use subscription::{Because, Delivery, DeliveryState, Outcome, State, Subscription};
use webhook::Circuit;

use crate::{
    OUTSIDE, scene,
    scene::{ENDPOINT, ENDS, HOST, JANE, Scene},
};

/// Where another subscription of the partner is told.
const ELSEWHERE: &str = "elsewhere.example.com";

/// The endpoint can't be called any more.
fn dies(scene: &Scene) {
    let inside = IpAddr::from([10, 0, 0, 1]);
    scene.world.engines().put_host(HOST, &[inside]);
}

fn now(scene: &Scene) -> Timestamp {
    scene.world.clock().now()
}

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

fn all(scene: &Scene) -> Vec<Delivery> {
    let rows = scene.world.rows("deliveries").into_iter();
    rows.map(|row| serde_json::from_value(row).unwrap())
        .collect()
}

fn waiting(scene: &Scene) -> Vec<Delivery> {
    let mut all = all(scene);
    all.retain(|delivery| delivery.state == DeliveryState::Waiting);
    all
}

/// Time passes until then, and whatever is due is brought when it is.
fn pass(scene: &Scene, until: Timestamp) {
    let wait = |at: Timestamp| {
        let left = at.duration_since(now(scene));
        if left.is_positive() {
            scene.world.advance(left.unsigned_abs());
        }
    };
    loop {
        let next = waiting(scene).iter().filter_map(|each| each.next_at).min();
        let Some(next) = next.filter(|next| *next <= until) else {
            return wait(until);
        };
        wait(next);
        let now = now(scene);
        let waiting = waiting(scene).into_iter();
        for delivery in waiting.filter(|each| each.next_at.is_some_and(|at| at <= now)) {
            scene.deliver(&delivery);
        }
    }
}

fn put(scene: &Scene, subscription: &Subscription) {
    let row = serde_json::to_value(subscription).unwrap();
    scene.world.put_row("subscriptions", row);
}

/// The endpoint has done nothing but fail for this long, and is called as ever.
fn has_failed_for(scene: &Scene, hours: SignedDuration) {
    let mut subscription = scene.told_of_orders();
    subscription.failing_since = Some(now(scene) - hours);
    subscription.circuit = Circuit::Closed { failures: 4 };
    put(scene, &subscription);
}

#[test]
fn what_waits_for_a_dead_endpoint_is_given_up_by_the_schedule_however_much_it_is() {
    let scene = scene();
    dies(&scene);
    let start = now(&scene);
    for n in 1..=60 {
        let delivery = scene.event(&n.to_string(), Some(JANE));
        scene.deliver(&delivery);
    }
    let is_kept = |each: &Delivery| each.expires_at.is_none();
    assert!(all(&scene).iter().all(is_kept), "what waits would expire");
    pass(&scene, start + hours(24 * 4));
    let all = all(&scene);
    assert_eq!(all.len(), 60);
    let mut calls = 0;
    for delivery in &all {
        assert_eq!(delivery.state, DeliveryState::Failed);
        assert_eq!((delivery.attempts, delivery.tried.len()), (10, 10));
        let last = delivery.tried.last().unwrap().at;
        assert!(last >= start + hours(75), "given up at {last}");
        let month = (last + hours(30 * 24)).as_second();
        assert_eq!(delivery.expires_at, Some(month));
        let tried = delivery.tried.iter();
        let called = tried.filter(|each| each.outcome == Outcome::NoAddress);
        calls += called.count();
    }
    // Each of them ten times would be six hundred.
    assert!((10..200).contains(&calls), "{calls} calls");
    let subscription = scene.told_of_orders();
    assert_eq!(subscription.state, State::Active);
    assert!(subscription.failing_since.unwrap() < start + hours(1));
}

#[test]
fn who_has_failed_for_days_is_disabled_and_what_waits_is_failed_and_can_be_sent_again() {
    let scene = scene();
    dies(&scene);
    let start = now(&scene);
    for half_day in 0..20 {
        if !scene.told_of_orders().is_active() {
            break;
        }
        let delivery = scene.event(&half_day.to_string(), Some(JANE));
        scene.deliver(&delivery);
        pass(&scene, start + hours(12 * (half_day + 1)));
    }
    let disabled = scene.told_of_orders();
    assert_eq!(disabled.disabled_because, Some(Because::Failing));
    let after = disabled.updated_at.duration_since(start);
    assert!((hours(120)..hours(144)).contains(&after), "after {after}");
    pass(&scene, start + hours(24 * 8));
    let states = all(&scene);
    let states: BTreeSet<String> = states
        .iter()
        .map(|each| format!("{:?}", each.state))
        .collect();
    assert_eq!(states, BTreeSet::from(["Failed".to_owned()]));

    scene.world.engines().put_host(HOST, &[OUTSIDE]);
    let mut active = disabled;
    active.state = State::Active;
    active.disabled_because = None;
    active.circuit = Circuit::CLOSED;
    active.failing_since = None;
    put(&scene, &active);
    let last = all(&scene).pop().unwrap();
    let again = last.again(now(&scene)).unwrap();
    assert_eq!(again.expires_at, None);
    let row = serde_json::to_value(&again).unwrap();
    scene.world.put_row("deliveries", row);
    scene.deliver(&again);
    assert_eq!(scene.received().len(), 1);
}

#[test]
fn one_success_and_the_days_are_counted_anew() {
    let scene = scene();
    has_failed_for(&scene, hours(200));
    let first = scene.event("1", Some(JANE));
    scene.deliver(&first);
    assert_eq!(scene.received().len(), 1);
    assert_eq!(scene.told_of_orders().failing_since, None);
    dies(&scene);
    for n in 2..=10 {
        let delivery = scene.event(&n.to_string(), Some(JANE));
        scene.deliver(&delivery);
    }
    let subscription = scene.told_of_orders();
    assert!(subscription.is_active() && subscription.circuit.is_open());
    assert!(subscription.failing_since.is_some());
}

#[test]
fn of_the_end_of_a_subscription_the_partners_others_are_told_once() {
    for (status, because) in [(500, "failing"), (410, "gone")] {
        let scene = scene();
        scene.world.engines().put_host(ELSEWHERE, &[OUTSIDE]);
        scene.hears_of_ends(ELSEWHERE);
        has_failed_for(&scene, hours(121));
        scene.world.engines().answer_webhook(ENDPOINT, status, &[]);
        for n in 1..=3 {
            let delivery = scene.event(&n.to_string(), Some(JANE));
            scene.deliver(&delivery);
        }
        assert!(!scene.told_of_orders().is_active());
        pass(&scene, now(&scene) + hours(1));
        let received = scene.received();
        assert_eq!(received.len(), 2, "{received:?}");
        let told = received.last().unwrap();
        assert_eq!(told.url, format!("https://{ELSEWHERE}/hooks"));
        assert!(told.is_signed_by(&Scene::secret(3)));
        let body: Value = serde_json::from_str(&told.body).unwrap();
        let id = scene.told_of_orders().subscription_id;
        assert_eq!(body["type"], ENDS);
        assert_eq!(body["source"], "dev.fairlead.subscription");
        assert_eq!(body["subject"], id.as_str());
        assert_eq!(body["data"]["subscription_id"], id.as_str());
        assert_eq!(body["data"]["disabled_because"], because);
        assert_eq!(body["data"]["failing_since"], "2026-01-10T08:00:00Z");
        // It is about nobody, and so there is no receipt but that of the order.
        assert_eq!(scene.world.rows("receipts").len(), 1);
    }
}

#[test]
fn while_somebody_finds_out_whether_it_answers_again_nothing_is_counted() {
    let scene = scene();
    let mut subscription = scene.told_of_orders();
    let until = now(&scene) + SignedDuration::from_secs(60);
    subscription.circuit = Circuit::Trial { until, times: 3 };
    put(&scene, &subscription);
    let delivery = scene.event("1", Some(JANE));
    scene.deliver(&delivery);
    let row = scene.delivery();
    assert_eq!(
        (&row["attempts"], &row["tried"], &row["next_at"]),
        (&json!(0), &json!([]), &json!("2026-01-15T09:00:30Z"))
    );
    assert_eq!(scene.received(), []);
}
