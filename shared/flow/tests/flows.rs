//! Flows in a simulated AppFlow: what is made is found as it has to be, and what is written again is as it
//! was.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it says"
)]

use std::time::Duration;

use flow::{
    Act, Action, Breaker, BreakerStore, Cause, CountStore, FlowMaker, FlowReader, FlowStarter,
    FlowUpdater, Flows, Made, OutcomeStore, Part, ProfileKeeper, ProfileSigner, RetryScheduler,
    Run, RunState, Saved, Status,
};
use jiff::Timestamp;
use lambda_kit::aws::CallBudget;
use serde_json::json;
use testkit::{
    Fault, World,
    engine::{SALESFORCE_OUTCOMES_BUCKET, SCHEDULE_GROUP},
};

fn flows(world: &World) -> Flows {
    Flows::read(world.environment().required("SALESFORCE_FLOWS").unwrap()).unwrap()
}

/// The connection and all flows, switched on.
fn made(world: &World) -> Flows {
    world.engines().put_salesforce_grant();
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let flows = flows(world);
    world.block_on(async {
        ProfileKeeper::new(&sdk, &sdk)
            .make(&flows, "t")
            .await
            .unwrap();
        for flow in flows.each() {
            let made = FlowMaker::new(&sdk).make(&flow, None, "t").await;
            assert_eq!(made.unwrap(), Made::Now);
            let started = FlowStarter::new(&sdk).start(&flow.name, "t").await;
            assert_eq!(started.unwrap(), Act::Done);
        }
    });
    flows
}

#[test]
fn what_is_made_is_found_as_it_has_to_be() {
    let world = World::new(1);
    let flows = made(&world);
    let reader = FlowReader::new(&world.sdk_config(&CallBudget::BATCH));
    for flow in flows.each() {
        let seen = world.block_on(reader.look(&flow.name)).unwrap().unwrap();
        assert_eq!(seen.shape.differs_from(&flow.shape), []);
        assert_eq!(seen.status, Status::Active);
    }
    assert_eq!(world.block_on(reader.look("another")).unwrap(), None);
}

#[test]
fn what_drifted_is_found_and_made_anew_once_it_is_off() {
    let world = World::new(1);
    let flow = made(&world).each().pop().unwrap();
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let (reader, updater) = (FlowReader::new(&sdk), FlowUpdater::new(&sdk));
    let by = "destinationFlowConfigList/0/destinationConnectorProperties/Salesforce/idFieldNames/0";
    world.engines().flows().change(&flow.name, by, "Id".into());
    let seen = world.block_on(reader.look(&flow.name)).unwrap().unwrap();
    assert_eq!(seen.shape.differs_from(&flow.shape), [Part::Writing]);
    let refused = world.block_on(updater.update(&flow, "u"));
    assert_eq!(refused.unwrap(), Act::Refused(None));
    world.block_on(async {
        assert_eq!(updater.stop(&flow.name).await.unwrap(), Act::Done);
        assert_eq!(updater.update(&flow, "u").await.unwrap(), Act::Done);
    });
    let seen = world.block_on(reader.look(&flow.name)).unwrap().unwrap();
    assert_eq!(seen.shape.differs_from(&flow.shape), []);
}

#[test]
fn credentials_that_are_refused_are_the_cause() {
    let world = World::new(1);
    let flows = made(&world);
    world.engines().flows().end_session(false);
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let signer = ProfileSigner::new(&sdk, &sdk);
    let refused = world.block_on(signer.sign_in(&flows, "t"));
    assert_eq!(refused.unwrap(), Act::Refused(Some(Cause::Credentials)));
}

#[test]
fn a_file_that_is_written_again_is_as_it_was_and_newer() {
    let world = World::new(1);
    let key = "outcomes/a0x-event-created-2026-01-15-09_00_00.csv";
    let engines = world.engines();
    engines.put_object(SALESFORCE_OUTCOMES_BUCKET, key, "text/csv", "a,b\r\n");
    world.advance(Duration::from_mins(1));
    let store = OutcomeStore::new(
        &world.sdk_config(&CallBudget::BATCH),
        SALESFORCE_OUTCOMES_BUCKET,
    );
    let files = world.block_on(store.list()).unwrap();
    world.block_on(store.write_again(&files[0])).unwrap();
    let after = world.block_on(store.list()).unwrap();
    assert!(after[0].written_at > files[0].written_at);
    let object = &world.objects(SALESFORCE_OUTCOMES_BUCKET)[0];
    assert_eq!(
        (&object.body[..], object.content_type.as_str()),
        (&b"a,b\r\n"[..], "text/csv")
    );
}

