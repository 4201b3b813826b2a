//! Answers that are kept for a while.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;
use lambda_kit::clock::Clock;

use super::FRESH;

/// The directory's answers of the last minute. What is older serves nobody: an agreement that was
/// ended must not live on because the directory can't be read.
#[derive(Debug, Clone)]
pub(super) struct Kept<T> {
    clock: Clock,
    answers: Arc<Mutex<Answers<T>>>,
    /// Whose turn it is to ask, by key.
    turns: Arc<Mutex<HashMap<String, Turn>>>,
}

type Turn = Arc<tokio::sync::Mutex<()>>;

/// The answers under their keys, with when they were asked for.
type Answers<T> = HashMap<String, (Timestamp, Arc<T>)>;

impl<T> Kept<T> {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            clock,
            answers: Arc::default(),
            turns: Arc::default(),
        }
    }

    /// The answer under `key`, if it was given within the last minute; otherwise what `ask` answers.
    /// Whoever wants it meanwhile waits for that instead of asking too.
    pub(super) async fn or_ask<E>(
        &self,
        key: String,
        ask: impl Future<Output = Result<T, E>>,
    ) -> Result<Arc<T>, E> {
        if let Some(answer) = self.get(&key) {
            return Ok(answer);
        }
        let turn = self.turn(&key);
        let _turn = turn.lock().await;
        if let Some(answer) = self.get(&key) {
            return Ok(answer);
        }
        let asked_at = self.now();
        let answer = ask.await?;
        Ok(self.put(key, asked_at, answer))
    }

    fn turn(&self, key: &str) -> Turn {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(turns.entry(key.to_owned()).or_default())
    }

    /// The answer under `key`, if it was given within the last minute.
    pub(super) fn get(&self, key: &str) -> Option<Arc<T>> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, answer) = answers.get(key)?;
        let age = self.clock.now().duration_since(*at);
        (age.unsigned_abs() < FRESH).then(|| Arc::clone(answer))
    }

    /// Keeps `answer`, which was asked for at `asked_at`.
    pub(super) fn put(&self, key: String, asked_at: Timestamp, answer: T) -> Arc<T> {
        let answer = Arc::new(answer);
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.insert(key, (asked_at, Arc::clone(&answer)));
        answer
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
