//! A package, as it is uploaded: a ZIP archive of a stranger's. It is read in one way only, and no more of it than it
//! may have.

mod directory;
mod name;
mod pack;

use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
};

use sha2::{Digest, Sha256};
use zip::ZipArchive;

pub use self::pack::pack;
use self::{directory::Entry, name::Names};
use crate::{Code, LONGEST_MANIFEST, Manifest, Problem, manifest::shown};

/// As many bytes as a package has: 20 MiB.
pub const LARGEST_PACKAGE: usize = 20 * 1024 * 1024;

/// As many bytes as all of its files have together: 64 MiB.
pub const LARGEST_CONTENT: u64 = 64 * 1024 * 1024;

/// As many files and folders as are in it.
pub const MOST_ENTRIES: usize = 2_000;

/// What a package says of itself stands in this file, at its top.
pub const MANIFEST: &str = "extension.toml";

/// A package that was read: its manifest, and its files by name.
#[derive(Debug, Clone, PartialEq)]
pub struct Package {
    manifest: Manifest,
    files: BTreeMap<String, Vec<u8>>,
    digest: [u8; 32],
}

impl Package {
    /// Reads a package. What is wrong with the archive is told alone; of a manifest, everything.
    pub fn read(archive: &[u8]) -> Result<Self, Vec<Problem>> {
        let mut files = contents(archive).map_err(|problem| vec![problem])?;
        let Some(manifest) = files.remove(MANIFEST) else {
            return Err(vec![missing(&files)]);
        };
        let manifest = if manifest.len() > LONGEST_MANIFEST {
            Err(vec![Problem::new(
                MANIFEST,
                format!("it has more than {LONGEST_MANIFEST} bytes: make it shorter"),
            )])
        } else {
            let text = String::from_utf8(manifest);
            let text = text.map_err(|_| vec![Problem::new(MANIFEST, "it is not in UTF-8")])?;
            Manifest::parse(&text).map_err(crate::InvalidManifest::into_problems)
        }?;
        let package = Self {
            manifest,
            files,
            digest: Sha256::digest(archive).into(),
        };
        match package.wrong_code() {
            Some(problem) => Err(vec![problem]),
            None => Ok(package),
        }
    }

    /// What it says of itself.
    #[must_use]
    pub const fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Its files but the manifest, by name.
    #[must_use]
    pub const fn files(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.files
    }

    /// The SHA-256 of the archive.
    #[must_use]
    pub const fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// What is run: the module, or an archive of our own making with all files but the manifest, so that whoever unpacks
    /// it reads what was read here.
    #[must_use]
    pub fn code(&self) -> Vec<u8> {
        match self.manifest.code() {
            Code::Wasm { module, .. } => self.files.get(module).cloned().unwrap_or_default(),
            Code::Lambda { .. } => pack(&self.files),
        }
    }

    fn wrong_code(&self) -> Option<Problem> {
        match self.manifest.code() {
            Code::Wasm { module, .. } if !self.files.contains_key(module) => Some(Problem::new(
                "code",
                format!("there is no file {} in the package", shown(module)),
            )),
            Code::Lambda { .. } if self.files.is_empty() => Some(Problem::new(
                "",
                "there is no file beside extension.toml: add the code",
            )),
            _ => None,
        }
    }
}

fn missing(files: &BTreeMap<String, Vec<u8>>) -> Problem {
    let deeper = files
        .keys()
        .find(|name| name.ends_with(&format!("/{MANIFEST}")));
    let problem = deeper.map_or_else(
        || "it is missing: say there what the extension is and when it runs".to_owned(),
        |name| {
            format!(
                "it lies at {}: pack what is in the folder, and not the folder",
                shown(name)
            )
        },
    );
    Problem::new(MANIFEST, problem)
}

/// The files of an archive, if it is as an archive has to be.
fn contents(archive: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, Problem> {
    if archive.len() > LARGEST_PACKAGE {
        let problem = format!(
            "the package has {} bytes; make it {LARGEST_PACKAGE} at most",
            archive.len()
        );
        return Err(Problem::new("", problem));
    }
    let entries = directory::read(archive)?;
    let mut names = Names::default();
    for entry in &entries {
        names.add(&entry.name)?;
    }
    let unreadable = |_| Problem::new("", "it is no ZIP archive that can be read: pack it anew");
    let mut zip = ZipArchive::new(Cursor::new(archive)).map_err(unreadable)?;
    if zip.len() != entries.len() {
        return Err(Problem::new(
            "",
            "two readers find different files in it: pack it anew",
        ));
    }
    let mut left = LARGEST_CONTENT;
    let mut files = BTreeMap::new();
    for entry in entries.iter().filter(|entry| !entry.is_folder()) {
        let content = content(&mut zip, entry, left)?;
        left -= content.len() as u64;
        files.insert(entry.name.clone(), content);
    }
    Ok(files)
}

/// What a file has, as it is unpacked: what the archive says of its size is believed once it was so.
fn content(
    zip: &mut ZipArchive<Cursor<&[u8]>>,
    entry: &Entry,
    left: u64,
) -> Result<Vec<u8>, Problem> {
    let told = |problem: &str| Problem::new(shown(&entry.name), problem);
    let file = zip.by_name(&entry.name);
    let file = file.map_err(|_| told("it can't be read: pack it anew"))?;
    let most = if lambda_kit::planted::is_on("package-sizes-believed") {
        u64::MAX
    } else {
        entry.size.min(left)
    };
    let mut content = Vec::new();
    let unpacked = file.take(most.saturating_add(1)).read_to_end(&mut content);
    unpacked.map_err(|_| told("it is damaged: pack it anew"))?;
    let size = content.len() as u64;
    if size > left {
        return Err(told(
            "with it, the files are larger than all of them may be: 64 MiB together",
        ));
    }
    if size != entry.size {
        return Err(told("it is not as large as the archive says: pack it anew"));
    }
    Ok(content)
}
