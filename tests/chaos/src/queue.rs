//! The queue in front of event-router, as SQS keeps one.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use fastrand::Rng;
use testkit::delivery::{MAX_RECEIVE_COUNT, QUEUE_BATCH, QueuedMessage};

/// What it is called.
pub const NAME: &str = "events-in";

/// For how long nobody else gets a message that somebody received. On AWS no function takes as long; here
/// one does now and then, and a message is with two of them.
pub const VISIBILITY: Duration = Duration::from_millis(700);

/// A standard queue with its dead-letter queue.
#[derive(Debug, Default)]
pub struct Queue(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// How many messages there ever were.
    sent: usize,
    held: Vec<Held>,
    dead: Vec<QueuedMessage>,
    redriven: usize,
}

#[derive(Debug)]
struct Held {
    message: QueuedMessage,
    visible_at: Instant,
}

impl Queue {
    /// Takes a message.
    pub fn send(&self, body: String, now: Instant) {
        let mut state = self.state();
        state.sent += 1;
        let message_id = format!("00000000-0000-4000-8000-{:012}", state.sent);
        let message = QueuedMessage {
            message_id,
            body,
            receive_count: 0,
        };
        state.held.push(Held {
            message,
            visible_at: now,
        });
    }

    /// Some of the messages that are visible, in any order; nobody else gets them for a while. What was
    /// received too often is a dead letter instead.
    pub fn receive(&self, now: Instant, random: &mut Rng) -> Vec<QueuedMessage> {
        let mut state = self.state();
        random.shuffle(&mut state.held);
        let visible = state.held.iter_mut().filter(|held| held.visible_at <= now);
        let mut received = Vec::new();
        for held in visible.take(QUEUE_BATCH) {
            held.message.receive_count += 1;
            held.visible_at = now + VISIBILITY;
            received.push(held.message.clone());
        }
        let is_spent = |message: &QueuedMessage| message.receive_count > MAX_RECEIVE_COUNT;
        state.held.retain(|held| !is_spent(&held.message));
        state
            .dead
            .extend(received.extract_if(.., |message| is_spent(message)));
        received
    }

    /// Removes messages, each unless it was received anew since.
    pub fn delete(&self, received: &[QueuedMessage]) {
        let mut state = self.state();
        state.held.retain(|held| !received.contains(&held.message));
    }

    /// Once nothing else is left, dead letters begin anew, as when somebody has them redriven.
    pub fn redrive(&self, now: Instant) {
        let mut state = self.state();
        if !state.held.is_empty() {
            return;
        }
        let dead = std::mem::take(&mut state.dead);
        state.redriven += dead.len();
        state.held.extend(dead.into_iter().map(|message| Held {
            message: QueuedMessage {
                receive_count: 0,
                ..message
            },
            visible_at: now,
        }));
    }

    /// Whether nothing is left, no dead letter either.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let state = self.state();
        state.held.is_empty() && state.dead.is_empty()
    }

    /// How many dead letters began anew.
    #[must_use]
    pub fn redriven(&self) -> usize {
        self.state().redriven
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(now: Instant) -> Queue {
        let queue = Queue::default();
        queue.send("a message".to_owned(), now);
        queue
    }

    #[test]
    fn a_message_is_with_one_receiver_until_its_time_is_over() {
        let (now, mut random) = (Instant::now(), Rng::with_seed(1));
        let queue = queue(now);
        assert_eq!(queue.receive(now, &mut random).len(), 1);
        assert_eq!(queue.receive(now, &mut random).len(), 0);
        assert_eq!(queue.receive(now + VISIBILITY, &mut random).len(), 1);
    }

    #[test]
    fn only_who_received_a_message_last_can_delete_it() {
        let (now, mut random) = (Instant::now(), Rng::with_seed(1));
        let queue = queue(now);
        let first = queue.receive(now, &mut random);
        let second = queue.receive(now + VISIBILITY, &mut random);
        queue.delete(&first);
        assert!(!queue.is_empty());
        queue.delete(&second);
        assert!(queue.is_empty());
    }

    #[test]
    fn what_was_received_too_often_is_a_dead_letter_until_it_is_redriven() {
        let (mut now, mut random) = (Instant::now(), Rng::with_seed(1));
        let queue = queue(now);
        for _ in 0..MAX_RECEIVE_COUNT {
            assert_eq!(queue.receive(now, &mut random).len(), 1);
            now += VISIBILITY;
        }
        assert_eq!(queue.receive(now, &mut random).len(), 0);
        assert!(!queue.is_empty());
        queue.redrive(now);
        assert_eq!(
            (queue.receive(now, &mut random).len(), queue.redriven()),
            (1, 1)
        );
    }
}
