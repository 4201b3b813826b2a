//! Loading code, and running it.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use sha2::{Digest, Sha256};
use wasmtime::{Engine, InstancePre, Linker, Module, Store, Trap};

use crate::{
    CodeId, End, Limits, Opened, Outcome, Stop, config,
    outcome::{Exited, Stopped},
    state::State,
    ticker::{TICK, Ticker},
    wasi,
};

/// What a command begins with.
pub(crate) const START: &str = "_start";

/// Where code is run. One is enough for a program.
pub struct Sandbox {
    engine: Engine,
    linker: Linker<State>,
    ticker: Ticker,
}

/// Code that can be run as often as one likes; each time is the first.
#[derive(Clone)]
pub struct Loaded(Arc<Prepared>);

struct Prepared {
    id: CodeId,
    pre: InstancePre<State>,
}

/// What code is given.
#[derive(Debug)]
pub struct Input {
    /// Its standard input.
    pub event: Vec<u8>,
    /// Its clock.
    pub time: Time,
    /// What its randomness follows from.
    pub seed: Seed,
}

/// A clock, by nanoseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Time {
    /// It stands; only what code sleeps passes, at once.
    Standing(u64),
    /// It runs from here.
    Running(u64),
}

/// What randomness follows from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Seed(pub(crate) [u8; 32]);

impl Seed {
    /// The same for the same texts: for code that did not ask for randomness.
    #[must_use]
    pub fn of(texts: &[&str]) -> Self {
        let mut digest = Sha256::new();
        for text in texts {
            digest.update((text.len() as u64).to_le_bytes());
            digest.update(text);
        }
        Self(digest.finalize().into())
    }

    /// One that nobody can guess, if these bytes are.
    #[must_use]
    pub const fn random(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed")
    }
}

/// What is no fault of the code's: the same may go well elsewhere.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The engine could not be set up.
    #[error("the engine for WebAssembly can't be set up: {0}")]
    Engine(String),
    /// What was compiled does not fit this engine, though its seal says so.
    #[error("the compiled code of {0} can't be loaded: {1}")]
    Load(CodeId, String),
    /// There was no room for another instance.
    #[error("code can't be run: {0}")]
    Run(String),
}

impl Sandbox {
    /// An engine, and the functions that code may call.
    pub fn new() -> Result<Self, SandboxError> {
        let wrong = |error: wasmtime::Error| SandboxError::Engine(error.to_string());
        let engine = config::running().map_err(wrong)?;
        let linker = wasi::linker(&engine).map_err(wrong)?;
        let ticker =
            Ticker::start(&engine).map_err(|error| SandboxError::Engine(error.to_string()))?;
        Ok(Self {
            engine,
            linker,
            ticker,
        })
    }

    /// Loads code. Nothing of it runs yet.
    pub fn load(&self, opened: Opened) -> Result<Loaded, SandboxError> {
        let Opened { id, code } = opened;
        let pre =
            native(&self.engine, &code).and_then(|module| self.linker.instantiate_pre(&module));
        match pre {
            Ok(pre) => Ok(Loaded(Arc::new(Prepared { id, pre }))),
            Err(error) => Err(SandboxError::Load(id, error.to_string())),
        }
    }

    /// Runs code on one event: with memory of its own, which is gone afterwards.
    pub fn run(
        &self,
        code: &Loaded,
        input: Input,
        limits: &Limits,
    ) -> Result<Outcome, SandboxError> {
        let fuel = limits.fuel();
        let mut store = Store::new(&self.engine, State::new(input, limits));
        store.limiter(|state| &mut state.limiter);
        store.set_fuel(fuel).map_err(|error| ours(&error))?;
        store.epoch_deadline_trap();
        let time = if lambda_kit::planted::is_on("sandbox-time-unbounded") {
            limits.time.saturating_mul(40)
        } else {
            limits.time
        };
        store.set_epoch_deadline(epochs(time));
        let counting = self.ticker.count();
        let began = Instant::now();
        let ended = code.call(&mut store);
        let duration = began.elapsed();
        drop(counting);
        let end = match ended {
            Ok(()) => End::Answered,
            Err(error) => end_of(&error).ok_or_else(|| ours(&error))?,
        };
        let fuel = fuel.saturating_sub(store.get_fuel().unwrap_or_default());
        let state = store.into_data();
        Ok(Outcome {
            end,
            output: state.output,
            memory: state.limiter.peak,
            log: state.log.into_end(),
            duration,
            fuel,
        })
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sandbox")
    }
}

impl Loaded {
    /// Which code it is.
    #[must_use]
    pub fn id(&self) -> &CodeId {
        &self.0.id
    }

    fn call(&self, store: &mut Store<State>) -> wasmtime::Result<()> {
        let instance = self.0.pre.instantiate(&mut *store)?;
        let start = instance.get_typed_func::<(), ()>(&mut *store, START)?;
        start.call(store, ())
    }
}

impl fmt::Debug for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Loaded({})", self.0.id)
    }
}

/// The one place where machine code becomes code that is called.
#[expect(
    unsafe_code,
    reason = "wasmtime can't know where the bytes come from: `Opened` does, which only a whole seal of ours makes"
)]
fn native(engine: &Engine, code: &[u8]) -> wasmtime::Result<Module> {
    // SAFETY: `deserialize` wants the unchanged output of a compilation. An `Opened` is made in two places. In
    // `CodeOpener::open`, once KMS has found the authentication code to be of these very bytes; and such codes are made by
    // `CodeSealer` alone, of what `compile` put out, by the only role that may make any. And in `compile_and_load`, of what
    // `compile` put out the moment before. Output of another version of wasmtime is refused by it.
    unsafe { Module::deserialize(engine, code) }
}

fn ours(error: &wasmtime::Error) -> SandboxError {
    SandboxError::Run(error.to_string())
}

/// As many counts of the clock as `time` has, and one that it may be at the end of.
fn epochs(time: Duration) -> u64 {
    let ticks = time.as_micros().div_ceil(TICK.as_micros());
    u64::try_from(ticks).unwrap_or(u64::MAX).saturating_add(1)
}

/// How code ended by this error. None, if it is none of the code's.
fn end_of(error: &wasmtime::Error) -> Option<End> {
    if let Some(Exited(status)) = error.downcast_ref() {
        return Some(match status {
            0 => End::Answered,
            status => End::Failed(*status),
        });
    }
    if let Some(Stopped(stop)) = error.downcast_ref() {
        return Some(End::Stopped(*stop));
    }
    let stop = match error.downcast_ref::<Trap>()? {
        Trap::Interrupt => Stop::Time,
        Trap::OutOfFuel => Stop::Fuel,
        Trap::StackOverflow => Stop::Stack,
        Trap::MemoryOutOfBounds => Stop::Trap("it read or wrote outside of its memory"),
        Trap::TableOutOfBounds => Stop::Trap("it reached outside of a table"),
        Trap::IndirectCallToNull => Stop::Trap("it called a function that is not there"),
        Trap::BadSignature => Stop::Trap("it called a function by another signature"),
        Trap::IntegerOverflow => Stop::Trap("a number did not fit where it was put"),
        Trap::IntegerDivisionByZero => Stop::Trap("it divided by zero"),
        Trap::UnreachableCodeReached => {
            Stop::Trap("it gave up: an `unreachable` was reached, as by a panic")
        }
        _ => Stop::Trap("it did what WebAssembly does not allow"),
    };
    Some(End::Stopped(stop))
}
