//! What tenants have registered, kept for a while.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use aws_types::SdkConfig;
use extension::{
    ExtensionReader, KNOWN_WITHIN, RegistryError,
    registry::{Extension, Host},
};
use jiff::Timestamp;
use lambda_kit::{Chain, Retry, clock::Clock, planted};
use tenancy::TenantId;

/// For how long an answer serves while the directory can't be read. What is older serves nobody: what was disabled
/// must not go on for ever.
const STALE: Duration = Duration::from_mins(5);

/// For how long the directory is not asked again about a tenant after it did not answer.
const PAUSE: Duration = Duration::from_secs(2);

/// Of as many tenants answers are kept.
const MOST: usize = 50_000;

/// What a tenant has registered.
#[derive(Debug)]
pub(crate) struct Registered {
    pub(crate) extensions: Vec<Extension>,
    pub(crate) host: Host,
}

#[derive(Clone)]
struct Answer {
    /// Nothing for a tenant without extensions, of which most are.
    registered: Option<Arc<Registered>>,
    asked_at: Timestamp,
    ask_again_at: Timestamp,
}

type Turn = Arc<tokio::sync::Mutex<()>>;

/// Reads what tenants have registered: `dynamodb:GetItem` and `dynamodb:Query` on the directory.
pub(crate) struct RegisteredReader {
    reader: ExtensionReader,
    clock: Clock,
    answers: Mutex<HashMap<TenantId, Answer>>,
    /// Whose turn it is to ask, by tenant, while somebody does.
    turns: Mutex<HashMap<TenantId, Turn>>,
}

impl RegisteredReader {
    pub(crate) fn new(sdk: &SdkConfig, directory: &str, clock: Clock) -> Self {
        Self {
            reader: ExtensionReader::new(sdk, directory),
            clock,
            answers: Mutex::default(),
            turns: Mutex::default(),
        }
    }

    /// What `tenant` has registered; nothing, if it has no extension.
    pub(crate) async fn of(
        &self,
        tenant: &TenantId,
    ) -> Result<Option<Arc<Registered>>, RegistryError> {
        if let Some(answer) = self.fresh(tenant) {
            return Ok(answer.registered);
        }
        let turn = Arc::clone(self.turns().entry(tenant.clone()).or_default());
        let _turn = turn.lock().await;
        // Whoever waited finds what the one before them was answered.
        if let Some(answer) = self.fresh(tenant) {
            return Ok(answer.registered);
        }
        let answered = self.ask(tenant).await;
        self.turns().remove(tenant);
        answered
    }

    async fn ask(&self, tenant: &TenantId) -> Result<Option<Arc<Registered>>, RegistryError> {
        let asked_at = self.clock.now();
        let error = match self.read(tenant).await {
            Ok(registered) => {
                let registered = registered.map(Arc::new);
                self.keep(tenant, registered.clone(), asked_at);
                return Ok(registered);
            }
            Err(error) => error,
        };
        let stale = self.answers().get(tenant).cloned();
        let serves = |answer: &Answer| {
            let age = asked_at.duration_since(answer.asked_at).unsigned_abs();
            age < STALE || planted::is_on("extension-answer-serves-for-ever")
        };
        match stale.filter(serves) {
            Some(answer) if error.retry() == Retry::MayHelp => {
                tracing::warn!(error = %Chain(&error), tenant.id = %tenant, "the directory can't be read; an older answer serves");
                if let Some(kept) = self.answers().get_mut(tenant) {
                    kept.ask_again_at = lambda_kit::clock::later(asked_at, PAUSE);
                }
                Ok(answer.registered)
            }
            _ => Err(error),
        }
    }

    async fn read(&self, tenant: &TenantId) -> Result<Option<Registered>, RegistryError> {
        let Some(host) = self.reader.host(tenant).await? else {
            return Ok(None);
        };
        let extensions = self.reader.all(tenant).await?;
        Ok(Some(Registered { extensions, host }))
    }

    fn fresh(&self, tenant: &TenantId) -> Option<Answer> {
        let now = self.clock.now();
        let answers = self.answers();
        answers
            .get(tenant)
            .filter(|answer| now < answer.ask_again_at)
            .cloned()
    }

    fn keep(&self, tenant: &TenantId, registered: Option<Arc<Registered>>, asked_at: Timestamp) {
        let mut answers = self.answers();
        if answers.len() >= MOST {
            answers.retain(|_, answer| asked_at < answer.ask_again_at);
        }
        if answers.len() >= MOST {
            answers.clear();
        }
        let answer = Answer {
            registered,
            asked_at,
            ask_again_at: lambda_kit::clock::later(asked_at, KNOWN_WITHIN),
        };
        answers.insert(tenant.clone(), answer);
    }

    fn answers(&self) -> MutexGuard<'_, HashMap<TenantId, Answer>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn turns(&self) -> MutexGuard<'_, HashMap<TenantId, Turn>> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for RegisteredReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RegisteredReader")
    }
}
