//! A folder that is added to `events/salesforce` is a kind that is added: what is embedded is looked at again.

fn main() {
    println!("cargo:rerun-if-changed=../../events/salesforce");
}
