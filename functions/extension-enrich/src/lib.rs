//! In comes, from a queue, what tenants' own code answered; out go traits of the person whom its event is about,
//! and events of the tenant's own, accepted as any other. What came about by code says so, so that no code causes
//! itself.

mod answered;

use std::collections::BTreeMap;

use aws_types::SdkConfig;
use cloudevent::{Extension as Attribute, Incoming, Payload};
use event::{Cause, CloudEvent};
use extension::{EXTENSIONS, ExtensionReader, HOPS, RegistryError};
use identity::{IdentifierKey, ProfileId};
use intake::{Batch, Intake, Sender, Surface};
use lambda_kit::{
    Invocation,
    batch::{
        BatchResponse, UnreadableBatch,
        sqs::{self, Message},
    },
    clock::Clock,
    config::{ConfigError, Environment},
    error::ServiceError,
    ids::IdSource,
    metric::Metrics,
    parking::{Parked, ParkingSender},
    planted,
};
use profile::{Noted, ProfileError, TraitStore, Word};
use serde::Deserialize;
use serde_json::value::{RawValue, to_raw_value};
use tenancy::PartnerId;

use crate::answered::{Answered, Unapplied};

/// What the function works with.
#[derive(Debug)]
pub struct App {
    registered: ExtensionReader,
    traits: TraitStore,
    intake: Intake,
    parking: ParkingSender,
    secret: IdentifierKey,
    metrics: Metrics,
    clock: Clock,
}

/// What was parked.
#[derive(Deserialize)]
struct SentBack {
    payload: CloudEvent,
}

