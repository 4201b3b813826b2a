//! ZIP archives, byte by byte, as no packer would make them.

use std::io::Write;

use flate2::{Compression, write::DeflateEncoder};

/// A file, and everything that an archive says of it.
#[derive(Clone)]
pub struct File {
    /// Its name, in the directory.
    pub name: Vec<u8>,
    /// Its name where it lies.
    pub local_name: Vec<u8>,
    /// What it has, packed.
    pub packed: Vec<u8>,
    /// How much that is said to be, unpacked.
    pub size: u32,
    /// Of what is packed.
    pub checksum: u32,
    /// Flags.
    pub flags: u16,
    /// How it is packed.
    pub method: u16,
    /// Its kind and who may do what, on Unix.
    pub mode: u32,
    /// What stands beside it.
    pub extra: Vec<u8>,
    /// Where it is said to lie; where it does lie, if nothing else is said.
    pub at: Option<u32>,
}

impl File {
    /// A plain file.
    #[must_use]
    pub fn new(name: &str, content: &[u8]) -> Self {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(content).expect("memory takes it");
        Self {
            name: name.as_bytes().to_vec(),
            local_name: name.as_bytes().to_vec(),
            packed: encoder.finish().expect("memory takes it"),
            size: u32::try_from(content.len()).expect("it is a small file"),
            checksum: crc32fast::hash(content),
            flags: 1 << 11,
            method: 8,
            mode: 0o100_644,
            extra: Vec::new(),
            at: None,
        }
    }

    fn facts(&self) -> Vec<u8> {
        let packed = u32::try_from(self.packed.len()).expect("it is a small file");
        let mut facts = Vec::new();
        for short in [self.flags, self.method, 0, 0x21] {
            facts.extend(short.to_le_bytes());
        }
        for long in [self.checksum, packed, self.size] {
            facts.extend(long.to_le_bytes());
        }
        facts
    }
}

fn length(bytes: &[u8]) -> [u8; 2] {
    u16::try_from(bytes.len())
        .expect("it is short")
        .to_le_bytes()
}

/// An archive of `files`; `count` of them, if something else is to be said.
#[must_use]
pub fn archive(files: &[File], count: Option<u16>) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for file in files {
        let at = u32::try_from(archive.len()).expect("it is a small archive");
        archive.extend(b"PK\x03\x04\x14\0");
        archive.extend(file.facts());
        archive.extend(length(&file.local_name));
        archive.extend(length(&file.extra));
        archive.extend(&file.local_name);
        archive.extend(&file.extra);
        archive.extend(&file.packed);
        directory.extend(b"PK\x01\x02\x14\x03\x14\0");
        directory.extend(file.facts());
        directory.extend(length(&file.name));
        directory.extend(length(&file.extra));
        directory.extend([0; 6]);
        directory.extend((file.mode << 16).to_le_bytes());
        directory.extend(file.at.unwrap_or(at).to_le_bytes());
        directory.extend(&file.name);
        directory.extend(&file.extra);
    }
    let count = count.unwrap_or_else(|| u16::try_from(files.len()).expect("they are few"));
    let at = u32::try_from(archive.len()).expect("it is a small archive");
    let size = u32::try_from(directory.len()).expect("it is a small archive");
    archive.extend(directory);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    archive.extend(count.to_le_bytes());
    archive.extend(count.to_le_bytes());
    archive.extend(size.to_le_bytes());
    archive.extend(at.to_le_bytes());
    archive.extend([0; 2]);
    archive
}
