//! Long histories at random: partners send, everything that can go wrong does, and in the end it
//! clears up.

use std::{collections::BTreeMap, time::Duration};

use fastrand::Rng;
use futures_util::future::{join_all, join5};
use jiff::Timestamp;
use testkit::{World, delivery::Redelivery};

use crate::{
    cast::{
        EVENTS_OF_LATER, Flaw, Key, PARTNERS, PEOPLE, Partner, Planned, SOURCES, Whom,
        set_the_scene, told_of_later,
    },
    model::{Found, Model},
    page::{Batch, Page},
    sender::{Request, Sender},
    transport::{
        Stream, Transport, are_told_again, is_swept, profiles_are_swept, profiles_flow,
        reach_people,
    },
    weather::Weather,
};

/// As many events as a request has at most.
pub const BATCH: usize = 40;

/// As many messages as a page's batch has at most.
const BATCH_OF_PAGE: usize = 5;

/// After as many rounds it clears up, whatever is still to be sent.
const ROUNDS: usize = 40;

/// One history in as many has an event that no row holds: those whose seed is a multiple of it.
pub const LARGE: u64 = 8;

/// 2026-01-13T10:26:40Z, the earliest time of an event, in milliseconds.
const EARLIEST: i64 = 1_768_300_000_000;

/// Who sends.
struct Outside {
    senders: Vec<Sender>,
    pages: Vec<Page>,
}

/// A history of `count` events that have to be kept, and of others that must not be; all that is random
/// in it follows from `seed`.
#[must_use]
pub fn history(seed: u64, count: usize) -> Found {
    let mut random = Rng::with_seed(seed);
    let world = World::new(seed);
    set_the_scene(&world);
    let mut planned = plan(seed, count - EVENTS_OF_LATER, &mut random);
    planned.extend(told_of_later(|| time(&mut random)));
    random.shuffle(&mut planned);
    let mut outside = Outside::of(&planned);
    let mut transport = Transport::default();
    let weather = Weather::default();
    for _ in 0..ROUNDS {
        if outside.is_done() {
            break;
        }
        weather.turns(&world, &mut random);
        round(&world, &mut outside, &mut transport, &mut random);
    }
    world.faults().heal();
    clears_up(&world, &mut outside, &mut transport, &mut random);
    judge(&world, &planned, outside, &weather)
}

impl Outside {
    fn of(planned: &[Planned]) -> Self {
        let own = |partner: Partner, is_by_page: bool| -> Vec<Planned> {
            let own = planned.iter().filter(move |event| {
                event.key.partner == partner && event.by_page.is_some() == is_by_page
            });
            own.cloned().collect()
        };
        Self {
            senders: PARTNERS
                .map(|each| Sender::new(each, own(each, false)))
                .into(),
            pages: PARTNERS.map(|each| Page::new(each, own(each, true))).into(),
        }
    }

    fn is_done(&self) -> bool {
        self.senders.iter().all(Sender::is_done) && self.pages.iter().all(Page::is_done)
    }
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
    let at = time(random);
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
        by_page: None,
    }
}

/// One of few times, so that many events happened at the same one.
fn time(random: &mut Rng) -> Timestamp {
    let millis = EARLIEST + 250 * random.i64(0..300);
    Timestamp::from_millisecond(millis).expect("it is a time")
}

/// All partners send at once, while the stream and the queues are delivered.
fn round(world: &World, outside: &mut Outside, transport: &mut Transport, random: &mut Rng) {
    world.set_redelivery(if random.bool() {
        Redelivery::Same
    } else {
        Redelivery::Split
    });
    let Outside { senders, pages } = outside;
    let requests: Vec<(usize, Request)> = senders
        .iter_mut()
        .enumerate()
        .filter_map(|(place, sender)| Some((place, sender.next(random, BATCH)?)))
        .collect();
    let batches: Vec<(usize, Batch)> = pages
        .iter_mut()
        .enumerate()
        .filter_map(|(place, page)| Some((place, page.next(random, BATCH_OF_PAGE)?)))
        .collect();
    let (messages, known) = (transport.some(random), transport.some_known(random));
    let (stream, from) = (Stream::next(random), random.usize(..500));
    let (outcomes, taken, (), dead, unknown) = world.block_on(async {
        // Boxed: each reaches deep into the SDK and is kilobytes.
        let posts = requests
            .iter()
            .map(|(_, request)| Box::pin(request.is_posted(world)));
        let sent = batches
            .iter()
            .map(|(_, batch)| Box::pin(batch.is_sent(world)));
        let stream = Box::pin(stream.goes(world, from));
        let routing = Box::pin(reach_people(world, messages));
        let telling = Box::pin(are_told_again(world, known));
        join5(join_all(posts), join_all(sent), stream, routing, telling).await
    });
    for ((place, request), outcomes) in requests.into_iter().zip(outcomes) {
        senders[place].takes(request, outcomes);
    }
    for ((place, batch), is_taken) in batches.into_iter().zip(taken) {
        pages[place].takes(batch, is_taken);
    }
    transport.takes_back(dead, unknown);
    world.block_on(profiles_flow(world));
    if random.u8(..4) == 0 {
        world.block_on(is_swept(world));
    }
    transport.takes_from_bus(world, random);
    world.advance(Duration::from_secs(random.u64(..1_200)));
}

/// Nothing goes wrong any more: everything is answered, told of and delivered.
///
/// Who somebody is, is routed at the first turn, told of on the bus at the second, and at the third what
/// waited for them is told of again.
fn clears_up(world: &World, outside: &mut Outside, transport: &mut Transport, random: &mut Rng) {
    let flows = (Stream::Flows, 660);
    for (stream, wait) in [flows, flows, flows, (Stream::Idle, 60)] {
        for page in &mut outside.pages {
            while !page.is_done() {
                let batch = page.next(random, BATCH_OF_PAGE).expect("something is left");
                let is_taken = world.block_on(batch.is_sent(world));
                assert!(is_taken, "nothing is wrong, and {batch:?} is not answered");
                page.takes(batch, is_taken);
            }
        }
        for sender in &mut outside.senders {
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
        world.block_on(profiles_flow(world));
        world.block_on(profiles_are_swept(world));
        transport.takes_from_bus(world, random);
        let (messages, known) = (transport.rest(), transport.rest_known());
        let unknown = world.block_on(are_told_again(world, known));
        let dead = world.block_on(reach_people(world, messages));
        transport.takes_back(dead, unknown);
    }
}

fn judge(world: &World, planned: &[Planned], outside: Outside, weather: &Weather) -> Found {
    let (faults, crashes) = weather.so_far();
    let mut found = Found {
        faults,
        crashes,
        ..Found::default()
    };
    let mut outcomes = BTreeMap::new();
    for page in &outside.pages {
        outcomes.extend(page.outcomes());
    }
    for sender in outside.senders {
        outcomes.extend(sender.outcomes);
        found.violations.extend(sender.contradictions);
    }
    let model = Model::of(planned, &outcomes, &mut found);
    model.check(world, &mut found);
    found
}
