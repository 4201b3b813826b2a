//! WebAssembly, in this process: compiled before, under a seal, and in memory of its own for each event.

use std::sync::{Mutex, PoisonError};

use aws_types::SdkConfig;
use extension::{Code as CodeKind, Needs};
use jiff::Timestamp;
use lambda_kit::{
    clock::Clock,
    config::{ConfigError, Environment},
};
use ring::rand::SystemRandom;
use sandbox::{
    CodeId, CodeOpener, CodeReader, End, Input, Limits, Loaded, Outcome, Sandbox, SandboxError,
    Seed, Shelf, Stop, Time,
};
use serde_json::Value;
use tenancy::TenantId;

use super::{CodeError, Run, Taken, Went};

/// As many modules as are kept loaded.
const MOST_LOADED: usize = 32;

/// Runs modules: `s3:GetObject` where the tenant's compiled code lies, and `kms:VerifyMac`.
#[derive(Debug)]
pub(super) struct Modules {
    reader: CodeReader,
    opener: CodeOpener,
    tenant: TenantId,
    clock: Clock,
    /// Made when the first module is run.
    sandbox: Mutex<Option<Sandbox>>,
    shelf: Mutex<Shelf>,
}

impl Modules {
    pub(super) fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        tenant: TenantId,
        clock: Clock,
    ) -> Result<Self, ConfigError> {
        Ok(Self {
            reader: CodeReader::new(sdk, environment.required("EXTENSIONS_BUCKET")?),
            opener: CodeOpener::new(sdk, environment.required("MAC_KEY_ARN")?),
            tenant,
            clock,
            sandbox: Mutex::new(None),
            shelf: Mutex::new(Shelf::new(MOST_LOADED)),
        })
    }

    pub(super) async fn run(
        &self,
        (module, compiled_key): (&str, &str),
        run: Run<'_>,
    ) -> Result<Went, CodeError> {
        let id = CodeId {
            tenant: self.tenant.to_string(),
            extension: run.version.name.to_string(),
            module: module.to_owned(),
        };
        let loaded = self.loaded(id, compiled_key).await?;
        let manifest = &run.version.manifest;
        let limits = Limits::new(manifest.timeout_ms(), manifest.memory_mib());
        let input = input(run, self.clock.now())?;
        let outcome = self.in_sandbox(|sandbox| sandbox.run(&loaded, input, &limits))?;
        Ok(went(outcome))
    }

    async fn loaded(&self, id: CodeId, compiled_key: &str) -> Result<Loaded, CodeError> {
        if let Some(loaded) = self.shelf().get(&id) {
            return Ok(loaded);
        }
        let sealed = self.reader.read(compiled_key).await?;
        let sealed = sealed.ok_or(CodeError::Nowhere)?;
        let opened = self.opener.open(id, &sealed.bytes).await?;
        let loaded = self.in_sandbox(|sandbox| sandbox.load(opened))?;
        self.shelf().put(loaded.clone());
        Ok(loaded)
    }

    fn in_sandbox<T>(
        &self,
        work: impl FnOnce(&Sandbox) -> Result<T, SandboxError>,
    ) -> Result<T, SandboxError> {
        let mut sandbox = self.sandbox.lock().unwrap_or_else(PoisonError::into_inner);
        let sandbox = match &mut *sandbox {
            Some(sandbox) => sandbox,
            none => none.insert(Sandbox::new()?),
        };
        work(sandbox)
    }

    fn shelf(&self) -> std::sync::MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What code is given: its event, and of the world what its manifest asks for.
fn input(run: Run<'_>, now: Timestamp) -> Result<Input, CodeError> {
    let needs = match run.version.manifest.code() {
        CodeKind::Wasm { needs, .. } => *needs,
        CodeKind::Lambda { .. } => Needs::default(),
    };
    let happened = happened(run.event);
    Ok(Input {
        event: run.event.as_bytes().to_vec(),
        time: if needs.clock {
            Time::Running(nanoseconds(now))
        } else {
            Time::Standing(nanoseconds(happened))
        },
        seed: if needs.random {
            Seed::random(entropy()?)
        } else {
            Seed::of(&[run.version.name.as_str(), run.event_id])
        },
    })
}

/// When the event happened; at the beginning of time, if it does not say.
fn happened(event: &str) -> Timestamp {
    let event: Value = serde_json::from_str(event).unwrap_or_default();
    let time = event.get("time").and_then(Value::as_str);
    time.and_then(|time| time.parse().ok())
        .unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Bytes that nobody can guess.
fn entropy() -> Result<[u8; 32], CodeError> {
    let bytes = ring::rand::generate(&SystemRandom::new());
    Ok(bytes.map_err(|_| CodeError::Entropy)?.expose())
}

fn nanoseconds(at: Timestamp) -> u64 {
    u64::try_from(at.as_nanosecond()).unwrap_or_default()
}

fn went(outcome: Outcome) -> Went {
    let answered = match outcome.end {
        End::Answered => Ok(outcome.output),
        End::Failed(_) => Err("failed"),
        End::Stopped(stop) => Err(match stop {
            Stop::Time => "out-of-time",
            Stop::Fuel => "out-of-fuel",
            Stop::Memory | Stop::Table => "out-of-memory",
            Stop::Stack => "stack-overflow",
            Stop::Output => "answer-too-large",
            Stop::Log => "log-too-large",
            Stop::Trap(_) => "trap",
        }),
    };
    let log = String::from_utf8_lossy(&outcome.log).into_owned();
    let log = match answered {
        Ok(_) => log,
        Err(_) => format!("{log}{}", outcome.end),
    };
    Went {
        answered,
        log,
        taken: Taken {
            duration: outcome.duration,
            fuel: Some(outcome.fuel),
            memory: u64::try_from(outcome.memory).ok(),
        },
    }
}
