//! One run: partners send, processes are killed and calls fail, and in the end it clears up.

use std::{any::Any, collections::BTreeMap, sync::Arc, thread, time::Duration};

use fairlead_delivery_proof::{
    cast::{PARTNERS, Partner, Planned, set_the_scene},
    history,
    model::{Found, Model},
    sender::Sender,
};
use fastrand::Rng;
use lambda_kit::clock::Clock;
use serde_json::json;
use testkit::{Call, World, engine::Engines, fault::FaultPlan, runtime_host::Services};

use crate::{
    executables::Executables,
    instance::Instance,
    pollers,
    site::Site,
    weather::{Met, Weather, failures},
};

/// How many messages are handled side by side, ten in each of these.
const ROUTERS: usize = 2;

/// How long everything may take to be sent, and once nothing goes wrong any more, to come to rest.
const PATIENCE: Duration = Duration::from_mins(2);

/// How long things go wrong after everything was sent, unless all of it is delivered before.
const STORM: Duration = Duration::from_secs(20);

/// What is to be run.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What all that is random follows from, but for what processes do at the same time.
    pub seed: u64,
    /// How many events have to be kept.
    pub events: usize,
    /// What runs as the functions.
    pub executables: Executables,
    /// What a carrier does wrong.
    pub slip: Option<Slip>,
}

/// What a carrier of events can do wrong, which has to be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slip {
    /// A message leaves the queue before it is handled.
    QueueForgets,
    /// What a function reports as failed is taken for done.
    FailuresOverlooked,
    /// A sender takes no answer for a good one.
    SenderHopes,
}

/// What a run came to.
#[derive(Debug, Clone, Default)]
pub struct Ran {
    /// By the model; its crashes are the processes that were killed.
    pub found: Found,
    /// How often calls met faults.
    pub met: Met,
    /// What the bus was told more than once: how often more.
    pub told_again: usize,
    /// How many dead letters were sent back.
    pub redriven: usize,
    /// Why there was nothing to judge: a harness that broke, or that did not come to rest.
    pub trouble: Vec<String>,
}

impl Ran {
    /// Both together.
    pub fn add(&mut self, other: Self) {
        self.found.add(other.found);
        for (place, count) in other.met {
            *self.met.entry(place).or_default() += count;
        }
        self.told_again += other.told_again;
        self.redriven += other.redriven;
        self.trouble.extend(other.trouble);
    }
}

/// Runs `plan` to its end.
#[must_use]
pub fn run(plan: &Plan) -> Ran {
    let mut random = Rng::with_seed(plan.seed);
    let engines = Engines::new(&Clock::system());
    let world = World::around(&engines);
    set_the_scene(&world);
    with_usual_limits(&engines);
    let planned = history::plan(plan.seed, plan.events, &mut random);
    let mut senders = senders(&planned);

    let (weather, faults) = (Weather::default(), FaultPlan::default());
    weather.breaks(&faults, &mut random);
    let mut services = Vec::new();
    let mut instance = |function: &'static str| {
        let served = Services::start_adapting(engines.clone(), faults.clone(), shows_all_as_old);
        let served = Arc::new(served.expect("a server starts on 127.0.0.1"));
        services.push(Arc::clone(&served));
        Instance::new(function, &plan.executables, served)
    };
    let ingest = PARTNERS.map(|_| instance("partner-ingest"));
    let (stream, sweep) = (instance("event-stream"), instance("event-sweep"));
    let routers = [(); ROUTERS].map(|()| instance("event-router"));
    let mut fork = || Rng::with_seed(random.u64(..));
    let site = Site::new(
        engines.clone(),
        services.clone(),
        senders.len(),
        plan.slip,
        fork(),
    );

    let mut trouble = thread::scope(|scope| {
        let site = &site;
        let mut hands = Vec::new();
        for (instance, sender) in ingest.into_iter().zip(&mut senders) {
            let random = fork();
            hands.push(scope.spawn(move || pollers::send(site, instance, sender, random)));
        }
        for instance in routers {
            let random = fork();
            hands.push(scope.spawn(move || pollers::route(site, instance, random)));
        }
        let random = fork();
        hands.push(scope.spawn(move || pollers::stream(site, stream, random)));
        hands.push(scope.spawn(move || pollers::sweep(site, sweep)));
        let rests = comes_to_rest(site, &faults);
        site.end();
        let broken = hands.into_iter().filter_map(|hand| hand.join().err());
        let mut trouble: Vec<String> = broken.map(|panic| text(&*panic)).collect();
        if !rests {
            trouble.push("it does not come to rest".to_owned());
        }
        trouble
    });
    for trouble in &mut trouble {
        trouble.insert_str(0, &format!("run {}: ", plan.seed));
    }
    let met = weather.so_far();
    let found = Found {
        faults: failures(&met),
        crashes: services.iter().map(|services| services.kills()).sum(),
        ..Found::default()
    };
    Ran {
        found: judge(&world, &planned, senders, found),
        met,
        told_again: told_again(&engines),
        redriven: site.queue.redriven(),
        trouble,
    }
}

/// A machine for each partner, with what it has to send.
fn senders(planned: &[Planned]) -> Vec<Sender> {
    let of = |partner: Partner| {
        let own = planned.iter().filter(|event| event.key.partner == partner);
        Sender::new(partner, own.cloned().collect())
    };
    PARTNERS.into_iter().map(of).collect()
}

/// Partners may ask for as much as if their rows said nothing: what a process that can't read one takes
/// for its limit is no other than what the next one finds there.
fn with_usual_limits(engines: &Engines) {
    for partner in PARTNERS {
        let row = json!({
            "tenant": partner.tenant,
            "part": format!("partner#{}", partner.name),
            "display_name": "A partner",
        });
        engines.put_row("directory", &row);
    }
}

/// event-sweep asks for what has lain there for ten minutes. No run is as long: it is shown all of it.
fn shows_all_as_old(call: &mut Call) {
    let until = call
        .input
        .pointer_mut("/ExpressionAttributeValues/:until/S");
    if let Some(until) = until {
        *until = "9999-12-31T23:59:59.999Z".into();
    }
}

/// Things go wrong until all is delivered, but not for ever; then all has to come to rest.
fn comes_to_rest(site: &Site, faults: &FaultPlan) -> bool {
    if site.until(PATIENCE, || site.is_all_sent()) {
        site.until(STORM, || site.is_quiet());
    }
    faults.heal();
    site.calm();
    site.until(PATIENCE, || site.is_quiet())
}

fn judge(world: &World, planned: &[Planned], senders: Vec<Sender>, mut found: Found) -> Found {
    let mut outcomes = BTreeMap::new();
    for sender in senders {
        outcomes.extend(sender.outcomes);
        found.violations.extend(sender.contradictions);
    }
    let model = Model::of(planned, &outcomes, &mut found);
    model.check(world, &mut found);
    found
}

/// How often the bus was told of an event that it had been told of before.
fn told_again(engines: &Engines) -> usize {
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for event in engines.published_events() {
        *times
            .entry(event.detail["dataref"].to_string())
            .or_default() += 1;
    }
    times.values().map(|times| times - 1).sum()
}

/// What a thread said when it panicked.
fn text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a thread panicked").to_owned()
}
