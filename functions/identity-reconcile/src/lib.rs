//! In comes the hour; out go the profiles that a trigger should have made, and what a login has told
//! since, where no trigger took it over. The pool's users are gone through page by page; a run that
//! has no time left leaves the place to the next. And the other way round: logins on record are looked
//! for in the pool, and taken off the person when their user is gone.

mod looking;

use std::time::Duration;

use aws_types::SdkConfig;
use event::Cause;
use futures_util::{StreamExt, stream};
use identity::{
    Identifier, IdentifierKey, LoginFacts, PoolUser, UserStatus,
    aws::{UserPage, UserReader},
};
use lambda_kit::{
    Chain, Invocation, Retry,
    batch::RESERVE,
    clock::Clock,
    config::{ConfigError, Environment},
    cursor::{CursorKind, CursorStore},
    error::ServiceError,
    ids::IdSource,
    metric::Metrics,
    redact::Redacted,
};
use profile::{IdentifierReader, LoginWatch, Pointed, ProfileError, ProfileStore, RulesReader};
use serde::Serialize;
use tokio::time::{Interval, MissedTickBehavior};

/// Where the next run goes on among the users. Cognito forgets a place long before this row does.
const PLACE: CursorKind = CursorKind {
    key: "identity-reconcile#cursor",
    retention: Duration::from_hours(2 * 24),
};

/// As often as this the pool is asked for users: five in a second are a sixth of the calls that
/// Cognito answers an account in all, and the rest is for people who sign in.
const PACE: Duration = Duration::from_millis(200);

/// How many users are looked after at once.
const AT_ONCE: usize = 8;

/// What the function works with.
#[derive(Debug)]
pub struct App {
    pool: String,
    users: UserReader,
    logins: IdentifierReader,
    profiles: ProfileStore,
    watch: LoginWatch,
    cursors: CursorStore<Redacted<String>>,
    metrics: Metrics,
    clock: Clock,
}

/// What a run did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Reconciled {
    /// Users looked at.
    pub users: u64,
    /// Profiles made, which a trigger should have made.
    pub made: u64,
    /// Profiles whose login had news that no trigger took over.
    pub renewed: u64,
    /// Users without a profile that can't get one.
    pub failed: u64,
    /// Logins on record that were looked for in the pool.
    pub looked_for: u64,
    /// Logins that were taken off, since their user is gone.
    pub taken_off: u64,
    /// Logins whose user is gone and that can't be taken off.
    pub left_on: u64,
    /// Whether it got to the last user; if not, the next run goes on.
    pub finished: bool,
}

