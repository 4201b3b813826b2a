//! The directory of an archive, read strictly.
//!
//! A ZIP archive says twice what is in it, and readers differ in which they believe and in what they look over. Here
//! both have to say the same, nothing may lie outside of them or in two files at once, and what only some readers
//! know is refused. Numbers and names are those of <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>.

use crate::{
    Problem,
    manifest::shown,
    package::{LARGEST_CONTENT, MOST_ENTRIES},
};

const LOCAL: [u8; 4] = *b"PK\x03\x04";
const CENTRAL: [u8; 4] = *b"PK\x01\x02";
const END: [u8; 4] = *b"PK\x05\x06";

const LOCAL_LENGTH: usize = 30;
const END_LENGTH: usize = 22;

/// Bits of a file's flags: encrypted in one of two ways, a patch, and that its name is in UTF-8.
const ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;
const PATCHED: u16 = 1 << 5;
const UTF_8: u16 = 1 << 11;

/// How a file is packed: not at all, or by DEFLATE.
const METHODS: [u16; 2] = [0, 8];

/// Fields beside a file that say another size or another name of it.
const ZIP64: u16 = 0x0001;
const UNICODE_PATH: u16 = 0x7075;

/// What kind of file it is, in the upper half of a file's attributes on Unix.
const KIND: u32 = 0o170_000;
const KINDS: [u32; 3] = [0, 0o100_000, 0o040_000];

/// A file or a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) size: u64,
    packed: u64,
    begins: usize,
}

impl Entry {
    pub(super) fn is_folder(&self) -> bool {
        self.name.ends_with('/')
    }
}

/// What stands in the directory, in its order.
pub(super) fn read(archive: &[u8]) -> Result<Vec<Entry>, Problem> {
    let (count, begins) = end(archive)?;
    let directory = archive
        .get(begins..archive.len() - END_LENGTH)
        .unwrap_or_default();
    let mut fields = Fields(directory);
    let mut entries = Vec::new();
    for _ in 0..count {
        entries.push(entry(&mut fields)?);
    }
    if !fields.0.is_empty() {
        return Err(broken());
    }
    let sizes = entries.iter().map(|entry| entry.size);
    let whole = sizes.fold(0, u64::saturating_add);
    if whole > LARGEST_CONTENT && !lambda_kit::planted::is_on("package-sizes-believed") {
        let problem =
            format!("its files have {whole} bytes together; make it {LARGEST_CONTENT} at most");
        return Err(Problem::new("", problem));
    }
    lie_apart(archive, &entries, begins)?;
    Ok(entries)
}

fn broken() -> Problem {
    Problem::new(
        "",
        "it is no ZIP archive that every reader reads alike: pack it anew, as one plain archive",
    )
}

/// How many entries there are, and where their directory begins.
fn end(archive: &[u8]) -> Result<(u16, usize), Problem> {
    let at = archive.len().checked_sub(END_LENGTH).ok_or_else(broken)?;
    let mut fields = Fields(archive.get(at..).unwrap_or_default());
    if fields.array::<4>()? != END {
        return Err(Problem::new(
            "",
            "it is no ZIP archive, or something follows after its end: pack it anew, without a comment",
        ));
    }
    let (disk, first_disk) = (fields.u16()?, fields.u16()?);
    let (here, count) = (fields.u16()?, fields.u16()?);
    let (length, begins) = (fields.u32()? as usize, fields.u32()? as usize);
    let comment = fields.u16()?;
    if usize::from(count) > MOST_ENTRIES {
        let problem = format!("it has {count} files and folders; make it {MOST_ENTRIES} at most");
        return Err(Problem::new("", problem));
    }
    let is_one = disk == 0 && first_disk == 0 && here == count && comment == 0;
    if !is_one || begins.checked_add(length) != Some(at) {
        return Err(broken());
    }
    Ok((count, begins))
}

