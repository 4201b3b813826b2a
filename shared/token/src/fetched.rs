//! The keys, fetched from the user pool when a token needs them.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use http::Request;
use jiff::Timestamp;
use lambda_kit::{Retry, clock::Clock, error::ServiceError, http_client::HttpClient};

use crate::keys::{KeySet, PublicKey};

/// For how long keys serve before they are read anew: so long does one that the user pool took back
/// go on to open things.
const FRESH: Duration = Duration::from_hours(1);
/// How long nothing is fetched after a fetch, however many tokens name keys that are not there.
const COOLDOWN: Duration = Duration::from_secs(30);
/// The same as long as there is no key at all, and so nobody let in.
const COOLDOWN_WITHOUT_KEYS: Duration = Duration::from_secs(5);

/// The keys of one user pool.
#[derive(Debug)]
pub(crate) struct FetchedKeys {
    client: HttpClient,
    path: String,
    clock: Clock,
    state: Mutex<State>,
    /// Held by whoever fetches.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    keys: KeySet,
    fetched_at: Option<Timestamp>,
    tried_at: Option<Timestamp>,
    failure: Option<ServiceError>,
}

/// What is known of a key without asking.
enum Known {
    /// It is there.
    Fresh(Arc<PublicKey>),
    /// It was there the last time, which is a while ago.
    Stale(Arc<PublicKey>),
    /// It is not there.
    Absent,
}

impl FetchedKeys {
    /// The keys at `path` of the server that `client` calls; none is fetched yet.
    pub(crate) fn new(client: HttpClient, path: String, clock: Clock) -> Self {
        Self {
            client,
            path,
            clock,
            state: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        }
    }

    /// The key of this id; `None` if the user pool has no such key. Whoever comes while another
    /// fetches waits for that, or takes the key that is already there.
    ///
    /// # Errors
    /// When the user pool does not answer and never did. If it did, its last keys serve on.
    pub(crate) async fn find(&self, id: &str) -> Result<Option<Arc<PublicKey>>, ServiceError> {
        let _turn = match self.known(id) {
            Known::Fresh(key) => return Ok(Some(key)),
            Known::Stale(key) => match self.turn.try_lock() {
                Ok(turn) => turn,
                Err(_) => return Ok(Some(key)),
            },
            Known::Absent => self.turn.lock().await,
        };
        if let Known::Fresh(key) = self.known(id) {
            return Ok(Some(key));
        }
        if self.may_fetch() {
            // Boxed: it reaches deep into the SDK, and hardly any call comes here.
            Box::pin(self.fetch()).await;
        }
        let state = self.state();
        match (state.keys.find(id), state.fetched_at, &state.failure) {
            (None, None, Some(failure)) => Err(failure.clone()),
            (key, ..) => Ok(key),
        }
    }

    fn known(&self, id: &str) -> Known {
        let now = self.clock.now();
        let state = self.state();
        let fresh = state.fetched_at.is_some_and(|at| since(at, now) < FRESH);
        match state.keys.find(id) {
            Some(key) if fresh => Known::Fresh(key),
            Some(key) => Known::Stale(key),
            None => Known::Absent,
        }
    }

    /// Whether the last try is long enough ago. A yes counts as a try.
    fn may_fetch(&self) -> bool {
        let now = self.clock.now();
        let mut state = self.state();
        let cooldown = match state.fetched_at {
            Some(_) => COOLDOWN,
            None => COOLDOWN_WITHOUT_KEYS,
        };
        let due = state.tried_at.is_none_or(|at| since(at, now) >= cooldown);
        if due {
            state.tried_at = Some(now);
        }
        due
    }

    async fn fetch(&self) {
        let outcome = self.read().await;
        let now = self.clock.now();
        let mut state = self.state();
        match outcome {
            Ok(keys) => {
                state.keys = keys;
                state.fetched_at = Some(now);
                state.failure = None;
            }
            Err(error) => {
                tracing::warn!(%error, "the user pool's keys can't be read; those of before serve on");
                state.failure = Some(error);
            }
        }
    }

    async fn read(&self) -> Result<KeySet, ServiceError> {
        const OPERATION: &str = "cognito-idp:ReadKeys";
        let failed = |code: String| ServiceError {
            operation: OPERATION,
            code,
            retry: Retry::MayHelp,
        };
        let request = Request::get(&self.path)
            .body(String::new())
            .map_err(|_| failed("RequestCouldNotBeMade".to_owned()))?;
        let answer = self.client.send(OPERATION, request).await?;
        if answer.status() != 200 {
            return Err(failed(format!("Status{}", answer.status().as_u16())));
        }
        KeySet::read(answer.body()).ok_or_else(|| failed("UnreadableKeys".to_owned()))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A clock that was set back does not make a moment last.
fn since(at: Timestamp, now: Timestamp) -> Duration {
    now.duration_since(at).unsigned_abs()
}
