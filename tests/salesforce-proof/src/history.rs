//! Long histories at random: operators edit, flows break, everything that can go wrong does, and in the end
//! it clears up.

use std::time::Duration;

use fairlead_delivery_proof::weather::Weather;
use fairlead_salesforce_local::wire::Event;
use fastrand::Rng;
use futures_util::future::join3;
use serde_json::{Value, json};
use testkit::{
    World,
    delivery::Redelivery,
    engine::{SALESFORCE_SECRET, Salesforce},
};

use crate::{
    actors::{are_filed, are_filed_again, are_read_again, are_written, is_mended, night_falls},
    appflow::{self, AppFlow, Trouble},
    model::{Found, Watched, judge},
    operators::{Kind, Operators},
    transport::Transport,
};

/// A flow breaks whenever so many edits were made.
const EDITS_UNTIL_TROUBLE: usize = 100;

/// For how long it clears up: longer than a flow that people were told of is left alone, in five minutes.
const CLEARING: usize = 40;

/// As many of the stream's records as come again at once.
const REPEATED: usize = 30;

/// Everything that is not of AWS.
struct Outside {
    operators: Operators,
    appflow: AppFlow,
    transport: Transport,
    watched: Watched,
    /// What the stream's reader failed with too often.
    given_up: Vec<Value>,
    /// How many commits there were, an edit of two records being one.
    commits: usize,
    minutes: u32,
}

/// A history of at least `count` edits; all that is random in it follows from `seed`.
#[must_use]
pub fn history(seed: u64, count: usize) -> Found {
    let mut random = Rng::with_seed(seed);
    let world = World::new(seed);
    let secret = Salesforce::secret();
    world.engines().put_secret(SALESFORCE_SECRET, &secret);
    appflow::set_up(&world);
    let mut outside = Outside {
        operators: Operators::new(),
        appflow: AppFlow::default(),
        transport: Transport::default(),
        watched: Watched::default(),
        given_up: Vec::new(),
        commits: 0,
        minutes: 0,
    };
    let mut found = Found::default();
    let weather = Weather::default();
    while outside.operators.edits.len() < count {
        weather.turns(&world, &mut random);
        round(&world, &mut outside, &mut random);
        outside.watched.look(&world, &outside.operators, &mut found);
    }
    world.faults().heal();
    clears_up(&world, &mut outside, &mut random);
    outside.watched.look(&world, &outside.operators, &mut found);
    judge(&world, &outside.operators, &mut found);
    if !outside.transport.is_empty() || !outside.given_up.is_empty() {
        found
            .violations
            .push("something does not come to rest".to_owned());
    }
    found.violations.extend(AppFlow::broken(&world));
    found.tried = outside.appflow.tried;
    found.mended = outside.appflow.mended;
    found.given_up = outside.appflow.given_up;
    found
}

/// Some edits, and some of what comes of them.
fn round(world: &World, outside: &mut Outside, random: &mut Rng) {
    world.set_redelivery(if random.bool() {
        Redelivery::Same
    } else {
        Redelivery::Split
    });
    for _ in 0..random.usize(1..12) {
        // What is read a moment after an edit may bear the time before it: edits are seconds apart.
        world.advance(Duration::from_secs(random.u64(3..20)));
        edit(world, outside, random);
    }
    let minutes = random.u32(1..6);
    minutes_pass(world, outside, minutes, random);
    let [some, others] = outside.transport.some(random);
    let asked = outside.transport.asked();
    let (dead, also_dead, unread) = world.block_on(async {
        // Boxed: each reaches deep into the SDK and is kilobytes.
        let some = Box::pin(are_written(world, some));
        let others = Box::pin(are_written(world, others));
        let asked = Box::pin(are_read_again(world, asked));
        join3(some, others, asked).await
    });
    outside.transport.takes_back(dead, unread);
    outside.transport.takes_back(also_dead, Vec::new());
    are_told(world, outside, random);
    if random.u8(..10) == 0 {
        world.block_on(night_falls(world));
    }
    outside.transport.collects(world);
}