fn entry(fields: &mut Fields<'_>) -> Result<Entry, Problem> {
    if fields.array::<4>()? != CENTRAL {
        return Err(broken());
    }
    let _versions = fields.u32()?;
    let (flags, method) = (fields.u16()?, fields.u16()?);
    let _time_and_checksum = (fields.u32()?, fields.u32()?);
    let (packed, size) = (fields.u32()?, fields.u32()?);
    let (name, extra, comment) = (fields.u16()?, fields.u16()?, fields.u16()?);
    let (disk, _internal) = (fields.u16()?, fields.u16()?);
    let (attributes, begins) = (fields.u32()?, fields.u32()?);
    let name = fields.bytes(usize::from(name))?;
    let extra = fields.bytes(usize::from(extra))?;
    fields.bytes(usize::from(comment))?;
    let name = str::from_utf8(name).map_err(|_| broken())?;
    let told = |problem: &str| Problem::new(shown(name), problem);
    if flags & (ENCRYPTED | PATCHED) != 0 {
        return Err(told("it is encrypted: pack it plainly"));
    }
    if !name.is_ascii() && flags & UTF_8 == 0 {
        return Err(told(
            "its name is not said to be in UTF-8: rename it, or pack it anew",
        ));
    }
    if !METHODS.contains(&method) {
        return Err(told(
            "it is packed by something else than DEFLATE: pack it anew",
        ));
    }
    if !KINDS.contains(&(attributes >> 16 & KIND))
        && !lambda_kit::planted::is_on("package-links-followed")
    {
        return Err(told(
            "it is a link or a device: pack the file that is meant",
        ));
    }
    if disk != 0 || names_another(extra)? || (name.ends_with('/') && size != 0) {
        return Err(broken());
    }
    Ok(Entry {
        name: name.to_owned(),
        size: u64::from(size),
        packed: u64::from(packed),
        begins: begins as usize,
    })
}

/// Whether what stands beside a file gives it another name or another size.
fn names_another(extra: &[u8]) -> Result<bool, Problem> {
    let mut fields = Fields(extra);
    while !fields.0.is_empty() {
        let (kind, length) = (fields.u16()?, fields.u16()?);
        fields.bytes(usize::from(length))?;
        if [ZIP64, UNICODE_PATH].contains(&kind) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether each file is where the directory says, by the same name, and no byte belongs to two.
fn lie_apart(archive: &[u8], entries: &[Entry], directory: usize) -> Result<(), Problem> {
    let mut by_place: Vec<&Entry> = entries.iter().collect();
    by_place.sort_by_key(|entry| entry.begins);
    let mut free = 0;
    for entry in by_place {
        if entry.begins < free || (free == 0 && entry.begins != 0) {
            return Err(broken());
        }
        let mut fields = Fields(archive.get(entry.begins..directory).unwrap_or_default());
        if fields.array::<4>()? != LOCAL {
            return Err(broken());
        }
        // Versions, flags, method, time and checksum; the sizes may stand after the file instead.
        fields.bytes(22)?;
        let (name, extra) = (usize::from(fields.u16()?), usize::from(fields.u16()?));
        if fields.bytes(name)? != entry.name.as_bytes() {
            return Err(Problem::new(
                shown(&entry.name),
                "it has two names in the archive: pack it anew",
            ));
        }
        if names_another(fields.bytes(extra)?)? {
            return Err(broken());
        }
        let packed = usize::try_from(entry.packed).map_err(|_| broken())?;
        fields.bytes(packed)?;
        free = entry.begins + LOCAL_LENGTH + name + extra + packed;
    }
    Ok(())
}

/// Bytes of an archive, from which numbers are taken; it is broken where they end too early.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn bytes(&mut self, length: usize) -> Result<&'a [u8], Problem> {
        let (bytes, rest) = self.0.split_at_checked(length).ok_or_else(broken)?;
        self.0 = rest;
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Problem> {
        self.bytes(N)?.try_into().map_err(|_| broken())
    }

    fn u16(&mut self) -> Result<u16, Problem> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    fn u32(&mut self) -> Result<u32, Problem> {
        Ok(u32::from_le_bytes(self.array()?))
    }
}
