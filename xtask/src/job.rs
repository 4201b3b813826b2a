//! Running a tool: its output goes to a file, its last line to the spinner, its end to us.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::mem::take;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use console::strip_ansi_codes;

use crate::Workshop;
use crate::console::Task;
use crate::processes::Group;
use crate::stop::Stopped;

/// How many of a failed program's last lines are shown.
const LAST_LINES: usize = 40;

/// How long a tool may take to end when asked. `up` among them has a local stack to end first.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often a silent tool's runner looks whether it should end it.
const ATTENTION: Duration = Duration::from_millis(200);

/// What a tool did.
pub(crate) struct Finished {
    status: ExitStatus,
    log: PathBuf,
    what: String,
    /// All that it printed, on both outputs, without colours.
    pub(crate) lines: Vec<String>,
}

impl Finished {
    pub(crate) fn succeeded(&self) -> bool {
        self.status.success()
    }

    /// This, if the tool succeeded; otherwise an error with its last lines.
    pub(crate) fn expect_success(self) -> Result<Self> {
        if !self.succeeded() {
            bail!("{}", self.failure());
        }
        Ok(self)
    }

    /// What to show of a failure.
    pub(crate) fn failure(&self) -> String {
        format!(
            "`{}` failed ({}). Its last lines:\n{}  All of it: {}",
            self.what,
            self.status,
            last_of(&self.lines),
            self.log.display()
        )
    }
}

/// The last of a program's lines, as they are shown below an error.
pub(crate) fn last_of(lines: &[impl AsRef<str>]) -> String {
    let from = lines.len().saturating_sub(LAST_LINES);
    let last = lines.iter().skip(from);
    last.flat_map(|line| ["    ", line.as_ref(), "\n"])
        .collect()
}

/// Runs a tool to its end, or until the whole should stop. `name` names the log file.
pub(crate) fn run(
    workshop: &Workshop,
    task: &Task,
    name: &str,
    command: &mut Command,
) -> Result<Finished> {
    let mut job = Background::start(workshop, name, command)?;
    while let Some(line) = job.next_line(workshop)? {
        task.note(&line);
    }
    let finished = job.finish()?;
    // What a stop did to a tool is not the tool's failure.
    workshop.stop.check()?;
    Ok(finished)
}

/// A tool that runs; it ends with this value.
pub(crate) struct Background {
    child: Child,
    group: Group,
    output: Receiver<String>,
    file: File,
    log: PathBuf,
    what: String,
    lines: Vec<String>,
}

impl Background {
    /// Starts a tool. `name` names the log file.
    pub(crate) fn start(workshop: &Workshop, name: &str, command: &mut Command) -> Result<Self> {
        workshop.stop.check()?;
        let log = workshop
            .checkout
            .state()
            .join("logs")
            .join(format!("{name}.log"));
        let file = create(&log)?;
        let what = describe(command);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .with_context(|| format!("`{what}` cannot be started"))?;
        let group = Group::led_by(&child)?;
        let output = read_lines(&mut child);
        Ok(Self {
            child,
            group,
            output,
            file,
            log,
            what,
            lines: Vec::new(),
        })
    }

    /// The next line that it prints; none once it has ended. An error if the whole should stop.
    pub(crate) fn next_line(&mut self, workshop: &Workshop) -> Result<Option<String>> {
        loop {
            match self.output.recv_timeout(ATTENTION) {
                Ok(line) => return self.keep(line).map(Some),
                Err(RecvTimeoutError::Disconnected) => return Ok(None),
                Err(RecvTimeoutError::Timeout) if workshop.stop.is_asked() => {
                    return Err(Stopped.into());
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    /// Waits until it has ended by itself.
    pub(crate) fn finish(mut self) -> Result<Finished> {
        while let Ok(line) = self.output.recv() {
            self.keep(line)?;
        }
        let status = self
            .child
            .wait()
            .with_context(|| format!("`{}` cannot be waited for", self.what))?;
        self.group.disarm();
        let (log, what, lines) = (
            take(&mut self.log),
            take(&mut self.what),
            take(&mut self.lines),
        );
        Ok(Finished {
            status,
            log,
            what,
            lines,
        })
    }

    fn keep(&mut self, line: String) -> Result<String> {
        writeln!(self.file, "{line}")
            .with_context(|| format!("{} cannot be written", self.log.display()))?;
        self.lines.push(line.clone());
        Ok(line)
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        // An error on the way is already on its way out, and matters more than one here.
        drop(self.group.end(&mut self.child, PATIENCE));
    }
}

fn create(log: &PathBuf) -> Result<File> {
    let folder = log.parent().context("a log lies in a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    File::create(log).with_context(|| format!("{} cannot be written", log.display()))
}

/// The command as one would type it.
fn describe(command: &Command) -> String {
    let program = PathBuf::from(command.get_program());
    let program = program
        .file_name()
        .unwrap_or(command.get_program())
        .to_string_lossy()
        .into_owned();
    let arguments = command
        .get_args()
        .map(|argument| argument.to_string_lossy().into_owned());
    std::iter::once(program)
        .chain(arguments)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Both outputs, line by line as they come; closed once both are.
fn read_lines(child: &mut Child) -> Receiver<String> {
    let (sender, receiver) = channel();
    if let Some(output) = child.stdout.take() {
        forward(output, sender.clone());
    }
    if let Some(output) = child.stderr.take() {
        forward(output, sender);
    }
    receiver
}

fn forward(output: impl Read + Send + 'static, lines: Sender<String>) {
    thread::spawn(move || {
        let mut reader = BufReader::new(output);
        let mut line = Vec::new();
        while reader
            .read_until(b'\n', &mut line)
            .is_ok_and(|length| length > 0)
        {
            let text = String::from_utf8_lossy(&line);
            let text = strip_ansi_codes(text.trim_end()).into_owned();
            line.clear();
            if lines.send(text).is_err() {
                return;
            }
        }
    });
}
