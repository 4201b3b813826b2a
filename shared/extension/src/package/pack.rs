//! Making an archive: the same files become the same bytes.

use std::{
    collections::BTreeMap,
    io::{Cursor, Write},
};

use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

/// What everybody may do with a file of code: read it and run it.
const MODE: u32 = 0o755;

/// An archive of `files`, by their names, in whose order they lie in it.
#[must_use]
pub fn pack(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(MODE);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        // Into memory, nothing of this fails: the sizes are far below what an archive holds.
        let begun = zip.start_file(name.as_str(), options);
        let _ = begun.map(|()| zip.write_all(content));
    }
    zip.finish().map(Cursor::into_inner).unwrap_or_default()
}
