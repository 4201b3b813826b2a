//! The handler on a simulated AWS: whose shift it is hears of what happens, whom somebody else subscribed
//! stays, and nobody whose shift is over is left.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

mod binary;

use std::{pin::Pin, time::Duration};

use lambda_kit::aws::CallBudget;
use operations_oncall_assign::{App, AssignError, Done, handle};
use serde_json::{Value, json};
use testkit::{Fault, World, engine::ON_CALL_TOPIC};

const JANE: &str = "+4930901820";
const JOAN: &str = "+4930901821";
const JUNE: &str = "+4930901822";
/// Whom somebody subscribed by hand.
const BOSS: &str = "+4930901829";

fn shift(from: &str, until: &str, line: u8, phone: &str) -> (&'static str, Value) {
    let at = |time: &str| format!("2026-01-15T{time}:00Z");
    let shift = json!({
        "name": "A shift", "from": at(from), "until": at(until), "line": line, "phone": phone,
    });
    ("roster", shift)
}

/// Jane and June until half past nine, and Joan from then on.
fn world() -> World {
    let world = World::new(1);
    world.engines().put_published(
        "contact",
        &[
            shift("08:00", "09:30", 1, JANE),
            shift("08:00", "09:30", 2, JUNE),
            shift("09:30", "17:00", 1, JOAN),
        ],
    );
    world.engines().put_subscription(ON_CALL_TOPIC, "sms", BOSS);
    world
        .engines()
        .put_subscription(ON_CALL_TOPIC, "email", "mail@example.com");
    world
}

fn run(world: &World) -> Result<Done, AssignError> {
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let app = App::new(&world.environment(), &sdk, world.clock()).unwrap();
    world.block_on(handle(&app))
}

fn subscribed(world: &World) -> Vec<String> {
    let all = world.engines().subscriptions().into_iter();
    let mut endpoints: Vec<String> = all.map(|each| each.endpoint).collect();
    endpoints.sort();
    endpoints
}

fn ours(world: &World) -> Value {
    let rows = world.rows("config");
    let row = rows.iter().find(|row| row["kind"] == "on-call");
    row.map_or(Value::Null, |row| row["numbers"].clone())
}

#[test]
fn at_a_change_of_shifts_those_who_go_make_room_for_those_who_come() {
    let world = world();
    let done = run(&world).unwrap();
    assert_eq!(
        done,
        Done {
            on_shift: 2,
            subscribed: 2,
            unsubscribed: 0
        }
    );
    assert_eq!(subscribed(&world), [JANE, JUNE, BOSS, "mail@example.com"]);
    assert_eq!(ours(&world), json!([JANE, JUNE]));
    world.advance(Duration::from_mins(30));
    let done = run(&world).unwrap();
    assert_eq!(
        done,
        Done {
            on_shift: 1,
            subscribed: 1,
            unsubscribed: 2
        }
    );
    assert_eq!(subscribed(&world), [JOAN, BOSS, "mail@example.com"]);
    assert_eq!(ours(&world), json!([JOAN]));
}

#[test]
fn while_nothing_changes_nothing_is_written() {
    let world = world();
    run(&world).unwrap();
    let calls = world.trace().len();
    assert_eq!(
        run(&world).unwrap(),
        Done {
            on_shift: 2,
            subscribed: 0,
            unsubscribed: 0
        }
    );
    let mut later = world.trace().into_iter().skip(calls);
    assert!(later.all(|call| !call.call.is_table_write() && call.call.operation != "Subscribe"));
}

#[test]
fn whom_somebody_subscribed_by_hand_stays_after_their_shift() {
    let world = world();
    world
        .engines()
        .put_published("contact", &[shift("08:00", "09:30", 1, BOSS)]);
    assert_eq!(run(&world).unwrap().subscribed, 0);
    world.advance(Duration::from_mins(30));
    run(&world).unwrap();
    assert_eq!(subscribed(&world), [BOSS, "mail@example.com"]);
}

#[test]
fn whose_shift_is_taken_out_of_the_roster_is_unsubscribed() {
    let world = world();
    run(&world).unwrap();
    world.engines().put_published("contact", &[]);
    let done = run(&world).unwrap();
    assert_eq!(
        done,
        Done {
            on_shift: 0,
            subscribed: 0,
            unsubscribed: 2
        }
    );
    assert_eq!(subscribed(&world), [BOSS, "mail@example.com"]);
}

#[test]
fn a_roster_that_can_not_be_read_changes_nothing() {
    let world = world();
    run(&world).unwrap();
    world.faults().always(Fault::Unavailable, |call| {
        call.subject().contains("published")
    });
    assert!(run(&world).is_err());
    assert_eq!(subscribed(&world), [JANE, JUNE, BOSS, "mail@example.com"]);
}

/// Of two runs at once one may find the other's word, and fails: the next one ends what is left.
#[test]
fn two_runs_at_once_leave_nobody_behind() {
    for turn in 0..4_usize {
        let world = world();
        run(&world).unwrap();
        world.advance(Duration::from_mins(30));
        let sdk = world.sdk_config(&CallBudget::BATCH);
        let app = || App::new(&world.environment(), &sdk, world.clock()).unwrap();
        let (one, other) = (app(), app());
        let actors: Vec<Pin<Box<dyn Future<Output = _>>>> =
            vec![Box::pin(handle(&one)), Box::pin(handle(&other))];
        let mut step = 0_usize;
        let done = world.interleave(actors, |waiting| {
            step += 1;
            (step * turn) % waiting.len()
        });
        assert!(done.iter().any(Result::is_ok), "both failed");
        run(&world).unwrap();
        assert_eq!(subscribed(&world), [JOAN, BOSS, "mail@example.com"]);
        assert_eq!(ours(&world), json!([JOAN]));
    }
}
