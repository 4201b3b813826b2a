//! Prints what operations cost, as it stands in docs/costs.md.

fn main() {
    println!("{}", fairlead_bench::costs::table());
    println!("{}", fairlead_bench::audience_costs::table());
    print!("{}", fairlead_bench::event_costs::table());
}