/// Why a run ended early. The next one goes on from the same page.
#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    /// The users can't be listed.
    #[error("the users can't be listed")]
    Users(#[source] ServiceError),
    /// Profiles can't be read or written now.
    #[error("profiles can't be read or written now")]
    Profiles(#[source] ProfileError),
    /// The place to go on from can't be read or written.
    #[error("the place to go on from can't be read or written")]
    Cursor(#[source] ServiceError),
}

/// What became of one user.
enum Outcome {
    /// There is nothing to do.
    InOrder,
    Made,
    Renewed,
    /// No profile can be made for them, now or later.
    Failed,
}

impl App {
    /// Reads `USER_POOL_ID`, `PROFILES_TABLE`, `IDENTIFIERS_TABLE`, `IDENTIFIER_KEY`,
    /// `DIRECTORY_TABLE` and `LEDGER_TABLE`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let profiles = environment.required("PROFILES_TABLE")?;
        let identifiers = environment.required("IDENTIFIERS_TABLE")?;
        let ledger = environment.required("LEDGER_TABLE")?;
        let directory = environment.required("DIRECTORY_TABLE")?;
        let key = IdentifierKey::from_environment(environment)?;
        let rules = RulesReader::new(sdk, directory, clock.clone());
        let watch = LoginWatch::new(sdk, profiles, identifiers, key.clone(), clock.clone());
        Ok(Self {
            pool: environment.required("USER_POOL_ID")?.to_owned(),
            users: UserReader::new(sdk),
            logins: IdentifierReader::new(sdk, identifiers, key.clone()),
            profiles: ProfileStore::new(sdk, profiles, identifiers, key, rules, clock.clone(), ids),
            watch,
            cursors: CursorStore::new(sdk, ledger, PLACE, clock.clone()),
            metrics: Metrics::new(env!("CARGO_PKG_NAME"), clock.clone()),
            clock,
        })
    }
}

/// Looks for some of the logins on record, and goes through the users until the last of them or until
/// the time is up. Neither waits for the other: where one fails, so does the run, after both.
pub async fn handle(app: &App, invocation: &Invocation) -> Result<Reconciled, ReconcileError> {
    let cursor = app.cursors.load().await.map_err(ReconcileError::Cursor)?;
    let mut next = cursor.next.clone();
    let mut done = Reconciled::default();
    let looked = Box::pin(looking::look(app, invocation, &mut done)).await;
    let walked = Box::pin(walk(app, invocation, &mut next, &mut done)).await;
    app.metrics.count("users_reconciled", done.users);
    app.metrics.count("profiles_made", done.made);
    app.metrics.count("profiles_renewed", done.renewed);
    app.metrics.count("users_failed", done.failed);
    app.metrics.count("logins_looked_for", done.looked_for);
    app.metrics.count("logins_taken_off", done.taken_off);
    app.metrics.count("logins_left_on", done.left_on);
    if next != cursor.next {
        let saved = app.cursors.save(&cursor, next).await;
        saved.map_err(ReconcileError::Cursor)?;
    }
    walked.and(looked).map(|()| done)
}

/// `next` is where the first page begins that is not done.
async fn walk(
    app: &App,
    invocation: &Invocation,
    next: &mut Option<Redacted<String>>,
    done: &mut Reconciled,
) -> Result<(), ReconcileError> {
    let mut interval = paced();
    loop {
        interval.tick().await;
        let page = page(app, next).await.map_err(ReconcileError::Users)?;
        let mut outcomes = stream::iter(&page.users)
            .map(|user| mend(app, user, invocation))
            .buffer_unordered(AT_ONCE);
        while let Some(outcome) = outcomes.next().await {
            done.users += 1;
            match outcome.map_err(ReconcileError::Profiles)? {
                Outcome::InOrder => {}
                Outcome::Made => done.made += 1,
                Outcome::Renewed => done.renewed += 1,
                Outcome::Failed => done.failed += 1,
            }
        }
        *next = page.next;
        if next.is_none() {
            done.finished = true;
            return Ok(());
        }
        if invocation.is_running_out(&app.clock, RESERVE) {
            return Ok(());
        }
    }
}

/// Ticks as often as the pool may be asked.
fn paced() -> Interval {
    let mut interval = tokio::time::interval(PACE);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

/// The page at `next`; the first one where Cognito does not know the place any more.
async fn page(app: &App, next: &mut Option<Redacted<String>>) -> Result<UserPage, ServiceError> {
    let answer = app.users.page(&app.pool, next.clone()).await;
    match answer {
        Err(error) if next.is_some() && error.code == "InvalidParameterException" => {
            tracing::warn!("Cognito does not know the place any more; begun anew");
            *next = None;
            app.users.page(&app.pool, None).await
        }
        answer => answer,
    }
}

/// Makes sure that whoever can sign in has a profile, and that it knows what their login knows.
async fn mend(
    app: &App,
    user: &PoolUser,
    invocation: &Invocation,
) -> Result<Outcome, ProfileError> {
    let can_sign_in = user.enabled
        && matches!(
            user.status,
            UserStatus::Confirmed | UserStatus::ResetRequired | UserStatus::ExternalProvider
        );
    let facts = LoginFacts::from_attributes(&user.attributes).filter(|_| can_sign_in);
    let Some(facts) = facts else {
        return Ok(Outcome::InOrder);
    };
    let login = Identifier::CognitoSub(facts.sub.clone());
    let outcome = match app.logins.find(&login).await? {
        None => Outcome::Made,
        Some(Pointed::At(login))
            if login.login_digest.as_deref() != Some(facts.digest().as_str()) =>
        {
            Outcome::Renewed
        }
        // One that was erased stays so, until the person signs up anew.
        Some(Pointed::At(_) | Pointed::Erased) => return Ok(Outcome::InOrder),
    };
    let cause = Cause {
        request_id: invocation.request_id.clone(),
    };
    match app.profiles.ensure(&facts, None, &cause).await {
        Ok(_) => Ok(outcome),
        Err(error) if may_pass(&error) => Err(error),
        Err(error) => {
            tracing::error!(error = %Chain(&error), "a user gets no profile");
            Ok(Outcome::Failed)
        }
    }
}

const fn may_pass(error: &ProfileError) -> bool {
    match error {
        ProfileError::Service(error) => matches!(error.retry, Retry::MayHelp),
        ProfileError::Stale | ProfileError::Contended | ProfileError::Settling => true,
        ProfileError::Unknown | ProfileError::Malformed => false,
    }
}
