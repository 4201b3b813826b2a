//! Where attacks take place: a sandbox, and what compiles, seals and opens code, on simulated AWS.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use lambda_kit::aws::CallBudget;
use sandbox::{
    CodeId, CodeOpener, CodeSealer, Input, Limits, Loaded, OpenError, Outcome, Sandbox, Seed, Time,
    module_digest,
};
use testkit::{World, engine::EXTENSION_MAC_KEY};

/// How long attackers may run who mean to run for ever.
pub const TIME: Duration = Duration::from_millis(100);

/// How long all others may run: nobody comes near it, however much else the machine has to do.
pub const LONG: Duration = Duration::from_secs(10);

/// How much memory they may have, in MiB.
pub const MEMORY_MIB: u32 = 16;

/// The ground.
pub struct Ground {
    /// The account.
    pub world: World,
    /// Where code runs.
    pub sandbox: Arc<Sandbox>,
}

/// What running code came to, and how much the process grew by it.
pub struct Ran {
    /// What came of it.
    pub outcome: Outcome,
    /// By how many bytes the process's memory grew at most.
    pub grown: usize,
}

impl Ground {
    /// An account, and a sandbox.
    ///
    /// # Panics
    /// If the machine has no memory for it.
    #[must_use]
    pub fn new() -> Self {
        Self {
            world: World::new(1),
            sandbox: Arc::new(Sandbox::new().expect("the engine starts")),
        }
    }

    /// What seals code, with the key of this id.
    #[must_use]
    pub fn sealer(&self, key: &str) -> CodeSealer {
        CodeSealer::new(&self.world.sdk_config(&CallBudget::BATCH), key)
    }

    /// Puts code under its seal.
    #[must_use]
    pub fn seal(&self, id: &CodeId, code: &[u8]) -> Vec<u8> {
        let kms = self.sealer(EXTENSION_MAC_KEY);
        let sealed = self.world.block_on(kms.seal(id, code));
        sealed.expect("KMS is there")
    }

    /// Loads sealed code as that of `id`.
    pub fn load(&self, id: CodeId, sealed: &[u8]) -> Result<Loaded, OpenError> {
        let opener = CodeOpener::new(
            &self.world.sdk_config(&CallBudget::BATCH),
            EXTENSION_MAC_KEY,
        );
        let code = self.world.block_on(opener.open(id, sealed))?;
        Ok(self
            .sandbox
            .load(code)
            .expect("what was compiled here is loaded"))
    }

    /// Takes a module the whole way: compiled, sealed, opened and loaded.
    pub fn prepare(&self, module: &[u8]) -> Result<Loaded, sandbox::Refusal> {
        let id = id("mallory", module);
        let sealed = self.seal(&id, &sandbox::compile(module)?);
        Ok(self.load(id, &sealed).expect("the seal is whole"))
    }

    /// Runs code with the memory that attackers have.
    ///
    /// # Panics
    /// If the sandbox itself fails: no code may bring that about.
    #[must_use]
    pub fn run(&self, code: &Loaded, time: Duration) -> Ran {
        let limits = Limits {
            time,
            ..Limits::new(0, MEMORY_MIB)
        };
        let watched = Watched::begin();
        let outcome = self.sandbox.run(code, input(b"{}"), &limits);
        let grown = watched.grown();
        Ran {
            outcome: outcome.expect("no code makes the sandbox fail"),
            grown,
        }
    }
}

impl Default for Ground {
    fn default() -> Self {
        Self::new()
    }
}

/// What code is given.
#[must_use]
pub fn input(event: &[u8]) -> Input {
    Input {
        event: event.to_vec(),
        time: Time::Standing(1_768_467_600_000_000_000),
        seed: Seed::of(&["event"]),
    }
}

/// Which code a module of a tenant's is.
#[must_use]
pub fn id(tenant: &str, module: &[u8]) -> CodeId {
    CodeId {
        tenant: tenant.to_owned(),
        extension: "greeter".to_owned(),
        module: module_digest(module),
    }
}

/// The process's memory, looked at again and again while something runs.
struct Watched {
    before: usize,
    most: Arc<AtomicUsize>,
    is_over: Arc<AtomicBool>,
    watcher: thread::JoinHandle<()>,
}

impl Watched {
    fn begin() -> Self {
        let before = resident();
        let most = Arc::new(AtomicUsize::new(before));
        let is_over = Arc::new(AtomicBool::new(false));
        let (of_watcher, until) = (Arc::clone(&most), Arc::clone(&is_over));
        let watcher = thread::spawn(move || {
            while !until.load(Ordering::Relaxed) {
                of_watcher.fetch_max(resident(), Ordering::Relaxed);
                thread::park_timeout(Duration::from_millis(1));
            }
        });
        Self {
            before,
            most,
            is_over,
            watcher,
        }
    }

    fn grown(self) -> usize {
        self.is_over.store(true, Ordering::Relaxed);
        self.watcher.thread().unpark();
        let _ = self.watcher.join();
        self.most
            .load(Ordering::Relaxed)
            .saturating_sub(self.before)
    }
}

/// How much memory the process has, in bytes, by Linux; elsewhere nothing is seen of it.
fn resident() -> usize {
    const PAGE: usize = 4096;
    let pages = fs::read_to_string("/proc/self/statm").ok();
    let pages = pages.and_then(|line| line.split(' ').nth(1)?.parse::<usize>().ok());
    pages.unwrap_or_default() * PAGE
}
