//! The function's process, and what it prints.

use std::{
    ffi::OsStr,
    io::{self, BufRead as _, BufReader, Read},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
    time::Instant,
};

use crate::engine::REGION;

type Lines = Arc<Mutex<Vec<String>>>;

/// Dropping it kills the process and waits for its end.
pub(super) struct Process {
    child: Arc<Mutex<Child>>,
    started_at: Instant,
    lines: Lines,
    /// Ends when the process is gone and all that it printed has been read.
    reader: Option<JoinHandle<()>>,
}

/// What kills a process in the middle of whatever it does.
pub(super) struct Killer(Arc<Mutex<Child>>);

impl Killer {
    /// `SIGKILL`; whether there was anything to kill.
    pub(super) fn kill(&self) -> bool {
        let mut child = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        matches!(child.try_wait(), Ok(None)) && child.kill().is_ok()
    }
}

/// What Lambda sets for every function.
pub(super) fn lambda_environment(
    executable: &Path,
    runtime_api: SocketAddr,
    services: SocketAddr,
) -> Vec<(String, String)> {
    let name = executable
        .file_name()
        .and_then(OsStr::to_str)
        .unwrap_or("function");
    [
        ("AWS_LAMBDA_RUNTIME_API", runtime_api.to_string()),
        ("AWS_ENDPOINT_URL", format!("http://{services}")),
        ("AWS_LAMBDA_FUNCTION_NAME", name.to_owned()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256".to_owned()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{name}")),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "hosted".to_owned()),
        ("AWS_REGION", REGION.to_owned()),
        ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "simulated".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

impl Process {
    /// Starts it with `environment` and nothing else; `ended` is called when it is gone.
    pub(super) fn spawn(
        executable: &Path,
        environment: impl IntoIterator<Item = (String, String)>,
        ended: impl FnOnce() + Send + 'static,
    ) -> io::Result<Self> {
        let started_at = Instant::now();
        let mut child = Command::new(executable)
            .env_clear()
            .envs(environment)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let lines = Lines::default();
        let stdout = child
            .stdout
            .take()
            .map(|pipe| keep(pipe, Arc::clone(&lines)));
        let stderr = child
            .stderr
            .take()
            .map(|pipe| keep(pipe, Arc::clone(&lines)));
        let reader = std::thread::spawn(move || {
            for pipe in [stdout, stderr].into_iter().flatten() {
                _ = pipe.join();
            }
            ended();
        });
        Ok(Self {
            child: Arc::new(Mutex::new(child)),
            started_at,
            lines,
            reader: Some(reader),
        })
    }

    pub(super) const fn started_at(&self) -> Instant {
        self.started_at
    }

    /// The lines printed so far.
    pub(super) fn printed(&self) -> Vec<String> {
        self.lines
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Waits for the end of a process that is ending: how it ended.
    pub(super) fn status(&self) -> String {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        child
            .wait()
            .map_or_else(|error| error.to_string(), |status| status.to_string())
    }

    /// Ends it; every line that it printed.
    pub(super) fn stop(mut self) -> Vec<String> {
        self.kill();
        self.printed()
    }

    pub(super) fn killer(&self) -> Killer {
        Killer(Arc::clone(&self.child))
    }

    pub(super) fn id(&self) -> u32 {
        self.child
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .id()
    }

    /// Resident memory in bytes.
    pub(super) fn resident_memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
        Some(kibibytes * 1024)
    }

    /// Kills what still runs, and reads to the end what it printed.
    fn kill(&mut self) {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        // Both fail only for a process that is gone already.
        _ = child.kill();
        _ = child.wait();
        drop(child);
        _ = self.reader.take().map(JoinHandle::join);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

fn keep(pipe: impl Read + Send + 'static, lines: Lines) -> JoinHandle<()> {
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).into_owned();
            lines
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(line);
        }
    })
}
