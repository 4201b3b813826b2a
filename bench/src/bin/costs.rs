//! Prints what answering partners costs, as it stands in docs/costs.md.

fn main() {
    println!("{}", fairlead_bench::costs::table());
    print!("{}", fairlead_bench::audience_costs::table());
}
