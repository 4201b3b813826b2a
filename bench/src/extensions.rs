//! What running WebAssembly costs: as extension-host does it, without what AWS takes.

use std::{
    fs,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, anyhow, ensure};
use lambda_kit::aws::CallBudget;
use sandbox::{
    CodeId, CodeOpener, CodeSealer, End, Input, Limits, Loaded, Opened, Sandbox, Seed, Time,
};
use serde_json::Value;
use testkit::{World, engine::EXTENSION_MAC_KEY};

/// How long each took.
#[derive(Debug, Default)]
pub struct Times {
    /// From nothing to the first answer.
    pub colds: Vec<Duration>,
    /// Each answer afterwards.
    pub warms: Vec<Duration>,
}

impl Times {
    /// A percentile of the first answers.
    #[must_use]
    pub fn cold(&self, percent: usize) -> Duration {
        percentile(&self.colds, percent)
    }

    /// A percentile of the others.
    #[must_use]
    pub fn warm(&self, percent: usize) -> Duration {
        percentile(&self.warms, percent)
    }
}

fn percentile(times: &[Duration], percent: usize) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let at = sorted.len() * percent / 100;
    sorted
        .get(at.min(sorted.len().saturating_sub(1)))
        .copied()
        .unwrap_or_default()
}

/// A module, compiled and sealed.
pub struct Module {
    world: World,
    id: CodeId,
    sealed: Vec<u8>,
    sandbox: Sandbox,
}

/// A command that does nothing.
const EMPTY: &[u8] = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x05\x03\x01\0\x01\
\x07\x13\x02\x06memory\x02\0\x06_start\0\0\x0a\x04\x01\x02\0\x0b";

impl Module {
    /// Compiles and seals it, as extension-compile does.
    pub fn new(module: &[u8]) -> Result<Self> {
        let world = World::new(1);
        let id = CodeId {
            tenant: "acme".to_owned(),
            extension: "greeter".to_owned(),
            module: "0".repeat(64),
        };
        let code = sandbox::compile(module).map_err(|refusal| anyhow!("{refusal}"))?;
        let kms = CodeSealer::new(&world.sdk_config(&CallBudget::BATCH), EXTENSION_MAC_KEY);
        let sealed = world.block_on(kms.seal(&id, &code))?;
        let sandbox = Sandbox::new()?;
        Ok(Self {
            world,
            id,
            sealed,
            sandbox,
        })
    }

    /// One that does nothing.
    pub fn empty() -> Result<Self> {
        Self::new(EMPTY)
    }

    fn open(&self) -> Result<Opened> {
        let opener = CodeOpener::new(
            &self.world.sdk_config(&CallBudget::BATCH),
            EXTENSION_MAC_KEY,
        );
        Ok(self
            .world
            .block_on(opener.open(self.id.clone(), &self.sealed))?)
    }

    fn run(&self, code: &Loaded, event: &[u8]) -> Result<Vec<u8>> {
        let input = Input {
            event: event.to_vec(),
            time: Time::Standing(0),
            seed: Seed::of(&["event"]),
        };
        let outcome = self.sandbox.run(code, input, &Limits::new(1_000, 64))?;
        ensure!(outcome.end == End::Answered, "{}", outcome.end);
        Ok(outcome.output)
    }

    /// How long it takes to load and run it, and to run it again. The seal is looked at beforehand: that is a call to KMS.
    pub fn measure(&self, event: &[u8], right: &Value, runs: usize) -> Result<Times> {
        let mut times = Times::default();
        for _ in 0..runs {
            let opened = self.open()?;
            let began = Instant::now();
            let code = self.sandbox.load(opened)?;
            let output = self.run(&code, event)?;
            times.colds.push(began.elapsed());
            let answer: Value = serde_json::from_slice(&output).context("an answer is JSON")?;
            ensure!(answer == *right, "it answers {answer}");
        }
        let code = self.sandbox.load(self.open()?)?;
        for _ in 0..runs * 10 {
            let began = Instant::now();
            self.run(&code, event)?;
            times.warms.push(began.elapsed());
        }
        Ok(times)
    }

    /// What a call takes beside the code that runs: the median of calls of code that does nothing.
    pub fn overhead(&self, runs: usize) -> Result<Duration> {
        let code = self.sandbox.load(self.open()?)?;
        let mut took = Vec::new();
        for _ in 0..runs {
            let began = Instant::now();
            self.run(&code, b"{}")?;
            took.push(began.elapsed());
        }
        Ok(percentile(&took, 50))
    }
}

/// What this process has resident, in bytes.
#[must_use]
pub fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kibibytes.unwrap_or_default() * 1024
}
