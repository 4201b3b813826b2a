//! The inputs that are there from the beginning: a folder for each target, a file for each input.
//!
//! An input that made a parser panic is put there, and is the first thing that each run tries.

use std::{fs, path::Path};

/// The inputs of the target `name`, in the order of their files' names.
#[must_use]
pub fn of(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(name);
    let Ok(files) = fs::read_dir(&folder) else {
        return Vec::new();
    };
    let mut paths: Vec<_> = files.flatten().map(|file| file.path()).collect();
    paths.sort_unstable();
    let inputs = paths.iter().map(|path| {
        fs::read(path).unwrap_or_else(|error| panic!("{} can't be read: {error}", path.display()))
    });
    inputs.collect()
}
