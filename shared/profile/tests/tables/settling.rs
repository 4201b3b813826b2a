//! Merges and splits that take several transactions, and are cut off between them.

use std::{
    cell::Cell,
    sync::atomic::{AtomicUsize, Ordering},
};

use profile::{Grounds, MergeError};
use testkit::{Call, Fault, World};

use crate::{
    cause,
    merging::{merger, more_identifiers, somebody},
};

/// Six identifiers, up to where they are, and the lock.
const TRANSACTION: usize = 8;

/// The keys of the identifiers that `call` re-points.
fn repointed(call: &Call) -> Vec<String> {
    let items = call.input["TransactItems"].as_array();
    items
        .into_iter()
        .flatten()
        .map(|item| &item["Update"])
        .filter(|update| update["TableName"] == "identifiers")
        .map(|update| {
            update["Key"]["identifier"]["S"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect()
}

/// What the calls after the first `calls` re-pointed, transaction by transaction.
fn repointed_since(world: &World, calls: usize) -> Vec<Vec<String>> {
    let since = world.trace().split_off(calls);
    let done = since.iter().filter(|traced| traced.fault.is_none());
    done.map(|traced| repointed(&traced.call))
        .filter(|keys| !keys.is_empty())
        .collect()
}

/// Runs `run` twice: it is cut off behind two transactions of identifiers, and goes on. Each of the
/// thirty identifiers is written once.
fn cut_off_and_resumed<T>(world: &World, run: impl Fn() -> Result<T, MergeError>) -> T {
    let passed = AtomicUsize::new(0);
    world.faults().always(Fault::Unavailable, move |call| {
        !repointed(call).is_empty() && passed.fetch_add(1, Ordering::Relaxed) >= 2
    });
    let start = world.trace().len();
    assert!(run().is_err());
    world.faults().heal();
    let first = repointed_since(world, start);
    let cut = world.trace().len();
    let outcome = run().unwrap();
    let second = repointed_since(world, cut);
    assert_eq!((first.len(), second.len()), (2, 3));
    let mut keys: Vec<String> = first.into_iter().chain(second).flatten().collect();
    assert_eq!(keys.len(), 30);
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 30);
    let rows = world.rows("profiles");
    assert!(rows.iter().all(|row| row.get("reached").is_none()));
    outcome
}

#[test]
fn what_was_cut_off_goes_on_behind_the_identifiers_that_it_had_re_pointed() {
    let world = World::new(1);
    let (a, b) = (somebody(&world, "a-sub"), somebody(&world, "b-sub"));
    more_identifiers(&world, b, 28);
    let merger = merger(&world).with_transactions_of(TRANSACTION);
    let joined = cut_off_and_resumed(&world, || {
        world.block_on(merger.join(a, b, &Grounds::Operator, &cause("merge")))
    });
    let identifiers = world.rows("identifiers");
    assert!(
        identifiers
            .iter()
            .all(|row| row["profile_id"] == a.to_string())
    );
    let merge_id = joined.merge_id.unwrap();
    cut_off_and_resumed(&world, || {
        world.block_on(merger.split(a, merge_id, &cause("split")))
    });
    let identifiers = world.rows("identifiers");
    assert!(
        identifiers
            .iter()
            .all(|row| row["profile_id"] == row["member"])
    );
}

#[test]
fn who_finishes_what_another_operator_began_is_not_held_to_account_for_it() {
    let world = World::new(1);
    let (a, b) = (somebody(&world, "a-sub"), somebody(&world, "b-sub"));
    more_identifiers(&world, b, 28);
    let [first, second] = ["first-operator", "second-operator"].map(|operator| {
        let merger = merger(&world).with_transactions_of(TRANSACTION);
        merger.for_operator(&operator.parse().unwrap())
    });
    let by_turns = |turn: &Cell<bool>| {
        let is_first = !turn.replace(true);
        if is_first { &first } else { &second }
    };
    let said = |name: &str| {
        let mut rows = world.rows("profiles").into_iter();
        let log = rows.find(|row| row["part"].as_str().unwrap().starts_with("merge#"));
        log.unwrap()[name].clone()
    };
    let turn = Cell::new(false);
    let joined = cut_off_and_resumed(&world, || {
        let cause = cause("merge");
        world.block_on(by_turns(&turn).join(a, b, &Grounds::Operator, &cause))
    });
    assert_eq!(said("by_operator"), "first-operator");
    let merge_id = joined.merge_id.unwrap();
    let turn = Cell::new(false);
    cut_off_and_resumed(&world, || {
        let cause = cause("split");
        world.block_on(by_turns(&turn).split(a, merge_id, &cause))
    });
    assert_eq!(said("by_operator"), "first-operator");
    assert_eq!(said("undone_by_operator"), "first-operator");
}
