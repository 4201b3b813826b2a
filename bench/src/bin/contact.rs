//! How long a caller waits for what flows of the contact centre ask: the functions' handlers, with the tables
//! simulated in the same process. Each line is a figure.

use fairlead_bench::costs::time_of;

const ROUNDS: usize = 2_000;

fn main() {
    println!(
        "{:32} {:>10} {:>10} {:>10}",
        "asked", "p50", "p99", "longest"
    );
    for name in [
        "what comes of a contact",
        "and again within five seconds",
        "a caller who is known",
        "a caller whom nobody knows",
    ] {
        let mut took = time_of(name, ROUNDS);
        took.sort_unstable();
        let millis = |place: usize| took.get(place).map_or(0.0, |took| took.as_secs_f64() * 1e3);
        println!(
            "{name:32} {:>7.3} ms {:>7.3} ms {:>7.3} ms",
            millis(ROUNDS / 2),
            millis(ROUNDS * 99 / 100),
            millis(ROUNDS - 1),
        );
    }
}
