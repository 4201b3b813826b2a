//! Never ends, to show what becomes of code that does not.

use std::hint;

fn main() {
    eprintln!("counting …");
    let mut count: u64 = 0;
    loop {
        count = hint::black_box(count.wrapping_add(1));
    }
}
