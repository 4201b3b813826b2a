//! Files that say which process is alive. The system releases a lock when its holder dies, however
//! it dies, so what such a file says can never be stale, and nobody else's process is ever signalled.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, Result};

/// A lock that this process holds.
pub(crate) struct Lock {
    file: File,
}

/// Whether somebody holds a lock.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Holder {
    /// Nobody.
    None,
    /// A process; without its id, it has not yet written it down.
    Process(Option<u32>),
}

impl Lock {
    /// Takes the lock, unless somebody has it.
    pub(crate) fn take(path: &Path) -> Result<Result<Self, Holder>> {
        let file = open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Ok(Self { file })),
            Err(TryLockError::WouldBlock) => Ok(Err(Holder::Process(read_id(&file)?))),
            Err(TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("{} cannot be locked", path.display()))
            }
        }
    }

    /// Writes down who holds it.
    pub(crate) fn name_holder(&mut self, process: u32) -> Result<()> {
        self.file.set_len(0)?;
        self.file.rewind()?;
        write!(self.file, "{process}").context("a lock's holder cannot be written down")
    }

    /// The lock as a child's standard input: the child holds it too, for as long as it lives.
    pub(crate) fn share(&self) -> Result<Stdio> {
        Ok(Stdio::from(
            self.file.try_clone().context("a lock cannot be shared")?,
        ))
    }
}

/// Who holds the lock.
pub(crate) fn holder(path: &Path) -> Result<Holder> {
    if !path.exists() {
        return Ok(Holder::None);
    }
    Ok(match Lock::take(path)? {
        Ok(_) => Holder::None,
        Err(holder) => holder,
    })
}

fn open(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    options
        .open(path)
        .with_context(|| format!("{} cannot be opened", path.display()))
}

fn read_id(mut file: &File) -> Result<Option<u32>> {
    let mut text = String::new();
    file.read_to_string(&mut text)
        .context("a lock's holder cannot be read")?;
    Ok(text.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn a_lock_names_its_holder_while_it_is_held() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        assert_eq!(holder(&path).unwrap(), Holder::None);
        let mut lock = Lock::take(&path).unwrap().ok().unwrap();
        assert_eq!(holder(&path).unwrap(), Holder::Process(None));
        lock.name_holder(4242).unwrap();
        assert_eq!(holder(&path).unwrap(), Holder::Process(Some(4242)));
        drop(lock);
        assert_eq!(holder(&path).unwrap(), Holder::None);
    }

    #[test]
    fn a_child_holds_a_shared_lock_until_it_dies() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let mut lock = Lock::take(&path).unwrap().ok().unwrap();
        let mut child = Command::new("sleep")
            .arg("1000")
            .stdin(lock.share().unwrap())
            .spawn()
            .unwrap();
        lock.name_holder(child.id()).unwrap();
        drop(lock);
        assert_eq!(holder(&path).unwrap(), Holder::Process(Some(child.id())));
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(holder(&path).unwrap(), Holder::None);
    }
}
