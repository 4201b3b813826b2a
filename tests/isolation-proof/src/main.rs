//! Proves that nothing of a tenant is seen by another one's code, in histories at random, and that the roles of
//! hosts open nothing outside their tenant; then bugs are planted, and each has to be found. The last line is the
//! figure.

use std::{
    collections::{BTreeMap, BTreeSet},
    panic::{self, AssertUnwindSafe},
    process::ExitCode,
};

use clap::Parser;
use fairlead_isolation_proof::{
    cast::TENANTS,
    history::{Told, history},
    policy::Asked,
    roles,
    seen::Sight,
};
use lambda_kit::planted::plant;
use mimalloc::MiMalloc;
use testkit::explore::side_by_side;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Tenants' code, events with markers in every field, and who sees what of them.
#[derive(Parser)]
struct Arguments {
    /// Ten times as many histories.
    #[arg(long)]
    nightly: bool,
}

const HISTORIES: u64 = 24;
const NIGHTLY_HISTORIES: u64 = 240;

/// The bugs that are planted, and what they make of the code.
const BUGS: [(&str, &str); 5] = [
    (
        "extension-told-of-others",
        "an event tells a tenant what another one did",
    ),
    (
        "extension-consent-told-to-all",
        "what somebody decided towards one tenant is told to all with whom they deal",
    ),
    (
        "extension-of-another-tenant-run",
        "a host runs its code on a message for another tenant",
    ),
    (
        "extension-event-from-anywhere",
        "a message points to another tenant's event, and code is given it",
    ),
    (
        "extension-one-key-for-all",
        "one key seals all answers: a host makes up a result of another tenant's code",
    ),
];

fn run(seed: u64) -> Told {
    panic::catch_unwind(AssertUnwindSafe(|| history(seed))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Told {
            violations: vec![format!("seed {seed}: {}", text.unwrap_or_default())],
            ..Told::default()
        }
    })
}

fn main() -> ExitCode {
    let nightly = Arguments::parse().nightly;
    let histories = if nightly {
        NIGHTLY_HISTORIES
    } else {
        HISTORIES
    };
    // Messages that are nobody's end as dead letters, at which actors stop.
    panic::set_hook(Box::new(|_| {}));
    let seeds: Vec<u64> = (1..=histories).collect();
    let (mut sight, mut events, mut faults) = (Sight::default(), 0, 0);
    let mut asked: BTreeMap<usize, BTreeSet<Asked>> = BTreeMap::new();
    let mut violations = Vec::new();
    for told in side_by_side(&seeds, |seed| run(*seed)) {
        sight.add(told.sight);
        events += told.events;
        faults += told.faults;
        violations.extend(told.violations);
        for (tenant, of_it) in told.asked {
            asked.entry(tenant).or_default().extend(of_it);
        }
    }
    for (number, tenant) in TENANTS.iter().enumerate() {
        if sight.own.get(&number).copied().unwrap_or_default() == 0 {
            violations.push(format!(
                "{tenant} saw nothing of its own, so that nothing is proven"
            ));
        }
    }
    let held = roles::hold(&asked);
    violations.extend(held.violations);
    for violation in violations.iter().take(20) {
        println!("{violation}");
    }
    let caught = side_by_side(&BUGS, |bug| is_caught(*bug));
    let caught = caught.into_iter().filter(|caught| *caught).count();
    println!(
        "isolation: histories {histories}; events {events}; faults {faults}; bytes seen {}; bytes seen by the wrong tenant {}; \
         requests outside a tenant refused {}; violations {}; planted bugs caught {caught}/{}",
        sight.bytes,
        sight.wrong,
        held.refused,
        violations.len(),
        BUGS.len(),
    );
    if violations.is_empty() && sight.wrong == 0 && caught == BUGS.len() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Plants a bug and looks whether a history finds it.
fn is_caught((name, what): (&'static str, &str)) -> bool {
    plant(Some(name));
    let is_caught = (1..=HISTORIES).any(|seed| !run(seed).violations.is_empty());
    plant(None);
    let verdict = if is_caught { "caught" } else { "NOT caught" };
    println!("planted {name:34} {verdict}: {what}");
    is_caught
}