/// Why a message stays in the queue.
#[derive(Debug, thiserror::Error)]
pub enum EnrichError {
    /// It holds no event of ours.
    #[error("the message holds no event of the catalogue")]
    NoEvent,
    /// It is not known what was registered.
    #[error("what was registered can't be read")]
    Registry(#[from] RegistryError),
    /// The person can't be read or written.
    #[error("the person can't be read or written")]
    Person(#[from] ProfileError),
    /// Its events can't be accepted now.
    #[error("the events can't be accepted now")]
    Intake,
    /// It can't be parked.
    #[error("it can't be parked")]
    Parking(#[from] ServiceError),
}

impl App {
    /// Reads `DIRECTORY_TABLE`, `PROFILES_TABLE`, `IDENTIFIER_KEY`, `EVENTS_TABLE`, `EVENTS_BUCKET`,
    /// `QUARANTINE_TABLE` and `PARKING_QUEUE_URL`.
    pub fn new(
        environment: &Environment,
        sdk: &SdkConfig,
        clock: Clock,
        ids: IdSource,
    ) -> Result<Self, ConfigError> {
        let directory = environment.required("DIRECTORY_TABLE")?;
        let profiles = environment.required("PROFILES_TABLE")?;
        Ok(Self {
            registered: ExtensionReader::new(sdk, directory),
            traits: TraitStore::new(sdk, profiles, clock.clone(), ids),
            intake: Intake::new(environment, sdk, clock.clone())?,
            parking: ParkingSender::new(sdk, environment.required("PARKING_QUEUE_URL")?),
            secret: IdentifierKey::from_environment(environment)?,
            metrics: Metrics::new(env!("CARGO_PKG_NAME"), clock.clone()),
            clock,
        })
    }
}

/// Applies what each message tells that was answered. What fails stays in the queue.
pub async fn handle(
    app: &App,
    event: &RawValue,
    invocation: Invocation,
) -> Result<BatchResponse, UnreadableBatch> {
    sqs::process(event, &invocation, &app.clock, async |message| {
        enrich(app, message, &invocation).await
    })
    .await
}

async fn enrich(app: &App, message: &Message, invocation: &Invocation) -> Result<(), EnrichError> {
    let events = read(&message.body).ok_or(EnrichError::NoEvent)?;
    for event in &events {
        match answered::read(event, &app.secret, &app.registered).await? {
            Some(Ok(answered)) => Box::pin(apply(app, event, answered, invocation)).await?,
            Some(Err(unapplied)) => park(app, event, unapplied).await?,
            None => {}
        }
    }
    Ok(())
}

/// What a bus brought, or what was parked and is sent back as it lay there.
fn read(body: &str) -> Option<Vec<CloudEvent>> {
    if let Ok(parked) = serde_json::from_str::<SentBack>(body) {
        return Some(vec![parked.payload]);
    }
    CloudEvent::delivered(body)
}

/// Done twice, it is done once: a trait that says nothing new changes nothing, and an event's id follows from its
/// run.
async fn apply(
    app: &App,
    event: &CloudEvent,
    answered: Answered,
    invocation: &Invocation,
) -> Result<(), EnrichError> {
    if let Some(person) = answered.finished.profile_id {
        Box::pin(note(app, event, &answered, person)).await?;
    }
    if answered.answer.events.is_empty() {
        return Ok(());
    }
    Box::pin(accept(app, event, &answered, invocation)).await
}

/// Notes the traits.
async fn note(
    app: &App,
    event: &CloudEvent,
    answered: &Answered,
    person: ProfileId,
) -> Result<(), EnrichError> {
    let traits = answered.answer.traits.iter();
    let noted: Vec<Noted> = traits
        .map(|(name, value)| {
            let value = Some(value.clone()).filter(|value| !value.is_null());
            (name.to_string(), value)
        })
        .collect();
    if noted.is_empty() {
        return Ok(());
    }
    let by = answered.chain.by();
    let word = Word {
        tenant: &answered.run.tenant,
        extension: &answered.run.extension,
        at: answered.at,
        chain: (answered.chain.hops(), &by),
    };
    let cause = Cause {
        request_id: event.id.clone(),
    };
    match app.traits.note(person, word, &noted, &cause).await {
        Ok(true) => app.metrics.count("extension_traits_noted", 1),
        Ok(false) => {}
        // Of whoever is gone nothing is noted.
        Err(ProfileError::Unknown) => app.metrics.count("extension_traits_of_nobody", 1),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// Accepts the events as the tenant's own: of types that it takes, and as their schemas have them. What is refused
/// is kept in its quarantine.
async fn accept(
    app: &App,
    event: &CloudEvent,
    answered: &Answered,
    invocation: &Invocation,
) -> Result<(), EnrichError> {
    let run = &answered.run;
    let partner: PartnerId = run
        .extension
        .as_str()
        .parse()
        .map_err(|_| EnrichError::NoEvent)?;
    let numbered = answered.answer.events.iter().enumerate();
    let events = numbered.map(|(number, answer)| {
        let data = to_raw_value(&answer.data).ok();
        incoming(answered, number, &answer.event_type.to_string(), data)
    });
    let batch = Batch {
        events: events.map(Ok).collect(),
        body: Vec::new(),
        headers: BTreeMap::new(),
        surface: Surface::Events,
        call: None,
    };
    let from = Sender {
        tenant: &run.tenant,
        partner: &partner,
        request_id: &event.id,
        gpc: false,
    };
    let accepted = app.intake.accept(from, &batch, invocation).await;
    let told = accepted.map_err(|_| EnrichError::Intake)?;
    let refused = told.iter().filter(|told| told.problem().is_some()).count();
    if refused > 0 {
        let refused = u64::try_from(refused).unwrap_or(u64::MAX);
        app.metrics.count("extension_answers_refused", refused);
    }
    Ok(())
}

fn incoming(
    answered: &Answered,
    number: usize,
    kind: &str,
    data: Option<Box<RawValue>>,
) -> Incoming {
    let run = &answered.run;
    let hops = (HOPS, Attribute::Integer(answered.chain.hops().into()));
    let by = (EXTENSIONS, Attribute::Text(answered.chain.by()));
    let chain = [hops, by].into_iter();
    let id = if planted::is_on("extension-event-anew") {
        format!(
            "{}_{}",
            run.answered_id(number),
            answered.at.as_nanosecond()
        )
    } else {
        run.answered_id(number)
    };
    Incoming {
        id,
        source: format!("urn:fairlead:extension:{}:{}", run.tenant, run.extension),
        kind: kind.to_owned(),
        time: Some(answered.at),
        subject: answered.finished.profile_id.map(|id| id.to_string()),
        datacontenttype: Some("application/json".to_owned()),
        dataschema: None,
        extensions: chain
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        data: data.map(Payload::Json),
    }
}

/// Keeps what can't be applied, with its answer as it is: sealed.
async fn park(app: &App, event: &CloudEvent, unapplied: Unapplied) -> Result<(), EnrichError> {
    app.metrics.count("extension_answers_parked", 1);
    let Ok(payload) = to_raw_value(event) else {
        return Ok(());
    };
    let parked = Parked {
        service: env!("CARGO_PKG_NAME"),
        key: &event.id,
        cause: unapplied.as_str(),
        payload: &payload,
    };
    Ok(app.parking.park(parked).await?)
}
