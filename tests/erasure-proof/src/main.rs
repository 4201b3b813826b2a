//! Proves erasure: somebody is put into every place with markers, erased, and searched for, after
//! everything was delivered late and again. Bugs are planted, and each has to leave a trace. The last
//! line is the figure.
#![allow(clippy::expect_used, reason = "a test harness")]

use std::{
    collections::BTreeSet,
    panic::{self, AssertUnwindSafe},
    process::ExitCode,
    time::Duration,
};

use fairlead_erasure_proof::{
    late, life,
    places::{Place, places},
    search::{Leak, search},
};
use lambda_kit::planted::plant;
use mimalloc::MiMalloc;
use testkit::{World, explore::side_by_side, printed::Printed};

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// The bugs that are planted, and what they make of the code.
const BUGS: [(&str, &str); 14] = [
    (
        "erased-without-a-mark",
        "a late sign-in brings the person back",
    ),
    (
        "erasure-leaves-a-part",
        "a part of the profile is forgotten",
    ),
    (
        "erasure-leaves-reasons",
        "partners' own words stay in the receipts",
    ),
    (
        "erasure-leaves-exports",
        "what the person exported stays in its bucket",
    ),
    (
        "erasure-leaves-events",
        "what partners sent of the person stays where it was accepted",
    ),
    (
        "erasure-leaves-claims",
        "what lies of the person for a partner stays there",
    ),
    (
        "erasure-leaves-what-waits",
        "what waits for whoever comes to be known stays when they go",
    ),
    (
        "erasure-leaves-refused-events",
        "what was refused of the person stays where it was kept for its sender",
    ),
    (
        "erasure-leaves-logins",
        "the user pool still knows the person",
    ),
    ("erasure-logs-a-login", "a function prints whom it removes"),
    (
        "erasure-forgets-members",
        "only the root of a merged person is erased",
    ),
    (
        "kept-answer-outlives-its-person",
        "an answer that was kept under a key is given of whoever is gone",
    ),
    (
        "sign-up-logs-a-login",
        "a function prints who signs up, long before they are erased",
    ),
    (
        "notice-tells-the-event",
        "what a partner sent of the person lies in the queue of notices",
    ),
];

/// As long as a stream keeps a record.
const DAY: Duration = Duration::from_hours(25);

/// What the search came to.
#[derive(Default)]
struct Searched {
    markers: usize,
    places: usize,
    /// Places in which nothing ever was, so that finding nothing there proves nothing.
    bare: Vec<String>,
    /// Markers that were nowhere before the erasure, so that not finding them proves nothing.
    unseen: Vec<String>,
    leaks: Vec<Leak>,
    /// Routes at which the person's token still opens something.
    opened: Vec<String>,
}

fn main() -> ExitCode {
    // A planted bug may make an actor fail; that counts, and is no news.
    panic::set_hook(Box::new(|_| {}));
    let sound = panic::catch_unwind(AssertUnwindSafe(erased)).unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<String>().cloned();
        let said = said.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        println!(
            "the erasure did not come to its end: {}",
            said.unwrap_or_default()
        );
        Searched::default()
    });
    for route in &sound.opened {
        println!("the token of somebody who was erased opens {route}");
    }
    for place in &sound.bare {
        println!("{place} was bare all the time");
    }
    for marker in &sound.unseen {
        println!("{marker} was nowhere before the erasure");
    }
    for Leak {
        marker,
        place,
        form,
    } in &sound.leaks
    {
        println!("{marker} is left in {place}, {form}");
    }
    let caught = side_by_side(&BUGS, |(name, what)| is_caught(name, what));
    let caught = caught.into_iter().filter(|caught| *caught).count();
    let left: usize = sound.leaks.iter().map(|leak| leak.marker.len()).sum();
    println!(
        "erasure: markers {}; places searched {}; canary bytes left {left}; planted bugs caught {caught}/{}",
        sound.markers,
        sound.places,
        BUGS.len(),
    );
    let is_sound = sound.markers > 0 && sound.unseen.is_empty() && left == 0;
    let is_sound = is_sound && sound.opened.is_empty() && sound.bare.is_empty();
    if is_sound && caught == BUGS.len() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Somebody lives and is erased; what is found of them a day later, and a year later in what changed by
/// then. What a function prints, or sends to a queue or the bus, is found however long ago that was: no
/// erasure reaches it, so that nothing personal may ever be in it.
fn erased() -> Searched {
    let world = World::new(1);
    let log = Printed::default();
    life::set(&world);
    let lived = log.during(|| world.block_on(life::live(&world)));
    let markers = lived.markers().to_vec();
    let before = places(&world, &log);
    let opened = log.during(|| {
        world.block_on(async {
            let mut opened = life::leave(&world, &lived).await;
            late::come_late(&world, &lived).await;
            life::erase_again(&world).await;
            late::come_late(&world, &lived).await;
            opened.extend(late::opened(&world, &lived).await);
            opened
        })
    });
    world.advance(DAY);
    log.during(|| world.block_on(late::events_come_again(&world)));
    world.advance(DAY);
    let after = places(&world, &log);
    log.during(|| life::a_year_passes(&world));
    let at_last = places(&world, &log);
    let mut leaks = search(&after, &markers);
    let changed = at_last.iter().filter(|place| !after.contains(place));
    leaks.extend(search(changed, &markers));
    Searched {
        markers: markers.len(),
        places: after.len(),
        bare: bare(&[&before, &after, &at_last]),
        unseen: unseen(&before, &markers),
        leaks,
        opened,
    }
}

/// The markers that are in none of `places`.
fn unseen(places: &[Place], markers: &[String]) -> Vec<String> {
    let seen = search(places, markers);
    let unseen = markers
        .iter()
        .filter(|marker| seen.iter().all(|leak| leak.marker != **marker));
    unseen.cloned().collect()
}

/// The places in use in which nothing was at any of these times.
fn bare(times: &[&Vec<Place>]) -> Vec<String> {
    let places = times.iter().copied().flatten();
    let held: BTreeSet<&str> = places
        .clone()
        .filter(|place| !place.is_bare())
        .map(|place| place.name.as_str())
        .collect();
    let in_use: BTreeSet<&str> = places
        .filter(|place| place.is_in_use())
        .map(|place| place.name.as_str())
        .collect();
    in_use
        .difference(&held)
        .map(|name| (*name).to_owned())
        .collect()
}

/// Plants a bug and looks whether something is left by it, or opened.
fn is_caught(name: &'static str, what: &str) -> bool {
    plant(Some(name));
    let searched = panic::catch_unwind(AssertUnwindSafe(erased));
    plant(None);
    let found = searched.ok().and_then(|searched| {
        let mut leaks = searched.leaks.iter();
        let left = leaks.next();
        let left = left.map(|Leak { marker, place, .. }| format!("{marker} in {place}"));
        left.or_else(|| searched.opened.first().cloned())
    });
    let verdict = match &found {
        Some(trace) => format!("caught, by {trace}"),
        None => "NOT caught".to_owned(),
    };
    println!("planted {name:26} {verdict}: {what}");
    found.is_some()
}
