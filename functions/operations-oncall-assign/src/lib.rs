//! In comes each quarter of an hour; whoever's shift begins then is subscribed to the topic `on-call` by
//! text message, and whoever's ends is not any more. Whom somebody else subscribed stays.

mod assigned;
mod topic;

use std::collections::BTreeSet;

use aws_types::SdkConfig;
use configuration::{CONTACT, PublishedReader};
use contact::{Assignment, Configuration, Shift, assign, on_shift};
use identity::PhoneNumber;
use lambda_kit::{
    Retry,
    clock::Clock,
    config::{ConfigError, Environment},
    metric::Metrics,
    planted,
};
use serde::Serialize;

use crate::{
    assigned::{Assigned, AssignedError, AssignedStore},
    topic::{OnCallSubscriber, Subscribed, TopicError},
};

/// The kind of configuration that says who is on call.
const ROSTER: &str = "roster";

/// What the function works with.
#[derive(Debug)]
pub struct App {
    published: PublishedReader,
    assigned: AssignedStore,
    topic: OnCallSubscriber,
    metrics: Metrics,
    clock: Clock,
}

/// What a run did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Done {
    /// How many numbers are on call.
    pub on_shift: usize,
    /// How many were subscribed.
    pub subscribed: usize,
    /// How many were unsubscribed.
    pub unsubscribed: usize,
}

/// Why a run came to no end. The next one begins anew.
#[derive(Debug, thiserror::Error)]
pub enum AssignError {
    /// It can't be told who is on call.
    #[error("the roster can't be read")]
    Roster(#[from] configuration::StoreError),
    /// What is ours can't be read or written.
    #[error(transparent)]
    Assigned(#[from] AssignedError),
    /// The topic's subscriptions can't be read or changed.
    #[error(transparent)]
    Topic(#[from] TopicError),
}

impl App {
    /// Reads `CONFIG_TABLE` and `ON_CALL_TOPIC_ARN`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
    ) -> Result<Self, ConfigError> {
        let config = environment.required("CONFIG_TABLE")?;
        let topic = environment.required("ON_CALL_TOPIC_ARN")?;
        Ok(Self {
            published: PublishedReader::new(sdk, config),
            assigned: AssignedStore::new(sdk, config),
            topic: OnCallSubscriber::new(sdk, topic),
            metrics: Metrics::new(env!("CARGO_PKG_NAME"), clock.clone()),
            clock,
        })
    }
}

/// Subscribes whoever is on call now, and of ours nobody else. Done twice, it is done once.
pub async fn handle(app: &App) -> Result<Done, AssignError> {
    let now = app.clock.now();
    let on_shift = on_shift(&shifts(app).await?, now);
    if on_shift.is_empty() {
        app.metrics.count("oncall_nobody", 1);
    }
    let subscribed = app.topic.subscribed().await?;
    let numbers: BTreeSet<PhoneNumber> = subscribed.keys().cloned().collect();
    let assigned = app.assigned.find().await?;
    let assignment = assign(&on_shift, &numbers, &assigned.numbers);
    // What is subscribed is on record as ours before: whoever is cut off in between leaves nobody behind
    // of whom the next run would not know.
    let assigned = if planted::is_on("oncall-recorded-afterwards") {
        assigned
    } else {
        record(app, assigned, &assignment.ours).await?
    };
    carry_out(app, &assignment, &subscribed).await?;
    record(app, assigned, &assignment.left).await?;
    Ok(Done {
        on_shift: on_shift.len(),
        subscribed: assignment.subscribe.len(),
        unsubscribed: assignment.unsubscribe.len(),
    })
}

async fn shifts(app: &App) -> Result<Vec<Shift>, AssignError> {
    let Some(row) = app.published.read(CONTACT).await? else {
        return Ok(Vec::new());
    };
    let published = row.open().map_err(configuration::StoreError::from)?;
    let records = published.of_kind(ROSTER);
    let configuration = Configuration::read(records.map(|(_, record)| (ROSTER, record)));
    if configuration.unreadable() > 0 {
        let records = configuration.unreadable();
        tracing::error!(records, "records of the roster can't be read");
    }
    Ok(configuration.shifts().to_vec())
}

/// Puts on record that `numbers` are ours, unless that is so.
async fn record(
    app: &App,
    assigned: Assigned,
    numbers: &BTreeSet<PhoneNumber>,
) -> Result<Assigned, AssignedError> {
    if assigned.numbers == *numbers {
        return Ok(assigned);
    }
    let assigned = assigned.with(numbers.clone(), app.clock.now());
    app.assigned.put(&assigned).await?;
    Ok(assigned)
}

/// Subscribes before it unsubscribes: at a change of shifts somebody is told at any moment. A number that
/// SNS never takes keeps nobody else from being subscribed.
async fn carry_out(
    app: &App,
    assignment: &Assignment,
    subscribed: &Subscribed,
) -> Result<(), TopicError> {
    for number in &assignment.subscribe {
        match app.topic.subscribe(number).await {
            Err(error) if error.retry() == Retry::Never => {
                tracing::error!(%error, "a number on the roster can't be subscribed");
                app.metrics.count("oncall_refused", 1);
            }
            subscribed => subscribed?,
        }
    }
    let leaving = assignment.unsubscribe.iter();
    for arn in leaving.filter_map(|number| subscribed.get(number)) {
        app.topic.unsubscribe(arn).await?;
    }
    Ok(())
}
