//! Proves erasure: somebody is put into every place with markers, erased, and searched for, after
//! everything was delivered late and again. Bugs are planted, and each has to leave a trace. The last
//! line is the figure.
#![allow(clippy::expect_used, reason = "a test harness")]

use std::{
    panic::{self, AssertUnwindSafe},
    process::ExitCode,
    time::Duration,
};

use fairlead_erasure_proof::{
    life,
    log::Printed,
    search::{Leak, places, search},
};
use lambda_kit::planted::plant;
use testkit::World;

/// The bugs that are planted, and what they make of the code.
const BUGS: [(&str, &str); 7] = [
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
        "erasure-leaves-logins",
        "the user pool still knows the person",
    ),
    ("erasure-logs-a-login", "a function prints whom it removes"),
    (
        "erasure-forgets-members",
        "only the root of a merged person is erased",
    ),
];

/// As long as a stream keeps a record.
const DAY: Duration = Duration::from_hours(25);

/// What the search came to.
struct Searched {
    markers: usize,
    places: usize,
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
        Searched {
            markers: 0,
            places: 0,
            unseen: Vec::new(),
            leaks: Vec::new(),
            opened: Vec::new(),
        }
    });
    for route in &sound.opened {
        println!("the token of somebody who was erased opens {route}");
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
    let caught = BUGS.iter().filter(|(name, what)| is_caught(name, what));
    let caught = caught.count();
    let left: usize = sound.leaks.iter().map(|leak| leak.marker.len()).sum();
    println!(
        "erasure: markers {}; places searched {}; canary bytes left {left}; planted bugs caught {caught}/{}",
        sound.markers,
        sound.places,
        BUGS.len(),
    );
    let is_sound = sound.markers > 0 && sound.unseen.is_empty() && left == 0;
    let is_sound = is_sound && sound.opened.is_empty();
    if is_sound && caught == BUGS.len() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Somebody lives and is erased; what is found of them a day later.
fn erased() -> Searched {
    let world = World::new(1);
    let log = Printed::default();
    life::set(&world);
    let lived = world.block_on(life::live(&world));
    let markers = lived.markers().to_vec();
    let before = search(&places(&world, &log), &markers);
    let unseen = markers
        .iter()
        .filter(|marker| before.iter().all(|leak| leak.marker != **marker));
    let unseen = unseen.cloned().collect();
    let opened = log.during(|| {
        world.block_on(async {
            life::leave(&world, &lived).await;
            life::come_late(&world, &lived).await;
            life::erase_again(&world).await;
            life::come_late(&world, &lived).await;
            life::opened(&world, &lived).await
        })
    });
    world.advance(DAY);
    let places = places(&world, &log);
    Searched {
        markers: markers.len(),
        places: places.len(),
        unseen,
        leaks: search(&places, &markers),
        opened,
    }
}

/// Plants a bug and looks whether something is left by it.
fn is_caught(name: &'static str, what: &str) -> bool {
    plant(Some(name));
    let searched = panic::catch_unwind(AssertUnwindSafe(erased));
    plant(None);
    let found = searched
        .ok()
        .and_then(|searched| searched.leaks.into_iter().next());
    let verdict = match &found {
        Some(Leak { marker, place, .. }) => format!("caught, by {marker} in {place}"),
        None => "NOT caught".to_owned(),
    };
    println!("planted {name:26} {verdict}: {what}");
    found.is_some()
}
