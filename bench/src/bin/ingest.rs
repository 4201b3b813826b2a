//! How many events of a kilobyte partner-ingest takes in batches, on the simulated engines. The last line
//! is the figure. Only a release build tells anything.

use std::{panic, process, time::Duration};

use clap::Parser;
use fairlead_bench::ingest::{Load, Measured, floor, measure};

/// Puts a load on partner-ingest, and tells what it takes.
#[derive(Parser)]
struct Arguments {
    /// How many processes there are at once, each on a thread.
    #[arg(long, default_value_t = 2)]
    lanes: u32,
    /// How many batches each of them is sent.
    #[arg(long, default_value_t = 1000)]
    batches: u32,
    /// How many events a batch has.
    #[arg(long, default_value_t = 100)]
    size: u32,
}

fn main() {
    // The other lanes would wait for one that has stopped.
    panic::set_hook(Box::new(|panic| {
        eprintln!("{panic}");
        process::exit(1);
    }));
    let Arguments {
        lanes,
        batches,
        size,
    } = Arguments::parse();
    let load = Load {
        lanes,
        batches,
        size,
    };
    let least = floor(Load {
        batches: batches.min(200),
        ..load
    });
    let Measured {
        events_a_second,
        took,
        function,
        engines,
        resident: (before, after),
    } = measure(load);
    let percentile = |percent: usize| took.get(took.len() * percent / 100).copied();
    let millis =
        |duration: Option<Duration>| duration.map_or(0.0, |took| took.as_secs_f64() * 1000.0);
    println!(
        "a batch of {size}: p50 {:.1} ms, p99 {:.1} ms, longest {:.1} ms",
        millis(percentile(50)),
        millis(percentile(99)),
        millis(took.last().copied())
    );
    println!(
        "of a processor for an event: {:.1} µs, {:.1} µs at the least (reading it, and one call); the engines take {:.1} µs more",
        micros(function),
        micros(least),
        micros(engines)
    );
    println!("resident: {before} KiB once it is warm, {after} KiB in the end");
    println!(
        "partner-ingest: {events_a_second:.0} events of 1 KB a second on {lanes} cores; p99 of a batch of {size} {:.1} ms; \
         {:.1} µs of a processor for an event, {:.1} µs at the least; resident {:+.1} MB",
        millis(percentile(99)),
        micros(function),
        micros(least),
        megabytes(after) - megabytes(before)
    );
}

fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

fn megabytes(kib: u64) -> f64 {
    u32::try_from(kib).map_or(0.0, f64::from) / 1024.0
}
