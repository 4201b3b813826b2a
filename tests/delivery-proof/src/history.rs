//! Long histories at random: partners send, everything that can go wrong does, and in the end it
//! clears up.

use std::{collections::BTreeMap, time::Duration};

use fastrand::Rng;
use futures_util::future::{join_all, join3};
use jiff::Timestamp;
use testkit::{World, delivery::Redelivery};

use crate::{
    cast::{Flaw, Key, PARTNERS, PEOPLE, Planned, SOURCES, Whom, set_the_scene},
    model::{Found, Model},
    sender::{Request, Sender},
    transport::{Stream, Transport, is_swept, reach_people},
    weather::Weather,
};

/// As many events as a request has at most.
pub const BATCH: usize = 40;

/// After as many rounds it clears up, whatever is still to be sent.
const ROUNDS: usize = 40;

/// One history in as many has an event that no row holds: those whose seed is a multiple of it.
pub const LARGE: u64 = 8;

/// 2026-01-13T10:26:40Z, the earliest time of an event, in milliseconds.
const EARLIEST: i64 = 1_768_300_000_000;

/// A history of `count` events that have to be kept, and of others that must not be; all that is random
/// in it follows from `seed`.
#[must_use]
pub fn history(seed: u64, count: usize) -> Found {
    let mut random = Rng::with_seed(seed);
    let world = World::new(seed);
    set_the_scene(&world);
    let planned = plan(seed, count, &mut random);
    let mut senders: Vec<Sender> = PARTNERS
        .into_iter()
        .map(|partner| {
            let own = planned.iter().filter(|event| event.key.partner == partner);
            Sender::new(partner, own.cloned().collect())
        })
        .collect();
    let mut transport = Transport::default();
    let weather = Weather::default();
    for _ in 0..ROUNDS {
        if senders.iter().all(Sender::is_done) {
            break;
        }
        weather.turns(&world, &mut random);
        round(&world, &mut senders, &mut transport, &mut random);
    }
    world.faults().heal();
    clears_up(&world, &mut senders, &mut transport, &mut random);
    judge(&world, &planned, senders, &weather)
}

/// What partners will send, the earlier of two under one id not always first.
#[must_use]
pub fn plan(seed: u64, count: usize, random: &mut Rng) -> Vec<Planned> {
    let mut planned = Vec::new();
    for n in 0..count {
        let event = event(n, random);
        if random.u8(..30) == 0 {
            let version = event.version + 1;
            planned.push(Planned {
                version,
                ..event.clone()
            });
        }
        if random.u8(..25) == 0 {
            let flaw = random.choice([Flaw::Type, Flaw::Name, Flaw::Data]);
            let mut flawed = event.clone();
            flawed.key.id.push_str("-flawed");
            planned.push(Planned { flaw, ..flawed });
        }
        planned.push(event);
    }
    if seed.is_multiple_of(LARGE)
        && let Some(last) = planned.last_mut()
    {
        last.is_large = true;
    }
    random.shuffle(&mut planned);
    planned
}

/// An event; with the same number, source and partner there is no other one.
fn event(n: usize, random: &mut Rng) -> Planned {
    let partner = PARTNERS[n % PARTNERS.len()];
    let source = SOURCES[n / PARTNERS.len() % SOURCES.len()];
    let id = (n / (PARTNERS.len() * SOURCES.len())).to_string();
    let whom = match random.u8(..25) {
        0 => Whom::Erased,
        1 => Whom::Nobody,
        _ => Whom::Person(random.u8(..PEOPLE)),
    };
    // Few times, so that many events happened at the same one.
    let millis = EARLIEST + 250 * random.i64(0..300);
    let at = Timestamp::from_millisecond(millis).expect("it is a time");
    Planned {
        key: Key {
            partner,
            source,
            id,
        },
        version: 0,
        whom,
        is_by_identifier: random.bool(),
        at: (random.u8(..20) > 0).then_some(at),
        flaw: None,
        is_large: false,
    }
}

/// All partners send at once, while the stream and the queue are delivered.
fn round(world: &World, senders: &mut [Sender], transport: &mut Transport, random: &mut Rng) {
    world.set_redelivery(if random.bool() {
        Redelivery::Same
    } else {
        Redelivery::Split
    });
    let requests: Vec<(usize, Request)> = senders
        .iter_mut()
        .enumerate()
        .filter_map(|(place, sender)| Some((place, sender.next(random, BATCH)?)))
        .collect();
    let messages = transport.some(random);
    let (stream, from) = (Stream::next(random), random.usize(..500));
    let (outcomes, (), dead) = world.block_on(async {
        let posts = requests.iter().map(|(_, request)| {
            let post = request.is_posted(world);
            Box::pin(post)
        });
        // Boxed: each reaches deep into the SDK and is kilobytes.
        let stream = Box::pin(stream.goes(world, from));
        let routing = Box::pin(reach_people(world, messages));
        join3(join_all(posts), stream, routing).await
    });
    for ((place, request), outcomes) in requests.into_iter().zip(outcomes) {
        senders[place].takes(request, outcomes);
    }
    transport.takes_back(dead);
    if random.u8(..4) == 0 {
        world.block_on(is_swept(world));
    }
    transport.takes_from_bus(world, random);
    world.advance(Duration::from_secs(random.u64(..1_200)));
}

/// Nothing goes wrong any more: everything is answered, told of and delivered.
fn clears_up(world: &World, senders: &mut [Sender], transport: &mut Transport, random: &mut Rng) {
    for (stream, wait) in [(Stream::Flows, 660), (Stream::Idle, 60)] {
        for sender in senders.iter_mut() {
            while !sender.is_done() {
                let request = sender.next(random, BATCH).expect("something is left");
                let outcomes = world.block_on(request.is_posted(world));
                assert!(
                    outcomes.is_some(),
                    "nothing is wrong, and {request:?} is not answered"
                );
                sender.takes(request, outcomes);
            }
        }
        world.block_on(stream.goes(world, 0));
        // What the stream lost is left for the sweep, which waits for it.
        world.advance(Duration::from_secs(wait));
        world.block_on(is_swept(world));
        transport.takes_from_bus(world, random);
        let messages = transport.rest();
        let dead = world.block_on(reach_people(world, messages));
        transport.takes_back(dead);
    }
}

fn judge(world: &World, planned: &[Planned], senders: Vec<Sender>, weather: &Weather) -> Found {
    let (faults, crashes) = weather.so_far();
    let mut found = Found {
        faults,
        crashes,
        ..Found::default()
    };
    let mut outcomes = BTreeMap::new();
    for sender in senders {
        outcomes.extend(sender.outcomes);
        found.violations.extend(sender.contradictions);
    }
    let model = Model::of(planned, &outcomes, &mut found);
    model.check(world, &mut found);
    found
}
