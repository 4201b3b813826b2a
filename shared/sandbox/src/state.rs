//! What one run has: made for it, and gone with it.

use std::time::Instant;

use sha2::{Digest, Sha256};

use crate::{
    Input, Limits, Time,
    limits::Limiter,
    log::Log,
    outcome::{Stop, Stopped},
};

/// The state behind the functions that code calls.
pub(crate) struct State {
    pub(crate) limiter: Limiter,
    pub(crate) input: Vec<u8>,
    pub(crate) read: usize,
    pub(crate) output: Vec<u8>,
    pub(crate) log: Log,
    most_output: usize,
    most_log: usize,
    time: Time,
    began: Instant,
    /// For how many nanoseconds it wanted to sleep: that time passes at once.
    slept: u64,
    random: Random,
}

impl State {
    pub(crate) fn new(input: Input, limits: &Limits) -> Self {
        Self {
            limiter: Limiter::new(limits.memory),
            input: input.event,
            read: 0,
            output: Vec::new(),
            log: Log::default(),
            most_output: limits.output,
            most_log: limits.log,
            time: input.time,
            began: Instant::now(),
            slept: 0,
            random: Random::new(input.seed.0),
        }
    }

    pub(crate) fn write_output(&mut self, bytes: &[u8]) -> Result<(), Stopped> {
        let is_too_much = self.output.len() + bytes.len() > self.most_output;
        if is_too_much && !lambda_kit::planted::is_on("sandbox-output-unbounded") {
            return Err(Stopped(Stop::Output));
        }
        self.output.extend_from_slice(bytes);
        Ok(())
    }

    pub(crate) fn write_log(&mut self, bytes: &[u8]) -> Result<(), Stopped> {
        self.log.write(bytes);
        if self.log.written() > self.most_log {
            return Err(Stopped(Stop::Log));
        }
        Ok(())
    }

    /// The next bytes of its input, `most` at most.
    pub(crate) fn read_input(&mut self, most: usize) -> &[u8] {
        let rest = self.input.get(self.read..).unwrap_or_default();
        let next = rest.get(..most.min(rest.len())).unwrap_or_default();
        self.read += next.len();
        next
    }

    /// The time of day, in nanoseconds since 1970.
    pub(crate) fn now(&self) -> u64 {
        let (Time::Standing(at) | Time::Running(at)) = self.time;
        at.saturating_add(self.elapsed())
    }

    /// How much time has passed for it, in nanoseconds.
    pub(crate) fn elapsed(&self) -> u64 {
        let is_standing = matches!(self.time, Time::Standing(_));
        let ran = if is_standing && !lambda_kit::planted::is_on("sandbox-clock-runs") {
            0
        } else {
            u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX)
        };
        ran.saturating_add(self.slept)
    }

    pub(crate) fn sleep(&mut self, nanoseconds: u64) {
        self.slept = self.slept.saturating_add(nanoseconds);
    }

    pub(crate) fn fill(&mut self, bytes: &mut [u8]) {
        self.random.fill(bytes);
    }
}

/// Bytes that follow from a seed, and from which nothing of it follows: SHA-256 of the seed and a count.
struct Random {
    seed: [u8; 32],
    block: u64,
}

impl Random {
    const fn new(seed: [u8; 32]) -> Self {
        Self { seed, block: 0 }
    }

    fn fill(&mut self, bytes: &mut [u8]) {
        for piece in bytes.chunks_mut(32) {
            let mut digest = Sha256::new();
            digest.update(self.seed);
            digest.update(self.block.to_le_bytes());
            self.block += 1;
            for (byte, random) in piece.iter_mut().zip(digest.finalize()) {
                *byte = random;
            }
        }
    }
}
