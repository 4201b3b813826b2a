//! How many events extension-dispatch gives to tenants' code, on the simulated engines, and what a host has
//! resident. The last line is the figure. Only a release build tells anything.

use std::time::Duration;

use clap::Parser;
use fairlead_bench::dispatch::{Events, host_memory, measure};

/// Puts a load on extension-dispatch, and tells what it takes.
#[derive(Parser)]
struct Arguments {
    /// How many batches of ten it is brought.
    #[arg(long, default_value_t = 1000)]
    batches: usize,
}

fn main() {
    let Arguments { batches } = Arguments::parse();
    let [before, made, after] = host_memory(batches);
    let unwanted = measure(Events::Unwanted, batches);
    let given = measure(Events::Given, batches);
    for (what, measured) in [("that nobody wants", unwanted), ("that is given", given)] {
        println!(
            "of a processor for an event {what}: {:.1} µs; the engines take {:.1} µs more; {:.0} a second with them",
            micros(measured.function),
            micros(measured.engines),
            measured.events_a_second,
        );
    }
    println!(
        "extension-dispatch: {:.0} events a second and core that nobody wants, {:.0} that are decided on, recorded and given; \
         extension-host: {:+.1} MB resident with its clients, {:+.1} MB after {} messages",
        1.0 / unwanted.function.as_secs_f64(),
        1.0 / given.function.as_secs_f64(),
        megabytes(before, made),
        megabytes(before, after),
        batches * 10,
    );
}

fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

fn megabytes(before: u64, after: u64) -> f64 {
    let kib = |kib: u64| f64::from(u32::try_from(kib).unwrap_or(u32::MAX));
    (kib(after) - kib(before)) / 1024.0
}
