//! Hosts a real function executable: serves Lambda's Runtime API to it and the engines over HTTP,
//! both on ports of 127.0.0.1 that the system chooses, in real time.
//!
//! ```no_run
//! use testkit::{engine::variables, runtime_host::RuntimeHost};
//!
//! let executable = "target/debug/profile-api"; // env!("CARGO_BIN_EXE_profile-api") in a test
//! let host = RuntimeHost::start(executable, variables(["PROFILES_TABLE"])).unwrap();
//! host.engines().put_row("profiles", &serde_json::json!({ "profile_id": "prf_1", "part": "profile" }));
//! let answer = host.invoke(&serde_json::json!({ "routeKey": "GET /v1/me" })).unwrap();
//! assert_eq!(answer["statusCode"], 200);
//! let everything_printed = host.stop();
//! ```
//!
//! Several functions that work on one account, one process after another, stand [beside](RuntimeHost::start_beside)
//! [`Services`] that outlive them, on the way to which calls meet their faults.

mod api;
mod process;
mod server;
mod services;

use std::{path::Path, sync::Arc, time::Duration};

use lambda_kit::clock::Clock;
use serde_json::Value;

use self::{
    api::{RuntimeApi, Waited},
    process::Process,
    server::Server,
};
use crate::{engine::Engines, fault::FaultPlan};

pub use self::services::Services;

/// How long an executable may take until it asks for its first event.
const START_LIMIT: Duration = Duration::from_secs(10);

/// How long an invocation may take.
const INVOCATION_LIMIT: Duration = Duration::from_secs(30);

/// Why an executable did not get as far as asking for its first event.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// It can't be run at all.
    #[error("{executable} can't be run; was it built?")]
    NotRunnable {
        /// Its path.
        executable: String,
        /// Why.
        source: std::io::Error,
    },
    /// The host's own servers did not start.
    #[error("no server can be started on 127.0.0.1")]
    NoServer(#[source] std::io::Error),
    /// It ended.
    #[error("{executable} ended before its first invocation ({status}); it printed:\n{output}")]
    Ended {
        /// Its path.
        executable: String,
        /// How it ended.
        status: String,
        /// All that it printed.
        output: String,
    },
    /// It runs and does not ask for an event.
    #[error("{executable} asked for no event within {START_LIMIT:?}; it printed:\n{output}")]
    Silent {
        /// Its path.
        executable: String,
        /// All that it printed.
        output: String,
    },
}

/// Why an invocation has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FunctionError {
    /// The function returned an error.
    #[error("{kind}: {message}")]
    Returned {
        /// Its `errorType`.
        kind: String,
        /// Its `errorMessage`.
        message: String,
    },
    /// The process ended.
    #[error("the function ended ({status}); it printed:\n{output}")]
    Ended {
        /// How it ended.
        status: String,
        /// All that it printed.
        output: String,
    },
    /// There was no answer in time.
    #[error("the function did not answer within {INVOCATION_LIMIT:?}; it printed:\n{output}")]
    TimedOut {
        /// All that it printed.
        output: String,
    },
}

/// A function's process and the world that it finds. Dropping it ends the process.
pub struct RuntimeHost {
    // The process goes first, so that it does not outlive what it talks to.
    process: Process,
    api: Arc<RuntimeApi>,
    services: Arc<Services>,
    first_next: Duration,
    _runtime_api: Server,
}

impl RuntimeHost {
    /// Starts the executable with `environment` and what Lambda itself sets, and nothing else;
    /// waits until it asks for its first event.
    pub fn start(
        executable: impl AsRef<Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, StartError> {
        let engines = Engines::new(&Clock::system());
        let services =
            Services::start(engines, FaultPlan::default()).map_err(StartError::NoServer)?;
        Self::start_beside(&Arc::new(services), executable, environment)
    }

    /// The same beside services that are there already.
    pub fn start_beside(
        services: &Arc<Services>,
        executable: impl AsRef<Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, StartError> {
        let executable = executable.as_ref();
        let api = Arc::new(RuntimeApi::new(Clock::system()));
        let runtime_api = {
            let api = Arc::clone(&api);
            Server::start(move |request| {
                let api = Arc::clone(&api);
                async move { Some(api.answer(request).await) }
            })
            .map_err(StartError::NoServer)?
        };
        let environment =
            process::lambda_environment(executable, runtime_api.address(), services.address())
                .into_iter()
                .chain(environment);
        let over = Arc::clone(&api);
        let process = Process::spawn(executable, environment, move || over.process_ended())
            .map_err(|source| StartError::NotRunnable {
                executable: executable.display().to_string(),
                source,
            })?;
        let started = api.wait_for_first_next(START_LIMIT);
        let executable = executable.display().to_string();
        match started {
            Waited::For(at) => {
                let first_next = at.duration_since(process.started_at());
                // Not before: what its predecessor left behind must not keep it from starting.
                services.serve(process.killer());
                Ok(Self {
                    process,
                    api,
                    services: Arc::clone(services),
                    first_next,
                    _runtime_api: runtime_api,
                })
            }
            Waited::UntilEnd => {
                let status = process.status();
                Err(StartError::Ended {
                    executable,
                    status,
                    output: process.stop().join("\n"),
                })
            }
            Waited::InVain => Err(StartError::Silent {
                executable,
                output: process.stop().join("\n"),
            }),
        }
    }

    /// Invokes the function and waits for its answer.
    pub fn invoke(&self, event: &Value) -> Result<Value, FunctionError> {
        let output = || self.process.printed().join("\n");
        match self.api.invoke(event, INVOCATION_LIMIT) {
            Waited::For(answer) => answer,
            Waited::UntilEnd => Err(FunctionError::Ended {
                status: self.process.status(),
                output: output(),
            }),
            Waited::InVain => Err(FunctionError::TimedOut { output: output() }),
        }
    }

    /// The services that the function talks to.
    #[must_use]
    pub fn engines(&self) -> &Engines {
        self.services.engines()
    }

    /// How long it took from the process's start to its asking for the first event.
    #[must_use]
    pub const fn time_to_first_next(&self) -> Duration {
        self.first_next
    }

    /// The process's id.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// The process's resident memory in bytes, from `/proc`; `None` where there is no `/proc`.
    #[must_use]
    pub fn resident_memory(&self) -> Option<u64> {
        self.process.resident_memory()
    }

    /// Ends the process; every line that it printed on stdout and stderr.
    #[must_use]
    pub fn stop(self) -> Vec<String> {
        self.process.stop()
    }
}
