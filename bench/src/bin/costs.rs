//! Prints what answering partners costs, as it stands in docs/costs.md.

fn main() {
    print!("{}", fairlead_bench::costs::table());
}