#[test]
fn a_file_that_is_another_by_now_stays_as_it_is() {
    let world = World::new(1);
    let key = "outcomes/a0x-event-created-2026-01-15-09_00_00.csv";
    let engines = world.engines();
    engines.put_object(SALESFORCE_OUTCOMES_BUCKET, key, "text/csv", "old");
    let store = OutcomeStore::new(
        &world.sdk_config(&CallBudget::BATCH),
        SALESFORCE_OUTCOMES_BUCKET,
    );
    let files = world.block_on(store.list()).unwrap();
    engines.put_object(SALESFORCE_OUTCOMES_BUCKET, key, "text/csv", "new");
    world.block_on(store.write_again(&files[0])).unwrap();
    assert_eq!(
        &world.objects(SALESFORCE_OUTCOMES_BUCKET)[0].body[..],
        b"new"
    );
}

#[test]
fn of_two_who_saw_the_same_row_one_writes() {
    let world = World::new(1);
    let store = BreakerStore::new(&world.sdk_config(&CallBudget::BATCH), "config");
    let (now, lease) = (world.clock().now(), Duration::from_mins(1));
    let try_of = |owner| Breaker::of("a").trying(Cause::Errored, owner, now, lease, 0);
    world.block_on(async {
        assert_eq!(store.save(&try_of("one")).await.unwrap(), Saved::Done);
        assert_eq!(store.save(&try_of("two")).await.unwrap(), Saved::Overtaken);
        let found = store.load("a").await.unwrap();
        let acted = found.acted(&[Action::Start], now);
        assert_eq!(store.save(&acted).await.unwrap(), Saved::Done);
    });
}

#[test]
fn a_row_whose_acknowledgement_was_lost_is_written() {
    let world = World::new(1);
    let store = BreakerStore::new(&world.sdk_config(&CallBudget::BATCH), "config");
    let trying = Breaker::of("a").trying(
        Cause::Errored,
        "one",
        world.clock().now(),
        Duration::from_mins(1),
        0,
    );
    world.faults().at(1, Fault::LoseAcknowledgement);
    assert_eq!(world.block_on(store.save(&trying)).unwrap(), Saved::Done);
}

fn run(world: &World, minute: i64, state: RunState, processed: u64, failures: u64) -> Run {
    let second = world.clock().now().as_second() + minute * 60;
    Run {
        started_at: Timestamp::from_second(second).unwrap(),
        state,
        processed,
        failures,
        said: None,
    }
}

#[test]
fn each_runs_rows_are_counted_once_and_those_of_a_run_under_way_when_it_is_over() {
    let world = World::new(1);
    let store = CountStore::new(&world.sdk_config(&CallBudget::BATCH), "config");
    let mut runs = vec![
        run(&world, 1, RunState::Successful, 5, 2),
        run(&world, 2, RunState::Failed, 9, 9),
        run(&world, 3, RunState::Running, 0, 0),
    ];
    let add = |runs: &[Run]| world.block_on(store.add_accepted("a", runs)).unwrap();
    assert_eq!(add(&runs), 3);
    assert_eq!(add(&runs), 0);
    runs[2] = run(&world, 3, RunState::Successful, 4, 0);
    assert_eq!(add(&runs), 4);
    let counts = world.block_on(store.lately(world.clock().now())).unwrap();
    assert_eq!(counts.accepted, 7);
}

#[test]
fn counts_of_today_and_the_day_before_are_added_up() {
    let world = World::new(1);
    for (day, events) in [("2026-01-13", 100), ("2026-01-14", 20), ("2026-01-15", 3)] {
        let row = json!({ "kind": "count", "record_id": day, "events": events, "written": 1 });
        world.put_row("config", row);
    }
    let store = CountStore::new(&world.sdk_config(&CallBudget::BATCH), "config");
    let counts = world.block_on(store.lately(world.clock().now())).unwrap();
    assert_eq!((counts.events, counts.written), (23, 2));
}

#[test]
fn a_look_is_scheduled_once_for_each_token_and_not_before_it_is_due() {
    let world = World::new(1);
    let sdk = world.sdk_config(&CallBudget::BATCH);
    let retries = RetryScheduler::new(&sdk, SCHEDULE_GROUP, "arn:f", "arn:r");
    let at = world.clock().now() + Duration::from_millis(61_500);
    world.block_on(async {
        retries.look_at("a", "one", at).await.unwrap();
        retries.look_at("a", "one", at).await.unwrap();
        retries.look_at("a", "two", at).await.unwrap();
    });
    let schedules = world.engines().schedules();
    assert_eq!(schedules.len(), 2);
    assert!(schedules.iter().all(|schedule| schedule.at >= at));
    assert_eq!(schedules[0].input, json!({ "retry": { "flow": "a" } }));
}
