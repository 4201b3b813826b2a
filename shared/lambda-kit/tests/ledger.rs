//! The ledger on a simulated DynamoDB: one effect, one owner, also after crashes and lost answers.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use std::time::Duration;

use lambda_kit::{
    aws::CallBudget,
    ledger::{Claim, Lease, LedgerError, LedgerStore},
};
use serde_json::json;
use testkit::{Fault, World};

const LEASE: Duration = Duration::from_secs(30);

fn ledger(world: &World) -> LedgerStore {
    let sdk = world.sdk_config(&CallBudget::BATCH);
    LedgerStore::new(&sdk, "ledger", world.clock(), world.ids())
}

fn claim(world: &World) -> Claim {
    world.block_on(ledger(world).claim("k", LEASE)).unwrap()
}

fn acquired(world: &World) -> Lease {
    let Claim::Acquired(lease) = claim(world) else {
        panic!("the effect is someone else's");
    };
    lease
}

fn complete(world: &World, lease: Lease) -> Result<(), LedgerError> {
    world.block_on(ledger(world).complete(lease))
}

#[test]
fn an_effect_is_made_once() {
    let world = World::new(1);
    let lease = acquired(&world);
    assert_eq!(claim(&world), Claim::Busy);
    complete(&world, lease).unwrap();
    assert_eq!(claim(&world), Claim::Done);
    world.advance(LEASE * 10);
    assert_eq!(claim(&world), Claim::Done);
}

#[test]
fn effects_of_different_keys_do_not_meet() {
    let world = World::new(1);
    let _lease = acquired(&world);
    let other = world.block_on(ledger(&world).claim("another", LEASE));
    assert!(matches!(other, Ok(Claim::Acquired(_))));
}

#[test]
fn a_lease_that_ran_out_is_taken_over_and_its_late_owner_fenced_off() {
    let world = World::new(1);
    let late = acquired(&world);
    world.advance(LEASE);
    assert_eq!(claim(&world), Claim::Busy);
    world.advance(Duration::from_millis(1));
    let lease = acquired(&world);
    assert!(matches!(
        complete(&world, late),
        Err(LedgerError::LeaseLost)
    ));
    complete(&world, lease).unwrap();
    assert_eq!(claim(&world), Claim::Done);
}

#[test]
fn a_late_owner_whom_nobody_followed_may_still_complete() {
    let world = World::new(1);
    let late = acquired(&world);
    world.advance(LEASE * 2);
    complete(&world, late).unwrap();
    assert_eq!(claim(&world), Claim::Done);
}

#[test]
fn of_two_claims_at_once_one_is_acquired() {
    for seed in 1..=20 {
        let world = World::new(seed);
        let (one, two) = (ledger(&world), ledger(&world));
        let (first, second) =
            world.block_on(async { tokio::join!(one.claim("k", LEASE), two.claim("k", LEASE)) });
        let acquired = [first.unwrap(), second.unwrap()]
            .into_iter()
            .filter(|claim| matches!(claim, Claim::Acquired(_)));
        assert_eq!(acquired.count(), 1, "seed {seed}");
    }
}

#[test]
fn a_claim_whose_acknowledgement_is_lost_is_recognised_as_ones_own() {
    let world = World::new(1);
    world.faults().at(1, Fault::LoseAcknowledgement);
    let lease = acquired(&world);
    assert_eq!(world.trace().len(), 2);
    complete(&world, lease).unwrap();
}

#[test]
fn a_completion_whose_acknowledgement_is_lost_is_one() {
    let world = World::new(1);
    let lease = acquired(&world);
    world.faults().at(2, Fault::LoseAcknowledgement);
    complete(&world, lease).unwrap();
    assert_eq!(claim(&world), Claim::Done);
}

#[test]
fn what_is_done_is_remembered_for_longer_than_a_queue_keeps_its_messages() {
    let world = World::new(1);
    let lease = acquired(&world);
    complete(&world, lease).unwrap();
    world.advance(Duration::from_hours(6 * 24));
    world.advance(Duration::from_hours(6 * 24));
    world.advance(Duration::from_hours(2 * 24 + 1));
    assert_eq!(claim(&world), Claim::Done);
    world.advance(Duration::from_hours(24));
    assert!(matches!(claim(&world), Claim::Acquired(_)));
}

#[test]
fn a_ledger_that_can_not_be_reached_says_so() {
    let world = World::new(1);
    let lease = acquired(&world);
    world.faults().always(Fault::Unavailable, |_| true);
    let claimed = world.block_on(ledger(&world).claim("k", LEASE));
    assert!(matches!(claimed, Err(LedgerError::Service(_))));
    assert!(matches!(
        complete(&world, lease),
        Err(LedgerError::Service(_))
    ));
}

#[test]
fn a_row_that_no_code_of_ours_wrote_is_reported() {
    let world = World::new(1);
    world.put_row(
        "ledger",
        json!({ "key": "k", "state": "somehow", "expires_at": 4_000_000_000_u64 }),
    );
    let claimed = world.block_on(ledger(&world).claim("k", LEASE));
    assert!(matches!(claimed, Err(LedgerError::Malformed)));
    assert_eq!(world.rows("ledger").len(), 1);
}