/// The stream of the table flows, and now and then brings again what it brought before.
fn are_told(world: &World, outside: &mut Outside, random: &mut Rng) {
    let discarded = world.block_on(are_filed(world));
    outside.given_up.extend(discarded);
    if random.u8(..6) == 0 {
        let mut records = world.engines().changes_after("config", random.usize(..300));
        records.truncate(REPEATED);
        drop(world.block_on(are_filed_again(world, records)));
    }
}

fn edit(world: &World, outside: &mut Outside, random: &mut Rng) {
    let kind = Kind::ALL[random.usize(..Kind::ALL.len())];
    if outside.commits % EDITS_UNTIL_TROUBLE == EDITS_UNTIL_TROUBLE / 2 {
        let trouble = Trouble::any(random);
        let said = outside.appflow.breaks(world, trouble, kind, random);
        if let Some(event) = said {
            mend(world, outside, &event);
        }
    }
    outside.commits += 1;
    let at = world.clock().now();
    let told = outside.operators.edit(world, at, random);
    let mut is_lost = false;
    for event in &told.events {
        is_lost |= !gets_through(world, outside, told.kind, event, random);
    }
    if is_lost {
        outside.operators.is_lost(&told);
    }
}

/// An event relay of Salesforce's own passes by the flows.
fn gets_through(
    world: &World,
    outside: &mut Outside,
    kind: Kind,
    event: &Event,
    random: &mut Rng,
) -> bool {
    let is_relayed = event.source.starts_with("aws.partner/salesforce.com/");
    let gets_through = is_relayed || outside.appflow.lets_through(world, kind);
    if gets_through {
        outside.transport.takes(event, world.clock().now(), random);
    }
    gets_through
}

/// In each of the minutes what was scheduled starts, and the flow of outcomes runs; at every fifth the flows
/// are looked after.
fn minutes_pass(world: &World, outside: &mut Outside, minutes: u32, random: &mut Rng) {
    for _ in 0..minutes {
        world.advance(Duration::from_secs(50));
        for schedule in world.engines().take_due_schedules(world.clock().now()) {
            mend(world, outside, &schedule.input);
        }
        world.advance(Duration::from_secs(10));
        outside.minutes += 1;
        if outside.minutes.is_multiple_of(5) {
            let tick =
                json!({ "source": "aws.events", "detail-type": "Scheduled Event", "detail": {} });
            mend(world, outside, &tick);
        }
        let Operators { org, .. } = &mut outside.operators;
        let records = outside.appflow.minute_passes(world, org);
        let at = world.clock().now();
        let events = outside.operators.copy_outcomes(world, &records, at);
        for event in events {
            let kind = match event.detail_type.as_str() {
                "Routing__ChangeEvent" => Kind::Routing,
                _ => Kind::Holiday,
            };
            gets_through(world, outside, kind, &event, random);
        }
    }
}

fn mend(world: &World, outside: &mut Outside, event: &Value) {
    let done = world.block_on(is_mended(world, event));
    outside.appflow.is_looked_after(&done);
}

/// Nothing goes wrong any more: what is on its way arrives, flows are mended, and a night passes.
fn clears_up(world: &World, outside: &mut Outside, random: &mut Rng) {
    outside.appflow.clears_up(world);
    for turn in 0..CLEARING {
        if turn == CLEARING / 2 {
            world.block_on(night_falls(world));
        }
        minutes_pass(world, outside, 5, random);
        outside.transport.collects(world);
        let (messages, asked) = (outside.transport.rest(), outside.transport.asked());
        let unread = world.block_on(are_read_again(world, asked));
        let dead = world.block_on(are_written(world, messages));
        outside.transport.takes_back(dead, unread);
        let discarded = world.block_on(are_filed(world));
        outside.given_up.extend(discarded);
        let given_up = std::mem::take(&mut outside.given_up);
        outside.given_up = world.block_on(are_filed_again(world, given_up));
    }
    // What came last is copied to its record, which changes nothing here.
    outside.transport.collects(world);
    let messages = outside.transport.rest();
    let dead = world.block_on(are_written(world, messages));
    outside.transport.takes_back(dead, Vec::new());
}
