//! Ending processes, and making sure that none is left.

use std::fs;
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};

/// The environment variable by which everything that belongs to a running instance is recognised:
/// processes hand it down to those that they start. Its value is the instance's folder.
pub(crate) const MARK: &str = "FAIRLEAD_INSTANCE";

/// How long a local stack or one process may take to end when asked, before it is made to.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

const INTERVAL: Duration = Duration::from_millis(20);

/// A child and all that it started, as long as they stay in its process group. Ends them when dropped.
pub(crate) struct Group {
    leader: Option<Pid>,
}

impl Group {
    /// The group that `child` was started to lead.
    pub(crate) fn led_by(child: &Child) -> Result<Self> {
        let id = i32::try_from(child.id()).context("a process id fits")?;
        Ok(Self {
            leader: Some(Pid::from_raw(id).context("a process id is positive")?),
        })
    }

    /// Asks all of them to end, and makes those that do not within `patience`.
    pub(crate) fn end(&mut self, child: &mut Child, patience: Duration) -> Result<()> {
        let Some(leader) = self.leader.take() else {
            return Ok(());
        };
        signal_group(leader, Signal::TERM);
        let asked = Instant::now();
        while child.try_wait()?.is_none() && asked.elapsed() < patience {
            thread::sleep(INTERVAL);
        }
        signal_group(leader, Signal::KILL);
        child
            .wait()
            .context("a child that was ended cannot be waited for")?;
        Ok(())
    }

    /// Leaves the group alone: its leader ended by itself.
    pub(crate) fn disarm(&mut self) {
        self.leader = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(leader) = self.leader {
            signal_group(leader, Signal::KILL);
        }
    }
}

fn signal_group(leader: Pid, signal: Signal) {
    // An error means that nobody is left in it, which is what is wanted.
    let _ = kill_process_group(leader, signal);
}

/// Ends a group whose leader is somebody else's child. `is_gone` tells whether the leader has ended.
pub(crate) fn end_group(leader: u32, is_gone: impl Fn() -> Result<bool>) -> Result<()> {
    let leader = pid(leader)?;
    signal_group(leader, Signal::TERM);
    let asked = Instant::now();
    while !is_gone()? && asked.elapsed() < PATIENCE {
        thread::sleep(INTERVAL);
    }
    signal_group(leader, Signal::KILL);
    Ok(())
}

/// Asks one process to end.
pub(crate) fn ask_to_end(process: u32) -> Result<()> {
    kill_process(pid(process)?, Signal::TERM)
        .with_context(|| format!("process {process} cannot be signalled"))
}

/// Ends whatever still carries the mark of the instance in `folder`; says how many there were.
///
/// Only Linux lets one look (`/proc`); elsewhere the process group has to be enough.
pub(crate) fn end_marked(folder: &str) -> Result<usize> {
    let mark = format!("{MARK}={folder}");
    let left = marked(&mark);
    for process in &left {
        // An error means that it has just ended by itself.
        let _ = kill_process(*process, Signal::KILL);
    }
    let killed = Instant::now();
    while !marked(&mark).is_empty() {
        if killed.elapsed() > PATIENCE {
            bail!(
                "processes that carry {mark} do not end: {:?}",
                marked(&mark)
            );
        }
        thread::sleep(INTERVAL);
    }
    Ok(left.len())
}

/// The living processes that carry `mark` in their environment.
fn marked(mark: &str) -> Vec<Pid> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let processes =
        entries.filter_map(|entry| Pid::from_raw(entry.file_name().to_str()?.parse().ok()?));
    processes
        .filter(|process| carries(*process, mark))
        .collect()
}

fn carries(process: Pid, mark: &str) -> bool {
    // Another user's process cannot be read, and a zombie's environment is empty: neither is ours to end.
    let environment =
        fs::read(format!("/proc/{}/environ", process.as_raw_nonzero())).unwrap_or_default();
    environment
        .split(|byte| *byte == 0)
        .any(|variable| variable == mark.as_bytes())
}

fn pid(process: u32) -> Result<Pid> {
    i32::try_from(process)
        .ok()
        .and_then(Pid::from_raw)
        .with_context(|| format!("{process} is no process id"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use fairlead_end_to_end::person::fresh_name;
    use fairlead_end_to_end::wait;
    use std::io::{BufRead as _, BufReader};
    use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
    use std::process::{Command, Stdio};

    /// A shell that starts another process and prints `ready` once it did.
    fn family(mark: &str, script: &str) -> (Child, Group) {
        let mut child = Command::new("sh")
            .args(["-c", script])
            .env(MARK, mark)
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn()
            .unwrap();
        let group = Group::led_by(&child).unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        assert_eq!(line, "ready\n");
        (child, group)
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_group_ends_with_its_grandchildren() {
        let mark = &fresh_name("test-group").unwrap();
        let (mut child, mut group) = family(mark, "sleep 1000 & echo ready; wait");
        let family = || marked(&format!("{MARK}={mark}"));
        // While a process becomes another program, its environment can't be read.
        let both = || Ok((family().len() == 2).then_some(()));
        wait::until("the grandchild to be there", PATIENCE, both).unwrap();
        group.end(&mut child, PATIENCE).unwrap();
        assert_eq!(child.wait().unwrap().signal(), Some(15));
        let gone = || Ok(family().is_empty().then_some(()));
        wait::until("the grandchild to be gone", PATIENCE, gone).unwrap();
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_left_the_group_is_found_by_its_mark() {
        let mark = &fresh_name("test-runaway").unwrap();
        let script = "setsid sh -c 'echo ready; exec sleep 1000' & wait";
        let (mut child, mut group) = family(mark, script);
        group.end(&mut child, PATIENCE).unwrap();
        assert_eq!(end_marked(mark).unwrap(), 1);
        assert_eq!(end_marked(mark).unwrap(), 0);
    }
}
